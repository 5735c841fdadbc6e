"""When a dated fact is on, and when it turns on or off."""

from datetime import datetime
from typing import Protocol


class Dated(Protocol):
    """A fact that holds from an instant until another, or without end."""

    @property
    def from_at(self) -> datetime: ...
    @property
    def until_at(self) -> datetime | None: ...


def is_on(row: Dated, at: datetime) -> bool:
    """Say whether a fact holds at an instant; its end is the first instant it does not."""
    return row.from_at <= at and (row.until_at is None or at < row.until_at)


def turns_of(row: Dated, at: datetime) -> tuple[datetime, ...]:
    """Return the instants after now at which a fact begins or ends."""
    return tuple(turn for turn in (row.from_at, row.until_at) if turn is not None and turn > at)


def day_of(instant: datetime) -> str:
    """Return an instant's day for people."""
    return f"{instant.day} {instant:%B %Y}"
