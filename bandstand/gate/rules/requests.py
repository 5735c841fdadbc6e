"""
Two people: what one may ask of a hold, who may answer, and when a scope is wider than another.

Placing a hold takes one person, because waiting costs more than a stop that was not needed. To lift
or to widen one takes two: the first proposes, the second confirms, and they are never the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from bandstand.gate.rules.scope import HoldScope, HoldScopeError
from bandstand.gate.rules.words import Activity
from bandstand.kernel.errors import RefusedError

OPEN_FOR: Final = timedelta(days=7)
"""How long a proposal waits for its second person before it lapses."""
PROVISIONAL_FOR_MAX: Final = timedelta(hours=72)
"""How long a provisional hold may stand before somebody has looked at it."""


class RequestKind(StrEnum):
    """What a person may ask of a hold in force."""

    LIFT = "lift"
    WIDEN = "widen"


class Answer(StrEnum):
    """How a proposal ends."""

    CONFIRM = "confirm"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


class SecondPersonError(RefusedError):
    """The deed needs a second person, and this is the first one or no member of the staff."""

    code = "second_person_needed"


class RequestAnsweredError(RefusedError):
    """The proposal was answered, has lapsed, or one like it waits already."""

    code = "hold_request_answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFact:
    """A proposal as its answer is judged."""

    kind: RequestKind
    proposer_id: UUID
    proposed_by: str
    open_until: datetime
    answer: Answer | None = None
    answered_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Implied:
    """What a scope says without naming it, from the catalogue and from its offer."""

    brand_path: tuple[UUID, ...] = ()
    category_path: tuple[UUID, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    """By the other parts of a scope: the one value that everything in it has."""


def check_answer(
    request: RequestFact, *, answer: Answer, person_id: UUID, is_staff: bool, now: datetime
) -> None:
    """
    Refuse an answer to a proposal from somebody who may not give it, or that comes too late.

    Raises: SecondPersonError, RequestAnsweredError.
    """
    if request.answer is not None:
        raise RequestAnsweredError(
            f"This proposal has its answer: {ANSWER_WORDS[request.answer]} by "
            f"{request.answered_by}. Read the hold again."
        )
    if now >= request.open_until:
        raise RequestAnsweredError("Nobody answered this proposal in time. Propose it again.")
    is_proposer = person_id == request.proposer_id
    if answer is Answer.WITHDRAW:
        if not is_proposer:
            raise SecondPersonError(
                f"Only {request.proposed_by} may withdraw this proposal. You may refuse it."
            )
        return
    if not is_staff:
        raise SecondPersonError("Only the operator's staff may answer a proposal about a hold.")
    if is_proposer:
        raise SecondPersonError(
            f"You proposed to {request.kind.value} this hold, so somebody else must "
            f"{answer.value} it. You may withdraw your proposal."
        )


def check_provisional(
    scope: HoldScope, *, begins_at: datetime, expires_at: datetime | None
) -> None:
    """
    Refuse a provisional hold that covers more than one offer or stands too long.

    Raises: HoldScopeError.
    """
    if scope.offer_id is None:
        raise HoldScopeError(
            "A provisional hold stops one offer. Name it, or place a hold that stands until it is "
            "lifted."
        )
    if expires_at is None or expires_at - begins_at > PROVISIONAL_FOR_MAX:
        raise HoldScopeError(
            "A provisional hold ends by itself after 72 hours at most. Give an earlier end."
        )


def check_wider(
    old: HoldScope,
    new: HoldScope,
    *,
    implied: Implied,
    old_activities: frozenset[Activity],
    new_activities: frozenset[Activity],
) -> None:
    """
    Refuse a proposal that would not cover everything the hold covers, and more.

    Raises: HoldScopeError naming the parts that narrow.
    """
    narrower = list(_narrower_parts(old, new, implied=implied))
    narrower += sorted(one.value for one in old_activities - new_activities)
    if narrower:
        raise HoldScopeError(
            f"This would not widen the hold: {', '.join(narrower)} would cover less. Place a "
            "narrower hold of its own, and propose to lift this one.",
            narrower=narrower,
        )
    if (old, old_activities) == (new, new_activities):
        raise HoldScopeError("This is what the hold covers already. Leave something out to widen.")


def _narrower_parts(old: HoldScope, new: HoldScope, *, implied: Implied) -> Iterator[str]:
    if new.is_everything:
        return
    for part in new.named:
        asked = getattr(new, part)
        if part == "brand_id":
            is_kept = _brand_kept(old, new, implied=implied)
        elif part == "category_id":
            is_kept = asked in (*implied.category_path, old.category_id)
        elif part == "serials":
            is_kept = old.serials is not None and set(old.serials) <= set(asked)
        elif part == "stock_before":
            is_kept = old.stock_before is not None and old.stock_before <= asked
        else:
            is_kept = asked in (getattr(old, part), implied.values.get(part))
        if not is_kept:
            yield part.removesuffix("_id").replace("_", " ")


def _brand_kept(old: HoldScope, new: HoldScope, *, implied: Implied) -> bool:
    if new.brand_id == old.brand_id:
        return new.include_sub_brands or not old.include_sub_brands
    if new.brand_id not in implied.brand_path:
        return False
    is_own = old.brand_id is None and new.brand_id == implied.brand_path[0]
    return is_own or new.include_sub_brands


ANSWER_WORDS: Final = {
    Answer.CONFIRM: "confirmed",
    Answer.REFUSE: "refused",
    Answer.WITHDRAW: "withdrawn",
    Answer.EXPIRE: "closed",
}


def scope_as_json(scope: HoldScope) -> dict[str, Any]:
    """Return a scope as plain JSON, for a proposal to keep."""
    words = {part: getattr(scope, part) for part in scope.named}
    plain = {part: _plain(value) for part, value in words.items()}
    return {
        **plain,
        "include_sub_brands": scope.include_sub_brands,
        "is_everything": scope.is_everything,
    }


def scope_from_json(kept: dict[str, Any]) -> HoldScope:
    """Return the scope that a proposal keeps."""
    words = dict(kept)
    for part in ("brand_id", "category_id", "model_id", "variant_id", "seller_id", "offer_id"):
        if part in words:
            words[part] = UUID(words[part])
    if "serials" in words:
        words["serials"] = tuple(words["serials"])
    if "stock_before" in words:
        words["stock_before"] = datetime.fromisoformat(words["stock_before"])
    return HoldScope(**words)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
