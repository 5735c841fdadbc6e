import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bandstand.gate.rules import HoldScope
from bandstand.money import Money
from bandstand.orders import queries
from bandstand.orders.models import OrderLine
from bandstand.orders.queries import OrderFilters
from bandstand.orders.rules import LineState
from tests.factories import catalogue, credit, offers, orders, rights

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_of_orders_takes_three_queries_whatever_its_length(count: int) -> None:
    orders.shop()
    for _ in range(count):
        orders.placed(offers.offer())

    with CaptureQueriesContext(connection) as captured:
        page = queries.orders_list()

    assert page.total == count
    assert len(captured) == 3


def test_orders_are_found_by_number_buyer_imei_state_and_seller() -> None:
    orders.shop()
    first = orders.placed(offers.offer())
    second = orders.paid(offers.offer())
    line = OrderLine.objects.get(order=second.id)

    def found(**fields: object) -> list[str]:
        page = queries.orders_list(filters=OrderFilters(**fields))  # type: ignore[arg-type]  # one test, many fields
        return [one.number for one in page.orders]

    assert found(text=first.number[3:7]) == [first.number]
    assert found(text="MIRA") == [second.number, first.number]
    assert found(text=line.unit.imei) == [second.number]
    assert found(line_state="paid") == [second.number, first.number]
    assert found(line_state="cancelled") == []
    assert found(seller_id=line.seller_id) == [second.number]
    assert queries.lines_by_state()["paid"] == 2


def test_a_scope_finds_every_line_it_covers_and_what_is_at_stake() -> None:
    orders.shop()
    parent = catalogue.brand(name="Aster")
    child = catalogue.brand(name="Aster Lite", parent=parent)
    seller, variant = rights.sellable(model=catalogue.device_model(brand=child))
    mine = offers.offer(seller=seller, variant=variant, units=2)
    other = offers.offer()
    order = orders.paid(mine, terms_id=credit.terms(months=24).id)
    orders.paid(other)
    line = OrderLine.objects.get(order=order.id)

    for scope in (
        HoldScope(brand_id=parent.id),
        HoldScope(brand_id=child.id, include_sub_brands=False),
        HoldScope(variant_id=variant.id, market="US", condition="new"),
        HoldScope(category_id=variant.model.category_id, seller_id=seller.id),
        HoldScope(model_id=variant.model_id, lot="lot-1"),
        HoldScope(serials=(line.unit.serial,)),
        HoldScope(offer_id=mine.id),
    ):
        (found,) = queries.affected_lines(scope)
        assert (found.line_id, found.captured) == (line.id, Money(4_800, "USD"))
        assert found.plan_id is not None
        assert queries.affected_offers(scope) == (mine.id,)


def test_a_scope_leaves_out_what_it_does_not_name() -> None:
    orders.shop()
    parent = catalogue.brand(name="Aster")
    child = catalogue.brand(name="Aster Lite", parent=parent)
    seller, variant = rights.sellable(model=catalogue.device_model(brand=child))
    offer = offers.offer(seller=seller, variant=variant)
    orders.placed(offer)

    for scope in (
        HoldScope(brand_id=parent.id, include_sub_brands=False),
        HoldScope(variant_id=variant.id, market="GB"),
        HoldScope(variant_id=variant.id, lot="lot-2"),
        HoldScope(variant_id=variant.id, condition="used"),
    ):
        assert queries.affected_lines(scope) == ()
        assert queries.affected_offers(scope) == ()
    assert queries.affected_lines(HoldScope(offer_id=offer.id), states=[LineState.PAID]) == ()


def test_open_baskets_and_checkouts_under_a_scope_are_found() -> None:
    orders.shop()
    offer = offers.offer(units=3)
    scope = HoldScope(offer_id=offer.id)
    basket_id = orders.basket(offer)
    checkout = orders.prepared(offer)
    orders.placed(offer)

    assert set(queries.open_baskets(scope)) == {basket_id, checkout.basket_id}
    assert [one.checkout_id for one in queries.open_checkouts(scope)] == [checkout.id]
