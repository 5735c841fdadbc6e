"""What each page says, as frozen values: built from queries, handed to one template."""
