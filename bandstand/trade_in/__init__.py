"""Trade-in: a phone taken back for money off another."""
