"""A shopper asks for more credit than the shop lends to one buyer, and takes what it offers."""

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
SLOW = 20_000


def test_shopper_takes_the_offer_and_the_desk_sees_why(
    page: Page, visitor: Callable[[], Page]
) -> None:
    put_in_basket(page, "Samsung Galaxy S26 Ultra", months=24)
    put_in_basket(page, "Apple iPhone 17 Pro Max", months=24)
    page.get_by_role("link", name="Go to checkout").click()
    email = fill_in_buyer(page, card="Pays")
    page.get_by_role("checkbox", name=re.compile("credit terms")).check()
    place_order(page)

    offer = page.get_by_role("button", name=re.compile(r"Take it with \$.* down"))
    expect(offer).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("We lend at most $2,000.00 to one buyer.")).to_be_visible()
    require_sound(page)
    offer.click()

    expect(page.get_by_text("Read the credit terms below")).to_be_visible()
    expect(page.get_by_label("E-mail")).to_have_value(email)
    require_sound(page)
    page.get_by_role("checkbox", name=re.compile("credit terms")).check()
    place_order(page)
    expect(page.get_by_role("heading", name=re.compile("Order LK-"))).to_be_visible(timeout=SLOW)

    desk = visitor()
    sign_in(desk, "ada@lark.example")
    desk.goto(f"/console/applications/?q={email}&outcome=counter_offer")
    require_sound(desk)
    desk.get_by_role("link", name=email).click()
    expect(desk.get_by_role("heading", name="Notice as sent")).to_be_visible()
    require_sound(desk)
