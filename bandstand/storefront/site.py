"""What every page says of the shop itself, and of the visitor's own basket and account."""

from dataclasses import dataclass, replace
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from bandstand.plumbing import clock
from bandstand.storefront import visits
from bandstand.storefront.shop import Shop, shop_or_none


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link of the frame."""

    url: str
    label: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """The frame of every page, in plain values."""

    operator_name: str
    market_name: str
    network_name: str
    is_demo: bool
    year: int
    language: str
    nav: tuple[NavItem, ...]
    footer_nav: tuple[NavItem, ...]
    basket_count: int
    account_label: str
    home_url: str = "/"
    basket_url: str = "/basket/"
    account_url: str = "/account/"
    brand_css_url: str = ""
    demo_day: str = ""
    """Which day it is in a demo whose clock is ahead of the world's; empty where it is not."""
    yours_slot: str = ""
    """Stands where the visitor's own links go, in bytes that are kept for many visitors."""


NOBODY: Final = Site(
    operator_name="",
    market_name="",
    network_name="",
    is_demo=False,
    year=0,
    language="en",
    nav=(),
    footer_nav=(),
    basket_count=0,
    account_label="Sign in",
)
"""A visitor without basket or account; only their own links are ever shown of it."""
MAIN: Final = (
    ("/phones/", "Phones"),
    ("/phones/?category=wearable", "Wearables & audio"),
    ("/check/", "Check my phone"),
    ("/how-we-decide/", "How we decide"),
)
FOOTER: Final = (
    ("/compare/", "Compare phones"),
    ("/trade-in/", "Trade in a phone"),
    ("/network/", "The network, today and later"),
    ("/stopped/", "What we stopped selling, and why"),
    ("/how-we-decide/", "How we decide"),
    ("/account/", "Your orders"),
)
NOT_PHONES: Final = frozenset({"wearable", "audio", "accessory"})


def site(request: HttpRequest) -> dict[str, object]:
    """Return the context that the base template needs; nothing is read until a page shows it."""
    found = SimpleLazyObject(lambda: site_of(request))
    # The account pages of allauth have a `site` of their own; the base template prefers `frame`.
    return {"site": found, "frame": found, "path": request.path}


def site_of(request: HttpRequest) -> Site:
    """Return the frame for a request, with the visitor's own parts."""
    shop = shop_or_none()
    frame = _frame(request, shop=shop)
    slot = getattr(request, "yours_slot", "")
    if slot:
        return replace(frame, yours_slot=slot)
    return replace(
        frame,
        basket_count=visits.basket_count(request),
        account_label="Account" if visits.is_signed_in(request) else "Sign in",
    )


def _frame(request: HttpRequest, *, shop: Shop | None) -> Site:
    current = _current(request)
    return Site(
        operator_name=shop.operator_name if shop else "Bandstand",
        market_name=shop.market_words if shop else "",
        network_name=shop.network.name if shop else "",
        is_demo=bool(settings.DEMO),
        demo_day=_demo_day(),
        year=clock.now().year,
        language="en",
        nav=tuple(NavItem(url, label, is_current=url == current) for url, label in MAIN),
        footer_nav=tuple(NavItem(url, label) for url, label in FOOTER),
        basket_count=0,
        account_label="Sign in",
    )


def _demo_day() -> str:
    if not settings.DEMO or not clock.ahead():
        return ""
    today = clock.now()
    return f"{today.day} {today:%B %Y}"


def _current(request: HttpRequest) -> str:
    if request.path == "/phones/" and request.GET.get("category") in NOT_PHONES:
        return MAIN[1][0]
    return "/phones/" if request.path.startswith("/phones/") else request.path
