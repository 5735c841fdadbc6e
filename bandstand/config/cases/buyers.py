"""A buyer's way through the shop: basket, checkout, payment, order, each by the shop's services."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.config.cases.answers import Observed, of_decision
from bandstand.config.cases.fields import Part
from bandstand.config.cases.play import Order, Play
from bandstand.config.cases.shelves import stock_in
from bandstand.config.cases.shop_hands import hear_provider, send_money
from bandstand.config.cases.stock import stock_of
from bandstand.config.cases.world import ACTOR
from bandstand.gate import guard, queries as gate_queries, services as gate
from bandstand.gate.guard import HeldError, StaleDecisionError
from bandstand.gate.rules import Activity, DecisionRow
from bandstand.kernel.errors import DomainError
from bandstand.offers import services as offers
from bandstand.offers.models import Offer
from bandstand.orders import queries as order_queries, services as orders
from bandstand.orders.models import Checkout, CheckoutLine, Order as PlacedOrder, OrderLine
from bandstand.orders.rules import LineState
from bandstand.rights.rules import ReasonCode

LISTED: Final = "listed"
RETURN_URL: Final = "https://shop.lark.example/checkout/"
ADDRESSES: Final = {
    "US": ("350 Fifth Avenue", "New York", "NY", "10118"),
    "PR": ("100 Calle de San Francisco", "San Juan", "", "00901"),
}
ELSEWHERE: Final = ("1 Main Street", "Springfield", "", "10115")
SOON: Final = timedelta(minutes=1)
"""By when the sandbox has told the outcome of whatever it was asked."""
STALE_BY_TIME: Final = "valid_until"


def fill_basket(play: Play, step: Part, *, order: str) -> tuple[Order, DecisionRow | None]:
    """Put one phone in a basket, its offer listed first; the gate's answer if it may not be."""
    stock = stock_in(play, step)
    kept = stock_of(play.world, stock)
    made = Order(order, stock.variant, step.text("seller"), kept.offer_id)
    play.orders[order] = made
    if Offer.objects.filter(pk=kept.offer_id).exclude(state=LISTED).exists():
        decision = offers.publish(offer_id=kept.offer_id, actor=ACTOR, now=play.at)
        if not decision.is_allowed:
            made.refusal = decision
            return made, decision
    basket = orders.open_basket(person_id=None, market=stock.market, now=play.at)
    orders.add_line(basket_id=basket, offer_id=kept.offer_id, terms_id=None, now=play.at)
    made.basket_id = basket
    return made, None


def authorise(play: Play, order: Order, *, deliver_to: str, card: str = "tok_ok") -> None:
    """Prepare the basket and have the card authorised. Raises: DomainError if either is refused."""
    assert order.basket_id is not None  # noqa: S101 -- the caller has filled it
    page = order_queries.basket_page(basket_id=order.basket_id, now=play.at)
    street, city, area, code = ADDRESSES.get(deliver_to, ELSEWHERE)
    order.checkout_id = orders.prepare(
        basket_id=order.basket_id,
        email=order.email,
        buyer_name="Mira",
        address={
            "country_code": deliver_to,
            "street_address": street,
            "city": city,
            "country_area": area,
            "postal_code": code,
        },
        expected_total=page.total,
        now=play.at,
    ).id
    orders.pay(checkout_id=order.checkout_id, card_token=card, return_url=RETURN_URL, now=play.at)
    hear_provider(now=play.at + SOON)


def commit(play: Play, order: Order, *, earlier: DecisionRow | None = None) -> Observed:
    """Turn a checkout into an order, or learn why not; ``earlier`` is an answer it rests on."""
    assert order.checkout_id is not None  # noqa: S101 -- the caller has prepared it
    stale = _shown_to_guard(order, earlier=earlier)
    try:
        placed = orders.finalize(checkout_id=order.checkout_id, now=play.at)
    except DomainError as refused:
        return refused_by_gate(
            play, order, activity=Activity.ORDER_COMMIT, because=refused, also=stale
        )
    order.order_id = placed.id
    line = OrderLine.objects.get(order=placed.id)
    assert line.decision_id is not None  # noqa: S101 -- the guard lets no line in without one
    order.line_id = line.id
    decision = gate_queries.decision_row(line.decision_id)
    return of_decision(decision, world=play.world).note(redecided=bool(stale))


def refused_by_gate(
    play: Play,
    order: Order,
    *,
    activity: Activity,
    because: DomainError | None = None,
    also: tuple[str, ...] = (),
) -> Observed:
    """
    Return a refusal with all its reasons, asked for again: what an act wrote is undone with it.

    An act that was refused and that the gate allows was refused for something else; its code says.
    """
    decision = ask_about(play, order, activity=activity)
    observed = of_decision(decision, world=play.world)
    reasons = [*observed.facts["reasons"], *also]
    if decision.is_allowed and because is not None:
        observed.note(decision="deny")
        reasons.append(because.code)
    return observed.note(reasons=reasons, refused=because.code if because else "refused")


def ask_about(play: Play, order: Order, *, activity: Activity) -> DecisionRow:
    """Ask the gate about an order's phone, as a later step of its sale if it was sold."""
    offer = Offer.objects.get(pk=order.offer_id)
    line = line_of(order)
    return gate.may(
        action=activity,
        seller_id=offer.seller_id,
        variant_id=offer.variant_id,
        market=offer.market_id,
        condition=offer.condition,
        offer_id=offer.id,
        unit_id=line.unit_id if line else unit_of(order),
        sold_at=line.committed_at if line else None,
        actor=ACTOR,
        now=play.at,
    )


def unit_of(order: Order) -> UUID | None:
    """Return the unit that is or was kept for an order."""
    kept = CheckoutLine.objects.filter(checkout=order.checkout_id)
    return kept.values_list("unit_id", flat=True).first()


def line_state(order: Order) -> LineState | None:
    """Return where an order's line stands, if there is an order."""
    line = line_of(order)
    return None if line is None else LineState(line.state)


def line_of(order: Order) -> OrderLine | None:
    """Return an order's one line, if there is an order."""
    return None if order.line_id is None else OrderLine.objects.get(pk=order.line_id)


def capture(play: Play) -> None:
    """Let the shop's workers take the money that was claimed, and hear what came of it."""
    send_money(now=play.at)
    hear_provider(now=play.at + SOON)


def _shown_to_guard(order: Order, *, earlier: DecisionRow | None) -> tuple[str, ...]:
    """
    Show the decision of the checkout to the database's guard and undo it; return why it is stale.

    A checkout prepared earlier rests on an answer that may no longer stand. The shop asks again at
    the commit; this says what the guard would have said to somebody who did not.
    """
    source = CheckoutLine.objects.select_related("checkout").get(checkout=order.checkout_id)
    decision = earlier or gate_queries.decision_row(source.decision_id)
    try:
        with transaction.atomic():
            _write_by_hand(source, decision=decision)
            transaction.set_rollback(True)
    except StaleDecisionError as stale:
        code = (
            ReasonCode.DECISION_STALE if stale.detail == STALE_BY_TIME else ReasonCode.EPOCH_CHANGED
        )
        return (code.value,)
    except HeldError:
        return ()
    return ()


def _write_by_hand(source: CheckoutLine, *, decision: DecisionRow) -> None:
    checkout: Checkout = source.checkout
    order = PlacedOrder.objects.create(
        number=f"CASE-{source.id.hex[:12]}",
        checkout=checkout,
        email=checkout.email,
        buyer_name=checkout.buyer_name,
        address=checkout.address,
        market_id=checkout.market_id,
        currency=checkout.currency,
        total_minor=checkout.total_minor,
        due_today_minor=checkout.due_today_minor,
        placed_at=checkout.prepared_at,
    )
    with guard.guarded():
        OrderLine.objects.create(
            order=order,
            offer_id=source.offer_id,
            unit_id=source.unit_id,
            title="Written by hand",
            price_minor=source.price_minor,
            due_today_minor=source.due_today_minor,
            currency=checkout.currency,
            market_code=checkout.market_id,
            state=LineState.COMMITTED.value,
            committed_at=checkout.prepared_at,
            **guard.stamp(decision),
        )
