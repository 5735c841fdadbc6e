"""What visitors do, by roles and labels, and what every page they see must be."""

from pathlib import Path

from playwright.sync_api import Page, expect

AXE = (Path(__file__).resolve().parents[1] / "vendored" / "axe.min.js").read_text()
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


def fill_in_buyer(page: Page, *, card: str, postcode: str = "12207") -> None:
    """Fill in the checkout as Mira and choose a test card."""
    page.get_by_label("E-mail").fill("mira@example.org")
    page.get_by_label("Full name").fill("Mira Sol")
    page.get_by_label("Street address").fill("1 Main Street")
    page.get_by_label("City").fill("Albany")
    page.get_by_label("State").select_option("NY")
    page.get_by_label("ZIP code").fill(postcode)
    page.get_by_label(card, exact=True).check()
