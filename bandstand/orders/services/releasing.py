"""A phone is handed to the carrier, through the gate's guard, and arrives."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.gate import guard
from bandstand.gate.rules import Activity
from bandstand.kernel.errors import RefusedError
from bandstand.offers import services as offers
from bandstand.orders import letters
from bandstand.orders.events import LineReleased
from bandstand.orders.models import OrderLine, Release
from bandstand.orders.rules import LineMove, LineState, next_line_state
from bandstand.orders.services.asking import ask_about_line, reasons_text
from bandstand.orders.services.moves import lock_line, move_line
from bandstand.plumbing import outbox


class ReleaseRefusedError(RefusedError):
    """The gate does not let this phone leave the house."""

    code = "release_refused"


@transaction.atomic
def release_line(
    *, line_id: UUID, carrier: str, tracking: str = "", actor: str, now: datetime
) -> bool:
    """
    Hand a paid phone to the carrier; return whether this call did it.

    Lock: the order, the line's row, then its anchors, shared.
    Raises: LineMoveRefusedError unless it is paid; ReleaseRefusedError; HeldError,
        StaleDecisionError from the guard.
    """
    line = lock_line(line_id)
    if line.state in {LineState.RELEASED.value, LineState.DELIVERED.value}:
        return False
    next_line_state(LineState(line.state), LineMove.RELEASE)
    release = _write_release(line, carrier=carrier, tracking=tracking, actor=actor, now=now)
    move_line(line, LineMove.RELEASE, actor=actor, now=now, reason=f"{carrier} {tracking}".strip())
    offers.release_unit(unit_id=line.unit_id)
    letters.write_line_released(line, release, now=now)
    outbox.emit(LineReleased(line_id=str(line.id), order_id=str(line.order_id)), now=now)
    return True


@transaction.atomic
def deliver_line(*, line_id: UUID, actor: str, now: datetime) -> bool:
    """
    Note that a phone arrived; return whether this call did it.

    Lock: the order, then the line's row.
    Raises: LineMoveRefusedError unless it was released.
    """
    line = lock_line(line_id)
    if line.state == LineState.DELIVERED.value:
        return False
    move_line(line, LineMove.DELIVER, actor=actor, now=now)
    Release.objects.filter(line=line).update(delivered_at=now)
    return True


def _write_release(
    line: OrderLine, *, carrier: str, tracking: str, actor: str, now: datetime
) -> Release:
    decision = ask_about_line(Activity.FULFILMENT_RELEASE, line=line, actor=actor, now=now)
    if not decision.is_allowed:
        raise ReleaseRefusedError(reasons_text(decision), line=str(line.id))
    with guard.guarded():
        return Release.objects.create(
            line=line,
            carrier=carrier,
            tracking=tracking,
            released_at=now,
            **guard.stamp(decision),
        )
