"""The drill: days pass, workers are killed at random, and at the end the books are judged."""

import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time as clock_time
from multiprocessing.context import ForkProcess
from pathlib import Path
from random import Random  # noqa: TID251 -- dice thrown by a seed
from typing import Final

from django.db import connections

from bandstand.config.rehearsals.money_drill.judge import MoneyDrillReport, judge
from bandstand.config.rehearsals.money_drill.trusting import trust_every_report
from bandstand.config.rehearsals.money_drill.worker import DrillClock, Share, misbehave, work
from bandstand.config.rehearsals.money_drill.world import DrillWorld, Life, build_world
from bandstand.config.rehearsals.scratch import scratch_database
from bandstand.credit.models import PlanPayment
from bandstand.credit.rules import AskKind, NothingOwedError, PaymentUnderWayError
from bandstand.money import Money
from bandstand.payments.models import MoneyCommand, ProviderEvent, SandboxEvent
from bandstand.payments.services import collecting
from bandstand.plumbing.models import OutboxEvent

NOON: Final = clock_time(16, tzinfo=UTC)
WORKERS: Final = 2
KILL_SECONDS: Final = (0.6, 2.4)
LOOK_SECONDS: Final = 0.3
DAY_SECONDS_MAX: Final = 1_800
OPEN: Final = ("written", "sent", "unknown")


class DayWithoutEndError(RuntimeError):
    """The work of one day of the drill never ended."""


def run_money_drill(*, plans: int, seed: int, without_dedupe: bool = False) -> MoneyDrillReport:
    """Let so many plans live to their ends on a scratch database, and judge the money."""
    begun = time.monotonic()
    with scratch_database(), tempfile.TemporaryDirectory() as folder:
        clock = DrillClock(Path(folder) / "now.json")
        world = build_world(plans=plans, seed=seed)
        clock.set(_at(world.days[0]))
        misbehave(seed=seed)
        if without_dedupe:
            trust_every_report()
        crew = _Crew(clock=clock, seed=seed)
        with crew.at_work():
            for day in world.days:
                clock.set(_at(day))
                _buyers_act(world, day=day, clock=clock)
                crew.until_quiet()
                collecting.give_up_overdue(now=clock.now())
                crew.until_quiet()
        seconds = time.monotonic() - begun
        return judge(plans=plans, seed=seed, kills=crew.kills, seconds=seconds)


class _Crew:
    """The workers, and whoever kills them."""

    def __init__(self, *, clock: DrillClock, seed: int) -> None:
        self.clock, self.seed, self.kills = clock, seed, 0
        self.dice = Random(seed)  # noqa: S311 -- a rehearsal's dice
        self.running: list[ForkProcess] = []
        self.next_kill = 0.0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Keep the workers running; kill them all at the end."""
        self.running = [self._hire(number) for number in range(WORKERS)]
        self._plan_kill()
        try:
            yield
        finally:
            for one in self.running:
                one.kill()
                one.join()

    def until_quiet(self) -> None:
        """Wait until nothing is under way, killing a worker now and then."""
        deadline = time.monotonic() + DAY_SECONDS_MAX
        quiet = 0
        while quiet < 2:  # noqa: PLR2004 -- seen quiet twice: nothing was between two tables
            if time.monotonic() > deadline:
                raise DayWithoutEndError(f"{self.clock.now():%Y-%m-%d} does not end.")
            time.sleep(LOOK_SECONDS)
            if time.monotonic() > self.next_kill:
                self._kill_one()
            quiet = quiet + 1 if not _is_busy(self.clock) else 0

    def _kill_one(self) -> None:
        number = self.dice.randrange(WORKERS)
        self.running[number].kill()  # SIGKILL: no handler, no finally, no goodbye
        self.running[number].join()
        self.kills += 1
        self.running[number] = self._hire(number)
        self._plan_kill()

    def _plan_kill(self) -> None:
        self.next_kill = time.monotonic() + self.dice.uniform(*KILL_SECONDS)

    def _hire(self, number: int) -> ForkProcess:
        # A connection must not be shared by two processes.
        connections.close_all()
        worker = multiprocessing.get_context("fork").Process(
            target=work,
            args=(Share(number, WORKERS),),
            kwargs={"clock": self.clock, "seed": self.seed},
            daemon=True,
        )
        worker.start()
        return worker


def _is_busy(clock: DrillClock) -> bool:
    looks = (
        MoneyCommand.objects.filter(state__in=OPEN),
        ProviderEvent.objects.filter(applied_at=None),
        SandboxEvent.objects.filter(delivered_at=None),
        OutboxEvent.objects.filter(delivered_at=None),
        PlanPayment.objects.filter(state="asked"),
    )
    # What a killed worker had not asked for yet is asked for now.
    return any(look.exists() for look in looks) or collecting.collect_due(now=clock.now()) > 0


def _buyers_act(world: DrillWorld, *, day: date, clock: DrillClock) -> None:
    for life in world.lives:
        if life.pays_off_on == day:
            _pay(life, kind=AskKind.PAYOFF, clock=clock)
        elif life.pays_by_hand:
            _pay_if_due(life, day=day, clock=clock)


def _pay_if_due(life: Life, *, day: date, clock: DrillClock) -> None:
    if collecting.is_due(plan_id=life.plan_id, on=day):
        _pay(life, kind=AskKind.INSTALMENT, clock=clock)


def _pay(life: Life, *, kind: AskKind, clock: DrillClock) -> None:
    try:
        collecting.pay_plan(
            plan_id=life.plan_id,
            kind=kind,
            extra=Money.zero("USD"),
            card_token="tok_ok",  # noqa: S106 -- a test card
            return_url="",
            now=clock.now(),
        )
    except (NothingOwedError, PaymentUnderWayError):
        return  # the saved card was faster, or all is paid: that is the point


def _at(day: date) -> datetime:
    return datetime.combine(day, NOON)
