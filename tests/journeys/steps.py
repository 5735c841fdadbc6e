"""What visitors do, by roles and labels, and what every page they see must be."""

import re
from itertools import count
from pathlib import Path

from playwright.sync_api import Page, expect

AXE = (Path(__file__).resolve().parents[1] / "vendored" / "axe.min.js").read_text()
_mira = count(1)
PASSWORD = "lark-demo-2026"  # noqa: S105 -- the demo's printed password


def require_sound(page: Page) -> None:
    """Fail on any accessibility violation, and on a page wider than its window."""
    # Evaluated by the browser's debugger, which the page's content policy does not bind.
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run()).violations")
    problems = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]
    assert problems == [], f"{page.url}\n" + "\n".join(problems)
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, f"{page.url} is {overflow} px too wide"


def sign_in(page: Page, email: str) -> None:
    """Sign in with a demo account."""
    page.goto("/account/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url("/account/login/")


def put_in_basket(page: Page, phone: str, *, months: int | None) -> None:
    """Find a phone by its name on the shelf and put it in the basket, on a plan or outright."""
    page.goto(f"/phones/?q={phone.replace(' ', '+')}")
    page.get_by_role("link", name=phone, exact=True).first.click()
    require_sound(page)
    plan = "Outright" if months is None else f"{months} months"
    page.get_by_role("radio", name=plan, exact=True).check()
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_role("heading", name="Your basket")).to_be_visible()


def place_order(page: Page) -> None:
    """Order, and agree once more to the total with the tax that the address has told."""
    order = page.get_by_role("button", name=re.compile("Order and pay"))
    order.click()
    page.wait_for_load_state()
    if page.get_by_text("The total changed").is_visible():
        expect(page.get_by_text("Estimated sales tax, New York")).to_be_visible()
        require_sound(page)
        order.click()


def fill_in_buyer(page: Page, *, card: str, postcode: str = "12207") -> str:
    """
    Fill in the checkout as a Mira of her own and choose a test card; return her e-mail.

    One buyer has one limit: a Mira who bought in another journey would not get this plan too.
    """
    number = next(_mira)
    email = f"mira-{number}@example.org"
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Full name").fill("Mira Sol")
    page.get_by_label("Street address").fill(f"{number} Main Street")
    page.get_by_label("City").fill("Albany")
    page.get_by_label("State").select_option("NY")
    page.get_by_label("ZIP code").fill(postcode)
    page.get_by_label(card, exact=True).check()
    return email
