"""What sellers are told about the documents they show, word for word."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLetter:
    """The words of a letter."""

    subject: str
    body: str


def accepted(
    *, shop: str, seller: str, issuer: str, until_at: datetime, url: str
) -> DocumentLetter:
    """Return the letter that a document was accepted, and until when it proves."""
    return DocumentLetter(
        subject=f"Your document of {issuer} was accepted",
        body=(
            f"Dear {seller},\n\nTwo of our people read your document of {issuer} and asked its "
            f"issuer. It counts as proof until {until_at:%Y-%m-%d}. Offers that rest on it can be "
            f"asked for again: {url}\n\nA credential or a list that the brand itself publishes "
            f"proves more and need not be renewed by hand.\n\n{shop}\n"
        ),
    )


def refused(
    *, shop: str, seller: str, issuer: str, reason: str, cure: str, url: str
) -> DocumentLetter:
    """Return the letter that a document was refused, why, and what would mend it."""
    mend = cure or "Upload a document that answers this, or ask the brand for a credential."
    return DocumentLetter(
        subject=f"Your document of {issuer} was not accepted",
        body=(
            f"Dear {seller},\n\nWe did not accept your document of {issuer}.\n\nWhy: {reason}\n\n"
            f"To mend it: {mend}\n\n{url}\n\n{shop}\n"
        ),
    )


def ends_soon(
    *, shop: str, seller: str, issuer: str, until_at: datetime, days: int, url: str
) -> DocumentLetter:
    """Return the reminder that a document's proof ends."""
    return DocumentLetter(
        subject=f"Your document of {issuer} ends on {until_at:%Y-%m-%d}",
        body=(
            f"Dear {seller},\n\nYour document of {issuer} counts as proof until "
            f"{until_at:%Y-%m-%d}: {days} days at most are left. Offers that rest on it leave the "
            f"shelf then. Show a new one, or present a credential: {url}\n\n{shop}\n"
        ),
    )
