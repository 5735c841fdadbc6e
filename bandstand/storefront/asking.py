"""
What a shopper asks of the shelf, out of the page's address, and back into one.

A parameter that cannot be understood is left out and named, with how to mend it; the rest
still counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.http import QueryDict

from bandstand.catalogue.rules import CELLULAR
from bandstand.kernel.errors import BadInputError, near_matches
from bandstand.money import parse_money
from bandstand.offers.queries import ShelfQuery, ShelfSort
from bandstand.rights.rules import Condition
from bandstand.storefront.shop import Shop

SHOWN: Final = (24, 60, 96)
SHOWN_UNLESS_ASKED: Final = 60
PHONE: Final = "phone"
SORTS: Final[Mapping[str, str]] = {
    ShelfSort.BEST_FIT.value: "Best fit first",
    ShelfSort.MONTH.value: "Lowest monthly payment",
    ShelfSort.PRICE.value: "Lowest whole price",
    ShelfSort.NEWEST.value: "Newest first",
    ShelfSort.NAME.value: "By name",
}
TEXT_LENGTH_MAX: Final = 80
ANY: Final = "any"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the shelf, and what of it was not understood."""

    query: ShelfQuery
    params: QueryDict
    problems: tuple[str, ...]

    def without(self, name: str, value: str = "") -> str:
        """Return the address of the same shelf without one filter; the page begins anew."""
        return self._address(self._values(name, leave=value))

    def with_page(self, page: int) -> str:
        """Return the address of another page of the same shelf."""
        return self._address(self._values("page"), page=str(page))

    def with_value(self, name: str, value: str) -> str:
        """Return the address of the same shelf with one parameter said anew."""
        return self._address(self._values(name), **{name: value})

    def _values(self, name: str, *, leave: str = "") -> QueryDict:
        kept = self.params.copy()
        kept.pop("page", None)
        if leave:
            kept.setlist(name, [one for one in kept.getlist(name) if one != leave])
        else:
            kept.pop(name, None)
        for key in [key for key in kept if not any(kept.getlist(key))]:
            kept.pop(key)
        return kept

    def _address(self, values: QueryDict, **more: str) -> str:
        for key, value in more.items():
            values[key] = value
        written = values.urlencode()
        return f"/phones/?{written}" if written else "/phones/"


@dataclass(slots=True)
class _Reader:
    """Reads parameters one by one and notes what it cannot understand."""

    params: QueryDict
    problems: list[str] = field(default_factory=list)

    def word(self, name: str, *, known: tuple[str, ...], unless: str, what: str) -> str:
        given = self.params.get(name, "")
        if not given or given in known:
            return given or unless
        near = near_matches(given, list(known))
        hint = f" Did you mean {near[0]}?" if near else f" Choose one of {', '.join(known)}."
        self.problems.append(f"“{given[:40]}” is not {what}.{hint}")
        return unless

    def number(self, name: str, *, unless: int, what: str) -> int:
        given = self.params.get(name, "")
        if given.isdecimal() and len(given) <= len("99999") and int(given):
            return int(given)
        if given:
            self.problems.append(f"“{given[:40]}” is not {what}; write a number such as {unless}.")
        return unless

    def flag(self, name: str) -> bool | None:
        said = self.word(name, known=("yes", "no"), unless="", what=f"an answer to “{name}”")
        return {"yes": True, "no": False}.get(said)

    def attempt(self, reading: Callable[[], int | None]) -> int | None:
        try:
            return reading()
        except BadInputError as refused:
            self.problems.append(refused.message)
            return None


def asked_of(params: QueryDict, *, shop: Shop, on: date) -> Asked:
    """Return the question that a shelf's address asks."""
    reader = _Reader(params)
    conditions = tuple(one.value for one in Condition)
    show = reader.number("show", unless=SHOWN_UNLESS_ASKED, what="how many to show")
    works = reader.word("works", known=("yes", ANY), unless="yes", what="a choice of “works here”")
    category = params.get("category", "")[:50] or PHONE
    query = ShelfQuery(
        market=shop.market.code,
        network_id=shop.network.id,
        on=on,
        # What no network serves cannot fail on one.
        works_here=works == "yes" and category in CELLULAR,
        brands=_slugs(params.getlist("brand")),
        price_month_max_minor=reader.attempt(lambda: _month_max(params, shop=shop)),
        conditions=_conditions(reader, known=conditions),
        five_g=reader.flag("5g"),
        esim=reader.flag("esim"),
        category=category,
        seller=params.get("seller", "")[:50],
        text=params.get("q", "")[:TEXT_LENGTH_MAX].strip(),
        sort=ShelfSort(
            reader.word("sort", known=tuple(SORTS), unless="best_fit", what="an order of the shelf")
        ),
        page=reader.number("page", unless=1, what="a page"),
        page_size=min(SHOWN, key=lambda one: (abs(one - show), one)),
    )
    return Asked(query=query, params=params, problems=tuple(reader.problems))


def _slugs(given: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one[:50] for one in given if one))


def _conditions(reader: _Reader, *, known: tuple[str, ...]) -> tuple[str, ...]:
    given = _slugs(reader.params.getlist("condition"))
    for one in given:
        if one not in known:
            reader.problems.append(f"“{one}” is not a condition. Choose one of {', '.join(known)}.")
    return tuple(one for one in given if one in known)


def _month_max(params: QueryDict, *, shop: Shop) -> int | None:
    given = params.get("max", "").strip()
    return parse_money(given, shop.market.currency).minor if given else None
