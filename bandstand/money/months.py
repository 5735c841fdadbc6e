"""Months, month ends and the dates on which instalments fall due."""

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from bandstand.kernel.errors import near_matches
from bandstand.money.errors import ScheduleError

_MONTH_LENGTHS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FEBRUARY: Final = 2
_LAST_DAY: Final = 31


class Every(StrEnum):
    """The unit in which payments repeat."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Frequency:
    """
    How often payments fall due: ``Frequency(Every.WEEK, 2)`` is every two weeks.

    Raises: ScheduleError if the count is below one.
    """

    unit: Every
    count: int = 1

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ScheduleError(
                f"Payments repeat every 1 or more {self.unit}s, not every {self.count}.",
                count=self.count,
            )

    @property
    def months(self) -> int:
        """How many months lie between payments; 0 if the frequency counts days or weeks."""
        return self.count * {Every.MONTH: 1, Every.YEAR: 12}.get(self.unit, 0)

    @property
    def days(self) -> int:
        """How many days lie between payments; 0 if the frequency counts months or years."""
        return self.count * {Every.DAY: 1, Every.WEEK: 7}.get(self.unit, 0)

    def __str__(self) -> str:
        return f"every {self.unit}" if self.count == 1 else f"every {self.count} {self.unit}s"


MONTHLY: Final = Frequency(Every.MONTH)

_WORDS: Final = {
    "daily": Frequency(Every.DAY),
    "weekly": Frequency(Every.WEEK),
    "biweekly": Frequency(Every.WEEK, 2),
    "fortnightly": Frequency(Every.WEEK, 2),
    "monthly": MONTHLY,
    "quarterly": Frequency(Every.MONTH, 3),
    "yearly": Frequency(Every.YEAR),
    "annually": Frequency(Every.YEAR),
}
_EVERY: Final = re.compile(r"every\s+(?:(?P<count>\d+)\s+)?(?P<unit>day|week|month|year)s?\b")


def parse_frequency(text: str) -> Frequency:
    """
    Read a frequency such as ``monthly``, ``every 2 weeks`` or ``every 15 days``.

    Raises: ScheduleError, with near matches, if the words name no frequency.
    """
    folded = text.casefold()
    if found := _EVERY.search(folded):
        return Frequency(Every(found["unit"]), int(found["count"] or 1))
    for word, frequency in _WORDS.items():
        if re.search(rf"\b{word}\b", folded):
            return frequency
    near = near_matches(folded, list(_WORDS))
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    raise ScheduleError(
        f"{text!r} names no payment frequency; write monthly, weekly or every 2 weeks.{hint}",
        frequency=text,
        near=near,
    )


def month_length(year: int, *, month: int) -> int:
    """Return the number of days in a month."""
    if month == _FEBRUARY and calendar.isleap(year):
        return 29
    return _MONTH_LENGTHS[month - 1]


def is_month_end(on: date) -> bool:
    """Return whether a date is the last day of its month."""
    return on.day == month_length(on.year, month=on.month)


def shift_months(on: date, *, months: int, anchor_day: int = 0) -> date:
    """
    Move a date by whole months, back or forward, to the anchor day or the month's last day.

    Units: ``anchor_day`` 1 to 31; 0 means the day of ``on``.
    """
    at = on.year * 12 + on.month - 1 + months
    year, month0 = divmod(at, 12)
    day = min(anchor_day or on.day, month_length(year, month=month0 + 1))
    return date(year, month0 + 1, day)


def anchor_day(dates: Sequence[date]) -> int:
    """
    Return the day of the month that a series of dates keeps to: 31 for month ends.

    A date of a shorter month stands for the anchor: 30 Jan, 28 Feb, 30 Mar keep to the 30th. A
    series that keeps to no one day gives 0.
    Source: 12 CFR 1026 Appendix J (b)(3), last sentences.
    """
    if not dates:
        return 0
    if all(is_month_end(on) for on in dates):
        return _LAST_DAY
    anchor = max(on.day for on in dates)
    for on in dates:
        if on.day != anchor and on.day != min(anchor, month_length(on.year, month=on.month)):
            return 0
    return anchor


def due_dates(
    first_due: date, *, count: int, frequency: Frequency = MONTHLY, anchor: int = 0
) -> tuple[date, ...]:
    """
    Return the dates on which payments fall due, the first included.

    Monthly dates keep to the day of the first one and come back to it after a shorter month:
    31 January, 28 February, 31 March.
    Shape: ``count`` dates, rising.
    Units: ``anchor`` is a day of the month, for a first date in a short month; 0 means its day.
    Raises: ScheduleError if ``count`` is below one.
    """
    if count < 1:
        raise ScheduleError(f"A plan has 1 or more payments, not {count}.", count=count)
    if frequency.months:
        return tuple(
            shift_months(first_due, months=at * frequency.months, anchor_day=anchor)
            for at in range(count)
        )
    return tuple(first_due + timedelta(days=at * frequency.days) for at in range(count))


def months_back(start: date, *, end: date, anchor: int = 0) -> tuple[int, int]:
    """
    Count the whole months back from the later date, and the days left before them.

    Shape: (months, days).
    Raises: ScheduleError if the end is before the start.
    """
    if end < start:
        raise ScheduleError(f"{end} is before {start}.", start=str(start), end=str(end))
    months = (end.year - start.year) * 12 + end.month - start.month
    spare, days = _odd_days(start, anchor or end.day)
    return months - spare, days


@lru_cache(maxsize=4096)
def _odd_days(start: date, day: int) -> tuple[int, int]:
    # What is left before whole months depends on the day they are counted to, not on how many
    # there are, so a plan's payments all find the same answer.
    length = month_length(start.year, month=start.month)
    reached = min(day, length)
    if reached >= start.day:
        return 0, reached - start.day
    # The step into the month of the start goes past it: count to the month after it instead.
    following = month_length(start.year, month=start.month % 12 + 1)
    return 1, length - start.day + min(day, following)


def series_anchors(dates: Sequence[date], *, start: date) -> list[int]:
    """
    Return, for each date of a series, the day of the month that it keeps to.

    A series may alternate between two days (the 15th and the last). Where dates keep to no day,
    or to one that every month has, the answer is 0: their own.
    Shape: one day per date.
    """
    anchor = _anchor_from(dates, start=start)
    if anchor is not None:
        return [anchor] * len(dates)
    first, second = (_anchor_from(dates[at::2], start=start) or 0 for at in (0, 1))
    return [second if at % 2 else first for at in range(len(dates))]


def _anchor_from(dates: Sequence[date], *, start: date) -> int | None:
    if len({on.day for on in dates}) <= 1:
        # One day of the month: it stands for the month's end only if the start was one too, so
        # that 28 January to 28 February is a month and 31 January to 28 February is one as well.
        ends = is_month_end(start) and all(is_month_end(on) for on in dates)
        return _LAST_DAY if ends else 0
    return anchor_day(dates) or None
