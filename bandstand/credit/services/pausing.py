"""
Pauses: while one reason holds, nothing is collected, charged or given up on a plan.

Several may hold at once; collecting goes on when none is left.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries as catalogue
from bandstand.credit import rules
from bandstand.credit.events import PlanPaused, PlanResumed
from bandstand.credit.models import Plan, PlanPause
from bandstand.credit.queries.owing import owed_rows
from bandstand.credit.queries.policies import collecting_policy
from bandstand.credit.rules import PlanState
from bandstand.credit.rules.calendar import OnResume
from bandstand.credit.rules.hardship import ChangeKind, paused
from bandstand.credit.rules.pausing import PAUSE_WORDS, PauseCause
from bandstand.credit.rules.standing import in_order
from bandstand.credit.services.moving import NOT_ENDED, SYSTEM, locked_plan
from bandstand.credit.services.versions import write_version
from bandstand.plumbing import clock, outbox


@transaction.atomic
def pause_plan(
    *,
    plan_id: UUID,
    reason: str,
    actor: str,
    now: datetime,
    cause: PauseCause = PauseCause.BY_HAND,
    about: str = "",
) -> bool:
    """
    Stop collecting on a plan for a reason; return whether that reason is new.

    ``about`` tells reasons of one cause apart, such as two holds.
    Raises: NotFoundError; PlanMoveRefusedError for a plan that has ended.
    Lock: takes the plan's row.
    """
    plan = locked_plan(plan_id)
    if plan.state not in NOT_ENDED:
        raise rules.PlanMoveRefusedError(f"A plan that is {plan.state} cannot be paused.")
    was_paused = plan.pauses.filter(until_at=None).exists()
    row, is_new = PlanPause.objects.get_or_create(
        plan=plan,
        cause=cause.value,
        about=about[:60],
        until_at=None,
        defaults={"reason": reason[:500], "actor": actor, "from_at": now},
    )
    if is_new and not was_paused and plan.state == PlanState.ACTIVE.value:
        outbox.emit(
            PlanPaused(
                plan_id=str(plan.id),
                order_line_id=str(plan.order_line_id),
                pause_id=str(row.id),
                cause=cause.value,
            ),
            now=now,
        )
    return is_new


@transaction.atomic
def resume_plan(
    *,
    plan_id: UUID,
    now: datetime,
    cause: PauseCause = PauseCause.BY_HAND,
    about: str = "",
    actor: str = SYSTEM,
) -> bool:
    """
    End one reason for a pause; return whether there was one.

    With the last reason collecting goes on, and due dates move as the market's policy says.
    Raises: NotFoundError.
    Lock: takes the plan's row.
    """
    plan = locked_plan(plan_id)
    found = plan.pauses.filter(until_at=None, cause=cause.value, about=about[:60])
    row = found.first()
    if row is None:
        return False
    found.update(until_at=now)
    is_active = plan.state == PlanState.ACTIVE.value
    if is_active and not plan.pauses.filter(until_at=None).exists():
        _go_on(plan, last=row, actor=actor, now=now)
    return True


@transaction.atomic
def suspend_service(*, order_line_id: UUID, reason: str, actor: str, now: datetime) -> bool:
    """
    Pause the plan of a line whose service is suspended; return whether there was one to pause.

    Lock: takes the plan's row.
    """
    plan_id = _running_plan(order_line_id)
    return plan_id is not None and pause_plan(
        plan_id=plan_id, reason=reason, actor=actor, now=now, cause=PauseCause.SUSPENDED
    )


@transaction.atomic
def restore_service(*, order_line_id: UUID, actor: str, now: datetime) -> bool:
    """
    Let the plan of a line go on whose service is back; return whether it was suspended.

    Lock: takes the plan's row.
    """
    plan_id = _running_plan(order_line_id)
    return plan_id is not None and resume_plan(
        plan_id=plan_id, now=now, cause=PauseCause.SUSPENDED, actor=actor
    )


def _running_plan(order_line_id: UUID) -> UUID | None:
    found = Plan.objects.filter(order_line_id=order_line_id, state__in=NOT_ENDED)
    return found.values_list("id", flat=True).first()


def _go_on(plan: Plan, *, last: PlanPause, actor: str, now: datetime) -> None:
    zone = catalogue.market(plan.terms.market_id).time_zone
    today = clock.day_in(zone, at=now)
    began = clock.day_in(zone, at=_began(plan, last))
    policy = collecting_policy(market=plan.terms.market_id, on=began)
    has_moved = policy.on_resume is OnResume.SHIFT and _shift(
        plan, began_on=began, ends_on=today, actor=actor, now=now
    )
    coming = next((row for row in in_order(owed_rows(plan.id)) if row.open), None)
    outbox.emit(
        PlanResumed(
            plan_id=str(plan.id),
            order_line_id=str(plan.order_line_id),
            pause_id=str(last.id),
            next_due_on=coming.due_on.isoformat() if coming else "",
            amount_minor=coming.open if coming else 0,
            currency=plan.currency,
            has_moved=has_moved,
        ),
        now=now,
    )


def _began(plan: Plan, last: PlanPause) -> datetime:
    """Return since when the plan has been paused without a gap, whatever the reasons were."""
    began = last.from_at
    for row in plan.pauses.exclude(until_at=None).order_by("-from_at"):
        assert row.until_at is not None  # noqa: S101 -- the query left the others out
        if row.from_at < began <= row.until_at:
            began = row.from_at
    return began


def _shift(plan: Plan, *, began_on: date, ends_on: date, actor: str, now: datetime) -> bool:
    rows = owed_rows(plan.id)
    made = paused(rows, began_on=began_on, ends_on=ends_on)
    if made is None:
        return False
    causes = plan.pauses.filter(until_at=now).values_list("cause", flat=True)
    words = ", ".join(sorted({PAUSE_WORDS[PauseCause(cause)] for cause in causes}))
    write_version(
        plan, made, kind=ChangeKind.PAUSE, actor=actor, now=now, before=rows, reason=words
    )
    return True
