"""A shopper buys with credits and keeps them on payoff; staff make a promotion, a seller agrees."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import require_sound, sign_in
from tests.journeys.test_plan_life import buy, pay

pytestmark = pytest.mark.journey


def test_shopper_sees_credits_beside_the_price_and_keeps_them_on_payoff(page: Page) -> None:
    page.goto("/phones/?q=Google+Pixel+9a")
    page.get_by_role("link", name="Google Pixel 9a", exact=True).first.click()
    page.get_by_role("radio", name="24 months", exact=True).check()
    expect(page.get_by_text("credit each month for 12 months").first).to_be_visible()
    expect(page.get_by_text("by contract").first).to_be_visible()
    require_sound(page)

    buy(page, "Google Pixel 9a", months=24, card="Pays")
    expect(page.get_by_role("heading", name="Credits: Pixel credit")).to_be_visible()
    expect(page.get_by_text("You keep $60.00 in credits")).to_be_visible()
    page.get_by_text("Every credit and its day").click()
    expect(page.get_by_text("to come", exact=True).first).to_be_visible()
    require_sound(page)

    page.get_by_label(re.compile("all of it: pay the plan off")).check()
    pay(page, card="Pays")
    # The credits follow the money by a moment, and end the plan with it.
    for _ in range(30):
        if page.get_by_text("Paid off", exact=True).is_visible():
            break
        page.wait_for_timeout(1_000)
        page.reload()
    expect(page.get_by_text("Paid off", exact=True)).to_be_visible()
    expect(page.get_by_text("Pixel credit").first).to_be_visible()
    require_sound(page)


def test_staff_make_a_promotion_that_its_seller_agrees_to(
    visitor: Callable[[], Page], page: Page, width: str
) -> None:
    name = f"Harbor credit {width}"
    sign_in(page, "ada@lark.example")
    page.goto("/console/promotions/new/")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Words for the buyer").fill("Pacific Cell takes $24 off.")
    page.get_by_label("Credits in all").fill("24.00")
    page.get_by_label("Number of credits").fill("6")
    page.get_by_label("From", exact=True).fill("2026-01-01")
    page.get_by_label("Who pays for it").fill("pacific-cell")
    page.get_by_label(re.compile(r"^Seller\b")).fill("pacific-cell")
    page.get_by_role("button", name="See what it applies to").click()
    expect(page.get_by_text("Cost of one sale")).to_be_visible()
    require_sound(page)
    page.get_by_role("button", name="Yes, make it").click()
    page.get_by_role("link", name="Ask who pays for it").click()
    page.get_by_role("button", name="Yes, ask").click()
    expect(page.get_by_text("Waits for who pays")).to_be_visible()
    require_sound(page)

    seller = visitor()
    sign_in(seller, "pia@pacific-cell.example")
    seller.goto("/portals/seller/promotions/")
    require_sound(seller)
    seller.get_by_role("link", name=name).click()
    seller.get_by_label(re.compile("Yes: it starts")).check()
    require_sound(seller)
    seller.get_by_role("button", name="Answer").click()
    expect(seller.get_by_text("Running").first).to_be_visible()
