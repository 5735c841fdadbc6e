"""Moving a plan: the state table, the row, and a record that is never edited."""

from datetime import datetime
from typing import Final

from bandstand.credit import rules
from bandstand.credit.models import Plan, PlanMoveRecord
from bandstand.credit.rules import PlanMove, PlanState

SYSTEM: Final = "system:credit"


def move_plan(plan: Plan, move: PlanMove, *, actor: str, reason: str, now: datetime) -> None:
    """Move a plan and record the step. Lock: the caller holds the plan's row."""
    before = PlanState(plan.state)
    after = rules.next_state(before, move)
    plan.state = after.value
    plan.ended_at = now if after in rules.ENDED else None
    plan.save(update_fields=["state", "ended_at"])
    PlanMoveRecord.objects.create(
        plan=plan,
        move=move.value,
        from_state=before.value,
        to_state=after.value,
        moved_at=now,
        actor=actor,
        reason=reason,
    )
