"""Brands, models, variants, networks, and the fits stored between them."""
