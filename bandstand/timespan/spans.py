"""
Spans that include their start and exclude their end, ``[from, until)``.

An absent bound means unbounded on that side. Half-open spans meet without overlap or gap, so a
switch-off on 3 August is ``until 2026-08-03``: on the third it is already gone.
"""

from dataclasses import dataclass
from datetime import date, datetime

from bandstand.kernel.errors import BadInputError


class EmptySpanError(BadInputError):
    """A span whose end is not after its start."""

    code = "empty_span"


@dataclass(frozen=True, slots=True)
class DateSpan:
    """Days from ``from_date`` up to, not including, ``until_date``."""

    from_date: date | None = None
    until_date: date | None = None

    def __post_init__(self) -> None:
        if self.from_date and self.until_date and self.until_date <= self.from_date:
            raise EmptySpanError(f"{self.until_date} is not after {self.from_date}.")

    def __contains__(self, day: date) -> bool:
        return (self.from_date is None or self.from_date <= day) and (
            self.until_date is None or day < self.until_date
        )

    def covers(self, other: "DateSpan") -> bool:
        """Say whether every day of ``other`` is in this span."""
        starts = self.from_date is None or (
            other.from_date is not None and self.from_date <= other.from_date
        )
        ends = self.until_date is None or (
            other.until_date is not None and other.until_date <= self.until_date
        )
        return starts and ends


@dataclass(frozen=True, slots=True)
class InstantSpan:
    """Instants from ``from_at`` up to, not including, ``until_at``. Both aware."""

    from_at: datetime | None = None
    until_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.from_at and self.until_at and self.until_at <= self.from_at:
            raise EmptySpanError(f"{self.until_at} is not after {self.from_at}.")

    def __contains__(self, instant: datetime) -> bool:
        return (self.from_at is None or self.from_at <= instant) and (
            self.until_at is None or instant < self.until_at
        )

    def covers(self, other: "InstantSpan") -> bool:
        """Say whether every instant of ``other`` is in this span."""
        starts = self.from_at is None or (
            other.from_at is not None and self.from_at <= other.from_at
        )
        ends = self.until_at is None or (
            other.until_at is not None and other.until_at <= self.until_at
        )
        return starts and ends
