"""The shelf: what is on sale, filtered and sorted, with a way out of every filter."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bandstand.catalogue.rules import CELLULAR
from bandstand.kernel.errors import near_matches
from bandstand.money import Money, format_money
from bandstand.offers import queries as offers
from bandstand.offers.queries import Facets, FacetValue, ShelfPage
from bandstand.storefront.asking import PHONE, SHOWN, SORTS, Asked
from bandstand.storefront.pages.cards import CardView, card_view
from bandstand.storefront.pages.paging import PageLinks, page_links
from bandstand.storefront.shop import Shop

TITLES: Final = {PHONE: "Phones", "wearable": "Wearables", "audio": "Audio"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a select or a radio."""

    value: str
    label: str
    is_chosen: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Tab:
    """A category beside this one, with what the same filters show in it."""

    label: str
    url: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class ShelfView:
    """What the shelf page says."""

    title: str
    network_name: str
    is_phones: bool
    cards: tuple[CardView, ...]
    total: int
    total_unfiltered: int
    hidden_by_fit: int
    anyway_url: str
    works_here: bool
    tabs: tuple[Tab, ...]
    chips: tuple[Chip, ...]
    problems: tuple[str, ...]
    brands: tuple[FacetValue, ...]
    conditions: tuple[FacetValue, ...]
    sellers: tuple[FacetValue, ...]
    five_g: bool
    esim: bool
    max_text: str
    currency: str
    text: str
    category: str
    sorts: tuple[Choice, ...]
    shown: tuple[Choice, ...]
    pages: PageLinks
    page: int
    pages_total: int


def shelf_view(asked: Asked, *, shop: Shop, now: datetime) -> ShelfView:
    """Return the shelf that was asked for."""
    found = offers.shelf(asked.query, now=now)
    query = asked.query
    return ShelfView(
        title=_title(query.category, facets=found.facets),
        network_name=shop.network.name,
        is_phones=query.category == PHONE,
        cards=tuple(card_view(one, locale=shop.locale) for one in found.cards),
        total=found.total,
        total_unfiltered=found.total_unfiltered,
        hidden_by_fit=found.hidden_by_fit,
        anyway_url=asked.with_value("works", "any"),
        works_here=query.works_here,
        tabs=tuple(_tabs(asked, found=found)),
        chips=tuple(_chips(asked, facets=found.facets, shop=shop)),
        problems=(*asked.problems, *_unknown(asked, facets=found.facets)),
        brands=_chosen_first(found.facets.brands),
        conditions=found.facets.conditions,
        sellers=found.facets.sellers,
        five_g=query.five_g is True,
        esim=query.esim is True,
        max_text=asked.params.get("max", "")[:12],
        currency=shop.market.currency,
        text=query.text,
        category="" if query.category == PHONE else query.category,
        sorts=_choices(SORTS.items(), chosen=query.sort.value),
        shown=_choices(((str(one), str(one)) for one in SHOWN), chosen=str(query.page_size)),
        pages=page_links(page=found.page, pages=found.pages, address=asked.with_page),
        page=found.page,
        pages_total=found.pages,
    )


def _title(category: str, *, facets: Facets) -> str:
    named = {one.value: one.label for one in facets.categories}
    return TITLES.get(category) or named.get(category) or "Nothing by that name"


def _tabs(asked: Asked, *, found: ShelfPage) -> Iterator[Tab]:
    counts = {one.value: one.count for one in found.facets.categories}
    others = [one for one in found.facets.categories if one.value not in TITLES]
    named = [*TITLES.items(), *((one.value, one.label) for one in others)]
    for value, label in named:
        is_phone = value == PHONE
        url = asked.without("category") if is_phone else asked.with_value("category", value)
        yield Tab(label, url, counts.get(value, 0), is_current=value == asked.query.category)


def _chips(asked: Asked, *, facets: Facets, shop: Shop) -> Iterator[Chip]:
    query = asked.query
    names = {one.value: one.label for one in (*facets.brands, *facets.sellers)}
    if not query.works_here and query.category in CELLULAR:
        yield Chip(f"Also what does not work on {shop.network.name}", asked.without("works"))
    for one in query.brands:
        yield Chip(names.get(one, one), asked.without("brand", one))
    for one in query.conditions:
        yield Chip(one.capitalize(), asked.without("condition", one))
    for name, label in _single_chips(asked, names=names, shop=shop):
        if label:
            yield Chip(label, asked.without(name))


def _single_chips(
    asked: Asked, *, names: Mapping[str, str], shop: Shop
) -> Iterator[tuple[str, str]]:
    """Tell each filter that has one value: its parameter and its words, empty when it is off."""
    query = asked.query
    most = query.price_month_max_minor
    if most is not None:
        written = format_money(Money(most, shop.market.currency), shop.locale)
        yield "max", f"Up to {written} monthly"
    yield "5g", {True: "5G works here", False: "Without 5G here", None: ""}[query.five_g]
    yield "esim", {True: "eSIM", False: "Without eSIM", None: ""}[query.esim]
    yield "seller", f"From {names.get(query.seller, query.seller)}" if query.seller else ""
    yield "q", f"“{query.text}”" if query.text else ""


def _unknown(asked: Asked, *, facets: Facets) -> Iterator[str]:
    """Name the brands and sellers that were asked for and that nothing here is of."""
    asked_of = (
        ("brand", asked.query.brands, facets.brands),
        ("seller", (asked.query.seller,) if asked.query.seller else (), facets.sellers),
        ("category", (asked.query.category,), facets.categories),
    )
    for what, given, known in asked_of:
        values = {one.value: one.label for one in known if one.count}
        for one in given:
            if one not in values and one not in TITLES:
                near = near_matches(one, [*values, *values.values()])
                hint = f" Did you mean {values.get(near[0], near[0])}?" if near else ""
                yield f"Nothing on sale with these filters is of the {what} “{one}”.{hint}"


def _chosen_first(values: Sequence[FacetValue]) -> tuple[FacetValue, ...]:
    return tuple(sorted(values, key=lambda one: not one.is_chosen))


def _choices(pairs: Iterable[tuple[str, str]], *, chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, is_chosen=value == chosen) for value, label in pairs)
