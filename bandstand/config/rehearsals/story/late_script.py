"""
A script from before the notice, holding a yes that was true when it was given.

It writes its rows by hand, past every service: what stops it is in the database.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.config.rehearsals.story.buyers import XIAOMI, Shopper
from bandstand.config.rehearsals.story.cast import Cast
from bandstand.gate import guard, services as gate
from bandstand.gate.guard import HeldError, StaleDecisionError
from bandstand.gate.rules import Activity, DecisionRow
from bandstand.orders.models import Checkout, Order, OrderLine
from bandstand.orders.rules import LineState


@dataclass(frozen=True, slots=True)
class LateScript:
    """A prepared checkout and the decision that allowed it."""

    checkout: UUID
    decision: DecisionRow


def prepare_script(cast: Cast, *, now: datetime) -> LateScript:
    """Keep a unit and get the gate's yes, and then dawdle."""
    offer = cast.offers[XIAOMI[1]]
    shopper = Shopper(name="late script", offer=offer, terms=None)
    checkout = shopper.check_out(shopper.fill_basket(now=now), now=now)
    decision = gate.may(
        action=Activity.ORDER_COMMIT,
        seller_id=cast.importer,
        variant_id=cast.variants[XIAOMI[1]],
        market="US",
        condition="new",
        offer_id=offer,
        actor="system:late-script",
        now=now,
    )
    return LateScript(checkout, decision)


def run_script(script: LateScript, *, now: datetime) -> str:
    """Write the order by hand and return what came of it: “refused” or “committed”."""
    try:
        with transaction.atomic():
            _write(script, now=now)
    except (HeldError, StaleDecisionError):
        return "refused"
    return "committed"


def _write(script: LateScript, *, now: datetime) -> None:
    checkout = Checkout.objects.get(pk=script.checkout)
    source = checkout.lines.get()
    order = Order.objects.create(
        number="LATE-SCRIPT",
        checkout=checkout,
        email=checkout.email,
        buyer_name=checkout.buyer_name,
        address=checkout.address,
        market_id=checkout.market_id,
        currency=checkout.currency,
        total_minor=checkout.total_minor,
        due_today_minor=checkout.due_today_minor,
        placed_at=now,
    )
    offer = source.offer
    scope = {  # what the guard would have filled in itself
        "brand_path": [offer.variant.model.brand_id],
        "market_code": offer.market_id,
        "variant_id": offer.variant_id,
        "seller_id": offer.seller_id,
    }
    with guard.guarded():
        OrderLine.objects.create(
            order=order,
            offer=offer,
            unit=source.unit,
            title="Sold by a script",
            price_minor=source.price_minor,
            due_today_minor=source.due_today_minor,
            currency=checkout.currency,
            state=LineState.COMMITTED.value,
            committed_at=now,
            **{**scope, **guard.stamp(script.decision)},
        )
