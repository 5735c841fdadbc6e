"""What is on sale in a market now, in one query: listed, in stock, and under no hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, Q, QuerySet

from bandstand.gate.queries import covering_hold
from bandstand.gate.rules import Activity
from bandstand.kernel.words import Answer
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.offers.queries.units import stock_left
from bandstand.offers.rules import OfferState, is_for_network, title_text
from bandstand.radio import Tier


@dataclass(frozen=True, kw_only=True, slots=True)
class ShelfItem:
    """One offer on sale, before its plan is computed."""

    offer_id: UUID
    variant_id: UUID
    variant_slug: str
    variant_code: str
    region: str
    is_radio: bool
    esim: str
    brand: str
    brand_slug: str
    brand_names: tuple[str, ...]
    model: str
    released_on: date | None
    category: str
    category_slug: str
    seller_id: UUID
    seller_name: str
    seller_slug: str
    condition: str
    storage_gb: int | None
    colour: str
    colour_hex: str
    price: Money
    locale: str
    published_at: datetime
    stock_left: int
    tier: Tier | None
    tier_rank: int
    fit_label: str
    calls: str
    nr: str

    @property
    def title(self) -> str:
        return title_text(brand=self.brand, model=self.model)

    @property
    def has_five_g(self) -> bool:
        return self.nr == Answer.YES.value

    @property
    def has_esim(self) -> bool:
        return self.esim == Answer.YES.value

    @property
    def works_here(self) -> bool:
        """Data and calls work on the network. A thing without a radio has nothing to fail at."""
        return self.tier is None or self.tier.rank >= Tier.LIMITED.rank

    @property
    def haystack(self) -> str:
        """The words a shopper may search by."""
        named = (self.title, self.brand, *self.brand_names, self.variant_code, self.region)
        return " ".join(named).casefold()


NO_FIT_RANK = -1  # things without a radio stand after the phones when the best fit comes first

COLUMNS = {
    "offer_id": F("id"),
    "variant_key": F("variant_id"),
    "variant_slug": F("variant__slug"),
    "variant_code": F("variant__code"),
    "region": F("variant__region"),
    "is_radio": F("variant__is_radio"),
    "esim": F("variant__esim"),
    "brand": F("variant__model__brand__name"),
    "brand_slug": F("variant__model__brand__slug"),
    "brand_names": F("variant__model__brand__names"),
    "model_name": F("variant__model__name"),
    "released_on": F("variant__model__released_on"),
    "category": F("variant__model__category__name"),
    "category_slug": F("variant__model__category__slug"),
    "seller_key": F("seller_id"),
    "seller_name": F("seller__trading_name"),
    "seller_slug": F("seller__slug"),
    "locale": F("market__locale"),
    "tier": F("fit__tier"),
    "fit_label": F("fit__label"),
    "calls": F("fit__calls"),
    "nr": F("fit__nr"),
}
PLAIN = (
    "condition",
    "storage_gb",
    "colour",
    "colour_hex",
    "price_minor",
    "currency",
    "published_at",
)


def offers_on_sale(*, market: str) -> QuerySet[Offer]:
    """
    Return the offers a shopper may buy in a market now.

    Listed, a unit free, and no hold in force that stops orders: the same facts by which the gate's
    guard refuses a commit, so a hold takes effect on every page without touching an offer.
    """
    return (
        Offer.objects.filter(market_id=market, state=OfferState.LISTED.value)
        .filter(~covering_hold(Activity.ORDER_COMMIT))
        .annotate(stock_left=stock_left())
        .filter(stock_left__gt=0)
    )


def shelf_items(*, market: str, network_id: UUID, on: date) -> list[ShelfItem]:
    """Return everything on sale in a market with its fit on a network on a day, by offer id."""
    fit = FilteredRelation(
        "variant__fits",
        condition=Q(variant__fits__network=network_id)
        & Q(variant__fits__from_date__lte=on)
        & (Q(variant__fits__until_date=None) | Q(variant__fits__until_date__gt=on)),
    )
    rows = (
        offers_on_sale(market=market)
        .annotate(fit=fit)
        .order_by("id")
        .values(*PLAIN, "stock_left", **COLUMNS)
    )
    return [_item(row) for row in rows]


def _item(row: Mapping[str, Any]) -> ShelfItem:
    tier = _tier(row)
    return ShelfItem(
        offer_id=row["offer_id"],
        variant_id=row["variant_key"],
        variant_slug=row["variant_slug"],
        variant_code=row["variant_code"],
        region=row["region"],
        is_radio=row["is_radio"],
        esim=row["esim"],
        brand=row["brand"],
        brand_slug=row["brand_slug"],
        brand_names=tuple(row["brand_names"]),
        model=row["model_name"],
        released_on=row["released_on"],
        category=row["category"],
        category_slug=row["category_slug"],
        seller_id=row["seller_key"],
        seller_name=row["seller_name"],
        seller_slug=row["seller_slug"],
        condition=row["condition"],
        storage_gb=row["storage_gb"],
        colour=row["colour"],
        colour_hex=row["colour_hex"],
        price=Money(row["price_minor"], row["currency"]),
        locale=row["locale"],
        published_at=row["published_at"],
        stock_left=row["stock_left"],
        tier=tier,
        tier_rank=NO_FIT_RANK if tier is None else tier.rank,
        fit_label=row["fit_label"] or "",
        calls=row["calls"] or Answer.UNKNOWN.value,
        nr=row["nr"] or Answer.UNKNOWN.value,
    )


def _tier(row: Mapping[str, Any]) -> Tier | None:
    # No stored fit is no evidence, and unknown is an answer.
    tier = Tier(row["tier"]) if row["tier"] else Tier.UNKNOWN
    is_told = is_for_network(is_radio=row["is_radio"], category=row["category_slug"], tier=tier)
    return tier if is_told else None
