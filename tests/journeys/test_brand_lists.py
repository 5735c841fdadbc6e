"""A brand shows its domain, publishes a list, and a seller's refused offer goes on sale."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
import pytest_django
from playwright.sync_api import Browser, Page, expect

from bandstand.catalogue import queries as catalogue
from bandstand.config.demo.imeis import test_imei as valid_imei
from bandstand.config.rehearsals.running import RunningShop, running_shop
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import parse_money
from bandstand.offers import services as offers
from bandstand.offers.rules import UnitArrival
from bandstand.parties import queries as parties
from bandstand.plumbing import clock
from tests.journeys.conftest import WIDTHS
from tests.journeys.steps import require_sound, sign_in
from tests.rights.servers import Page as WebPage, WebServer, dns_server, web_server

pytestmark = pytest.mark.journey
LIST = "/.well-known/authorised-sellers.json"
PROOF = "/.well-known/bandstand-brand.txt"
TEXT = {"Content-Type": "text/plain"}


@dataclass(frozen=True)
class Cast:
    """Who walks at one width: another seller and other domains, so that the two do not meet."""

    brand_domain: str
    seller_domain: str
    seller: str
    email: str


CASTS = {
    "desk": Cast("oneplus.example", "harbor.example", "harbor", "hal@harbor.example"),
    "phone": Cast(
        "oneplus-us.example", "pacific-cell.example", "pacific-cell", "pia@pacific-cell.example"
    ),
}


@dataclass(frozen=True)
class World:
    """A running shop, and the servers behind the made-up domains."""

    shop: RunningShop
    site: WebServer


@pytest.fixture(scope="module")
def world(
    django_db_modify_db_settings: None,  # noqa: ARG001 -- starts the database server
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> Iterator[World]:
    """Run a shop that finds the brand's and the sellers' domains on this machine."""
    with ExitStack() as stack:
        site = stack.enter_context(web_server())
        resolver = stack.enter_context(dns_server(lambda _name, _kind: []))
        hosts = [one for cast in CASTS.values() for one in (cast.brand_domain, cast.seller_domain)]
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("DNS_SERVERS", resolver)
        patch.setenv("FETCH_TEST_HOSTS", ",".join(f"{one}=127.0.0.1:{site.port}" for one in hosts))
        stack.enter_context(django_db_blocker.unblock())
        yield World(stack.enter_context(running_shop()), site)


@pytest.fixture
def window(browser: Browser, world: World, width: str) -> Iterator[Callable[[], Page]]:
    """Open windows of fresh visitors to this shop."""
    across, down = WIDTHS[width]
    with ExitStack() as stack:

        def open_window() -> Page:
            context = browser.new_context(
                viewport={"width": across, "height": down}, base_url=world.shop.base_url
            )
            stack.callback(context.close)
            opened = context.new_page()
            opened.set_default_timeout(15_000)
            return opened

        yield open_window


def test_published_list_turns_a_refused_offer_into_one_on_sale(
    world: World, window: Callable[[], Page], width: str
) -> None:
    cast = CASTS[width]
    offer = refused_offer(cast)
    seller, brand = window(), window()
    sign_in(seller, cast.email)
    require_refused(seller, offer)
    prove(seller, "/portals/seller/domains/", cast.seller_domain, site=world.site)
    sign_in(brand, "rights@oneplus.example")
    prove(brand, "/portals/brand/domains/", cast.brand_domain, site=world.site)

    body = compose(brand, cast)
    world.site.pages[LIST] = WebPage(body)
    require_sound_list(window(), cast)
    read(brand, cast)

    require_on_sale(seller, offer)
    take_back(brand, cast, site=world.site)
    brand.goto(f"/portals/brand/offers/{offer}/")
    expect(brand.get_by_text(re.compile("OnePlus revoked the grant")).first).to_be_visible()


def refused_offer(cast: Cast) -> str:
    """Let the seller ask for a phone it has no grant for; return the offer's printed id."""
    now, party = clock.now(), parties.party_by_slug(cast.seller)
    offer_id = offers.draft_offer(
        seller_id=party.id,
        variant_id=catalogue.variants_of("OnePlus", "13")[0].id,
        market="US",
        condition="new",
        storage_gb=256,
        colour="Midnight Ocean",
        colour_hex="#2f4460",
        price=parse_money("789.99", "USD"),
        warranty_months=24,
        now=now,
    )
    number = 900_000 + len(cast.seller)
    arrival = UnitArrival(imei=valid_imei(number), serial=f"JOURNEY{number}", lot="journey")
    offers.receive_units(offer_id=offer_id, units=[arrival], now=now)
    decision = offers.publish(offer_id=offer_id, actor=cast.email, now=now)
    assert decision.result == "deny"
    return print_id(IdKind.OFFER, offer_id)


def require_refused(seller: Page, offer: str) -> None:
    """Fail unless the seller sees why the offer is refused."""
    seller.goto(f"/portals/seller/offers/{offer}/")
    expect(seller.get_by_text(re.compile("^AUTH_")).first).to_be_visible()


def prove(page: Page, rooms: str, domain: str, *, site: WebServer) -> None:
    """Add a domain, publish its proof and have it looked at."""
    page.goto(rooms)
    require_sound(page)
    if page.get_by_label("Brand", exact=True).count():
        page.get_by_label("Brand", exact=True).select_option("OnePlus")
    page.get_by_label("Domain", exact=True).fill(domain)
    page.get_by_role("button", name="Add this domain").click()
    expect(page.get_by_role("heading", level=1, name=re.compile(re.escape(domain)))).to_be_visible()
    require_sound(page)
    line = page.get_by_text(re.compile("^bandstand-brand=")).first.inner_text()
    site.pages[PROOF] = WebPage(line.encode(), headers=TEXT)
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("This domain is yours.")).to_be_visible()
    require_sound(page)


def compose(brand: Page, cast: Cast) -> bytes:
    """Compose the first list with the seller on it and return the file."""
    open_list(brand, cast)
    brand.get_by_role("link", name="Compose the next list").click()
    require_sound(brand)
    brand.get_by_label("Add a seller, by domain").fill(cast.seller_domain)
    brand.get_by_label("Countries").fill("US")
    brand.get_by_label("Phones", exact=True).check()
    return download(brand)


def download(brand: Page) -> bytes:
    """Download the composed list."""
    with brand.expect_download() as started:
        brand.get_by_role("button", name="Download the list").click()
    return started.value.path().read_bytes()


def open_list(brand: Page, cast: Cast) -> None:
    """Open the page of the list."""
    brand.goto("/portals/brand/lists/")
    require_sound(brand)
    brand.get_by_role("link", name=cast.brand_domain, exact=True).click()
    require_sound(brand)


def require_sound_list(anybody: Page, cast: Cast) -> None:
    """Fail unless the public validator finds the published list sound."""
    anybody.goto("/authorised-sellers/check/")
    require_sound(anybody)
    anybody.get_by_label("Domain or address").fill(cast.brand_domain)
    anybody.get_by_role("button", name="Read and check").click()
    expect(anybody.get_by_text("This list is sound")).to_be_visible()
    expect(anybody.get_by_role("cell", name="authorises")).to_be_visible()
    require_sound(anybody)


def read(brand: Page, cast: Cast) -> None:
    """Have the list read now."""
    open_list(brand, cast)
    brand.get_by_role("button", name="Read it now").click()
    expect(brand.get_by_text("is believed")).to_be_visible()
    require_sound(brand)


def require_on_sale(seller: Page, offer: str) -> None:
    """Fail unless asking again puts the offer on the shelf."""
    seller.goto(f"/portals/seller/offers/{offer}/")
    seller.get_by_role("button", name="Ask again").click()
    expect(seller.get_by_role("link", name="In the shop")).to_be_visible()
    seller.get_by_role("link", name="In the shop").click()
    expect(seller.get_by_role("button", name="Add to basket")).to_be_visible()


def take_back(brand: Page, cast: Cast, *, site: WebServer) -> None:
    """Revoke the seller in the next list, publish it and have it read."""
    open_list(brand, cast)
    brand.get_by_role("link", name="Compose the next list").click()
    group = brand.get_by_role("group", name=re.compile("^Revoke"))
    group.get_by_label(cast.seller_domain).check()
    site.pages[LIST] = WebPage(download(brand))
    brand.wait_for_timeout(10_500)  # the list is not read twice within ten seconds
    read(brand, cast)
    brand.get_by_role("link", name=re.compile("number 2")).click()
    require_sound(brand)
