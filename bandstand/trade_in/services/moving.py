"""Moving a trade-in: its row locked, the state table, and a record that is never edited."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.trade_in.models import TradeIn, TradeInMoveRecord
from bandstand.trade_in.rules import (
    TradeInMove,
    TradeInNotFoundError,
    TradeInState,
    next_state,
)

SYSTEM: Final = "system:trade_in"
OWNER: Final = "owner"
REASON_MAX: Final = 1000


def locked(trade_in_id: UUID) -> TradeIn:
    """
    Return a trade-in that nobody else is moving.

    Lock: the trade-in's row, to the end of the transaction.
    Raises: TradeInNotFoundError.
    """
    found = (
        TradeIn.objects.select_for_update(of=("self",))
        .select_related("line__order", "variant__model__brand", "market")
        .filter(pk=trade_in_id)
        .first()
    )
    if found is None:
        raise TradeInNotFoundError("There is no such trade-in.")
    return found


def move_trade_in(
    trade_in: TradeIn,
    move: TradeInMove,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
    changed: Iterable[str] = (),
) -> None:
    """
    Move a trade-in that the caller has locked, saving what else was changed, and record the step.

    Raises: TradeInMoveRefusedError.
    """
    before = TradeInState(trade_in.state)
    after = next_state(before, move)
    trade_in.state, trade_in.state_at = after.value, now
    trade_in.save(update_fields=["state", "state_at", *changed])
    TradeInMoveRecord.objects.create(
        trade_in=trade_in,
        move=move.value,
        from_state=before.value,
        to_state=after.value,
        moved_at=now,
        actor=actor,
        reason=reason[:REASON_MAX],
    )
