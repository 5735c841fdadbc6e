"""A brand's desk: domains shown to be its own, lists read there, and the next list composed."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django import Settings

from bandstand.plumbing import clock
from bandstand.rights.models import BrandDomain, Grant, ListSource, PartyDomain
from bandstand.rights.rules.lists import parse_list
from bandstand.rights.services.lists import take_list
from tests.factories import catalogue, lists
from tests.portals.conftest import Portals
from tests.rights.servers import Page, WebServer, dns_server, web_server

FILE = "/.well-known/bandstand-brand.txt"
LIST = "/.well-known/authorised-sellers.json"


@pytest.fixture
def site(settings: Settings) -> Iterator[WebServer]:
    """Run the web server of Aster's domain; no name has a record."""
    with web_server() as server, dns_server(lambda _name, _kind: []) as resolver:
        settings.DNS_SERVERS = [resolver]
        settings.FETCH_TEST_HOSTS = {"aster.example": ("127.0.0.1", server.port)}
        yield server


def add_domain(portals: Portals, domain: str = "aster.example") -> BrandDomain:
    answer = portals.brand.post(
        "/portals/brand/domains/", {"brand": str(portals.mark.id), "domain": domain}
    )
    assert answer.status_code == 302
    return BrandDomain.objects.get()


def test_brand_shows_its_domain_publishes_a_list_and_sees_it_read(
    portals: Portals, site: WebServer
) -> None:
    row = add_domain(portals)
    url = f"/portals/brand/domains/{row.id}/"
    page = portals.brand.get(url).content.decode()
    assert f"bandstand-brand={row.challenge}" in page
    assert "_bandstand.aster.example" in page

    portals.brand.post(f"{url}check/")
    assert "The proof was not found" in portals.brand.get(url).content.decode()
    BrandDomain.objects.update(checked_at=clock.now() - timedelta(minutes=1))
    site.pages[FILE] = Page(
        f"bandstand-brand={row.challenge}".encode(), headers={"Content-Type": "text/plain"}
    )
    portals.brand.post(f"{url}check/")

    source = ListSource.objects.get()
    lists.party_domain(party=portals.northgate, domain="northgate.example")
    catalogue.market()
    catalogue.category()
    site.pages[LIST] = Page(lists.document(sequence=1, sellers=[lists.entry()]))
    answer = portals.brand.post(f"/portals/brand/lists/{source.id}/read/")

    assert answer.status_code == 302
    page = portals.brand.get(f"/portals/brand/lists/{source.id}/").content.decode()
    assert "Northgate" in page
    assert "Believed" in page
    assert Grant.objects.get().grantee == portals.northgate


def test_asking_twice_in_a_moment_asks_once(portals: Portals, site: WebServer) -> None:
    row = add_domain(portals)
    url = f"/portals/brand/domains/{row.id}/check/"

    first, second = portals.brand.post(url), portals.brand.post(url)

    assert (first.status_code, second.status_code) == (302, 409)
    assert len(site.asked) == 1


@pytest.mark.parametrize("domain", ["", "https://aster.example", "localhost", "10.0.0.1"])
def test_text_that_is_no_domain_is_told_and_kept_nowhere(portals: Portals, domain: str) -> None:
    answer = portals.brand.post(
        "/portals/brand/domains/", {"brand": str(portals.mark.id), "domain": domain}
    )

    assert answer.status_code == 400
    assert not BrandDomain.objects.exists()


def test_brand_may_not_ask_for_anothers_brand(portals: Portals) -> None:
    answer = portals.other_brand.post(
        "/portals/brand/domains/", {"brand": str(portals.mark.id), "domain": "aster.example"}
    )

    assert answer.status_code == 400
    assert not BrandDomain.objects.exists()


def test_domain_and_list_of_a_brand_are_nobody_elses(portals: Portals) -> None:
    source = lists.source(brand=portals.mark)
    take(source, lists.document(sequence=1))
    snapshot = source.snapshots.get()
    base = f"/portals/brand/lists/{source.id}/"
    pages = (f"/portals/brand/domains/{source.domain_id}/", base, f"{base}next/",
             f"{base}readings/{snapshot.id}/")  # fmt: skip

    for url in pages:
        assert portals.brand.get(url).status_code == 200, url
        assert portals.other_brand.get(url).status_code == 404, url
        assert portals.seller.get(url).status_code == 403, url
    for url in (f"{base}read/", f"/portals/brand/domains/{source.domain_id}/check/"):
        assert portals.other_brand.post(url).status_code == 404, url
        assert portals.brand.get(url).status_code == 405, url
    source.refresh_from_db()
    assert source.failing_since is None


def take(source: ListSource, body: bytes) -> None:
    now = clock.now()
    take_list(source_id=source.id, fetched=lists.fetched(body, at=now), now=now)


def test_reading_shows_what_changed_and_what_was_not_believed(portals: Portals) -> None:
    source = lists.source(brand=portals.mark)
    take(source, lists.document(sequence=1, sellers=[lists.entry()]))
    take(source, lists.document(sequence=2, sellers=[lists.entry("harbor.example")]))
    take(source, lists.document(sequence=1, sellers=[lists.entry()]))
    base = f"/portals/brand/lists/{source.id}/"
    second = source.snapshots.get(sequence=2)

    change = portals.brand.get(f"{base}readings/{second.id}/").content.decode()
    page = portals.brand.get(base).content.decode()

    assert "harbor.example" in change
    assert "removed" in change
    assert "LIST_ROLLBACK" in page
    assert "higher sequence number" in page


def test_next_list_is_composed_from_the_last_one(portals: Portals) -> None:
    catalogue.category()
    source = lists.source(brand=portals.mark)
    sellers = [lists.entry(), lists.entry("harbor.example"), lists.entry("kept.example")]
    said = [{"status": "closed_network", "countries": ["US"]}]
    take(source, lists.document(sequence=4, sellers=sellers, channel_statements=said))

    answer = portals.brand.post(
        f"/portals/brand/lists/{source.id}/next/",
        {
            "taken_off": ["domain:harbor.example"],
            "revoked": ["domain:northgate.example"],
            "reason": "compliance_violation",
            "domain": "Fresh.example",
            "countries": "US, GB",
            "categories": ["phone"],
            "models": "One, Two",
            "conditions": ["new", "used"],
            "valid_until": "2027-12-31",
        },
    )

    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    read = parse_list(answer.content)
    assert read.problems == ()
    assert read.document is not None
    assert read.document.sequence == 5
    assert [one.key for one in read.document.sellers] == [
        "domain:kept.example",
        "domain:fresh.example",
    ]
    assert read.document.sellers[1].models == ("One", "Two")
    assert read.document.sellers[1].countries == ("US", "GB")
    assert [one.key for one in read.document.revoked] == ["domain:northgate.example"]
    assert read.document.revoked[0].reason.value == "compliance_violation"
    assert len(read.document.statements) == 1
    take(source, answer.content)
    source.refresh_from_db()
    assert source.last_sequence == 5


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"countries": ""}, "at least one country"),
        ({"countries": "UK"}, "Write GB for UK"),
        ({"countries": "usa"}, "two capital letters"),
        ({"categories": []}, "at least one kind"),
        ({"domain": "not a domain"}, "Write only the name"),
        ({"valid_from": "2027-01-01", "valid_until": "2026-01-01"}, "after the beginning"),
    ],
)
def test_entry_that_lacks_something_is_told(
    portals: Portals, changes: dict[str, str], said: str
) -> None:
    catalogue.category()
    source = lists.source(brand=portals.mark)
    given = {"domain": "a.example", "countries": "US", "categories": ["phone"], **changes}

    answer = portals.brand.post(f"/portals/brand/lists/{source.id}/next/", given)

    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_first_list_is_composed_from_nothing(portals: Portals) -> None:
    source = lists.source(brand=portals.mark)

    answer = portals.brand.post(f"/portals/brand/lists/{source.id}/next/", {"conditions": ["new"]})

    assert json.loads(answer.content)["sequence"] == 1
    assert parse_list(answer.content).errors == ()


def test_seller_asks_for_its_own_domain_and_sees_no_other_sellers(portals: Portals) -> None:
    answer = portals.seller.post("/portals/seller/domains/", {"domain": "northgate.example"})
    row = PartyDomain.objects.get()
    url = f"/portals/seller/domains/{row.id}/"

    assert answer.headers["Location"] == url
    assert row.party == portals.northgate
    assert f"bandstand-brand={row.challenge}" in portals.seller.get(url).content.decode()
    assert portals.other_seller.get(url).status_code == 404
    assert portals.other_seller.post(f"{url}check/").status_code == 404
    row.refresh_from_db()
    assert row.checked_at is None


@pytest.mark.parametrize("name", ["brand_domains", "brand_lists", "seller_domains"])
def test_page_opens_to_its_own_role_alone(portals: Portals, name: str) -> None:
    url, own = reverse(f"portals:{name}"), name.partition("_")[0]

    seen = {who: getattr(portals, who).get(url).status_code for who in ("seller", "brand")}

    assert seen == {who: 200 if who == own else 403 for who in ("seller", "brand")}
    assert portals.anonymous.get(url).status_code == 302
    assert portals.operator.get(url).status_code == 403
