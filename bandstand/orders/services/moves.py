"""Moving an order line: the state table, the row, and a record that is never edited."""

from datetime import datetime
from uuid import UUID

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.orders.models import LineMoveRecord, OrderLine
from bandstand.orders.rules import LineMove, LineState, OrderNotFoundError, next_line_state
from bandstand.plumbing import audit, locks

REASON_LENGTH_MAX = 500


def lock_line(line_id: UUID) -> OrderLine:
    """
    Return an order line that nobody else is moving.

    Lock: the order's business identity, then the line's row. Claims on an order's money take the
        order
    first too, so a cancellation and a capture wait for each other and never in a circle.
    Raises: OrderNotFoundError.
    """
    order_id = OrderLine.objects.filter(pk=line_id).values_list("order_id", flat=True).first()
    if order_id is not None:
        locks.lock(f"order:{order_id}")
    line = (
        OrderLine.objects.select_for_update(of=("self",))
        .select_related("order", "offer", "unit", "disclosure")
        .filter(pk=line_id)
        .first()
    )
    if line is None:
        raise OrderNotFoundError("There is no such order line.", given=str(line_id))
    return line


def move_line(
    line: OrderLine, move: LineMove, *, actor: str, now: datetime, reason: str = ""
) -> LineState:
    """
    Move a line that the caller has locked, leave its record, and return where it stood before.

    Raises: LineMoveRefusedError.
    """
    before = LineState(line.state)
    after = next_line_state(before, move)
    line.state = after.value
    line.save(update_fields=["state"])
    note_move(
        line,
        move=move.value,
        from_state=before.value,
        to_state=after,
        actor=actor,
        reason=reason,
        now=now,
    )
    return before


def note_move(
    line: OrderLine,
    *,
    move: str,
    from_state: str,
    to_state: LineState,
    actor: str,
    reason: str,
    now: datetime,
) -> None:
    """Write the record of a move."""
    LineMoveRecord.objects.create(
        line=line,
        move=move,
        from_state=from_state,
        to_state=to_state.value,
        moved_at=now,
        actor=actor,
        reason=reason[:REASON_LENGTH_MAX],
    )
    audit.record(
        actor=actor,
        action=f"line.{move}",
        subject=print_id(IdKind.LINE, line.id),
        now=now,
        reason=reason[:REASON_LENGTH_MAX],
    )
