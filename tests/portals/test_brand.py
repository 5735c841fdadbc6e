"""A brand's desk: its shelf without the sellers' proofs, its statements and grants."""

from tests.factories import catalogue, offers, rights
from tests.portals.conftest import Portals
from tests.portals.world import EVIDENCE, phone_on_shelf, printed, refused_offer


def test_brand_sees_what_is_listed_under_its_marks_and_sub_brands_alone(portals: Portals) -> None:
    phone_on_shelf(portals)
    sub = catalogue.brand(name="Aster Air", parent=portals.mark)
    phone = catalogue.variant(model=catalogue.device_model(brand=sub, name="Feather"))
    seller, _ = rights.sellable(seller=portals.northgate, model=phone.model)
    rights.approval(variant=phone)
    offers.offer(seller=seller, variant=phone)
    stranger = offers.offer()
    hidden = refused_offer(portals)

    page = portals.brand.get("/portals/brand/offers/").content.decode()

    assert "Aster One" in page
    assert "Feather" in page
    assert stranger.variant.code not in page
    assert hidden.variant.code not in page


def test_brand_reads_a_sellers_right_without_what_proves_it(portals: Portals) -> None:
    offer = phone_on_shelf(portals)

    page = portals.brand.get(f"/portals/brand/offers/{printed(offer)}/").content.decode()
    seen_by_staff = portals.operator.get(f"/console/offers/{printed(offer)}/").content.decode()

    assert "Northgate" in page
    assert EVIDENCE not in page
    assert EVIDENCE in seen_by_staff


def test_brand_sees_its_statements_and_the_grants_of_its_marks(portals: Portals) -> None:
    rights.statement(brand=portals.mark, source="https://aster.example/us/sellers")
    rights.grant(grantee=portals.northgate, brand=portals.mark)
    rights.grant(grantee=portals.northgate, brand=catalogue.brand(name="Cobalt"))

    page = portals.brand.get("/portals/brand/rights/").content.decode()

    assert "no authorised channel" in page
    assert "https://aster.example/us/sellers" in page
    assert "1 grant<" in page
    assert "Cobalt" not in page


def test_offers_of_a_brand_are_exported_without_proofs(portals: Portals) -> None:
    phone_on_shelf(portals)

    sheet = portals.brand.get("/portals/brand/offers/?format=csv").content.decode()

    assert "Aster One" in sheet
    assert EVIDENCE not in sheet


def test_account_that_is_not_verified_is_told_so(portals: Portals) -> None:
    portals.aster.verified_at = None
    portals.aster.save(update_fields=["verified_at"])

    assert b"not verified yet" in portals.brand.get("/portals/brand/").content
