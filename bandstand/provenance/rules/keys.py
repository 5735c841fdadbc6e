"""
GS1 keys: check digits, and the canonical Digital Link of each key.

Sources: GS1 General Specifications, section 7.9 (check digit); 3GPP TS 23.003, annex B (IMEI check
digit). From general knowledge of the documents; checked against published examples.
"""

from dataclasses import dataclass
from typing import Final

from bandstand.kernel.errors import BadInputError
from bandstand.provenance.rules.percent import escaped

BASE: Final = "https://id.gs1.org"
GTIN_DIGITS: Final = 14
TRIPLE: Final = 3


class MalformedKeyError(BadInputError):
    """A GS1 key that is wrong in itself."""

    code = "malformed_gs1_key"


@dataclass(frozen=True, slots=True)
class GsKey:
    """A key in its canonical form, what it names, and the serial of a serialised item."""

    uri: str
    level: str
    serial: str = ""


def check_digit(digits: str) -> str:
    """Return the check digit that belongs behind the digits of a GS1 key."""
    total = sum(
        int(digit) * (TRIPLE if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits))
    )
    return str(-total % 10)


def luhn_digit(digits: str) -> str:
    """Return the check digit of an IMEI's first fourteen digits."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if at % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled  # noqa: PLR2004 -- the digit sum of two digits
    return str(-total % 10)


def require_check(digits: str, *, name: str) -> str:
    """
    Return a key with its check digit at the end.

    Raises: MalformedKeyError if that digit is wrong.
    """
    right = check_digit(digits[:-1])
    if digits[-1] != right:
        raise MalformedKeyError(
            f"is a {name} with the wrong check digit: “{digits}” should end in {right}."
        )
    return digits


def gtin_key(gtin: str, *, qualifier: str = "", value: str = "") -> GsKey:
    """Return a GTIN with a serial (21), a third-party serial (235), a lot (10), or nothing."""
    if not qualifier:
        return GsKey(f"{BASE}/01/{gtin}", "class")
    level = "class" if qualifier == "10" else "instance"
    serial = value if qualifier == "21" else ""
    return GsKey(f"{BASE}/01/{gtin}/{qualifier}/{escaped(value)}", level, serial)


def plain_key(identifier: str, body: str, *, level: str = "instance") -> GsKey:
    """Return a key that is one application identifier and its value."""
    return GsKey(f"{BASE}/{identifier}/{body}", level)


def place_key(gln: str, *, extension: str = "") -> GsKey:
    """Return a place: a GLN, and its extension unless that is none."""
    tail = f"/254/{escaped(extension)}" if extension and extension != "0" else ""
    return GsKey(f"{BASE}/414/{gln}{tail}", "place")
