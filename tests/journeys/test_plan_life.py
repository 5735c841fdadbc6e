"""A buyer's plan: bought with a card that asks, paid by hand, paid off early."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import fill_in_buyer, place_order, put_in_basket, require_sound

pytestmark = pytest.mark.journey
SLOW = 30_000


def test_buyer_pays_an_instalment_and_then_the_plan_off(page: Page) -> None:
    buy(page, "Motorola Moto G (2026)", months=24, card="Asks you to confirm with your bank")
    require_sound(page)

    # By hand, with a card whose bank wants to hear from the buyer.
    pay(page, card="Asks you to confirm with your bank")
    page.get_by_role("button", name="Approve the payment").click(timeout=SLOW)
    expect(page.get_by_role("heading", name="Payments", exact=True)).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("heading", name="Pay now")).to_be_visible(timeout=SLOW)
    require_sound(page)

    pay(page, card="Not enough money")
    expect(page.get_by_text("The last payment came to nothing")).to_be_visible(timeout=SLOW)
    require_sound(page)

    page.get_by_label(re.compile("pay the plan off")).check()
    pay(page, card="Pays")
    expect(page.get_by_text("Paid off", exact=True)).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("button", name="Pay", exact=True)).to_have_count(0)
    require_sound(page)


def test_saved_card_is_off_until_it_is_turned_on_and_off_again(page: Page) -> None:
    buy(page, "Motorola Moto G Power (2025)", months=12, card="Pays")
    expect(page.get_by_role("button", name="Turn it on")).to_have_count(0)

    # A card is saved on the provider's page, without a charge, and its bank is asked.
    save_card(page, button="Save a card", card="Asks you to confirm with your bank")
    page.get_by_role("button", name="Yes, save it").click()
    wait_for_card(page, "On: Mastercard ending 3155")
    require_sound(page)
    save_card(page, button="Replace the card", card="Pays")
    wait_for_card(page, "On: Visa ending 4242")

    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_role("button", name="Turn it on")).to_be_visible()
    page.get_by_role("button", name=re.compile("Remove Mastercard")).click()
    expect(page.get_by_text("The card is removed")).to_be_visible()
    pay(page, card=re.compile("Visa ending 4242"))
    expect(page.get_by_role("heading", name="Payments", exact=True)).to_be_visible(timeout=SLOW)
    page.get_by_label(re.compile("An extra amount")).check()
    page.get_by_label(re.compile("Extra amount")).fill("9999")
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.get_by_text(re.compile("is more than the")).first).to_be_visible()
    require_sound(page)


def save_card(page: Page, *, button: str, card: str) -> None:
    """Go to the provider's page and choose the card to save."""
    page.get_by_role("button", name=button).click()
    page.get_by_label(card, exact=True).check()
    require_sound(page)
    page.get_by_role("button", name="Save this card").click()


def wait_for_card(page: Page, words: str) -> None:
    """Wait until the plan's page says which card is charged."""
    for _ in range(20):
        if page.get_by_text(re.compile(words)).is_visible():
            return
        page.wait_for_timeout(1_000)
        page.reload()
    expect(page.get_by_text(re.compile(words))).to_be_visible()


def pay(page: Page, *, card: str | re.Pattern[str]) -> None:
    """Pay what is chosen on the plan's page."""
    page.get_by_role("group", name="Card", exact=True).get_by_label(card, exact=True).check()
    page.get_by_role("button", name="Pay", exact=True).click()


def buy(page: Page, phone: str, *, months: int, card: str) -> None:
    """Buy on a plan and open its page once it runs."""
    put_in_basket(page, phone, months=months)
    page.get_by_role("link", name="Go to checkout").click()
    fill_in_buyer(page, card=card)
    page.get_by_role("checkbox", name=re.compile("credit terms")).check()
    place_order(page)
    if "confirm" in card:
        page.get_by_role("button", name="Approve the payment").click(timeout=SLOW)
    expect(page.get_by_role("heading", name=re.compile("Order LK-"))).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="See and pay your plan").click()
    for _ in range(20):
        if page.get_by_role("heading", name="Pay now").is_visible():
            return
        page.wait_for_timeout(1_000)
        page.reload()
    expect(page.get_by_role("heading", name="Pay now")).to_be_visible()
