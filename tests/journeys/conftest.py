"""A running shop and a real browser, for as long as the journeys last."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_django
from playwright.sync_api import Browser, Page, sync_playwright

from bandstand.config.rehearsals.running import RunningShop, running_shop

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "tests" / "vendored" / "axe.min.js").read_text()
WIDTHS = {"phone": (360, 780), "desk": (1440, 900)}


@pytest.fixture(scope="session")
def shop(
    django_db_modify_db_settings: None,  # noqa: ARG001 -- starts the database server
    django_db_blocker: pytest_django.DjangoDbBlocker,
) -> Iterator[RunningShop]:
    """Run the demo shop with its worker on a database of its own."""
    with django_db_blocker.unblock(), running_shop() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the Chromium that tools/ensure_chromium.py finds."""
    found = subprocess.run(  # noqa: S603 -- our own tool
        [sys.executable, str(ROOT / "tools" / "ensure_chromium.py")],
        capture_output=True,
        text=True,
        check=True,
    )
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found.stdout.strip(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@pytest.fixture(params=sorted(WIDTHS))
def page(request: pytest.FixtureRequest, browser: Browser, shop: RunningShop) -> Iterator[Page]:
    """Open a window of a fresh visitor, once at a phone's width and once at a desk's."""
    width, height = WIDTHS[request.param]
    context = browser.new_context(
        viewport={"width": width, "height": height}, base_url=shop.base_url
    )
    opened = context.new_page()
    yield opened
    context.close()
