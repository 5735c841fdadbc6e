"""Why a card was not charged, in words a buyer can act on."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DECLINE_TEXTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "card_declined": "Your bank declined the card. Try another card, or call your bank.",
        "insufficient_funds": "The card does not have enough money. Try another card.",
        "expired_card": "The card has expired. Try another card.",
        "lost_card": "Your bank declined the card. Try another card, or call your bank.",
        "stolen_card": "Your bank declined the card. Try another card, or call your bank.",
        "checkout_expired": "The payment page was left open too long. Pay again.",
        "authentication_refused": "The payment was not confirmed with your bank. Try again.",
        "authentication_failed": "Your bank could not confirm that it was you. Try another card.",
        "authentication_required": "Your bank wants to hear from you. Pay again to confirm.",
        "amount_too_small": "The amount is too small to be paid by card.",
        "no_such_card": "The card is not known. Enter it again.",
    }
)
OTHERWISE: Final = "The card was not charged. Try another card."


def decline_text(code: str) -> str:
    """Return what to tell the buyer about a decline; nothing was charged in any case."""
    return DECLINE_TEXTS.get(code, OTHERWISE) if code else ""
