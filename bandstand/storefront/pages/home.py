"""The home page: what the shop promises, a few phones, and every phone on the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bandstand.catalogue import queries as catalogue
from bandstand.offers import queries as offers
from bandstand.offers.queries import ShelfCard, ShelfQuery, ShelfSort
from bandstand.storefront.art.bars import skyline_svg
from bandstand.storefront.pages.cards import CardView, card_view
from bandstand.storefront.pages.skyline import bands_on_air
from bandstand.storefront.shop import Shop

FEATURED: Final = 4
LISTED_MAX: Final = 96


@dataclass(frozen=True, slots=True)
class BrandShelf:
    """One brand's phones on the shelf."""

    name: str
    slug: str
    cards: tuple[CardView, ...]


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the home page says."""

    operator_name: str
    network_name: str
    skyline: str
    featured: tuple[CardView, ...]
    brands: tuple[BrandShelf, ...]
    total: int
    works: int
    is_cut: bool
    """More phones are on sale than the page lists; the shelf has them all."""


def home_page(shop: Shop, *, now: datetime) -> HomePage:
    """Return the home page with every phone on sale, those that do not work here too."""
    on = shop.today(now)
    found = offers.shelf(
        ShelfQuery(
            market=shop.market.code,
            network_id=shop.network.id,
            on=on,
            works_here=False,
            category="phone",
            sort=ShelfSort.NAME,
            page_size=LISTED_MAX,
        ),
        now=now,
    )
    on_air = bands_on_air(catalogue.network_bands(shop.network.id), on=on)
    works = next((one.count for one in found.facets.works_here if one.value == "yes"), 0)
    return HomePage(
        operator_name=shop.operator_name,
        network_name=shop.network.name,
        skyline=skyline_svg(on_air),
        featured=tuple(card_view(one, locale=shop.locale) for one in featured(found.cards)),
        brands=_by_brand(found.cards, locale=shop.locale),
        total=found.total,
        works=works,
        is_cut=found.total > len(found.cards),
    )


def featured(cards: Sequence[ShelfCard]) -> list[ShelfCard]:
    """Return a few cards to begin with: the best fits, newest first, no brand twice."""
    new = [one for one in cards if one.condition == "new" and one.disclosure is not None]
    ranked = sorted(new, key=lambda one: (-one.tier_rank, -_released(one), one.title, one.offer_id))
    by_brand: dict[str, ShelfCard] = {}
    for one in ranked:
        by_brand.setdefault(one.brand_slug, one)
    return list(by_brand.values())[:FEATURED]


def _released(card: ShelfCard) -> int:
    return card.released_on.toordinal() if card.released_on else 0


def _by_brand(cards: Sequence[ShelfCard], *, locale: str) -> tuple[BrandShelf, ...]:
    shelves: dict[tuple[str, str], list[CardView]] = {}
    for one in cards:
        shelves.setdefault((one.brand, one.brand_slug), []).append(card_view(one, locale=locale))
    ordered = sorted(shelves.items(), key=lambda item: item[0][0].casefold())
    return tuple(BrandShelf(name, slug, tuple(views)) for (name, slug), views in ordered)
