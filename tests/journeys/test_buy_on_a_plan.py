"""A shopper finds a phone, reads what it costs, and buys it on a plan with a card that asks."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import fill_in_buyer, place_order, put_in_basket, require_sound

pytestmark = pytest.mark.journey


def test_shopper_buys_on_24_months_and_keeps_the_passport(page: Page) -> None:
    page.goto("/")
    require_sound(page)
    page.get_by_role("link", name=re.compile("phones that work")).first.click()
    require_sound(page)

    put_in_basket(page, "Motorola Moto G (2026)", months=24)
    require_sound(page)
    page.get_by_role("link", name="Go to checkout").click()
    require_sound(page)
    fill_in_buyer(page, card="Asks you to confirm with your bank")
    page.get_by_role("checkbox", name=re.compile("credit terms")).check()
    place_order(page)

    page.get_by_role("button", name="Approve the payment").click(timeout=20_000)
    expect(page.get_by_role("heading", name=re.compile("Order LK-"))).to_be_visible(timeout=20_000)
    expect(page.get_by_text("$199.99").first).to_be_visible()
    require_sound(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the passport").click()
    passport = json.loads(Path(download.value.path()).read_text())
    assert passport["body"]["price"]["price_minor"] == 19_999


def test_declined_card_loses_nothing_and_another_pays(page: Page) -> None:
    put_in_basket(page, "Motorola Moto G Power (2025)", months=12)
    page.get_by_role("link", name="Go to checkout").click()
    email = fill_in_buyer(page, card="Declined by the bank")
    page.get_by_role("checkbox", name=re.compile("credit terms")).check()
    place_order(page)

    expect(page.get_by_role("heading", name="The card was not charged")).to_be_visible(
        timeout=20_000
    )
    require_sound(page)
    page.get_by_role("link", name="Try another card").click()
    expect(page.get_by_label("E-mail")).to_have_value(email)
    require_sound(page)
    page.get_by_label("Pays", exact=True).check()
    page.get_by_role("checkbox", name=re.compile("credit terms")).check()
    place_order(page)
    expect(page.get_by_role("heading", name=re.compile("Order LK-"))).to_be_visible(timeout=20_000)


def test_wrong_address_is_named_and_keeps_what_was_typed(page: Page) -> None:
    put_in_basket(page, "Motorola Razr 2025", months=None)
    page.get_by_role("link", name="Go to checkout").click()
    fill_in_buyer(page, card="Pays", postcode="ABC")

    place_order(page)

    expect(page.get_by_label("ZIP code")).to_have_value("ABC")
    expect(page.get_by_label("ZIP code")).to_have_attribute("aria-invalid", "true")
    require_sound(page)
