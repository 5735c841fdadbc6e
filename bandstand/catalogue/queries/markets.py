"""Reads of markets, brands and categories."""

from dataclasses import dataclass
from uuid import UUID

from bandstand.catalogue.models import Brand, Category, Market
from bandstand.catalogue.rules import CatalogueNotFoundError, did_you_mean
from bandstand.kernel.errors import near_matches


@dataclass(frozen=True, kw_only=True)
class MarketRow:
    """A place of delivery. ``members`` are the countries it covers."""

    code: str
    name: str
    currency: str
    time_zone: str
    locale: str
    members: tuple[str, ...]
    regimes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BrandRow:
    """A mark; ``parent_id`` is the brand it belongs under, ``owner_id`` the party that owns it."""

    id: UUID
    slug: str
    name: str
    parent_id: UUID | None
    owner_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class CategoryRow:
    """A kind of thing."""

    id: UUID
    slug: str
    name: str
    parent_id: UUID | None
    is_radio: bool


def market(code: str) -> MarketRow:
    """
    Return a market by its code.

    Raises: CatalogueNotFoundError naming near matches.
    """
    found = Market.objects.filter(code=code.upper()).first()
    if found is None:
        known = list(Market.objects.values_list("code", flat=True))
        near = near_matches(code, known) or sorted(known)
        raise CatalogueNotFoundError(
            f"No market “{code}”.{did_you_mean(near)}", given=code, near=near
        )
    return _market_row(found)


def markets() -> list[MarketRow]:
    """Return every market, by name."""
    return [_market_row(one) for one in Market.objects.order_by("name")]


def market_for_country(country: str) -> MarketRow:
    """
    Return the market whose rules apply to a delivery: of several, the one with the fewest members.

    Raises: CatalogueNotFoundError if no market delivers there.
    """
    covering = Market.objects.filter(members__contains=[country.upper()])
    found = min(covering, key=lambda one: (len(one.members), one.code), default=None)
    if found is None:
        served = sorted({one for row in Market.objects.all() for one in row.members})
        raise CatalogueNotFoundError(
            f"We do not deliver to “{country}”. We deliver to {', '.join(served)}.", given=country
        )
    return _market_row(found)


def brand_by_slug(slug: str) -> BrandRow:
    """
    Return a brand by its slug.

    Raises: CatalogueNotFoundError naming near matches.
    """
    found = Brand.objects.filter(slug=slug).first()
    if found is None:
        near = near_matches(slug, list(Brand.objects.values_list("slug", flat=True)))
        raise CatalogueNotFoundError(
            f"No brand “{slug}”.{did_you_mean(near)}", given=slug, near=near
        )
    return _brand_row(found)


def brands() -> list[BrandRow]:
    """Return every brand, by name."""
    return [_brand_row(one) for one in Brand.objects.order_by("name")]


def brands_of(party_id: UUID) -> list[BrandRow]:
    """Return the brands that a party owns, by name."""
    return [_brand_row(one) for one in Brand.objects.filter(owner_id=party_id).order_by("name")]


def category_by_slug(slug: str) -> CategoryRow:
    """
    Return a category by its slug.

    Raises: CatalogueNotFoundError naming near matches.
    """
    found = Category.objects.filter(slug=slug).first()
    if found is None:
        known = list(Category.objects.values_list("slug", flat=True))
        near = near_matches(slug, known) or sorted(known)
        raise CatalogueNotFoundError(
            f"No category “{slug}”.{did_you_mean(near)}", given=slug, near=near
        )
    return _category_row(found)


def categories() -> list[CategoryRow]:
    """Return every category, by name."""
    return [_category_row(one) for one in Category.objects.order_by("name")]


def _market_row(one: Market) -> MarketRow:
    return MarketRow(
        code=one.code,
        name=one.name,
        currency=one.currency,
        time_zone=one.time_zone,
        locale=one.locale,
        members=tuple(one.members),
        regimes=tuple(one.regimes),
    )


def _brand_row(one: Brand) -> BrandRow:
    return BrandRow(
        id=one.id, slug=one.slug, name=one.name, parent_id=one.parent_id, owner_id=one.owner_id
    )


def _category_row(one: Category) -> CategoryRow:
    return CategoryRow(
        id=one.id, slug=one.slug, name=one.name, parent_id=one.parent_id, is_radio=one.is_radio
    )
