"""
Printed ids: a type prefix and the 128 bits of a UUID in Crockford base 32.

    ofr_06D2Z5M0N8W3F7X6N5Q4C1V2B0

The prefix says what it names, so a mistaken paste is refused before any look-up. Crockford's
alphabet has no I, L, O or U; reading is forgiving about case and about O/0 and I/L/1.

Source: Douglas Crockford, Base 32, https://www.crockford.com/base32.html (read 2026-11-22).
"""

from enum import StrEnum
from typing import Final
from uuid import UUID

from bandstand.kernel.errors import BadInputError

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 26  # 130 bits hold 128
FORGIVEN: Final = str.maketrans("oOiIlL", "001111")


class IdKind(StrEnum):
    """What a printed id names."""

    OFFER = "ofr"
    UNIT = "unt"
    VARIANT = "var"
    ORDER = "ord"
    LINE = "lin"
    HOLD = "hld"
    NOTICE = "ntc"
    CASE = "cas"
    DECISION = "dec"
    PARTY = "pty"
    GRANT = "grt"
    PAYMENT = "pay"
    PLAN = "pln"
    TRANSFER = "tfr"
    BASKET = "bsk"
    CHECKOUT = "chk"
    PROMOTION = "prm"


class MalformedIdError(BadInputError):
    """A printed id that cannot name what was asked for."""

    code = "malformed_id"


def print_id(kind: IdKind, value: UUID) -> str:
    """Return the printed form of a key."""
    number = value.int
    letters = []
    for _ in range(LENGTH):
        number, digit = divmod(number, 32)
        letters.append(ALPHABET[digit])
    return f"{kind.value}_{''.join(reversed(letters))}"


def parse_id(kind: IdKind, text: str) -> UUID:
    """
    Return the key that a printed id stands for.

    Raises: MalformedIdError if the prefix is another kind's or a letter is not in the alphabet.
    """
    prefix, _, body = text.strip().partition("_")
    if prefix != kind.value or len(body) != LENGTH:
        raise MalformedIdError(f"“{text}” is not an id of the form {kind.value}_…", given=text)
    number = 0
    for letter in body.translate(FORGIVEN).upper():
        digit = ALPHABET.find(letter)
        if digit < 0:
            raise MalformedIdError(f"“{text}” has a letter “{letter}” that no id has.", given=text)
        number = number * 32 + digit
    if number >> 128:
        raise MalformedIdError(f"“{text}” is longer than any id.", given=text)
    return UUID(int=number)
