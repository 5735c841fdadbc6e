"""
Plans are paused while something is wrong with their phone: it is held, or on its way back.

A hold that stops taking money stops the plans of what it covers; when it is lifted or has run out,
they go on. A sale that is undone ends its plan, so there is nothing left to go on.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.credit import services as credit
from bandstand.credit.models import Plan, PlanPause
from bandstand.credit.rules import PlanState
from bandstand.credit.rules.pausing import PauseCause
from bandstand.gate import queries as gate
from bandstand.gate.events import HoldExpired, HoldLifted, HoldPlaced
from bandstand.gate.rules import Activity
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.orders.queries.affected import affected_lines
from bandstand.orders.rules import LineMoveRefusedError, LineState
from bandstand.orders.services.moves import lock_line

ACTOR: Final = "system:holds"
RUNNING: Final = (PlanState.AGREED.value, PlanState.ACTIVE.value)
OUT: Final = frozenset({LineState.RELEASED.value, LineState.DELIVERED.value})


def hear_hold_placed(event: HoldPlaced, now: datetime) -> None:
    """Pause the plans of what a hold covers, if it stops the taking of money."""
    hold = gate.hold_row(UUID(event.hold_id))
    if Activity.PAYMENT_CAPTURE not in hold.activities or hold.lifted_at is not None:
        return
    lines = [line.line_id for line in affected_lines(hold.scope)]
    found = Plan.objects.filter(order_line_id__in=lines, state__in=RUNNING).order_by("id")
    for plan_id in found.values_list("id", flat=True):
        credit.pause_plan(
            plan_id=plan_id,
            reason=hold.reason,
            actor=ACTOR,
            now=now,
            cause=PauseCause.HOLD,
            about=print_id(IdKind.HOLD, hold.id),
        )


def hear_hold_ended(event: HoldLifted | HoldExpired, now: datetime) -> None:
    """Let plans go on that only this hold had paused."""
    about = print_id(IdKind.HOLD, UUID(event.hold_id))
    found = PlanPause.objects.filter(cause=PauseCause.HOLD.value, about=about, until_at=None)
    for plan_id in found.order_by("plan_id").values_list("plan_id", flat=True):
        credit.resume_plan(
            plan_id=plan_id, now=now, cause=PauseCause.HOLD, about=about, actor=ACTOR
        )


@transaction.atomic
def note_return_begun(*, line_id: UUID, actor: str, now: datetime) -> bool:
    """
    Note that a phone is on its way back: nothing is collected on its plan from the hand-in on.

    Returns whether that was news. An outright sale has no plan to pause.
    Lock: the order, the line's row, then its plan's.
    Raises: LineMoveRefusedError unless the phone is with its buyer or on its way there.
    """
    line = lock_line(line_id)
    if line.state not in OUT:
        raise LineMoveRefusedError(f"A line that is {line.state} has no phone to send back.")
    plan_id = _running_plan(line_id)
    return plan_id is not None and credit.pause_plan(
        plan_id=plan_id,
        reason="The phone was handed in to come back.",
        actor=actor,
        now=now,
        cause=PauseCause.RETURN,
    )


@transaction.atomic
def note_return_dropped(*, line_id: UUID, actor: str, now: datetime) -> bool:
    """
    Note that a phone does not come back after all; return whether its plan was paused for it.

    Lock: the plan's row.
    """
    plan_id = _running_plan(line_id)
    return plan_id is not None and credit.resume_plan(
        plan_id=plan_id, now=now, cause=PauseCause.RETURN, actor=actor
    )


def _running_plan(line_id: UUID) -> UUID | None:
    found = Plan.objects.filter(order_line_id=line_id, state__in=RUNNING)
    return found.values_list("id", flat=True).first()
