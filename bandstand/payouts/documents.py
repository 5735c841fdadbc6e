"""
A statement as bytes: accessible HTML that stands alone, and the same as a tagged PDF.

Both are drawn from what was kept when the month was closed and from nothing else.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from bandstand.credit.documents import can_draw
from bandstand.money import Money, format_money
from bandstand.payouts.rules.statements import KIND_WORDS, Buckets, month_of

STYLESHEET: Final = "css/statement.css"
LINK: Final = re.compile(r'<link rel="stylesheet" href="[^"]*">')
SUMMARY: Final = (
    ("sold", "Sold"),
    ("undone", "Sales undone"),
    ("tax", "Tax within the prices"),
    ("commission", "Commission"),
    ("commission_back", "Commission given back"),
    ("other", "Other"),
    ("came_back", "Payouts that came back"),
    ("paid_out", "Payouts sent"),
)
DETAIL_WORDS: Final = {"tax": "Tax", "commission": "Commission"}


@dataclass(frozen=True, slots=True)
class Line:
    """A movement as it is printed."""

    day: str
    what: str
    words: str
    pending: str
    available: str
    reserve: str
    owed: str
    worth: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A statement as it is printed."""

    number: str
    month: str
    revision: int
    replaces: str
    currency: str
    closed: str
    shop: str
    operator: str
    seller: dict[str, str]
    opening: tuple[str, ...]
    closing: tuple[str, ...]
    lines: tuple[Line, ...]
    summary: tuple[tuple[str, str], ...]
    zone: str


def sheet_of(body: dict[str, Any]) -> Sheet:
    """Return what was kept of a statement as words and amounts."""
    currency, zone = str(body["currency"]), ZoneInfo(body["zone"])
    closed = datetime.fromisoformat(body["closed_at"]).astimezone(zone)
    return Sheet(
        number=body["number"],
        month=f"{month_of(body['month']):%B %Y}",
        revision=body["revision"],
        replaces=body["replaces"],
        currency=currency,
        closed=f"{closed:%-d %B %Y, %H:%M}",
        shop=body["operator"]["shop"],
        operator=body["operator"]["name"],
        seller=body["seller"],
        opening=_row(Buckets(**body["opening"]), currency),
        closing=_row(Buckets(**body["closing"]), currency),
        lines=tuple(_line(one, currency=currency, zone=zone) for one in body["lines"]),
        summary=tuple(
            (words, _signed(body["summary"][name], currency))
            for name, words in SUMMARY
            if body["summary"][name]
        ),
        zone=body["zone"],
    )


def statement_html(body: dict[str, Any], *, stylesheet: str = "") -> str:
    """Return a statement as a page of its own."""
    return render_to_string(
        "payouts/statement.html", {"sheet": sheet_of(body), "stylesheet": stylesheet}
    )


def statement_pdf(html: str) -> bytes | None:
    """Return the page as a tagged PDF, or nothing where this machine cannot draw one."""
    if not can_draw():
        return None
    import weasyprint  # type: ignore[import-untyped]  # noqa: PLC0415 -- loads system libraries that a machine may lack

    # No address is fetched: the style is given, and the page has no pictures.
    document = weasyprint.HTML(string=LINK.sub("", html), url_fetcher=_refuse)
    style = weasyprint.CSS(string=_style())
    drawn = document.write_pdf(stylesheets=[style], pdf_variant="pdf/ua-1")
    assert isinstance(drawn, bytes)  # noqa: S101 -- bytes unless a file is named
    return drawn


def _line(one: dict[str, Any], *, currency: str, zone: ZoneInfo) -> Line:
    moved = Buckets(one["pending"], one["available"], one["reserve"], one["owed"])
    return Line(
        # A day does not break in two.
        day=f"{datetime.fromisoformat(one['at']).astimezone(zone):%-d\u00a0%b}",
        what=KIND_WORDS.get(one["kind"], one["kind"].capitalize()),
        words=one["words"],
        pending=_signed(moved.pending, currency),
        available=_signed(moved.available, currency),
        reserve=_signed(moved.reserve, currency),
        owed=_signed(moved.owed, currency),
        worth=_signed(moved.worth, currency),
        details=tuple(
            (
                f"{DETAIL_WORDS[kind]}: {words}" if kind != "price" else "Price",
                _signed(minor, currency),
            )
            for kind, words, minor in one["details"]
        ),
    )


def _part(kind: str, words: str) -> str:
    # A price is named by its sale already; a commission and a tax say by which rule.
    return "Price" if kind == "price" else f"{DETAIL_WORDS[kind]}: {words}"


def _row(buckets: Buckets, currency: str) -> tuple[str, ...]:
    minors = (
        buckets.pending, buckets.available, buckets.reserve, buckets.owed, buckets.worth,
    )  # fmt: skip
    return tuple(format_money(Money(minor, currency)) for minor in minors)


def _signed(minor: int, currency: str) -> str:
    return format_money(Money(minor, currency)) if minor else ""


def _refuse(url: str, *arguments: object, **named: object) -> dict[str, object]:
    raise ValueError(f"a statement fetches nothing, not even {url[:60]} {arguments} {named}")


@cache
def _style() -> str:
    found = finders.find(STYLESHEET)
    assert isinstance(found, str)  # noqa: S101 -- it is a file of this project
    with open(found, encoding="utf-8") as handle:  # noqa: PTH123 -- finders give text paths
        return handle.read()
