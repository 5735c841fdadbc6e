"""A seller shows a letter; two people ask the brand and read it; the seller sees it counts."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bandstand.plumbing import clock
from tests.factories import files
from tests.journeys.steps import require_sound, sign_in

pytestmark = pytest.mark.journey


def test_letter_is_read_by_two_people_and_counts(visitor: Callable[[], Page], width: str) -> None:
    seller, ada, omar = visitor(), visitor(), visitor()
    sign_in(seller, "pia@pacific-cell.example")
    address = show_letter(seller, words=f"Letter for the {width}")

    sign_in(ada, "ada@lark.example")
    desk = find_letter(ada)
    ask_the_brand(ada)
    read(ada)
    expect(ada.get_by_text("a second person reads it now").first).to_be_visible()
    sign_in(omar, "omar@lark.example")
    omar.goto(desk)
    read(omar)

    expect(omar.get_by_text("Accepted by two people")).to_be_visible()
    seller.goto(address)
    expect(seller.locator("h1 .pill")).to_have_text("Accepted")
    require_sound(seller)


def test_seller_states_who_it_is_and_shoppers_read_it(visitor: Callable[[], Page]) -> None:
    seller, ada, shopper = visitor(), visitor(), visitor()
    sign_in(seller, "hal@harbor.example")
    seller.goto("/portals/seller/identity/")
    require_sound(seller)
    field = seller.locator("#legal_name")
    field.get_by_text(re.compile("^State it")).first.click()
    field.get_by_label("Full legal name").fill("Harbor Phones LLC")
    field.get_by_label("Where this stands").fill("Delaware register, file 4711")
    field.get_by_role("button", name="State it").click()
    expect(seller.get_by_text("A person checks it.")).to_be_visible()
    require_sound(seller)

    sign_in(ada, "ada@lark.example")
    ada.goto("/console/sellers/")
    require_sound(ada)
    ada.goto("/console/sellers/harbor/")
    require_sound(ada)

    shopper.goto("/sellers/harbor/")
    expect(shopper.get_by_text("Harbor Phones LLC")).to_be_visible()
    require_sound(shopper)


def show_letter(seller: Page, *, words: str) -> str:
    """Send a letter by the form and return the address of its page."""
    seller.goto("/portals/seller/documents/new/")
    require_sound(seller)
    content = files.pdf(words, "Questions: deals@aster-partners.example")
    seller.get_by_label("File").set_input_files(
        {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    day = clock.now().date() - timedelta(days=30)
    seller.get_by_label("Its date").fill(day.isoformat())
    seller.get_by_label("Brand", exact=True).select_option("OnePlus")
    seller.get_by_label("Phones", exact=True).check()
    seller.get_by_label("United States").check()
    seller.get_by_label("New", exact=True).check()
    seller.get_by_role("button", name="Send it to be read").click()
    expect(seller.get_by_text("Two people read it and ask its issuer.")).to_be_visible()
    require_sound(seller)
    return seller.url


def find_letter(ada: Page) -> str:
    """Find the letter on the list of what waits and return the address of its page."""
    ada.goto("/console/review/?kind=document")
    require_sound(ada)
    ada.get_by_role("link", name="Letter of OnePlus").first.click()
    require_sound(ada)
    return ada.url


def ask_the_brand(ada: Page) -> None:
    """Record what the brand answered over a contact found elsewhere."""
    ada.get_by_label("Address or number").fill("legal@oneplus.example")
    ada.get_by_label("Where you found it").fill("https://oneplus.example/imprint")
    ada.get_by_label("What they answered").fill("Yes, we wrote it. A. Bell, legal department.")
    ada.get_by_role("button", name="Record the answer").click()
    expect(ada.get_by_text("The answer is on file.")).to_be_visible()


def read(page: Page) -> None:
    """Accept the letter on the answer that is on file."""
    page.get_by_label(re.compile("^Accept:")).check()
    page.get_by_label(re.compile("^legal@oneplus.example")).check()
    page.get_by_label(re.compile("^I have looked")).check()
    page.get_by_label("Reason").fill("The brand's legal department confirmed it in writing.")
    page.get_by_role("button", name="Decide").click()
    require_sound(page)
