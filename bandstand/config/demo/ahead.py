"""
Setting the demo's clock ahead, so that a plan's months can be watched in minutes.

The clock only ever goes forward. At each stop every periodic job runs once, and the next stop waits
until the worker has nothing left to do: the demo lives through the days, it does not skip them.
"""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from bandstand.config.guard_clock import set_guard_clock
from bandstand.kernel.errors import BadInputError, UnavailableError
from bandstand.plumbing import beats, clock

DAYS_MAX: Final = 1_500
BEAT_SECONDS_MAX: Final = 20
QUIET_SECONDS_MAX: Final = 120
LOOK_SECONDS: Final = 0.2
QUIET_LOOKS: Final = 5
"""The worker may be between two jobs when it is looked at once."""
BUSY: Final = """
select exists (select 1 from procrastinate_jobs
                where status = 'doing'
                   or status = 'todo'
                      and coalesce(scheduled_at, now()) <= now() + interval '5 seconds')
"""

Say = Callable[[str], None]


def go_ahead(*, days: int, at_once: bool, say: Say) -> None:
    """
    Set the demo's clock ahead by days, living through each, or all at once.

    Raises: BadInputError for no days or too many; UnavailableError if no worker does the jobs.
    """
    if not 1 <= days <= DAYS_MAX:
        raise BadInputError(f"The clock goes ahead by 1 to {DAYS_MAX} days, not {days}.")
    if not beats.is_worker_alive(now=clock.now()):
        raise UnavailableError("Nobody does the jobs. Start the shop first: bandstand up")
    for step in _steps(days, at_once=at_once):
        _move(step)
        _run_periodic_jobs()
        _wait_until_quiet()
        say(f"{clock.now():%a %d %b %Y}: the day's jobs are done.")


def _steps(days: int, *, at_once: bool) -> Iterator[timedelta]:
    if at_once:
        yield timedelta(days=days)
        return
    for _ in range(days):
        yield timedelta(days=1)


def _move(step: timedelta) -> None:
    path = Path(settings.CLOCK_FILE)
    ahead = clock.ahead() + step
    set_guard_clock(ahead)
    rough = path.with_suffix(".rough")
    rough.write_text(str(ahead.total_seconds()))
    rough.rename(path)
    _wait_for_beat()


def _wait_for_beat() -> None:
    """Wait until the worker goes by the new clock. Raises: UnavailableError."""
    deadline = time.monotonic() + BEAT_SECONDS_MAX
    while not beats.is_worker_alive(now=clock.now()):
        if time.monotonic() > deadline:
            raise UnavailableError("The worker does not go by this clock; is it another shop's?")
        time.sleep(LOOK_SECONDS)


def _run_periodic_jobs() -> None:
    now = int(clock.now().timestamp())
    for periodic in app.periodic_registry.periodic_tasks.values():
        try:
            with transaction.atomic():
                periodic.task.configure(**periodic.configure_kwargs).defer(timestamp=now)
        except AlreadyEnqueued:
            continue


def _wait_until_quiet() -> None:
    deadline = time.monotonic() + QUIET_SECONDS_MAX
    looks = 0
    while looks < QUIET_LOOKS:
        if time.monotonic() > deadline:
            raise UnavailableError(f"The worker is still busy after {QUIET_SECONDS_MAX} s.")
        looks = 0 if _is_busy() else looks + 1
        time.sleep(LOOK_SECONDS)


def _is_busy() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(BUSY)
        (busy,) = cursor.fetchone()
    return bool(busy)
