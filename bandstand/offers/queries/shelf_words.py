"""What the shelf is asked and what it answers: frozen values that pages render."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from bandstand.credit.rules import PriceDisclosure
from bandstand.money import Money
from bandstand.radio import Tier

PAGE_SIZE = 24


class ShelfSort(StrEnum):
    """In which order the shelf stands."""

    BEST_FIT = "best_fit"
    """The best fit first, then the lowest price."""
    MONTH = "month"
    PRICE = "price"
    NEWEST = "newest"
    NAME = "name"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShelfQuery:
    """
    What a shopper asks of the shelf. Empty filters admit everything; several combine.

    Brands, category and seller are slugs; conditions and tiers are the words of their enums.
    """

    market: str
    network_id: UUID
    on: date
    works_here: bool = True
    """Only phones that carry calls and data on the network; things without a radio stay."""
    brands: tuple[str, ...] = ()
    price_month_max_minor: int | None = None
    conditions: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    five_g: bool | None = None
    esim: bool | None = None
    category: str = ""
    seller: str = ""
    text: str = ""
    """Every word must occur in brand, model, code or region."""
    sort: ShelfSort = ShelfSort.BEST_FIT
    page: int = 1
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, kw_only=True, slots=True)
class ShelfCard:
    """One offer on the shelf, with all that its card shows."""

    offer_id: UUID
    public_id: str
    url_slug: str
    variant_id: UUID
    variant_code: str
    brand: str
    brand_slug: str
    model: str
    title: str
    configuration: str
    """“256 GB · Titan Grey”"""
    condition: str
    colour: str
    colour_hex: str
    storage_gb: int | None
    category: str
    category_slug: str
    seller_id: UUID
    seller_name: str
    seller_slug: str
    price: Money
    disclosure: PriceDisclosure | None
    """The default plan: the longest interest-free term open to this price, else the longest."""
    is_radio: bool
    tier: Tier | None
    """None for a thing without a radio; ``Tier.UNKNOWN`` where the evidence does not decide."""
    tier_rank: int
    fit_label: str
    calls: str
    nr: str
    five_g: bool
    """5G works on this network; unknown is not yes."""
    esim: bool
    stock_left: int
    released_on: date | None
    published_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class FacetValue:
    """One choice of a filter, and how many offers it would show beside the other filters."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Facets:
    """The filters' choices. A facet's counts heed every filter but its own."""

    brands: tuple[FacetValue, ...]
    conditions: tuple[FacetValue, ...]
    tiers: tuple[FacetValue, ...]
    five_g: tuple[FacetValue, ...]
    """Values “yes” and “no”; as are those of ``esim`` and ``works_here``."""
    esim: tuple[FacetValue, ...]
    categories: tuple[FacetValue, ...]
    sellers: tuple[FacetValue, ...]
    works_here: tuple[FacetValue, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShelfPage:
    """One page of the shelf."""

    cards: tuple[ShelfCard, ...]
    total: int
    """Offers that pass every filter."""
    total_unfiltered: int
    """Offers on sale in the market at all."""
    hidden_by_fit: int
    """Offers that pass every filter but do not work, or may not work, on the network."""
    facets: Facets
    page: int
    pages: int
    query: ShelfQuery

    @property
    def has_previous(self) -> bool:
        return self.page > 1

    @property
    def has_next(self) -> bool:
        return self.page < self.pages
