"""Reads of single units and what is left of an offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from bandstand.offers.models import Reservation, Unit
from bandstand.offers.rules import UnitState


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitRow:
    """One physical phone."""

    id: UUID
    offer_id: UUID
    imei: str
    serial: str
    lot: str
    state: UnitState
    stocked_at: datetime


def unit_row(unit: Unit) -> UnitRow:
    """Return the frozen row of a unit."""
    return UnitRow(
        id=unit.id,
        offer_id=unit.offer_id,
        imei=unit.imei or "",
        serial=unit.serial,
        lot=unit.lot,
        state=UnitState(unit.state),
        stocked_at=unit.stocked_at,
    )


def units_of(offer_id: UUID) -> tuple[UnitRow, ...]:
    """Return an offer's units in the order they arrived."""
    return tuple(
        unit_row(unit)
        for unit in Unit.objects.filter(offer_id=offer_id).order_by("stocked_at", "id")
    )


def kept_units(holder: UUID) -> dict[UUID, UUID]:
    """Return the units that are kept for a holder, each with its offer."""
    live = Reservation.objects.filter(holder=holder, ended_at=None)
    return dict(live.order_by("unit_id").values_list("unit_id", "unit__offer_id"))


def stock_by_offer(offer_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many units of each offer are free; an offer without any is left out."""
    free = Unit.objects.filter(offer_id__in=offer_ids, state=UnitState.IN_STOCK.value)
    return dict(free.order_by().values_list("offer_id").annotate(left=Count("id")))


def stock_left() -> Coalesce:
    """Return the expression that counts the free units of each offer of a queryset."""
    free = (
        Unit.objects.filter(offer=OuterRef("pk"), state=UnitState.IN_STOCK.value)
        .order_by()
        .values("offer")
        .annotate(left=Count("id"))
        .values("left")
    )
    return Coalesce(Subquery(free, output_field=IntegerField()), 0)
