"""Moving a plan: the state table, the row, and a record that is never edited."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from bandstand.credit import rules
from bandstand.credit.models import Plan, PlanMoveRecord
from bandstand.credit.rules import PlanMove, PlanState
from bandstand.kernel.errors import NotFoundError

SYSTEM: Final = "system:credit"
NOT_ENDED: Final = frozenset({PlanState.AGREED.value, PlanState.ACTIVE.value})


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


def locked_plan(plan_id: UUID) -> Plan:
    """Return a plan whose row is ours until the transaction ends. Raises: NotFoundError."""
    plan = (
        Plan.objects.select_for_update(of=("self",))
        .select_related("disclosure", "terms")
        .filter(pk=plan_id)
        .first()
    )
    if plan is None:
        raise NotFoundError("There is no plan by that id.", plan_id=str(plan_id))
    return plan


def contract_date(plan: Plan) -> date:
    """Return the day a plan was agreed, as its disclosure says."""
    return date.fromisoformat(plan.disclosure.body["contract_date"])
