"""
The schedule of an instalment plan: equal payments that repay an amount by its last due date.

Interest is earned on the balance of the period and rounded once a period. The instalment is
rounded once, and the last payment carries what rounding left over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import Final

from bandstand.money.amount import Money, sum_of
from bandstand.money.day_count import THIRTY_360, DayCount
from bandstand.money.errors import CurrencyMismatchError, ScheduleError
from bandstand.money.formatting import format_money
from bandstand.money.months import MONTHLY, Frequency
from bandstand.money.rounding import Rounding, half_up, round_exact

_SMOOTHING_ROUNDS: Final = 3


class InterestType(StrEnum):
    """What interest is earned on, and what stays equal from payment to payment."""

    EQUAL_INSTALMENT = "equal_instalment"
    """Interest on the balance; the payment stays equal. The usual plan."""

    EQUAL_PRINCIPAL = "equal_principal"
    """Interest on the balance; the repaid principal stays equal, so payments fall."""

    FLAT = "flat"
    """Interest on the first amount in every period, whatever was repaid."""


@dataclass(frozen=True, slots=True)
class Conventions:
    """
    How a plan earns interest, counts days and rounds.

    ``instalment_rounding`` None means the interest's rounding, or down for a plan without
    interest. ``multiple_of`` keeps instalments to whole steps of minor units. ``smoothed`` moves
    the instalment by a cent or so if that brings the last payment closer to the others.
    ``interest_rounding`` None carries exact fractions through and rounds only what is shown.
    ``last_carries`` False leaves the remainder unpaid, as some published tables do.
    """

    day_count: DayCount = THIRTY_360
    frequency: Frequency = MONTHLY
    interest_rounding: Rounding | None = Rounding.HALF_EVEN
    instalment_rounding: Rounding | None = None
    multiple_of: int = 1
    smoothed: bool = False
    last_carries: bool = True
    interest_type: InterestType = InterestType.EQUAL_INSTALMENT


DEFAULT_CONVENTIONS: Final = Conventions()


@dataclass(frozen=True, slots=True)
class ScheduleTerms:
    """
    What a schedule is built from.

    Units: ``rate_percent`` is the nominal yearly rate in per cent.
    Raises: ScheduleError if the amount, the rate or the dates make no plan.
    """

    financed: Money
    contract_date: date
    due_dates: tuple[date, ...]
    rate_percent: Decimal = Decimal(0)
    conventions: Conventions = field(default=DEFAULT_CONVENTIONS)

    def __post_init__(self) -> None:
        if not self.financed.is_positive:
            raise ScheduleError(f"A plan finances more than zero, not {self.financed}.")
        if not self.due_dates:
            raise ScheduleError("A plan has 1 or more due dates; none was given.")
        if self.rate_percent < 0:
            raise ScheduleError(f"A rate is 0 % or more, not {self.rate_percent} %.")
        for before, after in self.periods:
            if after <= before:
                raise ScheduleError(
                    f"The due date {after} is not after {before}; due dates rise from the day"
                    " after the contract.",
                    before=str(before),
                    after=str(after),
                )

    @property
    def periods(self) -> tuple[tuple[date, date], ...]:
        """The periods between due dates, the first from the contract date."""
        starts = (self.contract_date, *self.due_dates)
        return tuple(zip(starts, self.due_dates, strict=False))

    @property
    def rate(self) -> Fraction:
        """The nominal yearly rate as an exact fraction: 4.5 % is 9/200."""
        return Fraction(self.rate_percent) / 100

    def period_rates(self) -> tuple[int | Fraction, ...]:
        """Return the interest of each period on an amount of one, exact."""
        rate, rules = self.rate, self.conventions
        if not rate:
            return (0,) * len(self.due_dates)
        return tuple(
            rate * rules.day_count.fraction(start, end=end, frequency=rules.frequency)
            for start, end in self.periods
        )


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One payment: when it is due, what it repays, what it pays for the credit."""

    nr: int
    due_date: date
    principal: Money
    interest: Money
    total: Money
    balance_after: Money


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """Payments of one amount, as a disclosure prints them: ``35 payments of $27.77``."""

    count: int
    amount: Money
    first_due: date

    def text(self, *, locale: str = "en_US") -> str:
        """Return the line as a sentence part in English, the amount as the locale writes it."""
        noun = "payment" if self.count == 1 else "payments"
        return f"{self.count} {noun} of {format_money(self.amount, locale)}"

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Schedule:
    """The payments of a plan, in order of their due dates."""

    terms: ScheduleTerms
    lines: tuple[ScheduleLine, ...]

    @property
    def currency(self) -> str:
        return self.terms.financed.currency

    @property
    def instalment(self) -> Money:
        """The regular payment: that of the first line."""
        return self.lines[0].total

    @property
    def total_interest(self) -> Money:
        return sum_of((line.interest for line in self.lines), currency=self.currency)

    @property
    def total_of_payments(self) -> Money:
        return sum_of((line.total for line in self.lines), currency=self.currency)

    @property
    def payment_lines(self) -> tuple[PaymentLine, ...]:
        """The payments grouped by equal neighbours."""
        groups = (tuple(group) for _, group in groupby(self.lines, key=lambda line: line.total))
        return tuple(PaymentLine(len(lines), lines[0].total, lines[0].due_date) for lines in groups)


def build_schedule(terms: ScheduleTerms) -> Schedule:
    """
    Lay out the payments that repay the financed amount by the last due date.

    Without interest each payment is the amount divided by their number, rounded down, and the last
    one carries the remainder: 999.99 over 36 is 35 of 27.77 and one of 28.04.
    Shape: one line per due date.
    Raises: ScheduleError if the instalment would be zero or not cover the interest.
    """
    if terms.conventions.interest_type is not InterestType.EQUAL_INSTALMENT:
        return Schedule(terms, _lay_out_equal_principal(terms))
    rates = terms.period_rates()
    instalment = _rounded_instalment(terms, level_instalment(terms.financed, rates=rates))
    lines = lay_out(terms, instalment=instalment, rates=rates)
    if terms.conventions.smoothed and len(lines) > 1:
        lines = _smoothed(terms, lines, rates=rates)
    return Schedule(terms, lines)


def level_instalment(financed: Money, *, rates: Sequence[int | Fraction]) -> Fraction:
    """
    Return the exact level payment whose present value is the financed amount.

    Units: minor units; ``rates`` are the interest of each period on an amount of one.
    """
    if not any(rates):
        return Fraction(financed.minor, len(rates))
    # Multiplying up (final value of 1 over final value of payments) keeps the fractions small.
    grown, paid_in = Fraction(1), Fraction(0)
    for rate in rates:
        grown *= 1 + rate
        paid_in = paid_in * (1 + rate) + 1
    return financed.minor * grown / paid_in


def lay_out(
    terms: ScheduleTerms, *, instalment: int | Fraction, rates: Sequence[int | Fraction]
) -> tuple[ScheduleLine, ...]:
    """
    Lay out the payments for a given instalment in minor units and the rates of the periods.

    Raises: ScheduleError if the instalment does not cover a period's interest.
    """
    balance: int | Fraction = terms.financed.minor
    lines: list[ScheduleLine] = []
    for nr, (due, rate) in enumerate(zip(terms.due_dates, rates, strict=True), start=1):
        earned = _earned(terms, balance * rate)
        last = nr == len(terms.due_dates) and terms.conventions.last_carries
        repaid = balance if last else min(instalment - earned, balance)
        if repaid < 0:
            shown = _shown(instalment, terms.financed.currency)
            raise ScheduleError(
                f"The instalment of {shown} does not cover the interest of payment {nr}; lower the"
                " rate or shorten the periods."
            )
        balance -= repaid
        lines.append(_line(nr, due, amounts=(repaid, earned, balance), terms=terms))
    return tuple(lines)


def _lay_out_equal_principal(terms: ScheduleTerms) -> tuple[ScheduleLine, ...]:
    share = _rounded_instalment(terms, Fraction(terms.financed.minor, len(terms.due_dates)))
    balance: int | Fraction = terms.financed.minor
    lines: list[ScheduleLine] = []
    is_flat = terms.conventions.interest_type is InterestType.FLAT
    rated = zip(terms.due_dates, terms.period_rates(), strict=True)
    for nr, (due, rate) in enumerate(rated, start=1):
        earned = _earned(terms, (terms.financed.minor if is_flat else balance) * rate)
        last = nr == len(terms.due_dates) and terms.conventions.last_carries
        repaid = balance if last else min(share, balance)
        balance -= repaid
        lines.append(_line(nr, due, amounts=(repaid, earned, balance), terms=terms))
    return tuple(lines)


def _earned(terms: ScheduleTerms, exact: int | Fraction) -> int | Fraction:
    rounding = terms.conventions.interest_rounding
    return (
        exact
        if rounding is None or isinstance(exact, int)
        else round_exact(exact, rounding=rounding)
    )


def _line(
    nr: int,
    due: date,
    *,
    amounts: tuple[int | Fraction, int | Fraction, int | Fraction],
    terms: ScheduleTerms,
) -> ScheduleLine:
    repaid, earned, balance = amounts
    shown = (
        _shown(at, terms.financed.currency) for at in (repaid, earned, repaid + earned, balance)
    )
    return ScheduleLine(nr, due, *shown)


def down_payment_line(amount: Money, *, on: date, price: Money) -> ScheduleLine:
    """
    Return the line that a down payment takes in a full list of payments.

    Raises: ScheduleError if it is negative or more than the price.
    """
    if amount.currency != price.currency:
        raise CurrencyMismatchError(f"The down payment {amount} and the price {price} differ.")
    if amount.is_negative or amount > price:
        raise ScheduleError(f"A down payment is between zero and {price}, not {amount}.")
    return ScheduleLine(1, on, amount, Money.zero(amount.currency), amount, price - amount)


def _rounded_instalment(terms: ScheduleTerms, exact: Fraction) -> int | Fraction:
    rules = terms.conventions
    if rules.interest_rounding is None and rules.instalment_rounding is None:
        return exact
    chosen = rules.instalment_rounding
    if chosen is None and terms.rate:
        chosen = rules.interest_rounding
    rounded = round_exact(exact, rounding=chosen or Rounding.FLOOR, multiple_of=rules.multiple_of)
    if rounded <= 0:
        raise ScheduleError(
            f"{terms.financed} over {len(terms.due_dates)} payments leaves an instalment of zero;"
            " choose fewer payments.",
            payments=len(terms.due_dates),
        )
    return rounded


def _smoothed(
    terms: ScheduleTerms, lines: tuple[ScheduleLine, ...], *, rates: Sequence[int | Fraction]
) -> tuple[ScheduleLine, ...]:
    for _ in range(_SMOOTHING_ROUNDS):
        gap = _last_gap(lines)
        if abs(gap) <= len(lines) // 2:
            break
        moved = lines[0].total.minor + Fraction(gap, len(lines))
        rules = terms.conventions
        rounding = rules.instalment_rounding or rules.interest_rounding or Rounding.HALF_EVEN
        instalment = round_exact(moved, rounding=rounding, multiple_of=rules.multiple_of)
        if instalment == lines[0].total.minor:
            break
        tried = lay_out(terms, instalment=instalment, rates=rates)
        if abs(_last_gap(tried)) >= abs(gap):
            break
        lines = tried
    return lines


def _last_gap(lines: Sequence[ScheduleLine]) -> int:
    return lines[-1].total.minor - lines[-2].total.minor


def _shown(amount: int | Fraction, currency: str) -> Money:
    return Money(amount if isinstance(amount, int) else half_up(amount), currency)
