"""Reads of labels on goods that differ: what differs, what was shown, what a listing says of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from bandstand.catalogue.models import Variant
from bandstand.catalogue.rules import title_of
from bandstand.rights.models import LabelEvidence, LeverProtection, VariantDifference


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelRow:
    """A photograph of the label on a seller's goods, and what the listing says of the same."""

    id: UUID
    seller_name: str
    variant_name: str
    market: str
    lot: str
    photo_sha256: str
    listing_text: str
    recorded_at: datetime
    recorded_by: str


def differences_of(variant_id: UUID, *, market: str) -> tuple[str, ...]:
    """Return in what a variant differs from the one made for a market; empty if in nothing."""
    found = VariantDifference.objects.filter(variant=variant_id, market=market)
    return tuple(sorted(what for row in found for what in row.what))


def is_protected(variant_id: UUID, *, at: datetime) -> bool:
    """Say whether customs of the United States protect the variant's brand or model."""
    model = Variant.objects.select_related("model").get(pk=variant_id).model
    live = LeverProtection.objects.filter(
        Q(until_at=None) | Q(until_at__gt=at), brand=model.brand_id, from_at__lte=at
    )
    return live.filter(Q(model=None) | Q(model=model.id)).exists()


def labels_of(*, seller_id: UUID, variant_id: UUID, market: str) -> list[LabelRow]:
    """Return the labels that a seller has shown for a variant in a market, newest first."""
    found = LabelEvidence.objects.filter(seller=seller_id, variant=variant_id, market=market)
    return [
        label_row(one)
        for one in found.select_related("seller", "variant__model__brand").order_by(
            "-recorded_at", "-id"
        )
    ]


def listing_words(*, seller_id: UUID, variant_id: UUID, market: str) -> str:
    """Return what a listing says of goods that differ; nothing is said of goods that do not."""
    if not differences_of(variant_id, market=market):
        return ""
    shown = labels_of(seller_id=seller_id, variant_id=variant_id, market=market)
    return next((one.listing_text for one in shown if one.listing_text and not one.lot), "")


def label_row(row: LabelEvidence) -> LabelRow:
    """Return a label as a frozen row."""
    model = row.variant.model
    return LabelRow(
        id=row.id,
        seller_name=row.seller.trading_name,
        variant_name=title_of(brand=model.brand.name, model=model.name),
        market=row.market_id,
        lot=row.lot,
        photo_sha256=row.photo_sha256,
        listing_text=row.listing_text,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )
