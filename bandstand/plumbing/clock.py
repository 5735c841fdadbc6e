"""The only place that reads the clock. Below delivery code and tasks, `now` is an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return this instant, aware, in UTC."""
    return datetime.now(tz=UTC)


def day_in(zone: str, *, at: datetime) -> date:
    """Return the calendar day of an instant in a time zone."""
    return at.astimezone(ZoneInfo(zone)).date()
