from datetime import timedelta
from uuid import UUID

import pytest

from bandstand.gate.rules import Activity
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.offers import queries as offer_queries, services as offer_services
from bandstand.orders import queries, rules, services
from bandstand.orders.models import Basket, Checkout, LineMoveRecord, Order, OrderLine
from bandstand.orders.rules import CheckoutState
from bandstand.payments import queries as payments
from bandstand.payments.models import Capture
from bandstand.payments.rules import PaymentState
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter, OutboxEvent
from tests.factories import credit, gate, offers, orders

pytestmark = pytest.mark.django_db


def payment_state(checkout_id: UUID) -> PaymentState:
    payment_id = Checkout.objects.get(pk=checkout_id).payment_id
    assert payment_id is not None
    return payments.payment_row(payment_id).state


def test_finalizing_twice_is_one_order() -> None:
    orders.shop()
    checkout = orders.authorised(offers.offer(units=2))

    first = services.finalize(checkout_id=checkout.id, now=clock.now())
    second = services.finalize(checkout_id=checkout.id, now=clock.now())

    assert first == second
    assert Order.objects.count() == OrderLine.objects.count() == Capture.objects.count() == 1
    assert OutboxEvent.objects.filter(kind="orders.placed").count() == 1
    assert Basket.objects.get(pk=checkout.basket_id).closed_at is not None


def test_the_order_freezes_what_the_buyer_saw() -> None:
    network = orders.shop()
    offer = offers.offer()
    offers.stored_fit(offer.variant, network)
    terms = credit.terms(months=24)

    order = orders.placed(offer, terms_id=terms.id)

    line = OrderLine.objects.get(order=order.id)
    assert line.fit["network"] == {"code": "310-260", "name": network.name}
    assert line.fit["verdict"]["tier"] == "full"
    assert line.offer_seen["configuration"] == "256 GB · Grey"
    assert line.commission_minor == 3_840
    assert line.disclosure is not None
    assert line.variant_id == offer.variant_id
    assert line.serials
    assert LineMoveRecord.objects.get(line=line).to_state == "committed"


def test_nothing_is_finalized_before_the_money_is_authorised() -> None:
    orders.shop()
    checkout = orders.prepared(offers.offer())

    with pytest.raises(rules.NotAuthorisedError):
        services.finalize(checkout_id=checkout.id, now=clock.now())
    orders.pay(checkout.id)
    with pytest.raises(rules.NotAuthorisedError):
        services.finalize(checkout_id=checkout.id, now=clock.now())

    assert not Order.objects.exists()


def test_a_hold_before_the_commit_ends_the_checkout_and_lets_the_money_go() -> None:
    orders.shop()
    offer = offers.offer()
    checkout = orders.authorised(offer)
    hold = gate.hold(variant_id=offer.variant_id)

    with pytest.raises(rules.CheckoutEndedError, match="brand has asked"):
        services.finalize(checkout_id=checkout.id, now=clock.now())
    orders.hear_everything()

    ended = queries.checkout_row(checkout.id)
    assert ended.state is CheckoutState.FAILED
    assert hold.reason in ended.failure
    assert payment_state(checkout.id) is PaymentState.VOIDED
    assert offer_queries.stock_by_offer([offer.id]) == {offer.id: 1}
    assert hold.reason in Letter.objects.get(kind="order.failed").body
    assert not Order.objects.exists()


def test_the_webhook_alone_finalizes_and_a_hold_does_not_poison_it() -> None:
    orders.shop()
    fine, stopped = offers.offer(), offers.offer()
    first, second = orders.authorised(fine), orders.authorised(stopped)
    gate.hold(variant_id=stopped.variant_id)

    orders.hear_everything()

    assert queries.checkout_row(first.id).state is CheckoutState.FINALIZED
    assert queries.checkout_row(second.id).state is CheckoutState.FAILED
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()


def test_a_lost_unit_is_replaced_by_another_of_the_same_offer() -> None:
    orders.shop()
    offer = offers.offer(units=2)
    checkout = orders.authorised(offer)
    offer_services.free_holder(holder=checkout.id, now=clock.now())
    taken = orders.prepared(offer)

    order = services.finalize(checkout_id=checkout.id, now=clock.now())

    sold = OrderLine.objects.get(order=order.id).unit_id
    assert sold not in offer_queries.kept_units(taken.id)


def test_a_lost_last_unit_ends_the_checkout() -> None:
    orders.shop()
    offer = offers.offer(units=1)
    checkout = orders.authorised(offer)
    offer_services.free_holder(holder=checkout.id, now=clock.now())
    orders.prepared(offer)

    with pytest.raises(rules.CheckoutEndedError):
        services.finalize(checkout_id=checkout.id, now=clock.now())
    orders.hear_everything()

    assert payment_state(checkout.id) is PaymentState.VOIDED
    assert not Order.objects.exists()


def test_an_ended_checkout_cannot_be_paid_or_finalized() -> None:
    orders.shop()
    offer = offers.offer()
    checkout = orders.authorised(offer)
    gate.hold(variant_id=offer.variant_id)
    with pytest.raises(rules.CheckoutEndedError):
        services.finalize(checkout_id=checkout.id, now=clock.now())

    with pytest.raises(rules.CheckoutEndedError):
        services.finalize(checkout_id=checkout.id, now=clock.now())
    with pytest.raises(rules.CheckoutEndedError):
        orders.pay(checkout.id)

    assert Letter.objects.filter(kind="order.failed").count() == 1


def test_a_late_authorisation_of_an_expired_checkout_is_let_go() -> None:
    orders.shop()
    checkout = orders.prepared(offers.offer())
    orders.pay(checkout.id)
    services.end_checkout(
        checkout_id=checkout.id, move=rules.CheckoutMove.EXPIRE, reason="Too late.", now=clock.now()
    )

    orders.hear_everything()

    assert payment_state(checkout.id) is PaymentState.VOIDED
    assert not Order.objects.exists()


def test_a_hold_on_captures_alone_leaves_the_claim_until_it_is_lifted() -> None:
    orders.shop()
    offer = offers.offer()
    checkout = orders.authorised(offer)
    hold = gate.hold(variant_id=offer.variant_id, activities=frozenset({Activity.PAYMENT_CAPTURE}))
    order = services.finalize(checkout_id=checkout.id, now=clock.now())
    assert not Capture.objects.exists()
    assert not services.recapture(order_id=order.id, now=clock.now())

    gate.lift(hold.id)

    assert services.recapture(order_id=order.id, now=clock.now())
    assert not services.recapture(order_id=order.id, now=clock.now())
    assert Capture.objects.count() == 1


def test_a_captured_sale_is_in_the_books_exactly_once() -> None:
    orders.shop()
    terms = credit.terms(months=24, annual_rate_bps=999, down_payment_bps=1000)
    order = orders.paid(offers.offer(), terms_id=terms.id)
    (line,) = queries.order_page(order.id).lines
    orders.hear_everything()

    assert line.plan is not None
    assert line.disclosure is not None
    owed = ledger.balance(
        code=AccountCode.INSTALMENT_RECEIVABLE, key=line.plan.public_id, currency="USD"
    )
    cash = ledger.balance(code=AccountCode.PSP_CLEARING, key="sandbox", currency="USD")
    income = ledger.balance(code=AccountCode.COMMISSION_INCOME, currency="USD")
    assert owed == line.disclosure.total_of_payments
    assert cash == Money(4_800, "USD")
    assert income == Money(-3_840, "USD")
    assert ledger.imbalance() == 0


def test_units_in_two_brands_commit_in_one_order() -> None:
    orders.shop()
    order = orders.paid(offers.offer(), offers.offer())

    assert queries.order_page(order.id).captured == Money(96_000, "USD")
    assert order.placed_at - timedelta(seconds=1) < clock.now()
