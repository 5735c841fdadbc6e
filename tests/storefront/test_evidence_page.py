import pytest
from django.test import Client

from bandstand.gate.models import Decision
from bandstand.offers.models import Offer
from bandstand.rights.models import Grant
from tests.factories import gate, offers, parties, rights
from tests.storefront.conftest import World, url_of


def evidence(shopper: Client, url: str) -> str:
    answer = shopper.get(f"{url}evidence/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def url(world: World) -> str:
    return url_of(world.phone())


def test_badge_on_the_product_page_opens_the_evidence(shopper: Client, url: str) -> None:
    assert f'href="{url}evidence/"' in shopper.get(url).content.decode()


def test_evidence_names_who_gave_the_right_the_approval_and_the_decision(
    shopper: Client, url: str
) -> None:
    page = evidence(shopper, url)

    assert "Aster authorises Northgate." in page
    assert "brand&#x27;s published list" in page
    assert "1 January 2026 to 1 January 2028" in page
    assert "FCC 2AASTER-1 of this exact hardware: granted." in page
    assert Decision.objects.get(action="offer.publish").inputs_hash in page
    assert "<dd>the same</dd>" in page
    assert "What is not known" in page


def test_who_stands_between_brand_and_seller_is_not_named(shopper: Client, world: World) -> None:
    offer = world.phone()
    middle = parties.party(trading_name="Secret Wholesale")
    brand, kind = offer.variant.model.brand, offer.variant.model.category
    Grant.objects.filter(grantee=world.seller).delete()
    root = rights.grant(grantee=middle, brand=brand, category=kind, delegate_depth=1)
    rights.grant(grantee=world.seller, brand=brand, category=kind, issuer_party=middle, parent=root)

    page = evidence(shopper, url_of(offer))

    assert "Aster authorises a distributor." in page
    assert "An authorised distributor authorises Northgate." in page
    assert "Secret Wholesale" not in page


def test_offer_that_is_held_or_was_never_public_shows_no_evidence(
    shopper: Client, world: World, url: str
) -> None:
    seller, variant = rights.sellable(seller=world.seller)
    hidden = Offer.objects.get(pk=offers.draft(seller=seller, variant=variant))
    gate.hold(seller_id=world.seller.id)

    assert shopper.get(f"{url}evidence/").status_code == 302
    assert shopper.get(f"{url_of(hidden)}evidence/").status_code == 404
