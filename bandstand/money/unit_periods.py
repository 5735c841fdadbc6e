"""
The unit-period of a transaction and the number of unit-periods between two dates.

Source: 12 CFR 1026 (Regulation Z) Appendix J, paragraphs (b)(2) to (b)(5).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from bandstand.money.errors import AprError
from bandstand.money.months import months_back, series_anchors, shift_months

_DAYS_PER_MONTH: Final = 30
_DAYS_PER_SEMIMONTH: Final = 15
_DAYS_PER_WEEK: Final = 7
_DAYS_PER_YEAR: Final = 365
_WEEKS_PER_YEAR: Final = 52
_MONTHS_PER_YEAR: Final = 12


class Interval(StrEnum):
    """The standard intervals of Appendix J (b)(3), of which a unit-period is a multiple."""

    DAY = "day"
    WEEK = "week"
    SEMIMONTH = "semi-month"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class UnitPeriod:
    """The time in which interest is compounded once: a month, two weeks, the term of a loan."""

    interval: Interval
    count: int = 1

    @property
    def per_year(self) -> Fraction:
        """How many of them make a year: 12, 26, 365/255."""
        of_interval = {
            Interval.DAY: _DAYS_PER_YEAR,
            Interval.WEEK: _WEEKS_PER_YEAR,
            Interval.SEMIMONTH: 2 * _MONTHS_PER_YEAR,
            Interval.MONTH: _MONTHS_PER_YEAR,
            Interval.YEAR: 1,
        }
        return Fraction(of_interval[self.interval], self.count)

    @property
    def days(self) -> int:
        """How many days it counts for when odd days are measured."""
        of_interval = {
            Interval.DAY: 1,
            Interval.WEEK: _DAYS_PER_WEEK,
            Interval.SEMIMONTH: _DAYS_PER_SEMIMONTH,
            Interval.MONTH: _DAYS_PER_MONTH,
            Interval.YEAR: _DAYS_PER_YEAR,
        }
        return of_interval[self.interval] * self.count

    def __str__(self) -> str:
        return str(self.interval) if self.count == 1 else f"{self.count} {self.interval}s"


MONTH: Final = UnitPeriod(Interval.MONTH)
YEAR: Final = UnitPeriod(Interval.YEAR)


def unit_period_of(dates: Sequence[date], *, single_payment: bool = False) -> UnitPeriod:
    """
    Choose the unit-period from the dates of all advances and payments.

    It is the common period that occurs most often, the smaller of two that occur equally often,
    never more than a year; with no common period, the average rounded to a standard interval. A
    single advance with a single payment takes its term.
    Raises: AprError if fewer than two days are named.
    Source: 12 CFR 1026 Appendix J (b)(4).
    """
    days = sorted(set(dates))
    if len(days) < 2:  # noqa: PLR2004 -- a period has two ends
        raise AprError("A rate needs an advance and a payment on different days.")
    if single_payment:
        return _term_of(days[0], days[-1])
    votes = _votes(days)
    most = max(votes.values(), default=0)
    if most > 1:
        common = (UnitPeriod(*unit) for unit, count in votes.items() if count == most)
        return min(common, key=lambda unit: unit.days)
    return _average((days[-1] - days[0]).days, periods=len(days) - 1)


def periods_between(
    start: date, end: date, *, unit: UnitPeriod, anchor: int = 0
) -> tuple[int, int | Fraction]:
    """
    Count the whole unit-periods between two dates and the fraction left over before them.

    Months are measured back from the later date; ``anchor`` is the day of the month that its
    series keeps to, 0 for its own.
    Shape: (whole unit-periods, leftover fraction).
    Source: 12 CFR 1026 Appendix J (b)(5).
    """
    if unit.interval in {Interval.DAY, Interval.WEEK}:
        return _divided((end - start).days, unit.days)
    months, days = months_back(start, end=end, anchor=anchor)
    if unit.interval is Interval.YEAR:
        return _years_between(start, end=end, anchor=anchor)
    if unit.interval is Interval.MONTH and unit.count == 1:
        return months, Fraction(days, _DAYS_PER_MONTH) if days else 0
    return _divided(months * _DAYS_PER_MONTH + days, unit.days)


def _divided(days: int, of: int) -> tuple[int, int | Fraction]:
    whole, odd = divmod(days, of)
    return whole, Fraction(odd, of) if odd else 0


def _years_between(start: date, *, end: date, anchor: int) -> tuple[int, int | Fraction]:
    months, days = months_back(start, end=end, anchor=anchor)
    years, odd_months = divmod(months, _MONTHS_PER_YEAR)
    if days == 0:
        return years, Fraction(odd_months, _MONTHS_PER_YEAR) if odd_months else 0
    first_year = shift_months(end, months=-years * _MONTHS_PER_YEAR, anchor_day=anchor)
    return years, Fraction((first_year - start).days, _DAYS_PER_YEAR)


def _term_of(start: date, end: date) -> UnitPeriod:
    (anchor,) = series_anchors([end], start=start)
    months, days = months_back(start, end=end, anchor=anchor)
    if months >= _MONTHS_PER_YEAR:
        return YEAR
    if days == 0:
        return UnitPeriod(Interval.MONTH, months)
    return UnitPeriod(Interval.DAY, (end - start).days)


def _votes(days: Sequence[date]) -> Counter[tuple[Interval, int]]:
    # A period may be read in two ways (1 February to 1 March is a month and four weeks), so it
    # votes for each reading; the series as a whole decides.
    votes: Counter[tuple[Interval, int]] = Counter()
    anchors = series_anchors(days[1:], start=days[0])
    whole_months: list[int] = []
    for start, end, anchor in zip(days, days[1:], anchors, strict=False):
        length = (end - start).days
        months, odd = months_back(start, end=end, anchor=anchor)
        whole_months.append(0 if odd else months)
        if length > _DAYS_PER_YEAR + 1:
            votes[Interval.YEAR, 1] += 1
        elif odd == 0:
            whole = (Interval.MONTH, months) if months < _MONTHS_PER_YEAR else (Interval.YEAR, 1)
            votes[whole] += 1
        if length % _DAYS_PER_WEEK == 0 and length <= _DAYS_PER_YEAR:
            votes[Interval.WEEK, length // _DAYS_PER_WEEK] += 1
        elif odd and length <= _DAYS_PER_YEAR:
            votes[Interval.DAY, length] += 1
    if not any(whole_months):
        votes[Interval.SEMIMONTH, 1] += _semimonths(days)
    return votes


def _semimonths(days: Sequence[date]) -> int:
    # Twice a month means that the date after next is a month later, on the day of the series.
    halves = [False] * (len(days) - 1)
    anchors = series_anchors(days[1:], start=days[0])
    for at in range(len(days) - 2):
        if months_back(days[at], end=days[at + 2], anchor=anchors[at + 1]) == (1, 0):
            halves[at] = halves[at + 1] = True
    return sum(halves)


def _average(days: int, *, periods: int) -> UnitPeriod:
    average = Fraction(days, periods)
    if average >= _DAYS_PER_YEAR:
        return YEAR
    standard = [
        UnitPeriod(Interval.DAY),
        *(UnitPeriod(Interval.WEEK, count) for count in range(1, _WEEKS_PER_YEAR + 1)),
        UnitPeriod(Interval.SEMIMONTH),
        *(UnitPeriod(Interval.MONTH, count) for count in range(1, _MONTHS_PER_YEAR)),
        YEAR,
    ]
    return min(standard, key=lambda unit: (abs(unit.days - average), unit.days))
