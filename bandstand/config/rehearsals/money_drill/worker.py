"""
A worker of the drill: a process of its own that does the shop's jobs until killed.

It finds work as the sweeps do, by what the tables say is open, so a killed worker's successor
takes up whatever was left half-way.
"""

import logging
import time
from typing import TYPE_CHECKING, Final

import structlog

from bandstand.config.rehearsals.money_drill.clock import DrillClock
from bandstand.config.rehearsals.money_drill.unwinding import hear_refund_settled
from bandstand.config.wiring import wire
from bandstand.payments import gateways, services as payments
from bandstand.payments.events import RefundSettled
from bandstand.payments.gateways import sandbox_events
from bandstand.payments.gateways.sandbox import Chaos
from bandstand.payments.gateways.sandbox_many import ManySandbox
from bandstand.payments.services import collecting
from bandstand.plumbing import jobs, outbox
from bandstand.plumbing.outbox import listen

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

logger = structlog.get_logger(__name__)
NAP_SECONDS: Final = 0.02


def misbehave(*, seed: int) -> ManySandbox:
    """Let this process meet a provider on a bad day, and find its own jobs."""
    wire()
    listen(RefundSettled, hear_refund_settled)
    gateway = ManySandbox(
        chaos=Chaos(
            seed=str(seed),
            duplicate_percent=10,
            reorder_percent=10,
            lost_before_percent=5,
            lost_after_percent=5,
            busy_percent=3,
            forged_percent=1,
            reorder_ms=5_000,
        )
    )
    gateways.register(gateway)
    # The drill's workers look for work themselves; a queue nobody reads would only grow.
    jobs.defer = _forget
    logging.disable(logging.ERROR)  # a bad day is the point, and would fill the terminal
    return gateway


def work(number: int, *, clock: DrillClock, seed: int, turns: "Synchronized[int]") -> None:
    """Do the shop's jobs until killed; ``turns`` counts how often all of them were gone through."""
    gateway = misbehave(seed=seed)
    while True:
        try:
            if number == 0:
                _collect(clock)
            done = turn(clock, gateway=gateway)
            turns.value += 1
            if not done:
                time.sleep(NAP_SECONDS)
        except Exception:
            # What failed is left as it was, as by any sweep; the judge sees what never ended.
            logger.exception("drill.turn_failed")
            time.sleep(NAP_SECONDS)


def turn(clock: DrillClock, *, gateway: ManySandbox) -> int:
    """Do what there is to do now; return how much that was."""
    done = payments.send_written(now=clock.now())
    done += payments.send_open_commands(now=clock.now())
    done += sandbox_events.deliver_due(
        secret=gateway.secret,
        now=clock.now(),
        send=lambda raw, headers: _hear([(raw, headers)], clock=clock),
        send_page=lambda letters: _hear(letters, clock=clock),
    )
    done += payments.apply_waiting(now=clock.now())
    done += outbox.deliver_waiting(now=clock.now())
    if not done:
        done += collecting.resolve_stale(now=clock.now())
    return done


def _collect(clock: DrillClock) -> None:
    day = clock.day()
    if not clock.is_collected(day):
        collecting.collect_due(now=clock.now())
        clock.note_collected(day)


def _hear(letters: list[sandbox_events.Letter], *, clock: DrillClock) -> None:
    payments.receive_webhooks(gateway_name="sandbox", letters=letters, now=clock.now())


def _forget(task: str, **words: object) -> None:
    """Take a job that nobody will read."""
