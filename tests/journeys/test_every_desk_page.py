"""Every page of a desk that has an address of its own is sound, at a phone's width and a desk's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Browser, Page

from bandstand.config.rehearsals.running import RunningShop
from tests.journeys.conftest import WIDTHS
from tests.journeys.steps import AXE, sign_in

pytestmark = pytest.mark.journey
DESKS = {
    "/console/": "ada@lark.example",
    "/portals/brand/": "rights@oneplus.example",
    "/portals/seller/": "pia@pacific-cell.example",
}
NOT_PAGES = {
    "/console/ledger/account/": "names no account",
    "/console/ledger/party/": "names no key",
    "/console/payouts/year/": "is a file",
    "/portals/brand/grants/draft/": "is a file of what was filled in",
}
ONLY_SENT_TO = 405
"""What an address that only takes a form answers; the walk passes by it."""


def addresses(start: str) -> list[str]:
    """Return every address of a desk that takes no argument."""
    return sorted(
        address
        for room in ("console", "portals")
        for address in _addresses_of(room)
        if address.startswith(start) and address not in NOT_PAGES
    )


def _addresses_of(room: str) -> Iterator[str]:
    patterns = next(
        one.url_patterns
        for one in get_resolver().url_patterns
        if isinstance(one, URLResolver) and one.app_name == room
    )
    for one in patterns:
        if isinstance(one, URLPattern) and not one.pattern.converters:
            yield reverse(f"{room}:{one.name}")


@pytest.fixture(scope="module")
def seated(browser: Browser, shop: RunningShop) -> Iterator[Callable[[str], Page]]:
    """Open one signed-in window for each desk, once for all its pages."""
    windows: dict[str, Page] = {}
    with ExitStack() as stack:

        def window_of(email: str) -> Page:
            if email not in windows:
                context = browser.new_context(base_url=shop.base_url)
                stack.callback(context.close)
                windows[email] = context.new_page()
                windows[email].set_default_timeout(15_000)
                sign_in(windows[email], email)
            return windows[email]

        yield window_of


@pytest.mark.parametrize(
    ("start", "address"), [(start, address) for start in DESKS for address in addresses(start)]
)
def test_page_is_sound_at_both_widths(
    seated: Callable[[str], Page], start: str, address: str
) -> None:
    page = seated(DESKS[start])
    answer = page.goto(address)
    assert answer is not None
    if answer.status == ONLY_SENT_TO:
        return

    assert answer.status == 200, address
    assert page.get_by_role("heading", level=1).count() == 1
    assert not page.title().startswith(" ·")
    page.evaluate(AXE)
    for across, down in WIDTHS.values():
        page.set_viewport_size({"width": across, "height": down})
        assert page.evaluate("async () => (await axe.run()).violations.map(one => one.id)") == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, across
