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
