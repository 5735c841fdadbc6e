"""The shelf: one page of what is on sale now, filtered, sorted, with the counts of every filter."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.credit.rules import PriceDisclosure
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers.models import Offer
from bandstand.offers.queries.filters import facets, sieve
from bandstand.offers.queries.plans import MarketTerms, default_disclosure, terms_in
from bandstand.offers.queries.shelf_items import ShelfItem, shelf_items
from bandstand.offers.queries.shelf_words import (
    ShelfCard,
    ShelfPage,
    ShelfQuery,
    ShelfSort,
)
from bandstand.offers.rules import configuration_text
from bandstand.plumbing import clock

PAGE_SIZE_MAX = 96
NO_MONTH = 2**62  # what cannot be bought on a plan stands last


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

    def month_minor(self, item: ShelfItem) -> int | None:
        """Return the month of an item's default plan."""
        told = self.disclosure(item)
        return None if told is None else told.month.minor


def shelf(query: ShelfQuery, *, now: datetime | None = None) -> ShelfPage:
    """
    Return one page of the shelf.

    A page past the end is the last page. The number of database queries does not depend on the
    number of offers. ``now`` says which plan terms are in force; without it, those of noon on
    ``query.on``.
    """
    moment = now or datetime.combine(query.on, time(12), tzinfo=UTC)
    items = shelf_items(market=query.market, network_id=query.network_id, on=query.on)
    pricing = Pricing(terms_in(market=query.market, now=moment), query.market, query.on)
    sieved = sieve(items, query=query, month_minor=pricing.month_minor)
    ordered = sorted(sieved.passing, key=_order(query.sort, pricing=pricing))
    size = max(1, min(query.page_size, PAGE_SIZE_MAX))
    pages = max(1, -(-len(ordered) // size))
    page = min(max(1, query.page), pages)
    return ShelfPage(
        cards=tuple(
            card_of(item, disclosure=pricing.disclosure(item))
            for item in ordered[(page - 1) * size : page * size]
        ),
        total=len(ordered),
        total_unfiltered=len(items),
        hidden_by_fit=len(sieved.failing_one.get("works_here", ())),
        facets=facets(sieved, query=query),
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
    others = [
        item
        for item in shelf_items(market=wanted.market_id, network_id=network, on=on)
        if item.offer_id != offer_id
        and item.works_here
        and item.category_slug == wanted.variant.model.category.slug
    ]
    others.sort(
        key=lambda one: (abs(one.price.minor - wanted.price_minor), one.title, one.offer_id)
    )
    # One card for a model: four colours of one phone are no choice.
    by_title = {item.title: item for item in reversed(others)}
    nearest = [item for item in others if by_title[item.title] is item][:limit]
    return tuple(card_of(item, disclosure=pricing.disclosure(item)) for item in nearest)


def card_of(item: ShelfItem, *, disclosure: PriceDisclosure | None) -> ShelfCard:
    """Return the card of an item."""
    return ShelfCard(
        offer_id=item.offer_id,
        public_id=print_id(IdKind.OFFER, item.offer_id),
        url_slug=item.variant_slug,
        variant_id=item.variant_id,
        variant_code=item.variant_code,
        brand=item.brand,
        brand_slug=item.brand_slug,
        model=item.model,
        title=item.title,
        configuration=configuration_text(storage_gb=item.storage_gb, colour=item.colour),
        condition=item.condition,
        colour=item.colour,
        colour_hex=item.colour_hex,
        storage_gb=item.storage_gb,
        category=item.category,
        category_slug=item.category_slug,
        seller_id=item.seller_id,
        seller_name=item.seller_name,
        seller_slug=item.seller_slug,
        price=item.price,
        disclosure=disclosure,
        is_radio=item.is_radio,
        tier=item.tier,
        tier_rank=item.tier_rank,
        fit_label=item.fit_label,
        calls=item.calls,
        nr=item.nr,
        five_g=item.has_five_g,
        esim=item.has_esim,
        stock_left=item.stock_left,
        released_on=item.released_on,
        published_at=item.published_at,
    )


def _order(sort: ShelfSort, *, pricing: Pricing) -> Callable[[ShelfItem], tuple[Any, ...]]:
    def month(item: ShelfItem) -> int:
        minor = pricing.month_minor(item)
        return NO_MONTH if minor is None else minor

    def newest(item: ShelfItem) -> tuple[int, float]:
        released = item.released_on or date.min
        return -released.toordinal(), -item.published_at.timestamp()

    orders: dict[ShelfSort, Callable[[ShelfItem], tuple[Any, ...]]] = {
        ShelfSort.BEST_FIT: lambda one: (-one.tier_rank, one.price.minor),
        ShelfSort.MONTH: lambda one: (month(one), one.price.minor),
        ShelfSort.PRICE: lambda one: (one.price.minor,),
        ShelfSort.NEWEST: newest,
        ShelfSort.NAME: lambda one: (one.title.casefold(), one.price.minor),
    }
    chosen = orders[sort]
    return lambda one: (*chosen(one), one.title.casefold(), one.offer_id)
