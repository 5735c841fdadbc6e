"""The question everybody asks: may this be done?"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from bandstand.gate import queries
from bandstand.gate.models import Decision
from bandstand.gate.queries.decisions import UnitRow
from bandstand.gate.rules import (
    Activity,
    DecisionRow,
    GateCase,
    Judgement,
    Target,
    judge_case,
    kept,
    unreadable,
)
from bandstand.kernel.canonical import sha256_hex
from bandstand.kernel.errors import BadInputError, UnavailableError
from bandstand.rights import queries as rights
from bandstand.rights.rules import (
    Condition,
    CustodyFact,
    CustodyNeed,
    ListingFact,
    RightsFacts,
    policy_for,
    read_brand,
)
from bandstand.rights.rules.frozen import freeze

logger = structlog.get_logger(__name__)

NOBODY: Final = UUID(int=0)
"""The key of the variant that a listing does not name: no hold on a variant can mean it."""


class NothingAskedError(BadInputError):
    """A question that names neither a variant nor a listing."""

    code = "gate_nothing_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the gate."""

    action: Activity
    seller_id: UUID
    variant_id: UUID | None
    market: str
    condition: Condition
    offer_id: UUID | None
    unit_id: UUID | None
    sold_at: datetime | None
    listing: ListingFact | None


@transaction.atomic
def may(  # noqa: PLR0913 -- the question has these parts
    *,
    action: Activity,
    seller_id: UUID,
    variant_id: UUID | None,
    market: str,
    condition: str,
    actor: str,
    now: datetime,
    offer_id: UUID | None = None,
    unit_id: UUID | None = None,
    sold_at: datetime | None = None,
    listing: ListingFact | None = None,
) -> DecisionRow:
    """
    Decide whether something may be done, over every fact, and keep the decision with its facts.

    The epochs are read before the facts, so a fact that changes while they are read makes the
    decision stale and never wrong. If the facts cannot be read the answer is no. ``sold_at`` is
    when the sale committed, for a later step of it. Without a variant the listing's words are
    judged; a product number (GTIN) among them that is on record names the variant.

    Raises: NotFoundError if the seller, variant, market or unit is not known; NothingAskedError.
    """
    question = Question(
        action=action,
        seller_id=seller_id,
        variant_id=variant_id or _variant_in(listing),
        market=market,
        condition=Condition(condition),
        offer_id=offer_id,
        unit_id=unit_id,
        sold_at=sold_at,
        listing=listing,
    )
    return _answered(question, actor=actor, now=now)


def _answered(question: Question, *, actor: str, now: datetime) -> DecisionRow:
    epochs = _epochs(question)
    try:
        with transaction.atomic():
            case = case_for(question, now=now)
    except (DatabaseError, UnavailableError) as error:
        logger.warning("gate.facts_unreadable", action=question.action.value, error=repr(error))
        judgement, facts, inputs_hash = unreadable(now=now), dict[str, Any](), ""
    else:
        judgement, facts = judge_case(case), kept(case)
        inputs_hash = sha256_hex(facts)
    row = Decision.objects.create(
        **_columns(question, judgement=judgement),
        epochs=epochs,
        facts=facts,
        inputs_hash=inputs_hash,
        asked_by=actor,
        decided_at=now,
    )
    return queries.decision_of(row)


def _variant_in(listing: ListingFact | None) -> UUID | None:
    if listing is None:
        raise NothingAskedError("Name the variant, or give the listing's words to be judged.")
    return rights.variant_by_gtin(listing.gtin)


def _epochs(question: Question) -> dict[str, int]:
    if question.variant_id is None:
        return queries.epochs_of({"*", f"seller:{question.seller_id}"})
    return queries.epochs_of_sale(variant_id=question.variant_id, seller_id=question.seller_id)


def case_for(question: Question, *, now: datetime) -> GateCase:
    """
    Fetch every fact that a question is judged on.

    Raises: NotFoundError if the seller, variant, market or unit is not known.
    """
    if question.variant_id is None:
        return _listing_case(question, now=now)
    unit = queries.unit_row(question.unit_id) if question.unit_id else None
    sale = rights.facts_for(
        seller_id=question.seller_id,
        variant_id=question.variant_id,
        market=question.market,
        condition=question.condition.value,
        at=now,
        stocked_at=unit.stocked_at if unit else None,
        sold_at=question.sold_at,
        lot=unit.lot if unit else "",
        serials=unit.serials if unit else (),
        listing=question.listing,
    )
    sale = replace(sale, custody=_custody(question, sale=sale, unit=unit))
    target = queries.target_of(
        sale.subject,
        seller_id=question.seller_id,
        market=question.market,
        condition=question.condition.value,
        offer_id=question.offer_id,
    )
    if unit is not None:
        words: dict[str, Any] = {"serials": unit.serials, "lot": unit.lot}
        target = replace(target, is_unit=True, stocked_at=unit.stocked_at, **words)
    return GateCase(
        activity=question.action,
        target=target,
        sale=sale,
        holds=queries.standing_holds(question.action),
        waivers=queries.live_waivers(target, now=now),
        unit_id=question.unit_id,
    )


def _custody(question: Question, *, sale: RightsFacts, unit: UnitRow | None) -> CustodyFact | None:
    # One unit is always looked up, because it may be stolen. All units of an offer are looked up
    # only where the policy asks how they came here.
    units = [unit] if unit else []
    is_asked = policy_for(sale).needs_custody is CustodyNeed.COMPLETE
    if unit is None and is_asked and question.offer_id is not None:
        units = list(queries.units_in_stock(question.offer_id))
    return rights.custody_fact(
        [rights.UnitNumbers(one.imei, one.serial) for one in units],
        variant_id=sale.subject.id,
        brand_id=sale.subject.brand_path[0],
        market=question.market,
        at=sale.at,
    )


def _listing_case(question: Question, *, now: datetime) -> GateCase:
    assert question.listing is not None  # noqa: S101 -- a question without variant has a listing
    facts = rights.listing_facts_for(
        seller_id=question.seller_id,
        market=question.market,
        condition=question.condition.value,
        listing=question.listing,
        at=now,
    )
    # A hold on any brand that the words might mean stops the listing too.
    meant = read_brand(question.listing.brand_text, names=facts.brand_names).brand_ids
    target = Target(
        brand_path=tuple(sorted(meant)) or (NOBODY,),
        category_path=(),
        model_id=NOBODY,
        variant_id=NOBODY,
        seller_id=question.seller_id,
        market=question.market,
        condition=question.condition.value,
        offer_id=question.offer_id,
    )
    holds = queries.standing_holds(question.action)
    return GateCase(activity=question.action, target=target, listing=facts, holds=holds)


def _columns(question: Question, *, judgement: Judgement) -> dict[str, Any]:
    return {
        "action": question.action.value,
        "seller_id": question.seller_id,
        "variant_id": question.variant_id,
        "market_id": question.market,
        "condition": question.condition.value,
        "offer_id": question.offer_id,
        "listing": freeze(question.listing) if question.listing else None,
        "result": judgement.result.value,
        "reasons": [asdict(reason) for reason in judgement.reasons],
        "evidence": [asdict(one) for one in judgement.evidence],
        "policy_version": judgement.policy_version,
        "valid_until": judgement.valid_until,
    }
