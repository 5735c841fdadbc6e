"""Legal persons, people, and who acts for whom."""
