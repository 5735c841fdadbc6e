"""Plain rows on the way to a committed order line: offer, unit, order, line, capture, release."""

from itertools import count
from typing import Any
from uuid import uuid4

from bandstand.catalogue.models import Variant
from bandstand.gate import guard
from bandstand.gate.rules import Activity, DecisionRow
from bandstand.offers.models import Offer, Unit
from bandstand.orders.models import Basket, Checkout, Order, OrderLine, Release
from bandstand.parties.models import Party
from bandstand.payments.models import Capture, MoneyCommand, Payment
from bandstand.plumbing import clock
from tests.factories import catalogue, gate, rights

_number = count(1)


def offer(*, seller: Party | None = None, variant: Variant | None = None, **fields: Any) -> Offer:  # noqa: ANN401 -- columns of many types
    """Make a listed offer that the gate would allow; give seller and variant for another."""
    if seller is None or variant is None:
        made_seller, made_variant = rights.sellable(seller=seller)
        seller, variant = made_seller, variant or made_variant
    return Offer.objects.create(
        seller=seller,
        variant=variant,
        **{
            "market": catalogue.market(),
            "condition": "new",
            "storage_gb": next(_number),
            "price_minor": 29_900,
            "currency": "USD",
            "state": "listed",
            "published_at": clock.now(),
            "last_decision_id": uuid4(),
            "created_at": clock.now(),
            **fields,
        },
    )


def unit(offer: Offer, **fields: Any) -> Unit:  # noqa: ANN401 -- columns of many types
    """Receive one phone."""
    number = next(_number)
    return Unit.objects.create(
        offer=offer,
        **{
            "imei": f"{number:015}",
            "serial": f"SN{number:06}",
            "stocked_at": clock.now(),
            **fields,
        },
    )


def order(**fields: Any) -> Order:  # noqa: ANN401 -- columns of many types
    """Make an order of Mira's with no lines."""
    market, now = catalogue.market(), clock.now()
    words: dict[str, Any] = {
        "email": "mira@example.org",
        "buyer_name": "Mira",
        "address": {"country": "US"},
        "market": market,
        "currency": "USD",
        "total_minor": 29_900,
        "due_today_minor": 29_900,
    }
    basket = Basket.objects.create(market=market, made_at=now)
    checkout = Checkout.objects.create(
        basket=basket, state="finalized", prepared_at=now, expires_at=now, **words
    )
    return Order.objects.create(
        **{"checkout": checkout, "number": uuid4().hex[:12], "placed_at": now, **words, **fields}
    )


def line(offer: Offer, *, decision: DecisionRow | None = None, **fields: Any) -> OrderLine:  # noqa: ANN401 -- columns of many types
    """Commit an order line through the guard, with a fresh decision unless one is given."""
    rests_on = decision or gate.decision(offer)
    phone = fields.pop("unit", None) or unit(offer)
    with guard.guarded():
        return OrderLine.objects.create(
            offer=offer,
            unit=phone,
            **{
                "order": fields.pop("order", None) or order(),
                "title": "A phone",
                "price_minor": offer.price_minor,
                "due_today_minor": offer.price_minor,
                "currency": offer.currency,
                "state": "committed",
                "committed_at": clock.now(),
                "market_code": offer.market_id,
                **guard.stamp(rests_on),
                **fields,
            },
        )


def capture(line: OrderLine, *, decision: DecisionRow | None = None, **fields: Any) -> Capture:  # noqa: ANN401 -- columns of many types
    """Claim the capture of a line through the guard."""
    now = clock.now()
    asked = Activity.PAYMENT_CAPTURE
    rests_on = decision or gate.decision(line.offer, action=asked, sold_at=line.committed_at)
    payment = Payment.objects.create(
        purpose=uuid4().hex,
        gateway="sandbox",
        amount_minor=line.price_minor,
        currency=line.currency,
        state="authorised",
        created_at=now,
        updated_at=now,
    )
    command = MoneyCommand.objects.create(
        key=uuid4().hex,
        payment=payment,
        kind="capture",
        amount_minor=line.price_minor,
        state="written",
        written_at=now,
    )
    with guard.guarded():
        return Capture.objects.create(
            command=command,
            order_line_id=line.id,
            **{
                "amount_minor": line.price_minor,
                "claimed_at": now,
                "market_code": line.market_code,
                **guard.stamp(rests_on),
                **fields,
            },
        )


def release(line: OrderLine, *, decision: DecisionRow | None = None, **fields: Any) -> Release:  # noqa: ANN401 -- columns of many types
    """Hand a line's phone to the carrier through the guard."""
    asked = Activity.FULFILMENT_RELEASE
    rests_on = decision or gate.decision(line.offer, action=asked, sold_at=line.committed_at)
    with guard.guarded():
        return Release.objects.create(
            line=line,
            **{
                "carrier": "Post",
                "released_at": clock.now(),
                "market_code": line.market_code,
                **guard.stamp(rests_on),
                **fields,
            },
        )
