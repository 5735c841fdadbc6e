"""Saved cards: their words, who owns one, when one ends, and what may be written of it."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.payments.rules.card_numbers import require_no_card_number

TOLD_BEFORE: Final = timedelta(days=31)
"""How long before its last day a buyer is told that their card ends."""
BRANDS: Final = {
    "amex": "American Express",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "eftpos",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}
_FOUR: Final = re.compile(r"[0-9]{4}", re.ASCII)
MONTHS: Final = 12


class SetupState(StrEnum):
    """Where the saving of a card without a charge stands."""

    WRITTEN = "written"
    ASKED = "asked"
    """The buyer is on the provider's page, or their bank asks them."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class SavedCardNotFoundError(NotFoundError):
    """No saved card by that id, or another buyer's."""

    code = "saved_card_not_found"


class CardRefusedError(BadInputError):
    """A provider's word on a card that holds more, or less, than may be kept."""

    code = "saved_card_refused"


@dataclass(frozen=True, slots=True)
class ProviderCard:
    """A card that a provider keeps for us, by its own names, and how a buyer knows it."""

    customer: str
    method: str
    brand: str
    last_four: str
    expires_year: int
    expires_month: int

    @property
    def token(self) -> str:
        """The token by which the card is charged."""
        return f"{self.customer}/{self.method}"


@dataclass(frozen=True, slots=True)
class CardOwner:
    """Whose card it is, and where letters about it go."""

    key: str
    email: str


def owner_of(*, person_id: UUID | None, checkout_id: UUID, email: str) -> CardOwner:
    """
    Return who owns a card saved at a checkout.

    Anybody can type an e-mail address, so a buyer who has not signed in owns a card through the
    checkout alone; nobody else's order shows it.
    """
    key = (
        f"person:{person_id}" if person_id else f"checkout:{print_id(IdKind.CHECKOUT, checkout_id)}"
    )
    return CardOwner(key=key, email=email)


def require_keepable(card: ProviderCard) -> None:
    """
    Refuse to keep anything of a card but its token, brand, last four digits and end.

    Raises: CardRefusedError; CardNumberRefusedError.
    """
    for where, text in (
        ("customer of a card", card.customer),
        ("token of a card", card.method),
        ("brand of a card", card.brand),
    ):
        require_no_card_number(where=where, text=text)
        if not text or "/" in text:
            raise CardRefusedError(f"The {where} is missing or holds a slash.")
    if not _FOUR.fullmatch(card.last_four):
        raise CardRefusedError("Of a card's number its last four digits are kept, no more.")
    if not 1 <= card.expires_month <= MONTHS:
        raise CardRefusedError("A card ends in a month from 1 to 12.")


def read_token(token: str) -> tuple[str, str] | None:
    """Return the customer and the method that a saved card's token names; None for another."""
    customer, slash, method = token.partition("/")
    return (customer, method) if slash and customer and method else None


def last_day(*, year: int, month: int) -> date:
    """
    Return the last day on which a card can be charged.

    Source: ISO/IEC 7813, expiration date: a card is good until the end of the month (known
    2026-11-22, not re-read).
    """
    return date(year, month, calendar.monthrange(year, month)[1])


def is_expiring(*, year: int, month: int, today: date) -> bool:
    """Say whether the owner of a card must be told now that it ends soon, or has ended."""
    return today >= last_day(year=year, month=month) - TOLD_BEFORE


def card_words(*, brand: str, last_four: str, year: int, month: int) -> str:
    """Return a card as its buyer knows it."""
    named = BRANDS.get(brand, brand.replace("_", " ").capitalize() or "Card")
    return f"{named} ending {last_four}, expires {month:02}/{year % 100:02}"
