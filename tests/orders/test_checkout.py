from datetime import timedelta
from uuid import uuid4

import pytest

from bandstand.money import Money
from bandstand.offers import queries as offer_queries, services as offer_services
from bandstand.orders import queries, rules, services
from bandstand.orders.models import Checkout, CheckoutLine, Order
from bandstand.orders.rules import CheckoutState, LineState
from bandstand.payments import queries as payments
from bandstand.payments.models import Payment
from bandstand.payments.rules import CardNumberRefusedError, PaymentState
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter
from tests.factories import credit, gate, offers, orders

pytestmark = pytest.mark.django_db


def nothing_was_kept() -> bool:
    return not Checkout.objects.exists() and not CheckoutLine.objects.exists()


def test_a_basket_becomes_one_paid_order() -> None:
    orders.shop()
    order = orders.paid(offers.offer())

    page = queries.order_page(order.id)

    assert page.order.number.startswith("LK-")
    assert page.payment_state == "captured"
    assert page.captured == Money(48_000, "USD")
    assert [line.state for line in page.lines] == [LineState.PAID]
    assert Letter.objects.get(kind="order.placed").body.count(page.link) == 1


def test_preparing_keeps_units_and_says_until_when() -> None:
    orders.shop()
    offer = offers.offer(units=2)

    checkout = orders.prepared(offer)

    assert checkout.state is CheckoutState.PREPARED
    assert checkout.expires_at - checkout.prepared_at == rules.PREPARED_FOR
    assert offer_queries.stock_by_offer([offer.id]) == {offer.id: 1}
    assert checkout.address["country_area"] == "IL"


def test_preparing_again_is_the_same_checkout_and_keeps_no_more_units() -> None:
    orders.shop()
    offer = offers.offer(units=1)
    basket_id = orders.basket(offer)

    first = orders.prepare(basket_id)
    second = orders.prepare(basket_id, buyer_name="Mira Lark")

    assert first.id == second.id
    assert second.buyer_name == "Mira Lark"
    assert CheckoutLine.objects.count() == 1
    assert offer_queries.stock_by_offer([offer.id]) == {}


def test_preparing_a_bought_basket_answers_with_its_order() -> None:
    orders.shop()
    order = orders.placed(offers.offer(units=2))
    basket_id = queries.checkout_row(order.checkout_id).basket_id

    again = orders.prepare(basket_id, expected_total=Money(48_000, "USD"))

    assert again.state is CheckoutState.FINALIZED
    assert again.order_number == order.number
    assert Order.objects.count() == 1


def test_a_changed_price_is_shown_before_anything_is_kept() -> None:
    orders.shop()
    offer = offers.offer()
    basket_id = orders.basket(offer)
    offer_services.change_price(
        offer_id=offer.id, price=Money(50_000, "USD"), actor="mira@example.org", now=clock.now()
    )

    with pytest.raises(rules.PriceChangedError) as refused:
        orders.prepare(basket_id, expected_total=Money(48_000, "USD"))

    assert (refused.value.old, refused.value.new) == (Money(48_000, "USD"), Money(50_000, "USD"))
    assert "$480.00" in refused.value.message
    assert nothing_was_kept()
    assert orders.prepare(basket_id, expected_total=Money(50_000, "USD")).total.minor == 50_000


def test_every_line_that_cannot_be_bought_is_named_and_nothing_is_kept() -> None:
    orders.shop()
    fine, held, gone = offers.offer(), offers.offer(), offers.offer(units=0)
    basket_id = orders.basket(fine, held, gone)
    gate.hold(variant_id=held.variant_id)

    with pytest.raises(rules.LineRefusedError) as refused:
        orders.prepare(basket_id)

    assert {one.offer_id: one.code for one in refused.value.refusals} == {
        held.id: "held",
        gone.id: "sold_out",
    }
    assert nothing_was_kept()
    assert offer_queries.stock_by_offer([fine.id]) == {fine.id: 1}


def test_two_lines_of_one_last_phone_cannot_both_be_kept() -> None:
    orders.shop()
    offer = offers.offer(units=1)

    with pytest.raises(rules.LineRefusedError) as refused:
        orders.prepared(offer, offer)

    assert [one.code for one in refused.value.refusals] == ["sold_out"]
    assert nothing_was_kept()


def test_a_hold_on_one_lot_sets_its_units_apart_and_sells_the_next() -> None:
    orders.shop()
    offer = offers.offer(units=0)
    offer_services.receive_units(
        offer_id=offer.id,
        units=offers.arrivals(1, lot="bad"),
        now=clock.now() - timedelta(days=1),
    )
    offer_services.receive_units(
        offer_id=offer.id, units=offers.arrivals(1, lot="good"), now=clock.now()
    )
    gate.hold(lot="bad")

    checkout = orders.prepared(offer)

    assert CheckoutLine.objects.get(checkout=checkout.id).unit.lot == "good"
    assert {unit.lot: unit.state for unit in offer_queries.units_of(offer.id)} == {
        "bad": "quarantined",
        "good": "reserved",
    }


def test_every_wrong_field_of_the_form_is_named_at_once() -> None:
    orders.shop()
    basket_id = orders.basket(offers.offer())

    with pytest.raises(rules.CheckoutFormError) as refused:
        orders.prepare(
            basket_id,
            email="mira at example",
            buyer_name=" ",
            address={**orders.ADDRESS, "postal_code": "ABC", "city": ""},
        )

    assert set(refused.value.problems) == {"email", "buyer_name", "postal_code", "city"}
    assert "ZIP code" in refused.value.problems["postal_code"]
    assert nothing_was_kept()


def test_an_address_elsewhere_names_where_we_deliver() -> None:
    orders.shop()
    basket_id = orders.basket(offers.offer())

    with pytest.raises(rules.CheckoutFormError) as refused:
        orders.prepare(basket_id, address={**orders.ADDRESS, "country_code": "HK"})

    assert "choose one of US" in refused.value.problems["country_code"]


def test_an_empty_or_unknown_basket_is_refused() -> None:
    orders.shop()

    with pytest.raises(rules.BasketRefusedError, match="empty"):
        orders.prepare(orders.basket())
    with pytest.raises(rules.BasketNotFoundError):
        orders.prepare(uuid4(), expected_total=Money(1, "USD"))


def test_paying_twice_is_one_payment() -> None:
    orders.shop()
    checkout = orders.prepared(offers.offer())

    orders.pay(checkout.id)
    orders.pay(checkout.id)

    payment = Payment.objects.get()
    assert payment.purpose == queries.purpose_of(checkout.id)
    assert payment.commands.count() == 1
    assert queries.checkout_row(checkout.id).payment_id == payment.id


def test_a_declined_card_leaves_the_checkout_for_another_card() -> None:
    orders.shop()
    checkout = orders.prepared(offers.offer())

    orders.pay(checkout.id, card="tok_declined")
    orders.hear_everything()
    declined = queries.checkout_row(checkout.id)
    orders.pay(checkout.id, card="tok_ok")
    orders.hear_everything()

    assert declined.state is CheckoutState.PREPARED
    assert "declined" in declined.failure
    assert queries.checkout_row(checkout.id).state is CheckoutState.FINALIZED
    assert Payment.objects.count() == Order.objects.count() == 1


def test_a_card_number_is_refused_and_the_buyer_may_go_on() -> None:
    orders.shop()
    checkout = orders.prepared(offers.offer())

    with pytest.raises(CardNumberRefusedError):
        orders.pay(checkout.id, card="4111111111111111")

    assert queries.checkout_row(checkout.id).state is CheckoutState.PREPARED
    assert not Payment.objects.exists()


def test_another_amount_after_a_decline_is_another_checkout() -> None:
    orders.shop()
    offer = offers.offer(units=3)
    first = orders.prepared(offer)
    orders.pay(first.id, card="tok_declined")
    orders.hear_everything()
    services.add_line(basket_id=first.basket_id, offer_id=offer.id, terms_id=None, now=clock.now())

    second = orders.prepare(first.basket_id)

    assert second.id != first.id
    assert queries.checkout_row(first.id).state is CheckoutState.EXPIRED
    assert second.due_today == Money(96_000, "USD")
    assert offer_queries.stock_by_offer([offer.id]) == {offer.id: 1}


def test_an_expired_reservation_is_kept_again_while_there_is_stock() -> None:
    orders.shop()
    offer = offers.offer(units=1)
    checkout = orders.prepared(offer)
    offer_services.expire_reservations(now=checkout.expires_at)

    orders.pay(checkout.id)

    assert queries.checkout_row(checkout.id).state is CheckoutState.PAYING
    assert offer_queries.stock_by_offer([offer.id]) == {}


def test_an_expired_reservation_that_others_took_says_so_and_ends() -> None:
    orders.shop()
    offer = offers.offer(units=1)
    checkout = orders.prepared(offer)
    offer_services.expire_reservations(now=checkout.expires_at)
    orders.prepared(offer)

    with pytest.raises(rules.ReservationExpiredError, match="as long as we could"):
        orders.pay(checkout.id)

    assert queries.checkout_row(checkout.id).state is CheckoutState.EXPIRED
    assert not Payment.objects.exists()


def test_a_plan_takes_its_first_payment_today_and_is_active_after() -> None:
    orders.shop()
    terms = credit.terms(months=24, down_payment_bps=0)

    order = orders.paid(offers.offer(), terms_id=terms.id)

    (line,) = queries.order_page(order.id).lines
    assert order.due_today == Money(2_000, "USD")
    assert line.plan is not None
    assert line.plan.state == "active"
    assert line.plan.paid == Money(2_000, "USD")
    assert line.plan.open == Money(46_000, "USD")


def test_a_bank_that_asks_the_buyer_holds_the_order_until_they_answer() -> None:
    orders.shop()
    checkout = orders.prepared(offers.offer())

    orders.pay(checkout.id, card="tok_3ds")
    orders.hear_everything()

    payment = payments.payment_by_purpose(queries.purpose_of(checkout.id))
    assert payment is not None
    assert payment.state is PaymentState.ACTION_NEEDED
    assert payment.action_url
    assert queries.checkout_row(checkout.id).state is CheckoutState.PAYING
    assert not Order.objects.exists()
