"""A running shop and a real browser, for as long as the journeys last."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import pytest_django
from playwright.sync_api import Browser, Page, sync_playwright

from bandstand.config.rehearsals.running import RunningShop, running_shop

# Playwright keeps an event loop in this thread, which Django takes for asynchronous code; the only
# database calls here are the synchronous ones that make and drop the scratch database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ROOT = Path(__file__).resolve().parents[2]
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


@pytest.fixture
def visitor(browser: Browser, shop: RunningShop, width: str) -> Iterator[Callable[[], Page]]:
    """Open windows of fresh visitors, all at the width of this test."""
    across, down = WIDTHS[width]
    contexts = []

    def open_window() -> Page:
        context = browser.new_context(
            viewport={"width": across, "height": down}, base_url=shop.base_url
        )
        contexts.append(context)
        opened = context.new_page()
        opened.set_default_timeout(10_000)
        return opened

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture(params=sorted(WIDTHS))
def width(request: pytest.FixtureRequest) -> str:
    """Run a journey once at a phone's width and once at a desk's."""
    return str(request.param)


@pytest.fixture
def page(visitor: Callable[[], Page]) -> Page:
    """Open a window of a fresh visitor."""
    return visitor()
