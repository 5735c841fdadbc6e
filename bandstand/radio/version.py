"""
Which rules and which band tables a verdict was found by, so that a frozen one can name them.

Raise ``RULES`` in the change that lets any fit come out otherwise.
"""

from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Final

RULES: Final = "2026-11-22"
TABLES: Final = ("bands.csv", "band_overlaps.csv")
DIGITS: Final = 12


@cache
def radio_version() -> str:
    """Return the day of the rules and the first digits of the band tables' hash."""
    folder = resources.files("bandstand.radio") / "tables"
    read = b"".join((folder / name).read_bytes() for name in TABLES)
    return f"{RULES}+{sha256(read).hexdigest()[:DIGITS]}"
