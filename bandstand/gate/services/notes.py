"""What happens to a hold is written beside it."""

from datetime import datetime
from uuid import UUID

from bandstand.gate.events import HoldPlaced
from bandstand.gate.models import Hold, HoldMoveRecord
from bandstand.gate.rules import HoldMove
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.plumbing import audit, outbox

REASON_MAX = 500


def locked_hold(hold_id: UUID) -> Hold:
    """
    Return a hold and keep it from changing.

    Raises: NotFoundError.
    Lock: the hold's row.
    """
    hold = Hold.objects.select_for_update().filter(pk=hold_id).first()
    if hold is None:
        raise NotFoundError(f"There is no hold {print_id(IdKind.HOLD, hold_id)}.")
    return hold


def begin_hold(hold_id: UUID, *, actor: str, reason: str, now: datetime) -> None:
    """Write down that a hold has come into force, and announce it."""
    _record(HoldMove.BEGIN, hold_id, actor=actor, reason=reason, now=now)
    outbox.emit(HoldPlaced(str(hold_id)), now=now)


def note_move(move: HoldMove, hold_id: UUID, *, actor: str, reason: str, now: datetime) -> None:
    """Write down a step in a hold's life, there and in the audit log."""
    _record(move, hold_id, actor=actor, reason=reason, now=now)
    audit.record(
        actor=actor,
        action=f"hold.{move}",
        subject=print_id(IdKind.HOLD, hold_id),
        now=now,
        reason=reason,
    )


def _record(move: HoldMove, hold_id: UUID, *, actor: str, reason: str, now: datetime) -> None:
    HoldMoveRecord.objects.create(
        hold_id=hold_id, move=move.value, moved_at=now, actor=actor, reason=reason[:REASON_MAX]
    )
