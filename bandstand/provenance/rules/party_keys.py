"""Keys of parties and places: a GLN is one party's, whichever form an event writes it in."""

import re
from typing import Final
from uuid import UUID

GLN: Final = re.compile(r"https://id\.gs1\.org/41[47]/(\d{13})(/254/.+)?")
OURS: Final = "party:"


def identity_key(uri: str) -> str:
    """Return the key under which the registry keeps a canonical identifier of a party or place."""
    found = GLN.fullmatch(uri)
    return f"https://id.gs1.org/417/{found[1]}" if found else uri


def party_key(party_id: UUID) -> str:
    """Return the key of one of our own parties."""
    return f"{OURS}{party_id}"


def own_name(key: str) -> str:
    """Return how a page calls a party that is known by its identifier alone."""
    found = GLN.fullmatch(key)
    return f"GLN {found[1]}" if found else key
