"""A buyer reads the agreement they signed, misses an instalment as months pass, and pays it."""

import io
import re
from collections.abc import Iterator

import pytest
import pytest_django
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from bandstand.config.rehearsals.running import RunningShop, running_shop
from tests.journeys.conftest import WIDTHS
from tests.journeys.steps import require_sound
from tests.journeys.test_plan_life import SLOW, buy, pay

pytestmark = pytest.mark.journey


@pytest.fixture
def later(
    django_db_modify_db_settings: None,  # noqa: ARG001 -- starts the database server
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> Iterator[RunningShop]:
    """Run a shop of its own: its clock is set ahead, which the other journeys must not see."""
    with django_db_blocker.unblock(), running_shop() as running:
        yield running


@pytest.fixture
def buyer(browser: Browser, later: RunningShop) -> Iterator[Page]:
    """Open the buyer's window, as wide as a phone."""
    across, down = WIDTHS["phone"]
    context = browser.new_context(
        viewport={"width": across, "height": down}, base_url=later.base_url
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def test_buyer_misses_an_instalment_and_pays_it_late(buyer: Page, later: RunningShop) -> None:
    buy(buyer, "Motorola Moto G (2026)", months=24, card="Pays")
    plan = buyer.url
    assert_agreement_is_readable(buyer)

    later.command("demo", "ahead", "--days", "28", "--at-once")
    buyer.goto(plan)
    expect(buyer.get_by_text("A payment is late")).to_have_count(0)

    later.command("demo", "ahead", "--days", "10", "--at-once")
    buyer.goto(plan)
    expect(buyer.get_by_text("A payment is late")).to_be_visible()
    expect(buyer.get_by_text("late", exact=True).first).to_be_visible()
    require_sound(buyer)

    pay(buyer, card="Pays")
    expect(buyer.get_by_text("A payment is late")).to_have_count(0, timeout=SLOW)
    require_sound(buyer)


def assert_agreement_is_readable(page: Page) -> None:
    """Open the agreement from the order's page, as a page and as a PDF, and read what it says."""
    page.get_by_role("link", name=re.compile("^Order LK-")).click()
    page.get_by_role("link", name="Read your credit agreement").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    require_sound(page)
    page.go_back()
    link = page.get_by_role("link", name=re.compile("PDF")).get_attribute("href")
    assert link is not None
    for _ in range(20):
        answer = page.request.get(link)
        if answer.ok:  # it is drawn in the background
            break
        page.wait_for_timeout(500)
    assert answer.headers["content-type"] == "application/pdf"
    said = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.body())).pages)
    assert "Mira Sol" in said
    assert "0.00" in said  # the annual percentage rate
    assert "NOTICE" in said  # 16 CFR 433.2, the holder notice
