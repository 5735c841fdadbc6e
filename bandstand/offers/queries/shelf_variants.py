"""The variants that a market's shelf may show, with what filters and sorts ask of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q

from bandstand.catalogue.models import Variant
from bandstand.kernel.words import Answer
from bandstand.offers.models import Offer
from bandstand.offers.rules import OfferState, is_for_network, title_text
from bandstand.radio import Tier

NO_FIT_RANK = -1  # things without a radio stand after the phones when the best fit comes first


@dataclass(frozen=True, kw_only=True, slots=True)
class ShelfVariant:
    """What every offer of a variant has in common."""

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
    tier: Tier | None
    fit_label: str
    calls: str
    nr: str

    @property
    def title(self) -> str:
        return title_text(brand=self.brand, model=self.model)

    @property
    def tier_rank(self) -> int:
        return NO_FIT_RANK if self.tier is None else self.tier.rank

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


COLUMNS = {
    "brand_name": F("model__brand__name"),
    "brand_slug": F("model__brand__slug"),
    "brand_names": F("model__brand__names"),
    "model_name": F("model__name"),
    "released_on": F("model__released_on"),
    "category_name": F("model__category__name"),
    "category_slug": F("model__category__slug"),
    "tier": F("fit__tier"),
    "fit_label": F("fit__label"),
    "calls": F("fit__calls"),
    "nr": F("fit__nr"),
}
PLAIN = ("id", "slug", "code", "region", "is_radio", "esim")


def shelf_variants(*, market: str, network_id: UUID, on: date) -> dict[UUID, ShelfVariant]:
    """Return every variant listed in a market with its fit on a network on a day, in one query."""
    fit = FilteredRelation(
        "fits",
        condition=Q(fits__network=network_id)
        & Q(fits__from_date__lte=on)
        & (Q(fits__until_date=None) | Q(fits__until_date__gt=on)),
    )
    listed = Offer.objects.filter(
        variant=OuterRef("pk"), market=market, state=OfferState.LISTED.value
    )
    rows = Variant.objects.filter(Exists(listed)).annotate(fit=fit).values(*PLAIN, **COLUMNS)
    return {row["id"]: _variant(row) for row in rows}


def _variant(row: Mapping[str, Any]) -> ShelfVariant:
    return ShelfVariant(
        variant_id=row["id"],
        variant_slug=row["slug"],
        variant_code=row["code"],
        region=row["region"],
        is_radio=row["is_radio"],
        esim=row["esim"],
        brand=row["brand_name"],
        brand_slug=row["brand_slug"],
        brand_names=tuple(row["brand_names"]),
        model=row["model_name"],
        released_on=row["released_on"],
        category=row["category_name"],
        category_slug=row["category_slug"],
        tier=_tier(row),
        fit_label=row["fit_label"] or "",
        calls=row["calls"] or Answer.UNKNOWN.value,
        nr=row["nr"] or Answer.UNKNOWN.value,
    )


def _tier(row: Mapping[str, Any]) -> Tier | None:
    # No stored fit is no evidence, and unknown is an answer.
    tier = Tier(row["tier"]) if row["tier"] else Tier.UNKNOWN
    is_told = is_for_network(is_radio=row["is_radio"], category=row["category_slug"], tier=tier)
    return tier if is_told else None
