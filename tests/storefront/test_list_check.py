"""The validator of published lists: every error, what it would authorise, and nothing kept."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from bandstand.rights.models import ListSnapshot
from bandstand.rights.schemas import LIST_SCHEMA
from tests.factories import lists, orders
from tests.rights.servers import Page, WebServer, dns_server, web_server

URL = "/authorised-sellers/check/"
LIST = "/.well-known/authorised-sellers.json"


def local(_name: str, kind: str) -> list[str]:
    """Answer that every name is this machine, as a hostile resolver would."""
    return ["127.0.0.1"] if kind == "A" else []


@pytest.fixture
def client(db: None) -> Client:  # noqa: ARG001 -- opens the database
    """Open Lark's shop to a visitor."""
    orders.shop()
    cache.clear()
    return Client()


@pytest.fixture
def site(settings: Settings) -> Iterator[WebServer]:
    """Run the web server of Aster's domain."""
    with web_server() as server, dns_server(local) as resolver:
        settings.DNS_SERVERS = [resolver]
        place = ("127.0.0.1", server.port)
        settings.FETCH_TEST_HOSTS = {"aster.example": place, "copy.example": place}
        yield server


def test_page_is_open_to_everybody(client: Client) -> None:
    assert client.get(URL).status_code == 200


def test_pasted_list_shows_what_it_would_authorise(client: Client) -> None:
    body = lists.document(
        sequence=7,
        sellers=[
            lists.entry(name="Northgate"),
            lists.entry("old.example", valid_until="2026-02-01T00:00:00Z"),
            lists.entry("gone.example"),
        ],
        revoked_sellers=[{"domain": "gone.example", "revoked_at": "2026-10-01T00:00:00Z"}],
    )

    page = client.post(URL, {"text": body.decode()}).content.decode()

    assert "This list is sound" in page
    assert "northgate.example (Northgate)" in page
    assert page.count("authorises</span>") == 1
    assert "run out" in page
    assert "revoked" in page
    assert not ListSnapshot.objects.exists()


def test_every_error_is_told_with_its_place_and_nothing_is_run(client: Client) -> None:
    text = '{"version": "1.0", "sequence": 0, "domain": "<script>alert(1)</script>"}'

    page = client.post(URL, {"text": text}).content.decode()

    assert "would not be believed" in page
    for path in ("$.sequence", "$.issued_at", "$.domain"):
        assert path in page
    assert "<script>alert" not in page


def test_empty_form_is_told(client: Client) -> None:
    assert client.post(URL, {"text": ""}).status_code == 400
    assert client.post(URL, {"address": ""}).status_code == 400
    assert client.post(URL, {"address": "not a domain"}).status_code == 400


def test_published_list_is_read_at_its_own_domain(client: Client, site: WebServer) -> None:
    site.pages[LIST] = Page(lists.document(sequence=7, sellers=[lists.entry()]))

    own = client.post(URL, {"address": "aster.example"}).content.decode()
    copied = client.post(URL, {"address": f"https://copy.example{LIST}"}).content.decode()

    assert "This list is sound" in own
    assert "would not be believed" in copied
    assert "counts only at its own domain" in copied


@pytest.mark.parametrize(
    "address",
    [
        "https://metadata.example/latest",
        "http://aster.example/",
        "https://127.0.0.1/",
        "file:///etc",
    ],
)
def test_address_that_leads_inside_is_refused(
    client: Client, site: WebServer, address: str
) -> None:
    page = client.post(URL, {"address": address}).content.decode()

    assert "would not be believed" in page
    assert site.asked == []


def test_asking_often_is_refused_before_anything_is_asked(client: Client, site: WebServer) -> None:
    answers = [client.post(URL, {"address": "aster.example"}).status_code for _ in range(12)]

    assert answers == [200] * 10 + [429] * 2
    assert len(site.asked) == 10


def test_schema_is_served_and_is_the_documented_one(client: Client) -> None:
    served = client.get("/schemas/authorised-sellers.schema.json")
    documented = Path(__file__).parents[2] / "docs" / "schemas" / LIST_SCHEMA.name

    body = b"".join(served.streaming_content)  # type: ignore[attr-defined]  # a file is streamed
    assert served["Content-Type"] == "application/schema+json"
    assert json.loads(body)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert body == documented.read_bytes()
