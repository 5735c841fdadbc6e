"""Pauses: several reasons at once, and what becomes of due dates afterwards."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bandstand.credit import services
from bandstand.credit.models import PlanPause, PlanVersion
from bandstand.credit.rules import AskKind, PlanMoveRefusedError
from bandstand.credit.rules.calendar import POLICIES, OnResume
from bandstand.credit.rules.pausing import PauseCause
from bandstand.plumbing.models import OutboxEvent
from tests.credit.plans import Sold, noon_of, sold
from tests.factories.credit import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def pause(plan: Sold, cause: PauseCause, *, about: str = "", days: int = 0) -> bool:
    return services.pause_plan(
        plan_id=plan.plan_id,
        reason="because",
        actor="ada",
        now=NOON + days * DAY,
        cause=cause,
        about=about,
    )


def resume(plan: Sold, cause: PauseCause, *, about: str = "", days: int = 0) -> bool:
    return services.resume_plan(
        plan_id=plan.plan_id, now=NOON + days * DAY, cause=cause, about=about
    )


def is_paused(plan: Sold) -> bool:
    return plan.money.is_paused


def told() -> list[str]:
    kinds = OutboxEvent.objects.order_by("emitted_at", "id").values_list("kind", flat=True)
    return [kind for kind in kinds if "paused" in kind or "resumed" in kind]


def test_collecting_goes_on_only_when_no_reason_is_left() -> None:
    plan = sold()

    assert pause(plan, PauseCause.HOLD, about="hld_1")
    assert not pause(plan, PauseCause.HOLD, about="hld_1")
    assert pause(plan, PauseCause.HOLD, about="hld_2", days=1)
    assert pause(plan, PauseCause.RETURN, days=2)
    assert resume(plan, PauseCause.HOLD, about="hld_1", days=3)
    assert not resume(plan, PauseCause.HOLD, about="hld_1", days=3)
    assert resume(plan, PauseCause.RETURN, days=4)
    assert is_paused(plan)
    assert resume(plan, PauseCause.HOLD, about="hld_2", days=5)

    assert not is_paused(plan)
    assert told() == ["credit.plan_paused", "credit.plan_resumed"]


def test_short_pause_between_due_dates_moves_nothing() -> None:
    plan = sold()
    before = plan.rows

    pause(plan, PauseCause.SUSPENDED, days=1)
    resume(plan, PauseCause.SUSPENDED, days=9)

    assert plan.rows == before
    assert not PlanVersion.objects.exists()


def test_what_fell_due_in_a_chain_of_pauses_moves_by_whole_months_and_costs_nothing() -> None:
    plan = sold(rate_bps=999)
    before = [(row.principal, row.interest) for row in plan.rows]
    first = plan.rows[0].due_on

    pause(plan, PauseCause.SUSPENDED, days=10)
    pause(plan, PauseCause.RETURN, days=40)
    resume(plan, PauseCause.SUSPENDED, days=50)
    resume(plan, PauseCause.RETURN, days=70)

    rows = plan.still_open
    assert [(row.principal, row.interest) for row in rows] == before
    assert rows[0].due_on.isoformat() == "2026-06-01"
    assert rows[0].due_on.day == first.day
    kinds = PlanVersion.objects.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["agreed", "pause"]
    plan.require_sound()


def test_what_was_overdue_before_the_pause_stays_overdue() -> None:
    plan = sold()
    first, second = plan.rows[0].due_on, plan.rows[1].due_on
    begin = (first - NOON.date()).days + 2

    pause(plan, PauseCause.BY_HAND, days=begin)
    resume(plan, PauseCause.BY_HAND, days=(second - NOON.date()).days + 1)

    assert plan.still_open[0].due_on == first
    assert plan.still_open[1].due_on > second


def test_policy_that_keeps_due_dates_moves_nothing() -> None:
    plan = sold()
    before = plan.rows
    services.set_collecting_calendar(
        market="US",
        policy=replace(
            POLICIES[0], from_on=NOON.date(), on_resume=OnResume.KEEP, source="the operator"
        ),
        actor="ada",
        now=NOON,
    )

    pause(plan, PauseCause.BY_HAND, days=1)
    resume(plan, PauseCause.BY_HAND, days=80)

    assert plan.rows == before
    assert told() == ["credit.plan_paused", "credit.plan_resumed"]


def test_suspended_service_pauses_the_plan_of_its_line_alone() -> None:
    plan, other = sold(), sold()

    assert services.suspend_service(
        order_line_id=plan.line_id, reason="unpaid line", actor="ada", now=NOON
    )
    assert [row.plan_id for row in PlanPause.objects.all()] == [plan.plan_id]
    assert services.restore_service(order_line_id=plan.line_id, actor="ada", now=NOON)

    assert not plan.money.is_paused
    assert not other.money.is_paused
    assert not services.restore_service(order_line_id=plan.line_id, actor="ada", now=NOON)


def test_ended_plan_cannot_be_paused() -> None:
    plan = sold(months=1)
    plan.pay(AskKind.PAYOFF, at=noon_of(NOON.date()))

    with pytest.raises(PlanMoveRefusedError):
        pause(plan, PauseCause.BY_HAND)

    assert not PlanPause.objects.exists()
