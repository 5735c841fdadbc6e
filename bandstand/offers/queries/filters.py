"""
Filters of the shelf and the counts beside them.

Each filter is one question with a name. What is asked of a variant is asked once, not for each of
its offers. A variant that fails exactly one question is still counted beside that one, so a facet's
numbers say what choosing another of its values would show.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from bandstand.offers.queries.shelf_items import OnSaleCounts
from bandstand.offers.queries.shelf_variants import ShelfVariant
from bandstand.offers.queries.shelf_words import Facets, FacetValue, ShelfQuery
from bandstand.radio import Tier
from bandstand.rights.rules import Condition

Key = TypeVar("Key")
Test = Callable[[ShelfVariant], bool]
Weighted = Sequence[tuple[ShelfVariant, int]]
"""Variants, each with how many of its offers pass."""
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
    """The variants, sorted by what stands in their way."""

    passing: Mapping[UUID, ShelfVariant]
    failing_one: Mapping[str, Mapping[UUID, ShelfVariant]]
    """By the name of the one filter that they fail."""

    def beside(self, name: str, *, counts: OnSaleCounts) -> Weighted:
        """Return the variants that pass every filter but, perhaps, the named one."""
        some = {**self.passing, **self.failing_one.get(name, {})}
        return [
            (variant, counts.by_variant[key])
            for key, variant in some.items()
            if counts.by_variant.get(key)
        ]

    def hidden_by(self, name: str, *, counts: OnSaleCounts) -> int:
        """Return how many offers only the named filter keeps away."""
        return sum(counts.by_variant.get(key, 0) for key in self.failing_one.get(name, {}))


def sieve(variants: Iterable[ShelfVariant], *, query: ShelfQuery) -> Sieved:
    """Sort variants by the filters of a query that they fail."""
    tests = _tests(query)
    passing: dict[UUID, ShelfVariant] = {}
    failing_one: dict[str, dict[UUID, ShelfVariant]] = {}
    for variant in variants:
        failed = [name for name, test in tests.items() if not test(variant)]
        if not failed:
            passing[variant.variant_id] = variant
        elif len(failed) == 1:
            failing_one.setdefault(failed[0], {})[variant.variant_id] = variant
    return Sieved(passing, failing_one)


def facets(sieved: Sieved, *, counts: OnSaleCounts, query: ShelfQuery) -> Facets:
    """Return every facet with its counts."""

    def beside(name: str) -> Weighted:
        return sieved.beside(name, counts=counts)

    return Facets(
        brands=_by_count(
            _sums(beside("brands"), lambda one: (one.brand_slug, one.brand)), chosen=query.brands
        ),
        conditions=_in_order(counts.by_condition, labels=CONDITION_LABELS, chosen=query.conditions),
        tiers=_in_order(
            _sums(beside("tiers"), lambda one: "" if one.tier is None else one.tier.value),
            labels={tier.value: label for tier, label in TIER_LABELS.items()},
            chosen=query.tiers,
        ),
        five_g=_yes_no(beside("five_g"), lambda one: one.has_five_g, chosen=query.five_g),
        esim=_yes_no(beside("esim"), lambda one: one.has_esim, chosen=query.esim),
        categories=_by_count(
            _sums(beside("category"), lambda one: (one.category_slug, one.category)),
            chosen=(query.category,),
        ),
        sellers=_by_count(counts.by_seller, chosen=(query.seller,)),
        works_here=_yes_no(
            beside("works_here"), lambda one: one.works_here, chosen=query.works_here or None
        ),
    )


def _tests(query: ShelfQuery) -> dict[str, Test]:
    words = query.text.casefold().split()
    tests: dict[str, tuple[bool, Test]] = {
        "works_here": (query.works_here, lambda one: one.works_here),
        "brands": (bool(query.brands), lambda one: one.brand_slug in query.brands),
        "tiers": (bool(query.tiers), lambda one: one.tier is not None and one.tier in query.tiers),
        "five_g": (query.five_g is not None, lambda one: one.has_five_g is query.five_g),
        "esim": (query.esim is not None, lambda one: one.has_esim is query.esim),
        "category": (bool(query.category), lambda one: one.category_slug == query.category),
        "text": (bool(words), lambda one: all(word in one.haystack for word in words)),
    }
    return {name: test for name, (is_asked, test) in tests.items() if is_asked}


def _sums(variants: Weighted, naming: Callable[[ShelfVariant], Key]) -> dict[Key, int]:
    counts: Counter[Key] = Counter()
    for variant, offers in variants:
        counts[naming(variant)] += offers
    return counts


def _by_count(
    counts: Mapping[tuple[str, str], int], *, chosen: Sequence[str]
) -> tuple[FacetValue, ...]:
    values = [
        FacetValue(value=value, label=label, count=count, is_chosen=value in chosen)
        for (value, label), count in counts.items()
        if count
    ]
    return tuple(sorted(values, key=lambda one: (-one.count, one.label.casefold())))


def _in_order(
    counts: Mapping[str, int], *, labels: Mapping[str, str], chosen: Sequence[str]
) -> tuple[FacetValue, ...]:
    return tuple(
        FacetValue(value=value, label=label, count=counts.get(value, 0), is_chosen=value in chosen)
        for value, label in labels.items()
        if counts.get(value) or value in chosen
    )


def _yes_no(variants: Weighted, test: Test, *, chosen: bool | None) -> tuple[FacetValue, ...]:
    counts = _sums(variants, lambda one: "yes" if test(one) else "no")
    chosen_word = () if chosen is None else ("yes" if chosen else "no",)
    return tuple(
        FacetValue(
            value=value, label=label, count=counts.get(value, 0), is_chosen=value in chosen_word
        )
        for value, label in YES_NO.items()
    )
