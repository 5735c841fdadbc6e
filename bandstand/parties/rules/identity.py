"""
What a seller says of itself, field by field, and how each field stands.

A field is stated by the seller with its source and checked by a person of the operator's with a
method; both are kept for ever as versions. The latest statement counts; a check counts until it
expires.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError
from bandstand.parties.rules.identity_specs import SPECS, CheckMethod, IdentityName


class Regime(StrEnum):
    """A law that asks a shop to know its sellers."""

    INFORM = "inform"
    """The INFORM Consumers Act of the United States, 15 U.S.C. 45f."""
    DSA = "dsa"
    """The Digital Services Act of the Union, Regulation (EU) 2022/2065, Article 30."""


class CheckVerdict(StrEnum):
    """What a person found on checking a field."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class FieldStanding(StrEnum):
    """How one field stands at an instant."""

    MISSING = "missing"
    REFUSED = "refused"
    EXPIRED = "expired"
    WAITING = "waiting"
    """Stated, not checked yet: the operator's turn, not the seller's."""
    VERIFIED = "verified"


class IdentityWordsError(BadInputError):
    """A field that cannot be right as it is written; nothing was recorded."""

    code = "identity_words"


class CheckRefusedError(RefusedError):
    """A check that may not be made, or not by this person."""

    code = "identity_check_refused"


class StatementNotFoundError(NotFoundError):
    """No statement of that key, or not one that the caller may see."""

    code = "identity_statement_not_found"


SELLERS_TURN: Final = frozenset(
    {FieldStanding.MISSING, FieldStanding.REFUSED, FieldStanding.EXPIRED}
)
CHECK_LIFE: Final = timedelta(days=365)
"""How long a check is taken to hold where the law names no term: the yearly certification's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFact:
    """The latest statement of a field with its latest check."""

    statement_id: UUID
    name: IdentityName
    shown: str
    """What may be seen: the value, or the masked one of a sealed field."""
    source: str
    stated_at: datetime
    stated_by: str
    verdict: CheckVerdict | None = None
    method: CheckMethod | None = None
    check_source: str = ""
    check_reason: str = ""
    checked_at: datetime | None = None
    checked_by: str = ""
    expires_at: datetime | None = None

    def standing_at(self, at: datetime) -> FieldStanding:
        """Return how this statement stands at an instant."""
        if self.verdict is None:
            return FieldStanding.WAITING
        if self.verdict is CheckVerdict.REFUSED:
            return FieldStanding.REFUSED
        if self.expires_at is not None and self.expires_at <= at:
            return FieldStanding.EXPIRED
        return FieldStanding.VERIFIED


def standing(
    name: IdentityName, *, facts: Mapping[IdentityName, FieldFact], at: datetime
) -> FieldStanding:
    """Return how a field stands at an instant."""
    found = facts.get(name)
    return FieldStanding.MISSING if found is None else found.standing_at(at)


def sellers_turn(
    names: Iterable[IdentityName], *, facts: Mapping[IdentityName, FieldFact], at: datetime
) -> tuple[IdentityName, ...]:
    """Return the fields that the seller has to state, or to state again, in the order asked."""
    return tuple(one for one in names if standing(one, facts=facts, at=at) in SELLERS_TURN)


def unverified(
    names: Iterable[IdentityName], *, facts: Mapping[IdentityName, FieldFact], at: datetime
) -> tuple[IdentityName, ...]:
    """Return the fields that are not verified, whoever's turn it is, in the order asked."""
    verified = FieldStanding.VERIFIED
    return tuple(one for one in names if standing(one, facts=facts, at=at) is not verified)


def require_check(*, name: IdentityName, method: CheckMethod, reason: str, source: str) -> None:
    """
    Refuse a check whose method does not fit the field, or that does not say why and from where.

    Raises: IdentityWordsError naming the methods that fit.
    """
    spec = SPECS[name]
    if method not in spec.methods:
        fitting = ", ".join(one.value.replace("_", " ") for one in spec.methods)
        raise IdentityWordsError(
            f"“{spec.label}” is not checked that way. Check it by: {fitting}.", field="method"
        )
    if not reason.strip():
        raise IdentityWordsError("Say what you found; it is kept.", field="reason")
    if not source.strip():
        raise IdentityWordsError(
            "Say where you looked: the register's address, the document, the number you called.",
            field="source",
        )
