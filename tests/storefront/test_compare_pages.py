import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bandstand.catalogue.models import Variant
from bandstand.money import Money
from tests.factories import catalogue
from tests.storefront.conftest import World, url_of


@pytest.fixture
def phones(world: World) -> list[Variant]:  # noqa: ARG001 -- there must be a shop
    brand = catalogue.brand(name="Aster")
    found = []
    for name, bands in (("One", ("12",)), ("Two", ("2",)), ("Three", ()), ("Four", ("2", "12"))):
        made = catalogue.variant(
            model=catalogue.device_model(brand=brand, name=name), code=f"AST-{name}"
        )
        if bands:
            catalogue.band_claim(variant=made, bands=bands)
        found.append(made)
    return found


def text_of(client: Client, url: str, *, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def url(*phones: Variant, more: str = "") -> str:
    return "/compare/?" + "&".join(f"v={one.slug}" for one in phones) + more


def row(shown: str, question: str) -> list[str]:
    """Return the cells of a row, without their marks."""
    found = re.search(rf'<th scope="row">{question}.*?</tr>', shown, re.DOTALL)
    assert found is not None, question
    return re.findall(r"<td>(.*?)</td>", found[0], re.DOTALL)


def test_phones_stand_side_by_side_and_unknown_is_not_no(
    shopper: Client, phones: list[Variant]
) -> None:
    shown = text_of(shopper, url(*phones[:3]))

    has, lacks, silent = row(shown, "4G bands")
    assert 'band-yes band-main"><span class="visually-hidden">has </span>12' in has
    assert 'band-no band-main"><span class="visually-hidden">lacks </span>12' in lacks
    assert 'band-unknown band-main"><span class="visually-hidden">not known' in silent
    assert 'class="cell-unknown">Not known' in row(shown, "Data")[2]
    assert "100 %" in row(shown, "Main bands below 1 GHz")[0]


def test_differences_only_leaves_out_what_all_share(shopper: Client, phones: list[Variant]) -> None:
    whole = text_of(shopper, url(phones[0], phones[3]))
    cut = text_of(shopper, url(phones[0], phones[3], more="&differences=1"))

    assert "Emergency calls" in whole
    assert '<th scope="row">Emergency calls' not in cut
    assert '<th scope="row">4G bands' in cut  # the one lacks band 2
    assert re.search(r"\d+ lines on which they agree are left out", cut)


def test_price_is_that_of_the_cheapest_offer_on_sale(world: World, shopper: Client) -> None:
    dear = world.phone("One", price=Money(30_000, "USD"))
    other = catalogue.variant(model=catalogue.device_model(name="Elsewhere"))

    shown = text_of(shopper, url(dear.variant, other))

    assert f'<a href="{url_of(dear)}">$300.00</a>' in row(shown, "Here from")[0]
    assert row(shown, "Here from")[1] == "Not on our shelf"


def test_phone_is_added_by_name_and_taken_away_by_link(
    shopper: Client, phones: list[Variant]
) -> None:
    one, two = phones[:2]

    added = shopper.get(url(one, more="&add=aster+two"))

    assert (added.status_code, added.headers["Location"]) == (302, url(one, two))
    assert f'href="{url(two)}"' in text_of(shopper, url(one, two)).replace("&amp;", "&")


def test_name_of_several_versions_asks_which(shopper: Client, phones: list[Variant]) -> None:
    twin = catalogue.variant(model=phones[1].model, code="AST-Two-b")

    shown = text_of(shopper, url(phones[0], more="&add=aster+two")).replace("&amp;", "&")

    assert f'href="{url(phones[0], twin)}"' in shown
    assert f'href="{url(phones[0], phones[1])}"' in shown


def test_unknown_phone_is_told_with_what_is_near_and_the_rest_stays(
    shopper: Client, phones: list[Variant]
) -> None:
    shown = text_of(shopper, url(phones[0], more="&add=aster+twoo"), status=422)

    assert "Did you mean Aster Two" in shown
    assert 'value="aster twoo"' in shown
    assert "AST-One" in shown
    stale = text_of(shopper, url(phones[0], more="&v=gone"))
    assert "a phone that we do not know, “gone”" in stale


def test_more_than_four_are_cut_and_told(shopper: Client, phones: list[Variant]) -> None:
    fifth = catalogue.variant(model=phones[0].model, code="AST-Five")

    shown = text_of(shopper, url(*phones, fifth))

    assert shown.count('class="compare-name"') == 4
    assert "Four phones fit side by side" in shown
    assert 'id="add"' not in shown


def test_more_phones_ask_no_more_queries(shopper: Client, phones: list[Variant]) -> None:
    text_of(shopper, url(phones[0]))
    with CaptureQueriesContext(
        connection,
    ) as one:
        text_of(shopper, url(phones[0]))
    with CaptureQueriesContext(connection) as four:
        text_of(shopper, url(*phones))

    assert len(four) == len(one)


@pytest.mark.usefixtures("phones")
def test_empty_comparison_asks_for_a_phone(shopper: Client) -> None:
    shown = text_of(shopper, "/compare/")

    assert "Begin with a phone" in shown
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son[a-z]+=", shown)
