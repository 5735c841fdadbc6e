"""Time in years and the European rate, from dates."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from bandstand.money import Flow, Money, Regime, YearBasis, eu_aprc
from bandstand.money.months import Every, Frequency, due_dates
from bandstand.money.years import basis_of, years_between

D = date


def eur(text: str) -> Money:
    return Money(int(Decimal(text) * 100), "EUR")


@pytest.mark.parametrize(
    ("start", "end", "basis", "years"),
    [
        (D(2012, 1, 12), D(2012, 2, 15), "months", Fraction(1, 12) + Fraction(3, 365)),
        # The three odd days end on 15 March, and the year back from there holds a 29 February.
        (D(2012, 3, 12), D(2012, 4, 15), "months", Fraction(1, 12) + Fraction(3, 366)),
        (D(2026, 1, 31), D(2026, 2, 28), "months", Fraction(1, 12)),
        (D(2026, 1, 1), D(2026, 1, 23), "weeks", Fraction(3, 52) + Fraction(1, 365)),
        (D(1994, 1, 1), D(1995, 7, 1), "days", Fraction(546, 365)),
        (D(2026, 1, 1), D(2026, 1, 1), "months", Fraction(0)),
    ],
)
def test_years_count_whole_periods_backwards_and_then_days(
    *, start: date, end: date, basis: str, years: Fraction
) -> None:
    anchor = 31 if start.day == 31 else 0
    assert years_between(start, end=end, basis=YearBasis(basis), anchor=anchor) == years


def test_weekly_payments_are_counted_in_weeks() -> None:
    weekly = due_dates(D(2026, 1, 8), count=4, frequency=Frequency(Every.WEEK))
    assert basis_of([D(2026, 1, 1), *weekly]) is YearBasis.WEEKS
    assert basis_of([D(2026, 1, 1), *due_dates(D(2026, 2, 1), count=4)]) is YearBasis.MONTHS


def test_commission_example_2_from_its_dates() -> None:
    days = due_dates(D(2012, 2, 15), count=240)
    payments = [Flow(D(2012, 1, 12), eur("4000")), *(Flow(day, eur("1433.57")) for day in days)]

    result = eu_aprc(advances=[Flow(D(2012, 1, 12), eur("200000"))], payments=payments)

    assert result.rounded(6) == Decimal("6.434185")
    assert result.unit_period == "year"


def test_directive_98_7_example_on_both_bases() -> None:
    advances = [Flow(D(1994, 1, 1), eur("1000"))]
    payments = [Flow(D(1995, 7, 1), eur("1200"))]
    by_days = eu_aprc(advances=advances, payments=payments, basis=YearBasis.DAYS)
    by_months = eu_aprc(advances=advances, payments=payments, basis=YearBasis.MONTHS)
    assert (by_days.rounded(2), by_months.rounded(2)) == (Decimal("12.96"), Decimal("12.92"))


def test_british_rate_is_the_same_equation_under_its_own_name() -> None:
    advances = [Flow(D(2026, 1, 1), eur("1000"))]
    payments = [Flow(day, eur("90")) for day in due_dates(D(2026, 2, 1), count=12)]
    british = eu_aprc(advances=advances, payments=payments, regime=Regime.UK_APRC)
    assert british.rate == eu_aprc(advances=advances, payments=payments).rate
    assert "CONC" in british.derivation.lines()[0]
    assert british.derivation.lines()[1] == "Time: years from the first drawdown"
