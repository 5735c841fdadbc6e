"""
Filters of the shelf and the counts beside them, over the items on sale.

Each filter is one question with a name. An item that fails exactly one is still counted beside
that one, so a facet's numbers say what choosing another of its values would show.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bandstand.offers.queries.shelf_items import ShelfItem
from bandstand.offers.queries.shelf_words import Facets, FacetValue, ShelfQuery
from bandstand.radio import Tier
from bandstand.rights.rules import Condition

Test = Callable[[ShelfItem], bool]
YES_NO = {"yes": "Yes", "no": "No"}
CONDITION_LABELS = {
    Condition.NEW.value: "New",
    Condition.REFURBISHED.value: "Refurbished",
    Condition.USED.value: "Used",
}
TIER_LABELS = {
    Tier.FULL: "Works fully",
    Tier.GOOD: "Works well",
    Tier.LIMITED: "Works in part",
    Tier.UNKNOWN: "Not known",
    Tier.DATA_ONLY: "Data only, no calls",
    Tier.VOICE_2G_ONLY: "2G calls only",
    Tier.NONE: "Does not work",
    Tier.BLOCKED: "Blocked by the carrier",
}


@dataclass(frozen=True, slots=True)
class Sieved:
    """The items, sorted by what stands in their way."""

    passing: tuple[ShelfItem, ...]
    failing_one: Mapping[str, tuple[ShelfItem, ...]]
    """By the name of the one filter that they fail."""

    def beside(self, name: str) -> tuple[ShelfItem, ...]:
        """Return the items that pass every filter but, perhaps, the named one."""
        return self.passing + self.failing_one.get(name, ())


def sieve(
    items: Iterable[ShelfItem], *, query: ShelfQuery, month_minor: Callable[[ShelfItem], int | None]
) -> Sieved:
    """Sort items by the filters of a query that they fail."""
    tests = _tests(query, month_minor=month_minor)
    passing: list[ShelfItem] = []
    failing_one: dict[str, list[ShelfItem]] = {}
    for item in items:
        failed = [name for name, test in tests.items() if not test(item)]
        if not failed:
            passing.append(item)
        elif len(failed) == 1:
            failing_one.setdefault(failed[0], []).append(item)
    return Sieved(tuple(passing), {name: tuple(some) for name, some in failing_one.items()})


def facets(sieved: Sieved, *, query: ShelfQuery) -> Facets:
    """Return every facet with its counts."""
    return Facets(
        brands=_by_count(
            sieved.beside("brands"), lambda one: (one.brand_slug, one.brand), chosen=query.brands
        ),
        conditions=_in_order(
            Counter(one.condition for one in sieved.beside("conditions")),
            labels=CONDITION_LABELS,
            chosen=query.conditions,
        ),
        tiers=_in_order(
            Counter(one.tier.value for one in sieved.beside("tiers") if one.tier is not None),
            labels={tier.value: label for tier, label in TIER_LABELS.items()},
            chosen=query.tiers,
        ),
        five_g=_yes_no(sieved.beside("five_g"), lambda one: one.has_five_g, chosen=query.five_g),
        esim=_yes_no(sieved.beside("esim"), lambda one: one.has_esim, chosen=query.esim),
        categories=_by_count(
            sieved.beside("category"),
            lambda one: (one.category_slug, one.category),
            chosen=(query.category,),
        ),
        sellers=_by_count(
            sieved.beside("seller"),
            lambda one: (one.seller_slug, one.seller_name),
            chosen=(query.seller,),
        ),
        works_here=_yes_no(
            sieved.beside("works_here"), lambda one: one.works_here, chosen=query.works_here or None
        ),
    )


def _tests(query: ShelfQuery, *, month_minor: Callable[[ShelfItem], int | None]) -> dict[str, Test]:
    words = query.text.casefold().split()
    tests: dict[str, tuple[bool, Test]] = {
        "works_here": (query.works_here, lambda one: one.works_here),
        "brands": (bool(query.brands), lambda one: one.brand_slug in query.brands),
        "conditions": (bool(query.conditions), lambda one: one.condition in query.conditions),
        "tiers": (bool(query.tiers), lambda one: one.tier is not None and one.tier in query.tiers),
        "five_g": (query.five_g is not None, lambda one: one.has_five_g is query.five_g),
        "esim": (query.esim is not None, lambda one: one.has_esim is query.esim),
        "category": (bool(query.category), lambda one: one.category_slug == query.category),
        "seller": (bool(query.seller), lambda one: one.seller_slug == query.seller),
        "text": (bool(words), lambda one: all(word in one.haystack for word in words)),
        "price_month": (
            query.price_month_max_minor is not None,
            _month_test(query.price_month_max_minor or 0, month_minor=month_minor),
        ),
    }
    return {name: test for name, (is_asked, test) in tests.items() if is_asked}


def _month_test(limit: int, *, month_minor: Callable[[ShelfItem], int | None]) -> Test:
    def is_affordable(item: ShelfItem) -> bool:
        month = month_minor(item)
        return month is not None and month <= limit

    return is_affordable


def _by_count(
    items: Iterable[ShelfItem],
    naming: Callable[[ShelfItem], tuple[str, str]],
    *,
    chosen: Sequence[str],
) -> tuple[FacetValue, ...]:
    counts = Counter(naming(item) for item in items)
    values = [
        FacetValue(value=value, label=label, count=count, is_chosen=value in chosen)
        for (value, label), count in counts.items()
    ]
    return tuple(sorted(values, key=lambda one: (-one.count, one.label.casefold())))


def _in_order(
    counts: Counter[str], *, labels: Mapping[str, str], chosen: Sequence[str]
) -> tuple[FacetValue, ...]:
    return tuple(
        FacetValue(value=value, label=label, count=counts[value], is_chosen=value in chosen)
        for value, label in labels.items()
        if counts[value] or value in chosen
    )


def _yes_no(
    items: Iterable[ShelfItem], test: Test, *, chosen: bool | None
) -> tuple[FacetValue, ...]:
    counts = Counter("yes" if test(item) else "no" for item in items)
    chosen_word = () if chosen is None else ("yes" if chosen else "no",)
    return tuple(
        FacetValue(value=value, label=label, count=counts[value], is_chosen=value in chosen_word)
        for value, label in YES_NO.items()
    )
