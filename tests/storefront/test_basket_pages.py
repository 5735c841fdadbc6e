import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.offers import services as offer_services
from bandstand.offers.models import Offer
from bandstand.orders.models import Basket, BasketLine
from bandstand.plumbing import clock
from tests.factories import gate, parties
from tests.storefront.conftest import World


def put_in(client: Client, offer: Offer, *, months: str = "24") -> str:
    printed = print_id(IdKind.OFFER, offer.id)
    answer = client.post("/basket/add/", {"offer": printed, "months": months}, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:1500]
    return answer.content.decode()


def shown(client: Client) -> str:
    return client.get("/basket/").content.decode()


def line_id() -> UUID:
    return BasketLine.objects.latest("added_at").id


def test_guest_puts_a_phone_in_on_a_plan(world: World, shopper: Client) -> None:
    text = put_in(shopper, world.phone("One"))

    assert "Aster One is in your basket." in text
    assert "$20.00</b> a month" in text
    assert "24 payments" in text
    assert "Go to checkout" in text
    assert re.search(r'Basket <span class="count-badge">1<', text)
    assert BasketLine.objects.get().terms_id == world.terms.id


def test_empty_basket_says_what_to_do(shopper: Client) -> None:
    assert "Your basket is empty" in shown(shopper)


def test_plan_is_changed_and_line_taken_out(world: World, shopper: Client) -> None:
    put_in(shopper, world.phone())

    shopper.post(f"/basket/{line_id()}/plan/", {"months": "outright"})
    assert BasketLine.objects.get().terms_id is None
    assert "$480.00</b> in all" in shown(shopper)

    shopper.post(f"/basket/{line_id()}/remove/")
    assert not BasketLine.objects.exists()
    assert "Your basket is empty" in shown(shopper)


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        ({"offer": "nonsense"}, 404, "is not an id of the form ofr_"),
        ({"offer": "ofr_" + "0" * 26}, 404, "There is no such offer"),
        ({"months": "25"}, 400, "Choose one of outright, 24"),
    ],
)
def test_bad_input_to_the_basket_is_told_and_changes_nothing(
    world: World, shopper: Client, sent: dict[str, str], status: int, told: str
) -> None:
    offer = world.phone()

    answer = shopper.post("/basket/add/", {"offer": print_id(IdKind.OFFER, offer.id), **sent})

    assert answer.status_code == status
    assert told in answer.content.decode()
    assert not BasketLine.objects.exists()


def test_held_phone_cannot_be_put_in(world: World, shopper: Client) -> None:
    offer = world.phone()
    gate.hold(seller_id=world.seller.id, reason="Northgate is paused.")

    assert "Northgate is paused." in put_in(shopper, offer)
    assert not BasketLine.objects.exists()


def test_hold_after_the_fact_is_explained_and_bars_the_checkout(
    world: World, shopper: Client
) -> None:
    put_in(shopper, world.phone())
    gate.hold(seller_id=world.seller.id, reason="Northgate is paused.")

    text = shown(shopper)

    assert "Its sale was stopped" in text
    assert "Northgate is paused." in text
    assert "Go to checkout" not in text
    assert shopper.get("/checkout/")["Location"] == "/basket/"


def test_sold_out_line_is_explained(world: World, shopper: Client) -> None:
    offer = world.phone(units=1)
    put_in(shopper, offer)
    until = clock.now() + timedelta(days=1)
    offer_services.reserve(offer_id=offer.id, holder=UUID(int=7), until=until, now=clock.now())

    text = shown(shopper)

    assert "Sold out" in text
    assert "Go to checkout" not in text


def test_changed_price_shows_old_and_new_and_asks(world: World, shopper: Client) -> None:
    offer = world.phone()
    put_in(shopper, offer)
    offer_services.change_price(
        offer_id=offer.id, price=Money(50_000, "USD"), actor="nora", now=clock.now()
    )

    text = shown(shopper)
    assert "was $480.00, is now $500.00" in text

    stale = shopper.post("/basket/prices/", {f"price-{line_id()}": "48000"}, follow=True)
    assert "changed once more" in stale.content.decode()
    assert BasketLine.objects.get().seen_price_minor == 48_000

    after = shopper.post("/basket/prices/", {f"price-{line_id()}": "50000"}, follow=True)
    assert "is now $500.00" not in after.content.decode()
    assert BasketLine.objects.get().seen_price_minor == 50_000


def test_one_visitor_cannot_touch_anothers_basket(world: World, shopper: Client) -> None:
    put_in(shopper, world.phone())
    other = Client()
    put_in(other, world.phone("Two"))
    mine = BasketLine.objects.order_by("added_at")[0].id

    other.post(f"/basket/{mine}/remove/")
    other.post(f"/basket/{mine}/plan/", {"months": "outright"})

    assert BasketLine.objects.get(pk=mine).terms_id == world.terms.id


def test_basket_of_someone_signed_in_is_theirs(world: World) -> None:
    mira = parties.person(email="mira@example.org")
    client = Client()
    client.force_login(mira)

    put_in(client, world.phone())

    assert Basket.objects.get().person_id == mira.id


def test_addresses_that_change_something_refuse_get(shopper: Client) -> None:
    for url in ("/basket/add/", "/basket/prices/", f"/basket/{UUID(int=1)}/remove/"):
        assert shopper.get(url).status_code == 405


def test_number_of_queries_does_not_grow_with_the_basket(
    world: World, shopper: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    put_in(shopper, world.phone("One"))
    shown(shopper)
    with django_assert_max_num_queries(20) as one:
        shown(shopper)
    put_in(shopper, world.phone("Two"))
    put_in(shopper, world.phone("Three"))
    shown(shopper)

    with django_assert_max_num_queries(20) as three:
        shown(shopper)

    assert len(three) == len(one)
