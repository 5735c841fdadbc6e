"""The workers of the drill, whoever kills them, and what of a day is still open."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.context import ForkProcess
from random import Random  # noqa: TID251 -- dice thrown by a seed
from typing import Any, Final

from django.db import connections
from django.db.models import Q, QuerySet

from bandstand.config.rehearsals.money_drill.clock import DrillClock
from bandstand.config.rehearsals.money_drill.worker import work
from bandstand.credit.models import PlanPayment
from bandstand.credit.rules import AskState
from bandstand.payments.models import MoneyCommand, ProviderEvent, SandboxEvent
from bandstand.payments.services.collecting import STALE_AFTER
from bandstand.payments.services.send_many import ASK_AFTER
from bandstand.plumbing.models import OutboxEvent

WORKERS: Final = 2
KILL_SECONDS: Final = (0.6, 2.4)
LOOK_SECONDS: Final = 0.05
LOOKS: Final = 2
LOOK_AGAIN_SECONDS: Final = 5.0
STILL_SECONDS_MAX: Final = 120.0
ATTEMPTS_MAX: Final = 25
DAY_SECONDS_MAX: Final = 1_800.0
MOMENT: Final = timedelta(seconds=1)
TODAY: Final = timedelta(hours=4)


_FORK: Final = multiprocessing.get_context("fork")


def _is_hopeless() -> bool:
    """Say whether something was tried so often that it never will be done."""
    failing = OutboxEvent.objects.filter(delivered_at=None, attempts__gte=ATTEMPTS_MAX)
    return failing.exists()


@dataclass(slots=True)
class _Patience:
    """How long a day may take: as long as something changes, and not for ever."""

    begun: float = field(default_factory=time.monotonic)
    changed: float = field(default_factory=time.monotonic)
    looked: float = field(default_factory=time.monotonic)
    seen: tuple[int, ...] = ()

    def is_over(self, look: Callable[[], tuple[int, ...]]) -> bool:
        now = time.monotonic()
        if now > self.looked + LOOK_AGAIN_SECONDS:
            self.looked, counts = now, look()
            if counts != self.seen:
                self.changed, self.seen = now, counts
        return now > self.changed + STILL_SECONDS_MAX or now > self.begun + DAY_SECONDS_MAX


class Crew:
    """The workers, and whoever kills them."""

    def __init__(self, *, clock: DrillClock, seed: int, plans: int) -> None:
        self.clock, self.seed, self.kills = clock, seed, 0
        self.dice = Random(seed)  # noqa: S311 -- a rehearsal's dice
        self.running: list[ForkProcess] = []
        self.turns = [_FORK.Value("L", 0) for _ in range(WORKERS)]
        self.next_kill = 0.0
        # A page of many plans is longer in the making, and must not look like idleness.
        self.looks = LOOKS + min(plans // 1_000, 8)

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

    def until_quiet(self) -> bool:
        """
        Wait until nothing is under way, killing a worker now and then; say whether it came to that.

        Where everything only waits for its time, the time is jumped over.
        """
        patience, idle = _Patience(), 0
        while not (patience.is_over(self._counts) or _is_hopeless()):
            time.sleep(LOOK_SECONDS)
            if time.monotonic() > self.next_kill:
                self._kill_one()
            idle = 0 if self._has_work() else idle + 1
            if idle >= self.looks:
                wait = self._wait()
                if wait is None:
                    return True
                self.clock.skip(wait)
                idle = 0
        return False

    def left_open(self) -> int:
        """Return how much is under way."""
        return sum(self._counts())

    def _counts(self) -> tuple[int, ...]:
        return tuple(look.count() for look in self._open_rows())

    def _has_work(self) -> bool:
        """Say whether a worker could do something at this very moment."""
        now = self.clock.now()
        free = Q(wait_until=None) | Q(wait_until__lte=now)
        unheard = Q(state="sent", sent_at__lte=now - ASK_AFTER)
        looks = (
            MoneyCommand.objects.filter(unheard | Q(state__in=["written", "unknown"]), free),
            SandboxEvent.objects.filter(delivered_at=None, due_at__lte=now),
            ProviderEvent.objects.filter(
                Q(taken_at=None) | Q(taken_at__lte=now - ASK_AFTER), applied_at=None
            ),
            OutboxEvent.objects.filter(delivered_at=None),
        )
        day_is_asked = self.clock.is_collected(self.clock.day())
        return not day_is_asked or any(look.exists() for look in looks)

    def _wait(self) -> timedelta | None:
        """Return how long until something may be done that is under way; None if nothing is."""
        *moving, asked = self._open_rows()
        if any(look.exists() for look in moving):
            return ASK_AFTER + MOMENT
        return STALE_AFTER + MOMENT if asked.exists() else None

    def _open_rows(self) -> tuple[QuerySet[Any], ...]:
        soon = self.clock.now() + TODAY
        return (
            MoneyCommand.objects.filter(state__in=["written", "sent", "unknown"]),
            ProviderEvent.objects.filter(applied_at=None),
            SandboxEvent.objects.filter(delivered_at=None, due_at__lte=soon),
            OutboxEvent.objects.filter(delivered_at=None),
            PlanPayment.objects.filter(state=AskState.ASKED.value),
        )

    def _kill_one(self) -> None:
        number = self.dice.randrange(WORKERS)
        if not self.turns[number].value:
            return  # on a busy machine it may still be starting; a life in which nothing is begun
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
        self.turns[number].value = 0
        worker = _FORK.Process(
            target=work,
            args=(number,),
            kwargs={"clock": self.clock, "seed": self.seed, "turns": self.turns[number]},
            daemon=True,
        )
        worker.start()
        return worker
