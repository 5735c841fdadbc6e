"""Trade-in."""
