"""Tokens of keys: only their hash is kept."""

import hashlib


def hash_of(token: str) -> str:
    """Return the hash under which a token is known: it is long and random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
