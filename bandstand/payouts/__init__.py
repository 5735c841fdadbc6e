"""What sellers are owed: pending, available, kept back, paid out, and taken back."""
