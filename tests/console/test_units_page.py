import pytest
from django.test import Client

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.provenance.rules.ids import imei_uri
from bandstand.storefront.pages.custody import custody_panel
from tests.console.conftest import Callers
from tests.factories import offers
from tests.factories.provenance import GTIN, captured, chain, event
from tests.provenance.world import World, make_world

PAPER = "urn:example:invoice:4711"


@pytest.fixture
def world(callers: Callers) -> World:  # noqa: ARG001 -- there must be a shop
    return make_world()


def asked(client: Client, **typed: str) -> tuple[int, str]:
    answer = client.get("/console/units/", {"brand": "aster", "gtin": GTIN, **typed})
    return answer.status_code, answer.content.decode()


def test_operator_sees_who_had_a_phone_when_with_which_papers(
    operator: Client, world: World
) -> None:
    made, shipped, received = chain(world.maker, world.seller)
    paper = [{"type": "inv", "bizTransaction": PAPER}]
    captured(made, {**shipped, "bizTransactionList": paper}, received)

    status, page = asked(operator, serial="A1")

    assert status == 200
    assert "Complete" in page
    assert "Aster → Northgate" in page
    assert f"invoice {PAPER}" in page
    assert page.count("custody-ok") == 3


def test_gap_is_drawn_broken_and_said_in_words(operator: Client, world: World) -> None:
    made, _, received = chain(world.maker, world.seller)
    captured(made, received)

    _, page = asked(operator, serial="A1")

    assert 'class="custody-gap"' in page
    assert "nothing says Aster shipped it" in page
    assert "PROVENANCE_GAP" in page


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({}, "IMEI or its serial"),
        ({"imei": "123"}, "is not an IMEI"),
        ({"serial": "A1", "gtin": "4099999123450"}, "check digit"),
        ({"serial": "A1", "brand": "astor"}, "astor"),
    ],
)
def test_wrong_number_is_told_beside_the_form(
    operator: Client, world: World, typed: dict[str, str], why: str
) -> None:
    captured(*chain(world.maker, world.seller))

    status, page = asked(operator, **typed)

    assert status == 400
    assert why in page
    assert "custody-ok" not in page


def test_unit_of_an_offer_has_its_own_page(operator: Client, world: World) -> None:
    offer = offers.offer(units=1)
    unit = offer.units.get()
    imei = str(unit.imei)
    address = f"/console/units/{print_id(IdKind.OFFER, offer.id)}/"
    captured(event("inspecting", epcs=[imei_uri(imei)], sourceList=[]))

    page = operator.get(address + f"{print_id(IdKind.UNIT, unit.id)}/")
    other = operator.get(address + f"{print_id(IdKind.UNIT, offer.id)}/")

    assert page.status_code == 200
    assert imei in page.content.decode()
    assert "Seen" in page.content.decode()
    assert other.status_code == 404
    assert world.brand.name == "Aster"


def test_nobody_else_sees_where_a_phone_has_been(callers: Callers, world: World) -> None:
    captured(*chain(world.maker, world.seller))
    for client in callers.strangers.values():
        status, page = asked(client, serial="A1")

        assert status in (302, 403)
        assert "Northgate" not in page


def test_shopper_reads_roles_countries_and_months_and_no_name_or_paper(world: World) -> None:
    made, shipped, received, *rest = chain(world.maker, world.other, world.seller)
    paper = [{"type": "inv", "bizTransaction": PAPER}]
    captured(made, {**shipped, "bizTransactionList": paper}, received, *rest)

    panel = custody_panel(world.custody(), seller_id=world.northgate.id)

    assert [(one.what, one.who, one.where, one.when_text) for one in panel.steps] == [
        ("Made", "the maker", "DE", "September 2026"),
        ("Received", "a trader", "US", "September 2026"),
        ("Received", "this seller", "US", "September 2026"),
    ]
    assert "Harbor" not in str(panel)
    assert PAPER not in str(panel)
    assert "2026-09-0" not in str(panel)
