"""The shelf: one page of what is on sale now, filtered, sorted, with the counts of every filter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.credit.rules import PriceDisclosure
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.offers.queries.filters import facets, sieve
from bandstand.offers.queries.plans import MarketTerms, default_disclosure, terms_in
from bandstand.offers.queries.shelf_items import (
    OfferTests,
    ShelfItem,
    count_on_sale,
    items_of,
    nearest_on_sale,
    offers_on_sale,
    page_on_sale,
    prices_in,
)
from bandstand.offers.queries.shelf_variants import ShelfVariant, shelf_variants
from bandstand.offers.queries.shelf_words import (
    ShelfCard,
    ShelfPage,
    ShelfQuery,
    ShelfSort,
)
from bandstand.offers.rules import configuration_text
from bandstand.plumbing import clock

PAGE_SIZE_MAX = 96
ORDERS: Final = {
    ShelfSort.BEST_FIT: "v.first_rank, keys.price_minor",
    # What cannot be bought on a plan stands last.
    ShelfSort.MONTH: "month.minor nulls last, keys.price_minor",
    ShelfSort.PRICE: "keys.price_minor",
    ShelfSort.NEWEST: "v.first_rank, keys.published_at desc",
    ShelfSort.NAME: "v.title_rank, keys.price_minor",
}


@dataclass(frozen=True, slots=True)
class Pricing:
    """How the items of one shelf are put on plans."""

    terms: tuple[MarketTerms, ...]
    market: str
    on: date

    def disclosure(self, item: ShelfItem) -> PriceDisclosure | None:
        """Return the default plan of an item."""
        return default_disclosure(
            item.price, terms=self.terms, on=self.on, market=self.market, locale=item.locale
        )

    def month_of(self, price: Money, *, locale: str) -> int | None:
        """Return the month of a price's default plan, in minor units."""
        told = default_disclosure(
            price, terms=self.terms, on=self.on, market=self.market, locale=locale
        )
        return None if told is None else told.month.minor


def shelf(query: ShelfQuery, *, now: datetime | None = None) -> ShelfPage:
    """
    Return one page of the shelf.

    A page past the end is the last page. The number of database queries does not depend on the
    number of offers, and no more offers are read than the page shows. ``now`` says which plan terms
    are in force; without it, those of noon on ``query.on``.
    """
    moment = now or datetime.combine(query.on, time(12), tzinfo=UTC)
    variants = shelf_variants(market=query.market, network_id=query.network_id, on=query.on)
    pricing = Pricing(terms_in(market=query.market, now=moment), query.market, query.on)
    sieved = sieve(variants.values(), query=query)
    on_sale = offers_on_sale(market=query.market)
    months = _months(query, pricing=pricing)
    tests = _offer_tests(query, months=months)
    counts = count_on_sale(on_sale, variants=sieved.passing, tests=tests)
    total = sum(counts.by_variant.get(key, 0) for key in sieved.passing)
    size = max(1, min(query.page_size, PAGE_SIZE_MAX))
    pages = max(1, -(-total // size))
    page = min(max(1, query.page), pages)
    shown = page_on_sale(
        on_sale,
        variants=_ranks(sieved.passing, sort=query.sort),
        tests=tests,
        months={price: minor for price, minor in months.items() if minor is not None},
        order=ORDERS[query.sort],
        limit=size,
        offset=(page - 1) * size,
    )
    return ShelfPage(
        cards=tuple(
            card_of(item, disclosure=pricing.disclosure(item))
            for item in items_of(shown, variants=variants)
        ),
        total=total,
        total_unfiltered=counts.total,
        hidden_by_fit=sieved.hidden_by("works_here", counts=counts),
        facets=facets(sieved, counts=counts, query=query),
        page=page,
        pages=pages,
        query=query,
    )


def alternatives(
    *, offer_id: UUID, now: datetime, network_id: UUID | None = None, limit: int = 4
) -> tuple[ShelfCard, ...]:
    """
    Return other things on sale that would serve instead: same category, working here, nearest in
    price.

    The offer itself need not be on sale; that is when this is asked. Without a network, the shop's
    default.
    """
    wanted = (
        Offer.objects.filter(pk=offer_id)
        .select_related("market", "variant__model__category")
        .first()
    )
    if wanted is None:
        return ()
    on = clock.day_in(wanted.market.time_zone, at=now)
    network = network_id or catalogue.default_network().id
    pricing = Pricing(terms_in(market=wanted.market_id, now=now), wanted.market_id, on)
    variants = shelf_variants(market=wanted.market_id, network_id=network, on=on)
    category = wanted.variant.model.category.slug
    fitting = {
        key: one
        for key, one in variants.items()
        if one.works_here and one.category_slug == category
    }
    # One card for a model: four colours of one phone are no choice.
    nearest = nearest_on_sale(
        offers_on_sale(market=wanted.market_id),
        variants=_title_ranks(fitting),
        price_minor=wanted.price_minor,
        but_not=offer_id,
        limit=limit,
    )
    return tuple(
        card_of(item, disclosure=pricing.disclosure(item))
        for item in items_of(nearest, variants=variants)
    )


def card_of(item: ShelfItem, *, disclosure: PriceDisclosure | None) -> ShelfCard:
    """Return the card of an item."""
    return ShelfCard(
        offer_id=item.offer_id,
        public_id=print_id(IdKind.OFFER, item.offer_id),
        url_slug=item.of.variant_slug,
        variant_id=item.of.variant_id,
        variant_code=item.of.variant_code,
        brand=item.of.brand,
        brand_slug=item.of.brand_slug,
        model=item.of.model,
        title=item.of.title,
        configuration=configuration_text(storage_gb=item.storage_gb, colour=item.colour),
        condition=item.condition,
        colour=item.colour,
        colour_hex=item.colour_hex,
        storage_gb=item.storage_gb,
        category=item.of.category,
        category_slug=item.of.category_slug,
        seller_id=item.seller_id,
        seller_name=item.seller_name,
        seller_slug=item.seller_slug,
        price=item.price,
        disclosure=disclosure,
        is_radio=item.of.is_radio,
        tier=item.of.tier,
        tier_rank=item.of.tier_rank,
        fit_label=item.of.fit_label,
        calls=item.of.calls,
        nr=item.of.nr,
        five_g=item.of.has_five_g,
        esim=item.of.has_esim,
        stock_left=item.stock_left,
        released_on=item.of.released_on,
        published_at=item.published_at,
    )


def _months(query: ShelfQuery, *, pricing: Pricing) -> dict[int, int | None]:
    """Return the month of every price, if the query asks for months; the same price once."""
    if query.sort is not ShelfSort.MONTH and query.price_month_max_minor is None:
        return {}
    market = catalogue.market(query.market)
    return {
        minor: pricing.month_of(Money(minor, market.currency), locale=market.locale)
        for minor in prices_in(query.market)
    }


def _offer_tests(query: ShelfQuery, *, months: Mapping[int, int | None]) -> OfferTests:
    limit = query.price_month_max_minor
    within = [
        price
        for price, minor in months.items()
        if minor is not None and limit is not None and minor <= limit
    ]
    return OfferTests(
        seller=query.seller,
        conditions=query.conditions,
        prices=None if limit is None else tuple(within),
    )


def _ranks(
    variants: Mapping[UUID, ShelfVariant], *, sort: ShelfSort
) -> dict[UUID, tuple[int, int]]:
    """Return for each variant where it stands by what the sort asks first, and by its title."""
    titles = _title_ranks(variants)
    firsts: dict[ShelfSort, Callable[[ShelfVariant], int]] = {
        ShelfSort.BEST_FIT: lambda one: -one.tier_rank,
        ShelfSort.NEWEST: lambda one: -(one.released_on or date.min).toordinal(),
    }
    first = firsts.get(sort)
    return {key: (first(one) if first else 0, titles[key]) for key, one in variants.items()}


def _title_ranks(variants: Mapping[UUID, ShelfVariant]) -> dict[UUID, int]:
    titles = sorted({one.title.casefold() for one in variants.values()})
    ranks = {title: rank for rank, title in enumerate(titles)}
    return {key: ranks[one.title.casefold()] for key, one in variants.items()}
