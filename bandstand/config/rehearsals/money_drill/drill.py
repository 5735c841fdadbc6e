"""The drill: days pass, workers are killed at random, and at the end the books are judged."""

import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from django.db import connection

from bandstand.config.rehearsals.money_drill import buyers
from bandstand.config.rehearsals.money_drill.clock import DrillClock
from bandstand.config.rehearsals.money_drill.crew import Crew
from bandstand.config.rehearsals.money_drill.judge import MoneyDrillReport, judge
from bandstand.config.rehearsals.money_drill.trusting import trust_every_report
from bandstand.config.rehearsals.money_drill.worker import misbehave
from bandstand.config.rehearsals.money_drill.world import BEGIN, DrillWorld, build_world, days_of
from bandstand.config.rehearsals.scratch import scratch_database
from bandstand.credit.models import Instalment
from bandstand.credit.rules import InstalmentState, PlanState
from bandstand.credit.rules.calendar import policy_on
from bandstand.payments.models import Payment, SandboxEvent
from bandstand.payments.rules import PaymentState
from bandstand.payments.services import collecting

Say = Callable[[str], None]


def run_money_drill(
    *, plans: int, seed: int, without_dedupe: bool = False, say: Say | None = None
) -> MoneyDrillReport:
    """Let so many plans live to their ends on a scratch database, and judge the money."""
    begun = time.monotonic()
    with scratch_database(), tempfile.TemporaryDirectory() as folder:
        clock = DrillClock(Path(folder) / "now.json")
        world = build_world(plans=plans, seed=seed)
        _analyse()
        clock.begin(BEGIN.date())
        misbehave(seed=seed)
        if without_dedupe:
            trust_every_report()
        crew = Crew(clock=clock, seed=seed, plans=plans)
        with crew.at_work():
            days, stuck = _live(world, clock=clock, crew=crew, say=say or _nothing)
        return judge(
            plans=plans,
            seed=seed,
            now=clock.now(),
            days=days,
            stuck=stuck,
            kills=crew.kills,
            seconds=time.monotonic() - begun,
        )


def _live(world: DrillWorld, *, clock: DrillClock, crew: Crew, say: Say) -> tuple[int, int]:
    """Let day after day pass; return how many passed, and what of the last never ended."""
    day, passed = _next_day(world, after=BEGIN.date()), 0
    while day is not None:
        clock.begin(day)
        buyers.act(world, day=day, clock=clock)
        is_quiet = crew.until_quiet()
        if is_quiet and _is_giving_up(day):
            collecting.give_up_overdue(now=clock.now())
            is_quiet = crew.until_quiet()
        passed += 1
        taken = Payment.objects.filter(state=PaymentState.CAPTURED.value).count()
        about = max(world.days_about, passed)
        say(f"{day}  day {passed} of about {about}  {taken} payments  {crew.kills} kills")
        if not is_quiet:
            return passed, crew.left_open()
        day = _next_day(world, after=day)
    return passed, 0


def _next_day(world: DrillWorld, *, after: date) -> date | None:
    """Return the next day on which something falls due, is tried again, given up, or told."""
    days = {day for due in _dues() for day in days_of(due)} | world.deeds.keys()
    told = SandboxEvent.objects.filter(delivered_at=None).order_by("due_at").first()
    if told is not None:
        # Its hour may be later than the drill's noon; the day after, it has surely come.
        days.add(max(told.due_at.date(), after) + timedelta(days=1))
    return min((day for day in days if day > after), default=None)


def _is_giving_up(day: date) -> bool:
    return any(day >= due + timedelta(days=policy_on(due).charge_off) for due in _dues())


def _dues() -> list[date]:
    open_rows = Instalment.objects.filter(
        state=InstalmentState.SCHEDULED.value, plan__state=PlanState.ACTIVE.value
    )
    return list(open_rows.order_by().values_list("due_on", flat=True).distinct())


def _analyse() -> None:
    # A database that was filled a second ago has told its planner nothing yet.
    with connection.cursor() as cursor:
        cursor.execute("analyze")


def _nothing(_line: str) -> None:
    """Say nothing."""
