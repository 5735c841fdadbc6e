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


def note_placed(hold_id: UUID, *, begins: bool, actor: str, reason: str, now: datetime) -> None:
    """
    Write down that a hold was placed and, if it begins at once, that it is in force.

    Everybody who buys what it covers waits meanwhile, so it is said in as few statements as can be.
    """
    moves = (HoldMove.PLACE, HoldMove.BEGIN) if begins else (HoldMove.PLACE,)
    HoldMoveRecord.objects.bulk_create(
        _record(move, hold_id, actor=actor, reason=reason, now=now) for move in moves
    )
    _audit(HoldMove.PLACE, hold_id, actor=actor, reason=reason, now=now)
    if begins:
        outbox.emit(HoldPlaced(str(hold_id)), now=now)


def begin_hold(hold_id: UUID, *, actor: str, reason: str, now: datetime) -> None:
    """Write down that a hold has come into force, and announce it."""
    HoldMoveRecord.objects.bulk_create(
        [_record(HoldMove.BEGIN, hold_id, actor=actor, reason=reason, now=now)]
    )
    outbox.emit(HoldPlaced(str(hold_id)), now=now)


def note_move(move: HoldMove, hold_id: UUID, *, actor: str, reason: str, now: datetime) -> None:
    """Write down a step in a hold's life, there and in the audit log."""
    HoldMoveRecord.objects.bulk_create(
        [_record(move, hold_id, actor=actor, reason=reason, now=now)]
    )
    _audit(move, hold_id, actor=actor, reason=reason, now=now)


def _record(
    move: HoldMove, hold_id: UUID, *, actor: str, reason: str, now: datetime
) -> HoldMoveRecord:
    return HoldMoveRecord(
        hold_id=hold_id, move=move.value, moved_at=now, actor=actor, reason=reason[:REASON_MAX]
    )


def _audit(move: HoldMove, hold_id: UUID, *, actor: str, reason: str, now: datetime) -> None:
    audit.record(
        actor=actor,
        action=f"hold.{move}",
        subject=print_id(IdKind.HOLD, hold_id),
        now=now,
        reason=reason,
    )
