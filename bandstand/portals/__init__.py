"""Pages for sellers and brands."""
