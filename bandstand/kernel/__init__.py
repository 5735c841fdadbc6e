"""Words, errors and printed ids that every room shares. Pure."""
