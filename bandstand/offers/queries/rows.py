"""Offers as frozen rows, read with everything a row needs in one query."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.offers.queries.offer_words import OfferRow
from bandstand.offers.queries.units import stock_left
from bandstand.offers.rules import configuration_text, title_text


def complete_offers() -> QuerySet[Offer]:
    """Return all offers with what ``offer_row`` reads already joined."""
    return Offer.objects.select_related(
        "seller", "market", "variant__model__brand", "variant__model__category"
    ).annotate(stock_left=stock_left())


def offer_row(offer: Offer) -> OfferRow:
    """Return the frozen row of an offer that came from ``complete_offers``."""
    variant, model = offer.variant, offer.variant.model
    return OfferRow(
        id=offer.id,
        public_id=print_id(IdKind.OFFER, offer.id),
        state=offer.state,
        seller_id=offer.seller_id,
        seller_name=offer.seller.trading_name,
        seller_slug=offer.seller.slug,
        variant_id=variant.id,
        variant_slug=variant.slug,
        variant_code=variant.code,
        is_radio=variant.is_radio,
        brand=model.brand.name,
        brand_slug=model.brand.slug,
        model=model.name,
        category=model.category.name,
        category_slug=model.category.slug,
        title=title_text(brand=model.brand.name, model=model.name),
        configuration=configuration_text(storage_gb=offer.storage_gb, colour=offer.colour),
        market=offer.market_id,
        locale=offer.market.locale,
        time_zone=offer.market.time_zone,
        condition=offer.condition,
        storage_gb=offer.storage_gb,
        colour=offer.colour,
        colour_hex=offer.colour_hex,
        price=Money(offer.price_minor, offer.currency),
        dispatch_days=offer.dispatch_days,
        return_days=offer.return_days,
        warranty_months=offer.warranty_months,
        last_decision_id=offer.last_decision_id,
        created_at=offer.created_at,
        published_at=offer.published_at,
        stock_left=getattr(offer, "stock_left"),  # noqa: B009 -- an annotation mypy cannot see
    )


def offer_rows(offer_ids: Sequence[UUID]) -> dict[UUID, OfferRow]:
    """Return offers by key, whatever their state; one query for any number."""
    return {offer.id: offer_row(offer) for offer in complete_offers().filter(pk__in=offer_ids)}
