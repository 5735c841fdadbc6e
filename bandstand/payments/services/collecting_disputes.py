"""
What contested charges do to plans: nothing is collected while one is open. ``config`` wires these.

Each is idempotent: the outbox tells at least once, in any order.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.credit import queries as credit_queries, services as credit
from bandstand.credit.rules import PlanState
from bandstand.credit.rules.pausing import PauseCause
from bandstand.payments import queries
from bandstand.payments.events import DisputeDecided, DisputeOpened
from bandstand.payments.queries import DisputeRow
from bandstand.payments.rules import DisputeState
from bandstand.payments.services.collecting import plan_of

ACTOR: Final = "system:disputes"
RUNNING: Final = frozenset({PlanState.AGREED, PlanState.ACTIVE})
DECIDED: Final = frozenset({DisputeState.WON, DisputeState.LOST})


def hear_opened(event: DisputeOpened, now: datetime) -> None:
    """Pause the plan whose payment is contested, unless it was decided meanwhile."""
    found = queries.dispute(UUID(event.dispute_id))
    plan_id = _running_plan(found)
    if plan_id is not None and found.state not in DECIDED:
        credit.pause_plan(
            plan_id=plan_id,
            reason=f"The buyer contests a payment at their bank: {found.reason}.",
            actor=ACTOR,
            now=now,
            cause=PauseCause.DISPUTE,
            about=found.ref,
        )


def hear_decided(event: DisputeDecided, now: datetime) -> None:
    """Let the plan go on whose contested payment was decided, whichever way."""
    found = queries.dispute(UUID(event.dispute_id))
    plan_id = _running_plan(found)
    if plan_id is not None:
        credit.resume_plan(
            plan_id=plan_id, now=now, cause=PauseCause.DISPUTE, about=found.ref, actor=ACTOR
        )


def _running_plan(found: DisputeRow) -> UUID | None:
    named = plan_of(found.purpose)
    if named is None:
        return None
    plan_id, _ = named
    return plan_id if credit_queries.plan_money(plan_id).state in RUNNING else None
