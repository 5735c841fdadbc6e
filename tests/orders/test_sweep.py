from datetime import timedelta

import pytest

from bandstand.offers import queries as offer_queries
from bandstand.orders import queries, rules, services
from bandstand.orders.models import Order
from bandstand.orders.rules import CheckoutState, LineState
from bandstand.orders.services.sweeping import CAPTURE_WITHIN
from bandstand.payments import queries as payments, services as payment_services
from bandstand.payments.models import Capture
from bandstand.payments.rules import PaymentState
from bandstand.plumbing import clock
from tests.factories import gate, offers, orders

pytestmark = pytest.mark.django_db


def test_a_checkout_that_was_authorised_and_never_finalized_is_finished() -> None:
    orders.shop()
    checkout = orders.authorised(offers.offer())

    assert services.sweep_checkouts(now=clock.now()) == 1
    assert services.sweep_checkouts(now=clock.now()) == 0

    assert queries.checkout_row(checkout.id).state is CheckoutState.FINALIZED
    assert Order.objects.count() == 1


def test_a_prepared_checkout_that_ran_out_gives_its_units_back() -> None:
    orders.shop()
    offer = offers.offer()
    checkout = orders.prepared(offer)

    early = services.sweep_checkouts(now=checkout.expires_at - timedelta(seconds=1))
    late = services.sweep_checkouts(now=checkout.expires_at)

    assert (early, late) == (0, 1)
    assert queries.checkout_row(checkout.id).state is CheckoutState.EXPIRED
    assert offer_queries.stock_by_offer([offer.id]) == {offer.id: 1}


def test_a_crash_before_the_gateway_was_called_ends_in_time() -> None:
    orders.shop()
    checkout = orders.prepared(offers.offer())
    orders.pay(checkout.id, card="tok_lost_answer")

    services.sweep_checkouts(now=clock.now() + rules.PAYING_FOR + timedelta(seconds=1))
    orders.hear_everything()

    assert queries.checkout_row(checkout.id).state is CheckoutState.EXPIRED
    payment = payments.payment_by_purpose(queries.purpose_of(checkout.id))
    assert payment is not None
    assert payment.state is PaymentState.VOIDED
    assert not Order.objects.exists()


def test_a_decline_that_was_never_heard_is_noticed() -> None:
    orders.shop()
    checkout = orders.prepared(offers.offer())
    orders.pay(checkout.id, card="tok_declined")
    orders.hear_payments()

    services.sweep_checkouts(now=clock.now())

    assert queries.checkout_row(checkout.id).state is CheckoutState.PREPARED


def test_one_that_cannot_be_moved_does_not_stop_the_others() -> None:
    orders.shop()
    held, fine = offers.offer(), offers.offer()
    stopped, paid = orders.authorised(held), orders.authorised(fine)
    gate.hold(variant_id=held.variant_id)

    services.sweep_checkouts(now=clock.now())

    assert queries.checkout_row(stopped.id).state is CheckoutState.FAILED
    assert queries.checkout_row(paid.id).state is CheckoutState.FINALIZED


def test_a_claim_that_came_to_nothing_is_made_again() -> None:
    orders.shop()
    offer = offers.offer()
    orders.placed(offer)
    hold = gate.hold(variant_id=offer.variant_id)
    orders.hear_everything()
    gate.lift(hold.id)
    assert Capture.objects.count() == 1

    services.sweep_checkouts(now=clock.now() + timedelta(minutes=2))
    orders.hear_everything()

    assert Capture.objects.count() == 2
    assert queries.orders_list().orders[0].line_states == (LineState.PAID.value,)


def test_a_line_held_until_its_authorisation_lapses_is_ended() -> None:
    orders.shop()
    offer = offers.offer()
    order = orders.placed(offer)
    gate.hold(variant_id=offer.variant_id)
    orders.hear_everything()

    services.sweep_checkouts(now=clock.now() + CAPTURE_WITHIN + timedelta(minutes=1))
    orders.hear_everything()

    assert queries.order_page(order.id).lines[0].state is LineState.CANCELLED
    assert queries.order_page(order.id).payment_state == PaymentState.VOIDED.value


def test_an_order_whose_authorisation_is_gone_is_cancelled() -> None:
    orders.shop()
    order = orders.placed(offers.offer())
    assert order.payment_id is not None
    payment_services.claim_void(payment_id=order.payment_id, now=clock.now())
    orders.hear_everything()

    services.sweep_checkouts(now=clock.now() + timedelta(minutes=2))

    assert queries.order_page(order.id).lines[0].state is LineState.CANCELLED
