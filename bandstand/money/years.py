"""
Time in years between two dates, as the European directives count it.

Source: Directive (EU) 2023/2225 Annex III, and Directive 2008/48/EC Annex I part I: a year has 365
days (366 in a leap year), 52 weeks or 12 equal months; whole periods are counted backwards to the
first drawdown, and the days left over are divided by the days of the year that ends at them.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from bandstand.money.months import months_back, shift_months
from bandstand.money.unit_periods import Interval, unit_period_of

_MONTHS_PER_YEAR: Final = 12
_WEEKS_PER_YEAR: Final = 52
_DAYS_PER_WEEK: Final = 7


class YearBasis(StrEnum):
    """The whole periods in which time is counted before days are."""

    MONTHS = "months"
    """Twelfths of a year, then days: for payments by the month or year."""

    WEEKS = "weeks"
    """Fifty-seconds of a year, then days: for payments by the week."""

    DAYS = "days"
    """Whole years, then days: the calendar basis."""


def basis_of(dates: Sequence[date]) -> YearBasis:
    """
    Choose weeks for payments that repeat by the week, months for all others.

    Raises: AprError if fewer than two days are named.
    """
    unit = unit_period_of(dates)
    return YearBasis.WEEKS if unit.interval is Interval.WEEK else YearBasis.MONTHS


def years_between(
    start: date, *, end: date, basis: YearBasis = YearBasis.MONTHS, anchor: int = 0
) -> Fraction:
    """
    Return the time from the first drawdown to a date, in years.

    Units: years, exact: three days and two months are 3/365 + 2/12.
    Raises: ScheduleError if the end is before the start.
    """
    if basis is YearBasis.WEEKS:
        weeks, days = divmod((end - start).days, _DAYS_PER_WEEK)
        return Fraction(weeks, _WEEKS_PER_YEAR) + _odd_days(start, days=days)
    months, days = months_back(start, end=end, anchor=anchor)
    if basis is YearBasis.MONTHS:
        return Fraction(months, _MONTHS_PER_YEAR) + _odd_days(start, days=days)
    years = months // _MONTHS_PER_YEAR
    reached = shift_months(end, months=-years * _MONTHS_PER_YEAR, anchor_day=anchor)
    return years + _odd_days(start, days=(reached - start).days)


def _odd_days(start: date, *, days: int) -> Fraction:
    if days == 0:
        return Fraction(0)
    last = start + timedelta(days=days)
    year = last - shift_months(last, months=-_MONTHS_PER_YEAR)
    return Fraction(days, year.days)
