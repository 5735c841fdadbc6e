"""A seller's desk: everything that is missing, units, orders without the buyer's own words."""

import csv
from io import StringIO

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bandstand.offers.models import Offer
from bandstand.orders.queries import order_page
from tests.factories import orders, parties, rights
from tests.portals.conftest import Portals
from tests.portals.world import phone_on_shelf, printed, refused_offer


def test_refused_offer_shows_everything_that_is_missing_with_its_cure(portals: Portals) -> None:
    offer = refused_offer(portals)

    page = portals.seller.get(f"/portals/seller/offers/{printed(offer)}/").content.decode()

    assert page.count("To mend it:") >= 2
    assert "ground:" in page
    assert "Ask again" in page


def test_offer_whose_cure_came_is_listed_when_asked_again(portals: Portals) -> None:
    offer = refused_offer(portals)
    url = f"/portals/seller/offers/{printed(offer)}/ask/"
    still = portals.seller.post(url, follow=True).content.decode()
    assert "Still refused." in still
    rights.grant(
        grantee=portals.northgate, brand=portals.mark, category=offer.variant.model.category
    )
    rights.approval(variant=offer.variant)

    answer = portals.seller.post(url, follow=True)

    offer.refresh_from_db()
    assert offer.state == "listed"
    assert "The offer is on the shelf." in answer.content.decode()


def test_offer_is_withdrawn_after_a_preview(portals: Portals) -> None:
    offer = phone_on_shelf(portals)
    url = f"/portals/seller/offers/{printed(offer)}/withdraw/"

    asked = portals.seller.post(url)
    assert b"Yes, withdraw it" in asked.content
    assert Offer.objects.get().state == "listed"
    portals.seller.post(url, {"confirmed": "yes"})

    assert Offer.objects.get().state == "withdrawn"


def test_seller_sees_only_its_own_offers_and_their_units(portals: Portals) -> None:
    mine = phone_on_shelf(portals, units=2)
    theirs = phone_on_shelf(portals, seller=parties.party(slug="harbor"), name="Harbour")

    page = portals.seller.get("/portals/seller/offers/").content.decode()
    one = portals.seller.get(f"/portals/seller/offers/{printed(mine)}/").content.decode()

    assert printed(mine) in page
    assert printed(theirs) not in page
    assert "2 units" in one


def test_order_shows_where_the_phone_goes_and_nothing_else_of_its_buyer(portals: Portals) -> None:
    order = orders.paid(phone_on_shelf(portals))

    page = portals.seller.get("/portals/seller/orders/").content.decode()
    sheet = portals.seller.get("/portals/seller/orders/?format=csv").content.decode()

    for shown in (page, sheet):
        assert order.number in shown
        assert "1 Main Street" in shown
        assert "mira@example.org" not in shown
    assert order.number not in portals.other_seller.get("/portals/seller/orders/").content.decode()


def test_address_of_a_cancelled_phone_is_not_shown(portals: Portals) -> None:
    order = orders.paid(phone_on_shelf(portals))
    line = order_page(order.id).lines[0]
    portals.operator.post(
        f"/console/orders/{order.public_id}/{line.public_id}/cancel/",
        {"reason": "Damaged.", "confirmed": "yes"},
    )

    page = portals.seller.get("/portals/seller/orders/").content.decode()

    assert order.number in page
    assert "1 Main Street" not in page


def test_export_of_offers_says_what_is_missing(portals: Portals) -> None:
    offer = refused_offer(portals)

    sheet = portals.seller.get("/portals/seller/offers/?format=csv").content.decode()
    rows = list(csv.DictReader(StringIO(sheet)))

    assert [row["offer"] for row in rows] == [printed(offer)]
    assert rows[0]["missing"]
    assert " | " in rows[0]["cures"]


def test_overview_names_what_is_to_mend(portals: Portals) -> None:
    refused_offer(portals)

    page = portals.seller.get("/portals/seller/").content.decode()

    assert "To mend" in page
    assert "Aster Two" in page


def test_list_of_orders_takes_as_many_queries_for_three_as_for_one(portals: Portals) -> None:
    offer = phone_on_shelf(portals, units=3)
    orders.paid(offer)
    portals.seller.get("/portals/seller/orders/")
    with CaptureQueriesContext(connection) as one:
        portals.seller.get("/portals/seller/orders/")
    for _ in range(2):
        orders.paid(offer)

    with CaptureQueriesContext(connection) as three:
        portals.seller.get("/portals/seller/orders/")

    assert len(three) == len(one)
