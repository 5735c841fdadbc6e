"""Pages kept as bytes, on a database whose commits are real."""

import re
from collections.abc import Callable, Iterator
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bandstand.offers.models import Offer
from bandstand.storefront import page_bytes, shop as shop_module
from bandstand.storefront.front_door import FrontDoor
from tests.factories import catalogue, credit, gate, orders, parties
from tests.storefront.conftest import World, url_of
from tests.storefront.test_basket_pages import put_in

Get = Callable[..., tuple[str, dict[str, str], str]]


@pytest.fixture
def open_shop(
    scratch_database: str,  # noqa: ARG001 -- points Django at it
) -> Iterator[World]:
    """Return the small shop in a database of its own, with nothing kept from another."""
    page_bytes.clear()
    shop_module.forget()
    network = orders.shop()
    catalogue.network_band(network=network, rat="LTE", band="12")
    terms = credit.terms(months=24, down_payment_bps=0)
    yield World(network, parties.party(slug="northgate", trading_name="Northgate"), terms)
    page_bytes.clear()
    shop_module.forget()


def through(door: FrontDoor) -> Get:
    """Return a way to ask a front door for pages, as a web server does."""

    def get(path: str, *, query: str = "", **extra: str) -> tuple[str, dict[str, str], str]:
        environ: dict[str, object] = {"PATH_INFO": path, "QUERY_STRING": query, **extra}
        setup_testing_defaults(environ)
        environ["HTTP_HOST"] = extra.get("HTTP_HOST", "localhost")
        told: list[tuple[str, list[tuple[str, str]]]] = []
        body = door(environ, lambda status, headers, *_: told.append((status, headers)))  # type: ignore[arg-type]  # no write() is given back
        text = b"".join(body).decode()
        return told[0][0], dict(told[0][1]), text

    return get


@pytest.fixture
def get(
    open_shop: World,  # noqa: ARG001 -- there must be a shop to ask
) -> Get:
    return through(FrontDoor(WSGIHandler()))


@pytest.mark.parametrize("clear", [True, False])
def test_hold_is_on_every_page_at_the_next_request(
    open_shop: World, get: Get, *, clear: bool
) -> None:
    offer = open_shop.phone("One")
    open_shop.phone("Two", brand="Bee")
    paths = ("/", "/phones/", url_of(offer))
    for path in (*paths, *paths):
        status, _, text = get(path)
        assert status == "200 OK"
        assert "Aster One" in text
    kept = dict(page_bytes.kept_pages())
    hold = gate.hold(brand_id=offer.variant.model.brand_id)
    if clear:
        page_bytes.clear()
    else:
        assert page_bytes.kept_pages() == kept

    assert "Aster One" not in get("/")[2]
    assert "Aster One" not in get("/phones/")[2]
    assert get(url_of(offer))[0].startswith("410")
    assert "Bee Two" in get("/phones/")[2]

    gate.lift(hold.id)

    for path in paths:
        assert "Aster One" in get(path)[2]


def test_kept_page_costs_one_question_to_the_database(open_shop: World, get: Get) -> None:
    url = url_of(open_shop.phone())
    first = get(url)

    with CaptureQueriesContext(connection) as seen:
        second = get(url)

    assert len(seen) == 0  # the one question does not pass through Django
    assert re.sub(r"value=\"\w+\"", "", second[2]) == re.sub(r"value=\"\w+\"", "", first[2])
    for name in ("Content-Security-Policy", "X-Frame-Options", "Cache-Control"):
        assert first[1][name] == second[1][name]


def test_kept_page_is_rendered_anew_when_it_is_too_old(
    open_shop: World, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = open_shop.phone()
    get("/phones/")
    Offer.objects.filter(pk=offer.pk).update(price_minor=60_000)
    assert "$480.00" in get("/phones/")[2]

    monkeypatch.setattr(page_bytes, "FRESH_SECONDS", 0.0)

    assert "$600.00" in get("/phones/")[2]


def test_one_visitor_renews_an_ageing_page_while_others_get_the_kept_one(
    get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    get("/phones/")
    kept = page_bytes.kept_pages()["/phones/"]
    monkeypatch.setattr(page_bytes, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(page_bytes, "KEPT_SECONDS", 60.0)

    asked = [kept.may_stand(epoch=kept.epoch) for _ in range(3)]

    assert asked == [False, True, True]
    assert not kept.may_stand(epoch=kept.epoch + 1)


def test_form_token_of_a_kept_page_is_ones_own_and_works(open_shop: World, get: Get) -> None:
    offer = open_shop.phone()
    get(url_of(offer))
    tokens = set()
    for _ in range(2):
        _, headers, text = get(url_of(offer))
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text)
        cookie = re.match(
            r"csrftoken=(\w+); Max-Age=\d+; Path=/; SameSite=Lax", headers["Set-Cookie"]
        )
        assert token is not None
        assert cookie is not None
        tokens.add(token[1])
        client = Client(enforce_csrf_checks=True)
        client.cookies["csrftoken"] = cookie[1]
        sent = {"offer": url_of(offer).split("/")[3], "csrfmiddlewaretoken": token[1]}
        assert client.post("/basket/add/", sent).status_code == 302
        assert (
            client.post("/basket/add/", {**sent, "csrfmiddlewaretoken": "a" * 32}).status_code
            == 403
        )

    assert len(tokens) == 2


def test_what_is_one_visitors_own_is_never_kept(open_shop: World, get: Get) -> None:
    offer = open_shop.phone()
    mira = Client()
    put_in(mira, offer)
    shown = mira.get("/phones/").content.decode()
    assert re.search(r'Basket <span class="count-badge">1<', shown)

    assert "count-badge" not in get("/phones/")[2]
    assert "count-badge" not in get("/phones/")[2]
    assert not re.search(r"(yours|token)-[0-9a-f]{24}", shown + get("/phones/")[2])

    signed_in = Client()
    signed_in.force_login(parties.person())
    assert ">Account</a>" in signed_in.get("/phones/").content.decode()
    assert ">Account</a>" not in get("/phones/")[2]


def test_message_is_shown_once_to_its_visitor(open_shop: World, get: Get) -> None:
    client = Client()
    printed = url_of(open_shop.phone()).split("/")[3]
    client.post("/basket/add/", {"offer": printed})

    assert "is in your basket" in client.get("/phones/").content.decode()
    assert "is in your basket" not in client.get("/phones/").content.decode()
    assert "is in your basket" not in get("/phones/")[2]


def test_parameters_that_change_nothing_share_one_page(open_shop: World, get: Get) -> None:
    open_shop.phone()
    get("/phones/", query="brand=aster&show=24")
    get("/phones/", query="show=24&brand=aster&utm_source=letter&q=")

    assert list(page_bytes.kept_pages()) == ["/phones/?brand=aster&show=24"]
    assert (
        get("/phones/", query="brand=bee&show=24")[2]
        != get("/phones/", query="brand=aster&show=24")[2]
    )


def test_pages_kept_are_bounded(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_bytes, "KEPT_MAX", 3)

    for number in range(6):
        get("/phones/", query=f"q={number}")

    assert len(page_bytes.kept_pages()) == 3


def test_host_that_is_not_ours_gets_nothing_kept(get: Get) -> None:
    get("/phones/")

    assert get("/phones/", HTTP_HOST="evil.example")[0].startswith("400")
    assert get("/phones/")[0] == "200 OK"


def test_other_methods_walk_through(get: Get) -> None:
    get("/phones/")

    assert get("/phones/", REQUEST_METHOD="POST")[0].startswith("403")
    assert get("/phones/", REQUEST_METHOD="HEAD")[0] == "200 OK"
