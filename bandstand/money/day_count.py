"""
Day-count conventions: what part of a year's interest a period earns.

A convention says how long a month and a year are. Zero stands for their true length.
"""

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from bandstand.kernel.errors import near_matches
from bandstand.money.errors import ScheduleError
from bandstand.money.months import Frequency, months_back

_YEAR_LENGTHS: Final = (360, 364, 365)


@dataclass(frozen=True, slots=True)
class DayCount:
    """
    How long a month and a year are for interest.

    ``whole_periods`` counts every period between due dates as the frequency says, however its
    dates fall: a monthly payment moved by two weeks still bears one month's interest.
    Units: days; 0 for the true length.
    """

    month_days: int
    year_days: int
    whole_periods: bool = False

    def fraction(self, start: date, *, end: date, frequency: Frequency) -> Fraction:
        """
        Return the part of a year that a whole period between two due dates counts for.

        Units: years, exact.
        """
        if self.month_days and self.whole_periods and frequency.months:
            return Fraction(frequency.months * self.month_days, self._year(start))
        if self.month_days:
            months, odd = months_back(start, end=end)
            return Fraction(months * self.month_days + odd, self._year(start))
        return self._actual(start, end=end)

    def elapsed(self, period: tuple[date, date], *, on: date, frequency: Frequency) -> Fraction:
        """
        Return the part of a year earned from the start of a period to a day within it.

        Months of a fixed length are earned evenly over the true days of the period.
        Units: years, exact.
        """
        start, end = period
        if on >= end:
            return self.fraction(start, end=end, frequency=frequency)
        if not self.month_days:
            return self._actual(start, end=on)
        whole = self.fraction(start, end=end, frequency=frequency)
        return whole * Fraction((on - start).days, (end - start).days)

    def beyond(self, start: date, *, end: date) -> Fraction:
        """
        Return the part of a year between any two days, for the time after the last due date.

        Units: years, exact.
        """
        if self.month_days:
            return Fraction((end - start).days, self._year(start))
        return self._actual(start, end=end)

    def _actual(self, start: date, *, end: date) -> Fraction:
        if self.year_days:
            return Fraction((end - start).days, self.year_days)
        total = Fraction(0)
        while start.year < end.year:
            next_year = date(start.year + 1, 1, 1)
            total += Fraction((next_year - start).days, self._year(start))
            start = next_year
        return total + Fraction((end - start).days, self._year(start))

    def _year(self, start: date) -> int:
        return self.year_days or (date(start.year + 1, 1, 1) - date(start.year, 1, 1)).days

    def __str__(self) -> str:
        month, year = self.month_days or "actual", self.year_days or "actual"
        return f"{month}/{year}" + (", whole periods" if self.whole_periods else "")


THIRTY_360: Final = DayCount(30, 360)
"""A whole month is 30 days of 360; odd days before the whole months count as they are."""

NOMINAL: Final = DayCount(30, 360, whole_periods=True)
"""A monthly period bears a twelfth of the yearly rate, whatever its dates."""

ACTUAL_360: Final = DayCount(0, 360)
ACTUAL_364: Final = DayCount(0, 364)
ACTUAL_365: Final = DayCount(0, 365)
ACTUAL_ACTUAL: Final = DayCount(0, 0)

_NAMED: Final = {
    "30/360": THIRTY_360,
    "nominal/12": NOMINAL,
    "actual/360": ACTUAL_360,
    "actual/364": ACTUAL_364,
    "actual/365": ACTUAL_365,
    "actual/actual": ACTUAL_ACTUAL,
    "n/a": NOMINAL,
}
_PAIR: Final = re.compile(
    r"days_in_year=(?:days_)?(?P<year>actual|\d+)\s*,\s*days_in_month=(?:days_)?(?P<month>\w+)"
)


def parse_day_count(text: str) -> DayCount:
    """
    Read a convention by its name, or as lengths: ``days_in_year=DAYS_365, days_in_month=ACTUAL``.

    Raises: ScheduleError, with near matches, if the words name no convention.
    """
    folded = text.casefold().strip()
    if found := _PAIR.search(folded):
        return _from_lengths(found["month"], found["year"])
    plain = re.sub(r"\b(?:act|days)/", "actual/", folded).replace("/act", "/actual")
    plain = plain.replace("/actualual", "/actual")
    for name, convention in _NAMED.items():
        if plain.startswith(name):
            return convention
    near = near_matches(folded, list(_NAMED))
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    raise ScheduleError(
        f"{text!r} is not a day-count convention; write one of {', '.join(_NAMED)}.{hint}",
        day_count=text,
        near=near,
    )


def _from_lengths(month: str, year: str) -> DayCount:
    year_days = 0 if year == "actual" else int(year)
    if year_days and year_days not in _YEAR_LENGTHS:
        raise ScheduleError(
            f"A year has actual, 360, 364 or 365 days for interest, not {year}.", year=year
        )
    month_days = int(month) if month.isdigit() else 0
    return DayCount(month_days, year_days, whole_periods=bool(month_days))
