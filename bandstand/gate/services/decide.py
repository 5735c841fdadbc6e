"""The question everybody asks: may this be done?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from bandstand.gate import queries
from bandstand.gate.models import Decision
from bandstand.gate.rules import Activity, DecisionRow, Judgement, Target, judge, unreadable
from bandstand.kernel.canonical import sha256_hex
from bandstand.kernel.errors import UnavailableError
from bandstand.rights import queries as rights
from bandstand.rights.rules import Condition, SubjectFact, decide

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    action: Activity
    seller_id: UUID
    variant_id: UUID
    market: str
    condition: Condition
    offer_id: UUID | None
    unit_id: UUID | None
    sold_at: datetime | None


@transaction.atomic
def may(  # noqa: PLR0913 -- the question has these parts
    *,
    action: Activity,
    seller_id: UUID,
    variant_id: UUID,
    market: str,
    condition: str,
    actor: str,
    now: datetime,
    offer_id: UUID | None = None,
    unit_id: UUID | None = None,
    sold_at: datetime | None = None,
) -> DecisionRow:
    """
    Decide whether something may be done, over every fact, and keep the decision.

    The epochs are read before the facts, so a fact that changes while they are read makes the
    decision stale and never wrong. If the facts cannot be read the answer is no. ``sold_at`` is
    when the sale committed, for a later step of it.

    Raises: NotFoundError if the seller, variant, market or unit is not known.
    """
    question = _Question(
        action=action,
        seller_id=seller_id,
        variant_id=variant_id,
        market=market,
        condition=Condition(condition),
        offer_id=offer_id,
        unit_id=unit_id,
        sold_at=sold_at,
    )
    subject = rights.subject_of(variant_id)
    epochs = queries.epochs_of(queries.anchors_of(subject, seller_id=seller_id))
    try:
        with transaction.atomic():
            judgement, inputs_hash = _judged(question, now=now)
    except (DatabaseError, UnavailableError) as error:
        logger.warning("gate.facts_unreadable", action=action.value, error=repr(error))
        judgement, inputs_hash = unreadable(now=now), ""
    words = _columns(question, judgement=judgement)
    row = Decision.objects.create(
        **words, epochs=epochs, inputs_hash=inputs_hash, asked_by=actor, decided_at=now
    )
    return queries.decision_of(row)


def _judged(question: _Question, *, now: datetime) -> tuple[Judgement, str]:
    target, stocked_at = _target(question)
    facts = rights.facts_for(
        seller_id=question.seller_id,
        variant_id=question.variant_id,
        market=question.market,
        condition=question.condition.value,
        at=now,
        stocked_at=stocked_at,
        sold_at=question.sold_at,
    )
    holds = queries.standing_holds(question.action)
    waivers = queries.live_waivers(target, now=now)
    judgement = judge(
        decide(facts),
        activity=question.action,
        target=target,
        holds=holds,
        waivers=waivers,
        now=now,
    )
    return judgement, sha256_hex(_plain([question, facts, target, holds, waivers]))


def _target(question: _Question) -> tuple[Target, datetime | None]:
    target = queries.target_of(
        _subject(question),
        seller_id=question.seller_id,
        market=question.market,
        condition=question.condition.value,
        offer_id=question.offer_id,
    )
    if question.unit_id is None:
        return target, None
    serials, lot, stocked_at = queries.unit_words(question.unit_id)
    unit = replace(target, is_unit=True, serials=serials, lot=lot, stocked_at=stocked_at)
    return unit, stocked_at


def _subject(question: _Question) -> SubjectFact:
    # Read again, after the epochs: what the phone is counts among the facts.
    return rights.subject_of(question.variant_id)


def _columns(question: _Question, *, judgement: Judgement) -> dict[str, Any]:
    return {
        "action": question.action.value,
        "seller_id": question.seller_id,
        "variant_id": question.variant_id,
        "market_id": question.market,
        "condition": question.condition.value,
        "offer_id": question.offer_id,
        "result": judgement.result.value,
        "reasons": [asdict(reason) for reason in judgement.reasons],
        "evidence": [asdict(one) for one in judgement.evidence],
        "policy_version": judgement.policy_version,
        "valid_until": judgement.valid_until,
    }


@cache
def _names(shape: type[Any]) -> tuple[str, ...]:
    return tuple(part.name for part in fields(shape))


def _plain(value: object) -> object:
    """Return a value as JSON has it, so that the same facts always have the same hash."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int) else str(value)
