"""
Units are kept for a checkout until an instant, and freed when it passes.

One phone is one row, taken with ``FOR UPDATE SKIP LOCKED``: two buyers who reach for the last one
do not wait for each other, one gets it and the other is told at once. A unique index says the same
again.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.offers.models import Reservation, Unit
from bandstand.offers.queries import UnitRow
from bandstand.offers.queries.units import unit_row
from bandstand.offers.rules import SoldOutError, UnitMove, UnitState, next_unit_state

SWEEP_MAX = 500


@transaction.atomic
def reserve(*, offer_id: UUID, holder: UUID, until: datetime, now: datetime) -> UnitRow:
    """
    Keep the oldest free unit of an offer for a holder and return it.

    Lock: the unit's row; rows that others hold are passed over.
    Raises: SoldOutError.
    """
    unit = (
        Unit.objects.select_for_update(skip_locked=True)
        .filter(offer_id=offer_id, state=UnitState.IN_STOCK.value)
        .order_by("stocked_at", "id")
        .first()
    )
    if unit is None:
        raise SoldOutError("The last one was just sold or is in another checkout.", offer=offer_id)
    unit.state = next_unit_state(UnitState(unit.state), UnitMove.RESERVE).value
    unit.save(update_fields=["state"])
    Reservation.objects.create(unit=unit, holder=holder, reserved_at=now, expires_at=until)
    return unit_row(unit)


@transaction.atomic
def extend(*, holder: UUID, until: datetime) -> int:
    """Keep a holder's units until a later instant and return how many are still kept."""
    return Reservation.objects.filter(holder=holder, ended_at=None).update(expires_at=until)


@transaction.atomic
def free_holder(*, holder: UUID, now: datetime, ending: str = "freed") -> int:
    """
    Put a holder's units back on the shelf and return how many.

    Lock: the units' rows, in id order.
    """
    kept = Reservation.objects.filter(holder=holder, ended_at=None)
    units = _locked_units(list(kept.values_list("unit_id", flat=True)))
    live = kept.filter(unit_id__in=[unit.id for unit in units])
    return _free(units, list(live.values_list("unit_id", flat=True)), now=now, ending=ending)


@transaction.atomic
def expire_reservations(*, now: datetime) -> int:
    """
    Put back units whose time has run out and return how many; at most a batch at a time.

    Lock: the units' rows; those that a checkout is just selling are passed over.
    """
    overdue = Reservation.objects.filter(ended_at=None, expires_at__lte=now)
    ids = list(overdue.order_by("expires_at").values_list("unit_id", flat=True)[:SWEEP_MAX])
    units = list(Unit.objects.select_for_update(skip_locked=True).filter(pk__in=ids).order_by("id"))
    # Asked again under the lock: a checkout may have extended or sold it meanwhile.
    still = overdue.filter(unit_id__in=[unit.id for unit in units])
    return _free(units, list(still.values_list("unit_id", flat=True)), now=now, ending="expired")


def _locked_units(ids: list[UUID]) -> list[Unit]:
    return list(Unit.objects.select_for_update().filter(pk__in=ids).order_by("id"))


def _free(units: list[Unit], unit_ids: list[UUID], *, now: datetime, ending: str) -> int:
    freed = [
        unit
        for unit in units
        if unit.id in set(unit_ids) and unit.state == UnitState.RESERVED.value
    ]
    for unit in freed:
        unit.state = next_unit_state(UnitState(unit.state), UnitMove.FREE).value
    Unit.objects.bulk_update(freed, ["state"])
    Reservation.objects.filter(unit_id__in=unit_ids, ended_at=None).update(
        ended_at=now, ending=ending
    )
    return len(freed)
