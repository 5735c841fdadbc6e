"""A brand says stop: seen by the shopper, the brand and the operator."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import (
    fill_in_buyer,
    place_order,
    put_in_basket,
    require_sound,
    sign_in,
)

pytestmark = pytest.mark.journey
PHONES = {"desk": "OnePlus 15", "phone": "OnePlus 13R"}  # each width stops one model of its own


def test_sale_stops_everywhere_and_the_buyer_gets_the_money_back(
    page: Page, visitor: Callable[[], Page], width: str
) -> None:
    phone = PHONES[width]
    order_url = buy(page, phone)
    other = visitor()
    put_in_basket(other, phone, months=24)
    other.go_back()
    product_url = other.url

    stop_sale(visitor(), phone)

    require_stopped(other, phone, product_url)
    require_money_back(page, order_url)
    require_operator_sees_it(visitor())


def buy(page: Page, phone: str) -> str:
    """Buy a phone on 24 months and return the address of the order page."""
    put_in_basket(page, phone, months=24)
    page.get_by_role("link", name="Go to checkout").click()
    fill_in_buyer(page, card="Pays")
    page.get_by_role("checkbox", name=re.compile("credit terms")).check()
    place_order(page)
    expect(page.get_by_role("heading", name=re.compile("Order LK-"))).to_be_visible(timeout=20_000)
    return page.url


def stop_sale(brand: Page, phone: str) -> None:
    """File the brand's notice against one model: preview, then confirm."""
    sign_in(brand, "rights@oneplus.example")
    brand.goto("/portals/brand/")
    require_sound(brand)
    brand.goto("/portals/brand/notices/new/")
    require_sound(brand)
    brand.get_by_label("Model (optional)").select_option(phone.removeprefix("OnePlus "))
    brand.get_by_label("Why these goods may not be sold").fill(
        "These phones have no authorised seller in this market. Please stop their sale."
    )
    brand.get_by_label(re.compile("good faith")).check()
    brand.get_by_role("button", name="See what it would stop").click()
    expect(brand.get_by_text("Offers on the shelf")).to_be_visible()
    require_sound(brand)
    brand.get_by_role("button", name="Yes, stop it now").click()
    expect(brand.get_by_role("heading", level=1)).to_be_visible()
    require_sound(brand)


def require_stopped(other: Page, phone: str, product_url: str) -> None:
    """Fail unless product page, shelf, an old basket and the list of stops all agree."""
    stopped = other.goto(product_url)
    assert stopped is not None
    assert stopped.status == 410
    require_sound(other)
    other.goto("/phones/?brand=oneplus")
    expect(other.get_by_role("link", name=phone, exact=True)).to_have_count(0)
    other.goto("/basket/")
    expect(other.get_by_role("link", name="Go to checkout")).to_have_count(0)
    require_sound(other)
    other.goto("/stopped/")
    expect(other.get_by_text("OnePlus").first).to_be_visible()
    require_sound(other)


def require_money_back(page: Page, order_url: str) -> None:
    """Fail unless the order page soon says that the money is on its way back."""
    page.goto(order_url)
    said = page.get_by_text(re.compile("refunded|money is back|given back", re.IGNORECASE))
    for _ in range(20):
        if said.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(said.first).to_be_visible()
    require_sound(page)


def require_operator_sees_it(operator: Page) -> None:
    """Fail unless the console shows the hold, the notice and the books, each page sound."""
    sign_in(operator, "ada@lark.example")
    for path in ("/console/", "/console/holds/", "/console/ledger/", "/console/notices/"):
        operator.goto(path)
        require_sound(operator)
    expect(operator.get_by_text("OnePlus").first).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/console/offers/",
        "/console/orders/",
        "/console/letters/",
        "/console/quality/",
        "/console/ledger/journal/",
        "/console/audit/",
        "/console/holds/new/",
    ],
)
def test_console_pages_are_sound_at_both_widths(page: Page, path: str) -> None:
    sign_in(page, "ada@lark.example")

    page.goto(path)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    require_sound(page)


@pytest.mark.parametrize(
    "path", ["/portals/seller/", "/portals/seller/offers/", "/portals/seller/statements/"]
)
def test_seller_pages_are_sound_at_both_widths(page: Page, path: str) -> None:
    sign_in(page, "pia@pacific-cell.example")

    page.goto(path)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    require_sound(page)


@pytest.mark.parametrize(
    "path",
    [
        "/how-we-decide/",
        "/account/login/",
        "/nowhere/",
        "/stopped/",
        "/check/",
        "/network/",
        "/compare/?v=apple-iphone-17-a3520&v=google-pixel-10-gk2mp",
    ],
)
def test_quiet_pages_are_sound_at_both_widths(page: Page, path: str) -> None:
    page.goto(path)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    require_sound(page)
