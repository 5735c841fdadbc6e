"""Asking the gate about what an order line sells, and telling its answer to a buyer."""

from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.gate import services as gate
from bandstand.gate.rules import Activity, DecisionRow, Outcome
from bandstand.offers.queries import OfferRow
from bandstand.orders.models import OrderLine
from bandstand.orders.rules import LineRefusal

ACTOR: Final = "system:checkout"


def ask(
    activity: Activity,
    *,
    offer: OfferRow,
    unit_id: UUID | None = None,
    actor: str = ACTOR,
    now: datetime,
) -> DecisionRow:
    """Ask the gate about one thing of an offer; the answer is stored as a decision."""
    return gate.may(
        action=activity,
        seller_id=offer.seller_id,
        variant_id=offer.variant_id,
        market=offer.market,
        condition=offer.condition,
        offer_id=offer.id,
        unit_id=unit_id,
        actor=actor,
        now=now,
    )


def ask_about_line(
    activity: Activity, *, line: OrderLine, actor: str = ACTOR, now: datetime
) -> DecisionRow:
    """Ask the gate about a later step of a sale that committed."""
    return gate.may(
        action=activity,
        seller_id=line.offer.seller_id,
        variant_id=line.offer.variant_id,
        market=line.offer.market_id,
        condition=line.offer.condition,
        offer_id=line.offer_id,
        unit_id=line.unit_id,
        sold_at=line.committed_at,
        actor=actor,
        now=now,
    )


def reasons_text(decision: DecisionRow) -> str:
    """Return the sentences of everything that stands in the way."""
    stopping = [one.text for one in decision.reasons if one.outcome != Outcome.ALLOW.value]
    return " ".join(stopping) or "This may not be sold now."


def refusal_of(decision: DecisionRow, *, offer: OfferRow) -> LineRefusal:
    """Return the gate's no as the buyer reads it."""
    return LineRefusal(
        offer_id=offer.id,
        title=offer.title,
        code="held" if decision.is_held else "not_allowed",
        reason=reasons_text(decision),
    )
