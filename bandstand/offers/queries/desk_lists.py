"""Lists of offers for the desks of the operator, a seller and a brand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from bandstand.offers.models import Offer, Unit
from bandstand.offers.queries.offer_words import OfferList
from bandstand.offers.queries.rows import complete_offers, offer_row
from bandstand.offers.rules import OfferState, UnitState

PAGE_SIZE: Final = 50
ORDERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "age": ("created_at", "id"),
        "title": ("variant__model__brand__name", "variant__model__name", "id"),
        "seller": ("seller__trading_name", "created_at", "id"),
        "price": ("price_minor", "id"),
        "state": ("state", "created_at", "id"),
        "stock": ("stock_left", "id"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferFilters:
    """Which offers a desk asks for; what is empty admits everything."""

    text: str = ""
    state: str = ""
    seller_id: UUID | None = None
    brand_ids: frozenset[UUID] | None = None
    sort: str = "age"
    """A word of ``ORDERS``; with a minus before it, the other way round."""


def offers_list(filters: OfferFilters, *, page: int = 1) -> OfferList:
    """Return a page of offers in the order asked for."""
    found = _filtered(filters)
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(1, page), pages)
    shown = found.order_by(*_order(filters.sort))[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    return OfferList(
        offers=tuple(offer_row(offer) for offer in shown), total=total, page=at, pages=pages
    )


def listed_by_brand(brand_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int]]:
    """Return, for each brand with listed offers, how many offers and sellers it has."""
    listed = Offer.objects.filter(
        variant__model__brand__in=list(brand_ids), state=OfferState.LISTED.value
    )
    rows = (
        listed.order_by()
        .values_list("variant__model__brand_id")
        .annotate(offers=Count("id"), sellers=Count("seller_id", distinct=True))
    )
    return {brand_id: (offers, sellers) for brand_id, offers, sellers in rows}


def units_by_state(
    *, seller_id: UUID | None = None, offer_id: UUID | None = None
) -> dict[str, int]:
    """Return how many units stand in each state; every state is named."""
    found = Unit.objects.all()
    if seller_id is not None:
        found = found.filter(offer__seller_id=seller_id)
    if offer_id is not None:
        found = found.filter(offer_id=offer_id)
    counts = dict(found.order_by().values_list("state").annotate(units=Count("id")))
    return {state.value: counts.get(state.value, 0) for state in UnitState}


def _filtered(filters: OfferFilters) -> QuerySet[Offer]:
    found = complete_offers()
    if filters.state:
        found = found.filter(state=filters.state)
    if filters.seller_id is not None:
        found = found.filter(seller_id=filters.seller_id)
    if filters.brand_ids is not None:
        found = found.filter(variant__model__brand__in=filters.brand_ids)
    for word in filters.text.split():
        found = found.filter(
            Q(variant__model__name__icontains=word)
            | Q(variant__model__brand__name__icontains=word)
            | Q(variant__code__icontains=word)
            | Q(seller__trading_name__icontains=word)
        )
    return found


def _order(sort: str) -> tuple[str, ...]:
    columns = ORDERS[sort.removeprefix("-")]
    return tuple(f"-{name}" for name in columns) if sort.startswith("-") else columns
