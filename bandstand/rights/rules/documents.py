"""
Letters and contracts as proof of a right to sell: how they are claimed, reviewed and limited.

    waiting ──accept──▶ half ──accept──▶ accepted (a grant at the level of a document)
       └─────────────────┴──refuse──▶ refused      (or withdrawn by its seller)

Two people of the operator's read each document; each has asked the issuer over a contact that was
found elsewhere than in the document. A document proves for at most twelve months from its date.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError
from bandstand.money.months import shift_months
from bandstand.rights.rules.facts import GrantScope

LIFE_MONTHS: Final = 12
"""How long a document proves at most, from its own date. Source: the marketplace's policy."""
REVIEWERS: Final = 2
REMIND_BEFORE: Final = (timedelta(days=30), timedelta(days=7))
DIGITS_ALIKE: Final = 7
"""So many last digits in common make two written phone numbers the same."""
REASON_MIN: Final = 10


class DocumentKind(StrEnum):
    """What was uploaded."""

    LETTER = "letter"
    CONTRACT = "contract"
    INVOICE = "invoice"


class DocumentState(StrEnum):
    """Where a document stands."""

    WAITING = "waiting"
    HALF = "half"
    """One person accepted it; a second must read it."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class DocumentMove(StrEnum):
    """What can happen to a document."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class Channel(StrEnum):
    """How the issuer was asked."""

    EMAIL = "email"
    PHONE = "phone"
    POST = "post"
    WEBSITE = "website"


MOVES: Final[Mapping[tuple[DocumentState, DocumentMove], DocumentState]] = MappingProxyType(
    {
        (DocumentState.WAITING, DocumentMove.ACCEPT): DocumentState.HALF,
        (DocumentState.WAITING, DocumentMove.REFUSE): DocumentState.REFUSED,
        (DocumentState.WAITING, DocumentMove.WITHDRAW): DocumentState.WITHDRAWN,
        (DocumentState.HALF, DocumentMove.ACCEPT): DocumentState.ACCEPTED,
        (DocumentState.HALF, DocumentMove.REFUSE): DocumentState.REFUSED,
        (DocumentState.HALF, DocumentMove.WITHDRAW): DocumentState.WITHDRAWN,
    }
)
OPEN: Final = frozenset({DocumentState.WAITING, DocumentState.HALF})


class DocumentWordsError(BadInputError):
    """A claim or a review that cannot be right as it is written; nothing was recorded."""

    code = "document_words"


class DocumentRefusedError(RefusedError):
    """Something that may not be done to this document, or not by this person."""

    code = "document_refused"


class DocumentNotFoundError(NotFoundError):
    """No document of that key, or not one that the caller may see."""

    code = "document_not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentClaim:
    """What a seller says that a document permits; exactly one issuer is named."""

    kind: DocumentKind
    scope: GrantScope
    letter_date: date
    from_at: datetime
    until_at: datetime
    issuer_brand_id: UUID | None = None
    issuer_party_id: UUID | None = None
    parent_id: UUID | None = None
    delegate_depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reader found, and on whose answer."""

    move: DocumentMove
    reason: str
    cure: str = ""
    contact_id: UUID | None = None
    is_independent: bool = False
    """That the reader looked, and the contact is not one the document itself gives."""


def next_state(state: DocumentState, move: DocumentMove) -> DocumentState:
    """
    Return the state that a move leads to.

    Raises: DocumentRefusedError if the table has no such move.
    """
    found = MOVES.get((state, move))
    if found is None:
        raise DocumentRefusedError(
            f"A document that is {state.value} cannot be {_done(move)} any more."
        )
    return found


def last_instant(letter_date: date) -> datetime:
    """Return the instant from which a document of a day proves nothing."""
    return datetime.combine(shift_months(letter_date, months=LIFE_MONTHS), time(), tzinfo=UTC)


def require_claim(claim: DocumentClaim, *, today: date) -> None:
    """
    Refuse a claim that no document could prove.

    Raises: DocumentWordsError naming the field and how to mend it.
    """
    if (claim.issuer_brand_id is None) == (claim.issuer_party_id is None):
        raise DocumentWordsError(
            "Name who issued it: the brand, or the distributor you buy from; not both.",
            field="issuer",
        )
    _require_scope(claim.scope)
    _require_dates(claim, today=today)


def require_review(reading: Reading, *, has_contact: bool) -> None:
    """
    Refuse a review that does not say why, or accepts without having asked the issuer elsewhere.

    Raises: DocumentWordsError naming the field and how to mend it.
    """
    if len(reading.reason.strip()) < REASON_MIN:
        raise DocumentWordsError(
            f"Say why in at least {REASON_MIN} characters; a refused seller reads it.",
            field="reason",
        )
    if reading.move is DocumentMove.ACCEPT and not has_contact:
        raise DocumentWordsError(
            "Accepting needs an answer of the issuer: record whom you asked, where you found the "
            "contact, and what they said.",
            field="contact",
        )
    if reading.move is DocumentMove.ACCEPT and not reading.is_independent:
        raise DocumentWordsError(
            "Confirm that you looked, and that the contact is not one the document itself gives.",
            field="is_independent",
        )


def require_contact(*, value: str, source: str, answer: str, found: Iterable[str]) -> None:
    """
    Refuse a contact without source or answer, or one that the document itself gives.

    A forger's letter gives the forger's telephone; so the issuer is asked over a contact that was
    found elsewhere.

    Raises: DocumentWordsError naming the field and how to mend it.
    """
    for word, field, hint in (
        (value, "contact_value", "Write the address or number you used."),
        (source, "contact_source", "Say where you found it: the brand's own site, a register."),
        (answer, "contact_answer", "Write what they answered, and who."),
    ):
        if not word.strip():
            raise DocumentWordsError(hint, field=field)
    same = next((one for one in found if is_same_contact(one, value)), None)
    if same is not None:
        raise DocumentWordsError(
            f"“{same}” stands in the document itself. Ask over a contact that you found elsewhere.",
            field="contact_value",
        )


def is_same_contact(one: str, other: str) -> bool:
    """Say whether two written contacts are the same address or number."""
    if _bare(one) == _bare(other):
        return True
    mine, theirs = _digits(one), _digits(other)
    if min(len(mine), len(theirs)) < DIGITS_ALIKE or "@" in one or "@" in other:
        return False
    return mine.endswith(theirs[-DIGITS_ALIKE:]) or theirs.endswith(mine[-DIGITS_ALIKE:])


def reminder_due(until_at: datetime, *, now: datetime) -> timedelta | None:
    """Return which reminder of an end that draws near is due, the nearest that has come."""
    left = until_at - now
    if left <= timedelta():
        return None
    return min((before for before in REMIND_BEFORE if left <= before), default=None)


def _require_scope(scope: GrantScope) -> None:
    named = (
        (scope.brands, "brands", "brand"),
        (scope.categories, "categories", "category"),
        (scope.markets, "markets", "market"),
        (scope.conditions, "conditions", "condition"),
    )
    for values, field, word in named:
        if not values:
            raise DocumentWordsError(
                f"Tick at least one {word} that the document names.", field=field
            )


def _require_dates(claim: DocumentClaim, *, today: date) -> None:
    end = last_instant(claim.letter_date)
    if claim.letter_date > today:
        raise DocumentWordsError("The document is dated in the future.", field="letter_date")
    if end.date() <= today:
        raise DocumentWordsError(
            f"The document is older than {LIFE_MONTHS} months. Ask its issuer for a new one.",
            field="letter_date",
        )
    if claim.until_at <= claim.from_at:
        raise DocumentWordsError("It would end before it begins.", field="until")
    if claim.until_at > end:
        raise DocumentWordsError(
            f"A document proves for {LIFE_MONTHS} months from its date: until {end:%Y-%m-%d} at "
            "the latest.",
            field="until",
        )
    if claim.until_at.date() <= today:
        raise DocumentWordsError("What it permits is over already.", field="until")


def _done(move: DocumentMove) -> str:
    return {
        DocumentMove.ACCEPT: "accepted",
        DocumentMove.REFUSE: "refused",
        DocumentMove.WITHDRAW: "withdrawn",
    }[move]


def _bare(text: str) -> str:
    return "".join(text.casefold().removeprefix("mailto:").removeprefix("tel:").split())


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())
