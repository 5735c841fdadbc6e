"""The only place that reads the clock. Below delivery code and tasks, `now` is an argument."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings


def now() -> datetime:
    """Return this instant, aware, in UTC; a demo's clock may be ahead of the world's."""
    return datetime.now(tz=UTC) + ahead()


def day_in(zone: str, *, at: datetime) -> date:
    """Return the calendar day of an instant in a time zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def ahead() -> timedelta:
    """
    Return how far the shop's clock is ahead of the world's: nothing, but in a demo.

    ``CLOCK_FILE`` holds the seconds; every process of the demo reads the same file. Production
    refuses to start with it.
    """
    if not settings.CLOCK_FILE:
        return timedelta()
    path = Path(settings.CLOCK_FILE)
    try:
        written_at = path.stat().st_mtime_ns
    except FileNotFoundError:
        return timedelta()
    return _read(path, written_at)


def by_the_world(instant: datetime) -> datetime:
    """Return when it is by the world's clock at an instant of the shop's: when a job must start."""
    return instant - ahead()


@lru_cache(maxsize=1)
def _read(path: Path, _written_at: int) -> timedelta:
    return timedelta(seconds=float(path.read_text()))
