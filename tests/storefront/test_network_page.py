from datetime import date, timedelta

import pytest
from django.test import Client

from bandstand.catalogue import queries
from bandstand.catalogue.queries import ChangeKind
from bandstand.plumbing import clock
from tests.factories import catalogue
from tests.storefront.conftest import World

LATER = date(2099, 6, 2)
ON = date(2026, 11, 22)


def test_confirmed_end_counts_the_phones_it_touches_and_harms(world: World) -> None:
    catalogue.network_band(
        network=world.network, rat="UMTS", band="5", role="secondary", until_date=LATER
    )
    old = catalogue.variant()
    catalogue.band_claim(variant=old, rat="UMTS", bands=("5",))
    newer = catalogue.variant()
    catalogue.band_claim(variant=newer, bands=("12",))

    (outlook,) = queries.outlooks([world.network.id], variant_ids=[old.id, newer.id], on=ON)
    (day,) = outlook.days

    assert (day.on, day.is_confirmed) == (LATER, True)
    (change,) = day.changes
    assert (change.kind, change.rat, change.bands) == (ChangeKind.ENDS, "UMTS", ("5",))
    assert change.is_last
    assert (day.touched, day.worse, day.better) == (1, 1, 0)


def test_announced_end_is_weighed_as_if_it_came_and_marked(world: World) -> None:
    catalogue.network_band(network=world.network, rat="UMTS", band="5", announced_until_date=LATER)
    old = catalogue.variant()
    catalogue.band_claim(variant=old, rat="UMTS", bands=("5",))

    (outlook,) = queries.outlooks([world.network.id], variant_ids=[old.id], on=ON)

    (day,) = outlook.days
    assert (day.is_confirmed, day.touched, day.worse) == (False, 1, 1)
    fits = queries.fits_on([old.id], network_id=world.network.id, on=LATER)
    assert fits[old.id].tier == "limited"  # announced only: no verdict rests on it


def test_new_band_and_new_role_are_told_apart(world: World) -> None:
    catalogue.network_band(network=world.network, band="71", from_date=LATER)
    catalogue.network_band(network=world.network, band="4", role="limited", until_date=LATER)
    catalogue.network_band(network=world.network, band="4", from_date=LATER)

    (outlook,) = queries.outlooks([world.network.id], variant_ids=[], on=ON)

    assert [(one.kind, one.bands) for one in outlook.days[0].changes] == [
        (ChangeKind.BEGINS, ("71",)),
        (ChangeKind.ALTERS, ("4",)),
    ]
    assert {row.band for row in outlook.on_air} == {"2", "4", "12"}


@pytest.mark.usefixtures("world")
def test_what_an_mvno_does_not_get_is_not_its_news() -> None:
    host = catalogue.network(code="999-55", name="Host")
    catalogue.network_band(network=host, band="12")
    catalogue.network_band(network=host, rat="UMTS", band="5", until_date=LATER)
    guest = catalogue.network(code="-", name="Wren", mcc="", mnc="")
    guest.contracts.create(
        host=host, without=["UMTS"], source="contract", certainty="high", from_date=None
    )

    (outlook,) = queries.outlooks([guest.id], variant_ids=[], on=ON)

    assert outlook.days == ()
    assert {row.band for row in outlook.on_air} == {"12"}


def test_page_shows_today_and_later_with_standing_and_source(world: World, shopper: Client) -> None:
    today = clock.now().date()
    catalogue.network_band(
        network=world.network,
        rat="UMTS",
        band="5",
        announced_until_date=LATER,
        source="carrier's notice",
        certainty="low",
    )
    catalogue.network_band(network=world.network, band="71", from_date=today + timedelta(days=400))
    offer = world.phone("One")
    catalogue.band_claim(variant=offer.variant, rat="UMTS", bands=("5",))

    shown = shopper.get("/network/").content.decode()

    assert "3G ends" in shown
    assert "1 June 2099, the last day" in shown
    assert "announced, may move" in shown
    assert "4G band 71 goes on the air" in shown
    assert "confirmed" in shown
    assert "1 of 1 phones on the shelf use it; 1 would work less well here" in shown
    assert "carrier&#x27;s notice" in shown


@pytest.mark.usefixtures("world")
def test_network_without_news_says_so(shopper: Client) -> None:
    shown = shopper.get("/network/").content.decode()

    assert "We know of no switch-off" in shown
