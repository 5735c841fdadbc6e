"""An old phone: quoted, sent, found worse, taken for less, and off the plan of the new one."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from bandstand.config.rehearsals.running import RunningShop
from tests.journeys.steps import (
    fill_in_buyer,
    place_order,
    put_in_basket,
    require_sound,
    sign_in,
)

pytestmark = pytest.mark.journey
SLOW = 30_000
QUESTIONS = (
    "switch on", "screen whole", "body whole", "everything work", "stayed dry", "80 %", "account",
)  # fmt: skip
IMEIS = {360: "001010009000017", 1440: "001010009000025"}


def test_owner_trades_in_a_phone_that_is_found_worse(
    browser: Browser, shop: RunningShop, page: Page
) -> None:
    assert page.viewport_size is not None
    width = page.viewport_size
    buy_on_a_plan(page)
    page.get_by_role("link", name="Trade it in for this order").click()
    require_sound(page)
    find(page, "Samsung Galaxy S21 5G SM-G991U1")
    answer(page)
    page.get_by_role("button", name="What does it bring?").click()
    expect(page.get_by_role("heading", name="Your Samsung Galaxy S21 5G, $95.00")).to_be_visible()
    require_sound(page)
    accept(page, imei=IMEIS[width["width"]])
    page.get_by_label("Carrier").fill("Parcel Co")
    page.get_by_role("button", name="It is on its way").click()
    expect(page.get_by_text("On its way to us").first).to_be_visible()
    require_sound(page)
    reference = re.search(r"TI-\w{4}-\w{4}", page.title())
    assert reference is not None

    context = browser.new_context(base_url=shop.base_url, viewport=width)
    look_at(context.new_page(), reference=reference.group(), imei=IMEIS[width["width"]])
    context.close()

    page.reload()
    expect(page.get_by_text("the screen is cracked or faulty").first).to_be_visible()
    require_sound(page)
    page.get_by_role("button", name="Take $30.00").click()
    expect(page.get_by_text(re.compile("30.00 is yours"))).to_be_visible()
    expect(page.get_by_text("Taken off your plan", exact=True)).to_be_visible()
    require_sound(page)


def buy_on_a_plan(page: Page) -> None:
    """Buy a phone on 24 months and wait until its plan runs."""
    put_in_basket(page, "Motorola Moto G (2026)", months=24)
    page.get_by_role("link", name="Go to checkout").click()
    fill_in_buyer(page, card="Pays")
    page.get_by_role("checkbox", name=re.compile("credit terms")).check()
    place_order(page)
    expect(page.get_by_role("heading", name=re.compile("Order LK-"))).to_be_visible(timeout=SLOW)


def find(page: Page, name: str) -> None:
    """Find a phone by what it is called."""
    page.get_by_label("Brand and model, or model code").fill(name)
    page.get_by_role("button", name="Find it").click()
    expect(page.get_by_role("heading", name="Seven plain questions")).to_be_visible()
    require_sound(page)


def answer(page: Page, **other: str) -> None:
    """Answer every question with yes, but those named by a word of theirs."""
    for words in QUESTIONS:
        group = page.get_by_role("group", name=re.compile(re.escape(words)))
        said = other.get(words.replace(" ", "_"), "Yes")
        group.get_by_label(said, exact=True).check()


def accept(page: Page, *, imei: str) -> None:
    """Trade the phone in for the order whose link came along."""
    page.get_by_label(re.compile("IMEI of the phone")).fill(imei)
    page.get_by_label(re.compile("The phone is mine")).check()
    page.get_by_role("button", name=re.compile("Trade it in for")).click()
    expect(page.get_by_role("heading", name="Send it to us")).to_be_visible()
    require_sound(page)


def look_at(desk: Page, *, reference: str, imei: str) -> None:
    """Scan the parcel at the desk and find the screen cracked."""
    desk.set_default_timeout(10_000)
    sign_in(desk, "ada@lark.example")
    desk.goto("/console/trade-in/")
    require_sound(desk)
    desk.get_by_role("link", name="Scan a phone").click()
    require_sound(desk)
    desk.get_by_label("Reference, or IMEI").fill(reference)
    desk.get_by_role("button", name="It is here").click()
    require_sound(desk)
    desk.get_by_role("link", name="Look at it").click()
    desk.get_by_label("IMEI", exact=True).fill(imei)
    answer(desk, screen_whole="No")
    desk.get_by_role("group", name=re.compile("lost or stolen")).get_by_label("No").check()
    desk.get_by_label("Which register was asked").fill("the carriers’ list")
    require_sound(desk)
    desk.get_by_role("button", name="What does it come to?").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("asked to take less")
    require_sound(desk)
    desk.get_by_role("button", name="Yes, write it down").click()
    expect(desk.get_by_text("Waits for its owner").first).to_be_visible()
    require_sound(desk)
