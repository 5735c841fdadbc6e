"""Every page of the portals, every kind of caller."""

import pytest
from django.urls import reverse

from tests.portals.conftest import Portals
from tests.portals.world import phone_on_shelf, printed

BRAND = ("brand", "brand_offers", "brand_rights", "brand_notices", "new_notice")
SELLER = ("seller", "seller_offers", "seller_orders", "seller_statements")


def codes(portals: Portals, url: str) -> dict[str, int]:
    who = ("anonymous", "shopper", "operator", "seller", "brand")
    return {name: getattr(portals, name).get(url).status_code for name in who}


@pytest.mark.parametrize("name", BRAND)
def test_page_of_a_brand_opens_to_brands_alone(portals: Portals, name: str) -> None:
    assert codes(portals, reverse(f"portals:{name}")) == {
        "anonymous": 302, "shopper": 403, "operator": 403, "seller": 403, "brand": 200,
    }  # fmt: skip


@pytest.mark.parametrize("name", SELLER)
def test_page_of_a_seller_opens_to_sellers_alone(portals: Portals, name: str) -> None:
    assert codes(portals, reverse(f"portals:{name}")) == {
        "anonymous": 302, "shopper": 403, "operator": 403, "seller": 200, "brand": 403,
    }  # fmt: skip


def test_door_leads_everyone_to_their_own_desk(portals: Portals) -> None:
    assert portals.brand.get("/portals/").headers["Location"] == "/portals/brand/"
    assert portals.seller.get("/portals/").headers["Location"] == "/portals/seller/"
    assert portals.anonymous.get("/portals/").headers["Location"].startswith("/account/login/")
    assert portals.shopper.get("/portals/").status_code == 403


def test_offer_of_a_seller_is_nobody_elses(portals: Portals) -> None:
    offer = phone_on_shelf(portals)
    url = f"/portals/seller/offers/{printed(offer)}/"

    assert portals.seller.get(url).status_code == 200
    assert portals.other_seller.get(url).status_code == 404
    for deed in ("ask/", "withdraw/"):
        answer = portals.other_seller.post(url + deed, {"confirmed": "yes"})
        assert answer.status_code == 404
    offer.refresh_from_db()
    assert offer.state == "listed"


def test_offer_under_a_brand_is_no_other_brands(portals: Portals) -> None:
    url = f"/portals/brand/offers/{printed(phone_on_shelf(portals))}/"

    assert portals.brand.get(url).status_code == 200
    assert portals.other_brand.get(url).status_code == 404
