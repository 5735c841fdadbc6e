"""
What a scope reaches: offers, baskets, checkouts and order lines.

Lines are found by the columns that the database guard froze on them, with the very test that the
guard makes, so that what a hold stops and what its aftermath finds cannot differ.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from bandstand.catalogue.models import Brand, Category
from bandstand.gate.models import Hold
from bandstand.offers.models import Offer
from bandstand.offers.rules import OfferState
from bandstand.orders.models import Checkout, CheckoutLine, LineMoveRecord, OrderLine
from bandstand.orders.rules import ENDED, LIVE_CHECKOUT, LineState
from bandstand.takedowns.models import Case

BUYERS_TOLD_FOR: Final = timedelta(days=183)
"""
How far back buyers whose phone has arrived are told.

Source: Regulation (EU) 2022/2065, article 32(1): buyers of the last six months (read 2026-11-22).
"""
DEPTH_MAX: Final = 32  # as deep as the guard climbs


def below_brand(brand_id: UUID) -> frozenset[UUID]:
    """Return a brand and all that stand below it."""
    return _below(dict(Brand.objects.exclude(parent=None).values_list("id", "parent_id")), brand_id)


def below_category(category_id: UUID) -> frozenset[UUID]:
    """Return a category and all that stand below it."""
    parents = dict(Category.objects.exclude(parent=None).values_list("id", "parent_id"))
    return _below(parents, category_id)


def brand_owners(brand_id: UUID) -> tuple[UUID | None, ...]:
    """Return the owners of a brand and then of its ancestors, nearest first."""
    rows = {row[0]: row[1:] for row in Brand.objects.values_list("id", "owner_id", "parent_id")}
    owners: list[UUID | None] = []
    at: UUID | None = brand_id
    while at in rows and len(owners) < DEPTH_MAX:
        owner, at = rows[at]
        owners.append(owner)
    return tuple(owners)


def offers_under(hold: Hold) -> QuerySet[Offer]:
    """Return the offers that a hold reaches, in whatever state; lots and serials narrow units."""
    wanted = Q()
    if hold.brand_id:
        brands = below_brand(hold.brand_id) if hold.include_sub_brands else {hold.brand_id}
        wanted &= Q(variant__model__brand__in=brands)
    if hold.category_id:
        wanted &= Q(variant__model__category__in=below_category(hold.category_id))
    named = {
        "variant__model": hold.model_id,
        "variant": hold.variant_id,
        "seller": hold.seller_id,
        "pk": hold.offer_id,
        "market": hold.market_id,
        "condition": hold.condition,
    }
    wanted &= Q(**{field: value for field, value in named.items() if value is not None})
    return Offer.objects.filter(wanted)


def lines_under(hold: Hold) -> QuerySet[OrderLine]:
    """Return the order lines that a hold reaches, in whatever state."""
    wanted = Q()
    if hold.brand_id and hold.include_sub_brands:
        wanted &= Q(brand_path__contains=[hold.brand_id])
    elif hold.brand_id:
        wanted &= Q(brand_path__0=hold.brand_id)
    if hold.category_id:
        wanted &= Q(category_path__contains=[hold.category_id])
    if hold.serials is not None:
        wanted &= Q(serials__overlap=hold.serials)
    if hold.stock_before is not None:
        wanted &= Q(stocked_at=None) | Q(stocked_at__lt=hold.stock_before)
    named = {
        "device_model_id": hold.model_id,
        "variant_id": hold.variant_id,
        "seller_id": hold.seller_id,
        "offer": hold.offer_id,
        "market_code": hold.market_id,
        "condition": hold.condition,
        "lot": hold.lot,
    }
    wanted &= Q(**{field: value for field, value in named.items() if value is not None})
    return OrderLine.objects.filter(wanted)


def affected_lines(hold: Hold) -> QuerySet[OrderLine]:
    """
    Return the lines whose buyers a hold owes something.

    Those are the living ones, and those that ended after the hold took effect, such as a line that
    the payment's own stop cancelled before the aftermath found it. A phone that arrived longer ago
    than ``BUYERS_TOLD_FOR`` is left alone.
    """
    ended_since = Exists(
        LineMoveRecord.objects.filter(
            line=OuterRef("pk"),
            to_state__in=[state.value for state in ENDED],
            moved_at__gte=hold.effective_at,
        )
    )
    long_gone = Q(
        state=LineState.DELIVERED.value,
        release__delivered_at__lt=hold.effective_at - BUYERS_TOLD_FOR,
    )
    return (
        lines_under(hold)
        .filter(~Q(state__in=[state.value for state in ENDED]) | ended_since)
        .exclude(long_gone)
    )


def lines_without_case(hold: Hold) -> QuerySet[OrderLine]:
    """Return the affected lines that no case was opened for, oldest first."""
    has_case = Exists(Case.objects.filter(hold=hold, line=OuterRef("pk")))
    return affected_lines(hold).filter(~has_case).order_by("id")


def live_checkouts(hold: Hold) -> QuerySet[Checkout]:
    """Return the checkouts that hold a unit within a hold's reach and became no order yet."""
    within = CheckoutLine.objects.filter(
        checkout=OuterRef("pk"), offer__in=offers_under(hold).values("pk")
    )
    return Checkout.objects.filter(
        Exists(within), state__in=[state.value for state in LIVE_CHECKOUT]
    ).order_by("id")


def listed_offers(hold: Hold) -> QuerySet[Offer]:
    """Return the offers of a hold's reach that were on sale or on the way there."""
    return offers_under(hold).filter(state__in=[OfferState.LISTED, OfferState.IN_REVIEW])


def _below(parents: Mapping[UUID, UUID | None], top: UUID) -> frozenset[UUID]:
    found, edge = {top}, {top}
    for _ in range(DEPTH_MAX):
        edge = {child for child, parent in parents.items() if parent in edge} - found
        if not edge:
            break
        found |= edge
    return frozenset(found)
