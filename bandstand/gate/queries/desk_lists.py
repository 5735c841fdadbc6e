"""Reads of many decisions at once, and of a hold's life, for desks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.gate.models import Decision, HoldMoveRecord
from bandstand.gate.queries.decisions import decision_of
from bandstand.gate.rules import DecisionRow


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldMoveRow:
    """A step in a hold's life."""

    move: str
    moved_at: datetime
    actor: str
    reason: str


def decision_rows(decision_ids: Iterable[UUID]) -> dict[UUID, DecisionRow]:
    """Return stored decisions by key; one query for any number."""
    found = Decision.objects.filter(pk__in=list(decision_ids))
    return {one.id: decision_of(one) for one in found}


def hold_moves(hold_id: UUID) -> tuple[HoldMoveRow, ...]:
    """Return the steps of a hold's life, oldest first."""
    found = HoldMoveRecord.objects.filter(hold_id=hold_id).order_by("moved_at", "id")
    return tuple(
        HoldMoveRow(move=one.move, moved_at=one.moved_at, actor=one.actor, reason=one.reason)
        for one in found
    )
