"""
A worker of the drill: a process of its own that does a share of the shop's jobs until killed.

It finds work as the sweeps do, by what the tables say is open, so a killed worker's successor
takes up whatever was left half-way.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import structlog
from django.db import DatabaseError
from django.db.models import Q

from bandstand.config.wiring import wire
from bandstand.payments import gateways, services as payments
from bandstand.payments.gateways import sandbox_events
from bandstand.payments.gateways.port import GatewaySilentError
from bandstand.payments.gateways.sandbox import Chaos, SandboxGateway
from bandstand.payments.models import MoneyCommand, ProviderEvent
from bandstand.payments.services import collecting
from bandstand.plumbing import jobs, outbox
from bandstand.plumbing.models import OutboxEvent

logger = structlog.get_logger(__name__)
SPEED: Final = 30.0
"""Seconds of the drill's day in one of ours: what waits half a minute is soon taken up."""
ASK_AFTER: Final = timedelta(seconds=30)
PAGE: Final = 200
NAP_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class DrillClock:
    """What time it is in the drill: a file that the drill writes and its workers read."""

    path: Path

    def set(self, instant: datetime) -> None:
        """Jump to an instant; time runs on from there."""
        rough = self.path.with_suffix(".rough")
        rough.write_text(json.dumps({"at": instant.isoformat(), "since": time.monotonic()}))
        rough.rename(self.path)

    def day(self) -> str:
        """Return the instant it was set to last."""
        return str(json.loads(self.path.read_text())["at"])

    def now(self) -> datetime:
        """Return the instant it is in the drill."""
        told = json.loads(self.path.read_text())
        passed = (time.monotonic() - told["since"]) * SPEED
        return datetime.fromisoformat(told["at"]) + timedelta(seconds=passed)


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of the work is whose: rows whose key falls to this number."""

    number: int
    of: int

    def has(self, key: UUID) -> bool:
        return key.int % self.of == self.number


def misbehave(*, seed: int) -> SandboxGateway:
    """Let this process meet a provider on a bad day, and find its own jobs."""
    wire()
    gateway = SandboxGateway(
        chaos=Chaos(
            seed=str(seed),
            duplicate_percent=10,
            reorder_percent=10,
            lost_before_percent=5,
            lost_after_percent=5,
            reorder_ms=5_000,
        )
    )
    gateways.register(gateway)
    # The drill's workers look for work themselves; a queue nobody reads would only grow.
    jobs.defer = _forget
    logging.disable(logging.ERROR)  # a bad day is the point, and would fill the terminal
    return gateway


def work(share: Share, *, clock: DrillClock, seed: int) -> None:
    """Do this worker's share until killed."""
    gateway = misbehave(seed=seed)
    collected = ""
    while True:
        try:
            if share.number == 0 and collected != clock.day():
                collected = clock.day()
                collecting.collect_due(now=clock.now())
            if not turn(share, clock=clock, gateway=gateway):
                time.sleep(NAP_SECONDS)
        except DatabaseError:
            logger.exception("drill.turn_failed")


def turn(share: Share, *, clock: DrillClock, gateway: SandboxGateway) -> int:
    """Do what there is to do now; return how much that was."""
    done = 0
    done += _each(_open_commands(clock.now()), share, do=lambda one: _send(one, clock))
    done += sandbox_events.deliver_due(
        secret=gateway.secret,
        now=clock.now(),
        send=lambda raw, headers: _hear(raw, headers, clock=clock),
    )
    done += _each(_waiting_events(), share, do=lambda one: _apply(one, clock))
    done += _each(_untold(), share, do=lambda one: outbox.deliver(one, now=clock.now()))
    if not done and share.number == 0:
        collecting.resolve_stale(now=clock.now())
    return done


def _each(keys: Iterable[UUID], share: Share, *, do: Callable[[UUID], object]) -> int:
    mine = [key for key in keys if share.has(key)][:PAGE]
    for key in mine:
        do(key)
    return len(mine)


def _open_commands(now: datetime) -> list[UUID]:
    open_now = MoneyCommand.objects.filter(
        Q(state__in=["written", "unknown"]) | Q(state="sent", sent_at__lte=now - ASK_AFTER)
    )
    return list(open_now.order_by("written_at", "id").values_list("id", flat=True)[: PAGE * 4])


def _waiting_events() -> list[UUID]:
    waiting = ProviderEvent.objects.filter(applied_at=None).order_by("received_at", "id")
    return list(waiting.values_list("id", flat=True)[: PAGE * 4])


def _untold() -> list[UUID]:
    waiting = OutboxEvent.objects.filter(delivered_at=None).order_by("emitted_at", "id")
    return list(waiting.values_list("id", flat=True)[: PAGE * 4])


def _send(command_id: UUID, clock: DrillClock) -> None:
    payments.send_command(command_id=command_id, now=clock.now())


def _hear(raw: bytes, headers: dict[str, str], *, clock: DrillClock) -> None:
    payments.receive_webhook(gateway_name="sandbox", raw=raw, headers=headers, now=clock.now())


def _apply(event_id: UUID, clock: DrillClock) -> None:
    try:
        payments.apply_event(event_id=event_id, now=clock.now())
    except GatewaySilentError:
        return  # it waits for the next turn


def _forget(task: str, **words: object) -> None:
    """Take a job that nobody will read."""
