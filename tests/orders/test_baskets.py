from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bandstand.money import Money
from bandstand.offers import services as offer_services
from bandstand.offers.rules import OfferNotFoundError
from bandstand.orders import queries, rules, services
from bandstand.orders.models import BasketLine
from bandstand.plumbing import clock
from tests.factories import catalogue, credit, gate, offers, orders

pytestmark = pytest.mark.django_db


def test_a_basket_adds_up_outright_and_on_a_plan() -> None:
    orders.shop()
    terms = credit.terms(months=24, down_payment_bps=0)
    basket_id = orders.basket(offers.offer(), now=clock.now())
    services.add_line(
        basket_id=basket_id, offer_id=offers.offer().id, terms_id=terms.id, now=clock.now()
    )

    page = queries.basket_page(basket_id=basket_id, now=clock.now())

    assert page.total == Money(96_000, "USD")
    assert page.due_today == Money(48_000 + 2_000, "USD")
    assert [line.first_payment_today for line in page.lines] == [False, True]
    assert page.can_check_out
    assert queries.basket_count(basket_id) == 2


def test_a_changed_price_shows_old_and_new() -> None:
    orders.shop()
    offer = offers.offer()
    basket_id = orders.basket(offer)
    offer_services.change_price(
        offer_id=offer.id, price=Money(45_000, "USD"), actor="mira@example.org", now=clock.now()
    )

    (line,) = queries.basket_page(basket_id=basket_id, now=clock.now()).lines

    assert line.is_price_changed
    assert (line.seen_price, line.price) == (Money(48_000, "USD"), Money(45_000, "USD"))
    services.see_prices(basket_id=basket_id, seen=[(line.id, line.price)])
    assert not queries.basket_page(basket_id=basket_id, now=clock.now()).has_changed_prices


def test_a_held_line_says_why_and_stops_the_checkout() -> None:
    orders.shop()
    offer = offers.offer()
    basket_id = orders.basket(offer)
    hold = gate.hold(variant_id=offer.variant_id)

    page = queries.basket_page(basket_id=basket_id, now=clock.now())

    assert not page.can_check_out
    assert page.lines[0].problem == hold.reason
    assert page.lines[0].hold is not None


def test_sold_out_withdrawn_and_lapsed_terms_are_told_apart() -> None:
    orders.shop()
    lapsing = credit.terms(months=24, until_at=clock.now() + timedelta(hours=1))
    withdrawn = offers.offer()
    basket_id = orders.basket(offers.offer(units=0), withdrawn)
    services.add_line(
        basket_id=basket_id, offer_id=offers.offer().id, terms_id=lapsing.id, now=clock.now()
    )
    offer_services.withdraw(offer_id=withdrawn.id, actor="mira@example.org", now=clock.now())

    page = queries.basket_page(basket_id=basket_id, now=clock.now() + timedelta(hours=2))

    assert [line.problem.split(".")[0] for line in page.lines] == [
        "Sold out",
        "No longer offered by this seller",
        "This plan is no longer offered for this price",
    ]


def test_a_unit_kept_by_ones_own_checkout_is_not_sold_out() -> None:
    orders.shop()
    basket_id = orders.basket(offers.offer(units=1))
    orders.prepare(basket_id)

    assert queries.basket_page(basket_id=basket_id, now=clock.now()).can_check_out


def test_what_is_not_on_sale_cannot_be_put_in() -> None:
    orders.shop()
    basket_id = orders.basket()
    held = offers.offer()
    gate.hold(variant_id=held.variant_id)
    catalogue.market(code="GB")

    with pytest.raises(rules.BasketRefusedError, match="not on sale"):
        services.add_line(
            basket_id=basket_id, offer_id=offers.draft(), terms_id=None, now=clock.now()
        )
    with pytest.raises(rules.BasketRefusedError, match="brand has asked"):
        services.add_line(basket_id=basket_id, offer_id=held.id, terms_id=None, now=clock.now())
    with pytest.raises(OfferNotFoundError):
        services.add_line(basket_id=basket_id, offer_id=uuid4(), terms_id=None, now=clock.now())

    assert queries.basket_count(basket_id) == 0


def test_a_plan_that_is_not_offered_for_the_price_is_refused() -> None:
    orders.shop()
    dear = credit.terms(months=24, price_minimum=Money(99_900, "USD"))
    offer = offers.offer()
    basket_id = orders.basket(offer)
    (line,) = queries.basket_page(basket_id=basket_id, now=clock.now()).lines

    with pytest.raises(rules.BasketRefusedError, match="plan is not offered"):
        services.change_terms(
            basket_id=basket_id, line_id=line.id, terms_id=dear.id, now=clock.now()
        )

    assert BasketLine.objects.get(pk=line.id).terms_id is None


def test_a_line_is_put_on_a_plan_and_taken_out() -> None:
    orders.shop()
    terms = credit.terms(months=24)
    basket_id = orders.basket(offers.offer())
    (line,) = queries.basket_page(basket_id=basket_id, now=clock.now()).lines

    services.change_terms(basket_id=basket_id, line_id=line.id, terms_id=terms.id, now=clock.now())
    (on_plan,) = queries.basket_page(basket_id=basket_id, now=clock.now()).lines

    assert on_plan.due_today == Money(4_800, "USD")
    assert services.remove_line(basket_id=basket_id, line_id=line.id)
    assert not services.remove_line(basket_id=basket_id, line_id=line.id)


def test_a_basket_has_room_for_ten() -> None:
    orders.shop()
    offer = offers.offer(units=0)
    basket_id = orders.basket(*[offer] * rules.BASKET_LINES_MAX)

    with pytest.raises(rules.BasketRefusedError, match="holds 10"):
        services.add_line(basket_id=basket_id, offer_id=offer.id, terms_id=None, now=clock.now())

    assert queries.basket_count(basket_id) == 10


def test_a_basket_that_is_being_paid_cannot_change() -> None:
    orders.shop()
    checkout = orders.prepared(offers.offer())
    orders.pay(checkout.id)
    (line,) = queries.basket_page(basket_id=checkout.basket_id, now=clock.now()).lines

    with pytest.raises(rules.BasketRefusedError, match="under way"):
        services.remove_line(basket_id=checkout.basket_id, line_id=line.id)

    assert queries.basket_count(checkout.basket_id) == 1


def test_stopped_goods_leave_open_baskets_but_not_one_being_paid() -> None:
    orders.shop()
    offer = offers.offer(units=2)
    idle, paying = orders.basket(offer), orders.prepared(offer)
    orders.pay(paying.id)

    assert services.drop_offers(offer_ids=[offer.id]) == 1

    assert queries.basket_count(idle) == 0
    assert queries.basket_count(paying.basket_id) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_basket_takes_nine_queries_whatever_its_length(count: int) -> None:
    orders.shop()
    credit.terms(months=24)
    basket_id = orders.basket(*[offers.offer() for _ in range(count)])

    with CaptureQueriesContext(connection) as captured:
        queries.basket_page(basket_id=basket_id, now=clock.now())

    assert len(captured) == 9
