"""What becomes of one physical phone after its reservation."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.gate import services as gate
from bandstand.gate.guard import HeldError, guarded
from bandstand.gate.rules import Activity, Outcome
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers import rules
from bandstand.offers.models import Reservation, Unit
from bandstand.offers.rules import UnitMove, UnitState
from bandstand.plumbing import audit


@transaction.atomic
def sell_unit(*, unit_id: UUID, holder: UUID, now: datetime) -> None:
    """
    Sell a unit to the holder it is kept for.

    A reservation past its time still counts while nobody has freed it.
    Lock: the unit's row.
    Raises: ReservationLostError if it is not, or no longer, kept for this holder.
    """
    unit = _locked(unit_id)
    ended = Reservation.objects.filter(unit=unit, holder=holder, ended_at=None).update(
        ended_at=now, ending="sold"
    )
    if not ended:
        raise rules.ReservationLostError("This unit is no longer kept for you.", unit=unit_id)
    _move(unit, UnitMove.SELL)


@transaction.atomic
def release_unit(*, unit_id: UUID) -> None:
    """
    Note that a sold unit left the house.

    Lock: the unit's row.
    Raises: UnitMoveRefusedError.
    """
    _move(_locked(unit_id), UnitMove.RELEASE)


@transaction.atomic
def quarantine_unit(
    *, unit_id: UUID, now: datetime, reason: str = "", actor: str = "system"
) -> None:
    """
    Set a unit apart so that it cannot be sold. One that is apart already stays so.

    Lock: the unit's row.
    """
    unit = _locked(unit_id)
    if unit.state == UnitState.QUARANTINED.value:
        return
    Reservation.objects.filter(unit=unit, ended_at=None).update(ended_at=now, ending="quarantine")
    _move(unit, UnitMove.QUARANTINE)
    _note(unit, "unit.quarantine", actor=actor, now=now, reason=reason)


@transaction.atomic
def take_back_unit(*, unit_id: UUID, actor: str, now: datetime, reason: str = "") -> UnitState:
    """
    Take back a unit whose sale was undone: to the shelf if the gate lets it, else set apart.

    Lock: the unit's row.
    """
    unit = _locked(unit_id)
    offer = unit.offer
    decision = gate.may(
        action=Activity.RESTOCK,
        seller_id=offer.seller_id,
        variant_id=offer.variant_id,
        market=offer.market_id,
        condition=offer.condition,
        offer_id=offer.id,
        unit_id=unit.id,
        actor=actor,
        now=now,
    )
    move = UnitMove.RESTOCK if decision.result is Outcome.ALLOW else UnitMove.QUARANTINE
    try:
        with guarded():
            after = _move(unit, move)
    except HeldError:  # a hold came in between
        move = UnitMove.QUARANTINE
        after = _move(_locked(unit_id), move)
    _note(unit, f"unit.{move.value}", actor=actor, now=now, reason=reason)
    return after


def _locked(unit_id: UUID) -> Unit:
    return Unit.objects.select_for_update(of=("self",)).select_related("offer").get(pk=unit_id)


def _move(unit: Unit, move: UnitMove) -> UnitState:
    after = rules.next_unit_state(UnitState(unit.state), move)
    unit.state = after.value
    unit.save(update_fields=["state"])
    return after


def _note(unit: Unit, action: str, *, actor: str, now: datetime, reason: str) -> None:
    audit.record(
        actor=actor, action=action, subject=print_id(IdKind.UNIT, unit.id), now=now, reason=reason
    )
