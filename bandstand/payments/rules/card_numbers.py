"""Card numbers can never enter: what looks like one is refused before it is kept or sent."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from stdnum import luhn

from bandstand.kernel.errors import BadInputError

DIGITS_MIN: Final = 12
DIGITS_MAX: Final = 19
"""Source: ISO/IEC 7812-1:2017, 4.1: a primary account number has at most 19 digits."""

# Keys of our own are long and random, and now and then hold a run of digits that passes Luhn.
_OWN_KEYS: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[0-9a-f]{64}"
    r"|[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26})(?![0-9A-Za-z])",
    re.ASCII,
)
_DIGIT_RUN: Final = re.compile(r"\d(?:[ .\-]?\d){11,}", re.ASCII)


class CardNumberRefusedError(BadInputError):
    """Something shaped like a card number where none may be."""

    code = "card_number_refused"


def has_card_number(text: str) -> bool:
    """
    Say whether text holds 12 to 19 digits that pass the Luhn check, spaced or not.

    Keys of the shop's own form (UUIDs, hashes, printed ids) are not read as digits.
    """
    rest = _OWN_KEYS.sub("·", text)
    return any(_is_card_like(re.sub(r"\D", "", run)) for run in _DIGIT_RUN.findall(rest))


def require_no_card_number(*, where: str, text: str) -> None:
    """
    Refuse text that holds a card number. The message never repeats it.

    Raises: CardNumberRefusedError.
    """
    if has_card_number(text):
        raise CardNumberRefusedError(
            f"The {where} looks like a card number. Card numbers are entered on the payment"
            " provider's page only; send the token it gives you.",
            where=where,
        )


def require_no_card_numbers(values: Mapping[str, str]) -> None:
    """
    Refuse a mapping any of whose names or values holds a card number.

    Raises: CardNumberRefusedError.
    """
    for name, value in values.items():
        require_no_card_number(where="name of a detail", text=name)
        require_no_card_number(where=f"detail “{name}”", text=value)


def has_any_card_number(texts: Iterable[str]) -> bool:
    """Say whether any of the texts holds a card number."""
    return any(has_card_number(text) for text in texts)


def _is_card_like(digits: str) -> bool:
    # A long run may hide a number among other digits, so every window of a card's length is tried
    # only when the run itself is too long to be one.
    if len(digits) <= DIGITS_MAX:
        return bool(luhn.is_valid(digits))
    return any(
        luhn.is_valid(digits[at : at + size])
        for size in (15, 16)
        for at in range(len(digits) - size + 1)
    )
