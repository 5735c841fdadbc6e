"""
What a change in the life of a plan does to the payments still to come.

An extra payment repays principal on its day. A skipped payment moves the rest of the plan back by
one period; the interest of the skipped period is asked for with the next payment, without interest
on interest. A further advance or a new rate finds a new level payment for the same last due date.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from bandstand.money.amount import Money
from bandstand.money.errors import CurrencyMismatchError, ScheduleError
from bandstand.money.months import anchor_day, due_dates
from bandstand.money.rounding import Rounding, half_up, round_exact
from bandstand.money.schedule import Schedule, ScheduleLine, ScheduleTerms


class ExtraEffect(StrEnum):
    """What an extra payment does to the plan."""

    SHORTEN = "shorten"
    """The instalment stays and the plan ends earlier: how the large carriers do it."""

    LOWER = "lower"
    """The last due date stays and the instalments become smaller."""


@dataclass(frozen=True, slots=True)
class ExtraPayment:
    on: date
    amount: Money
    effect: ExtraEffect = ExtraEffect.SHORTEN


@dataclass(frozen=True, slots=True)
class SkippedPayment:
    """The payment due on this day is not asked for; the plan ends one period later."""

    on: date


@dataclass(frozen=True, slots=True)
class FurtherAdvance:
    on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class RateChange:
    """From this day on interest is earned at another nominal yearly rate, in per cent."""

    on: date
    rate_percent: Decimal


Change = ExtraPayment | SkippedPayment | FurtherAdvance | RateChange


def restate(schedule: Schedule, *, changes: Sequence[Change]) -> Schedule:
    """
    Lay out the plan again after changes to it.

    A change on a due date follows the payment of that day and shows in its balance.
    Shape: the payments that remain to be made and those already made, in order of due date.
    Raises: ScheduleError if a change falls outside the plan, an extra payment exceeds the balance,
        or a skipped day is no due date; CurrencyMismatchError.
    """
    _refuse_strangers(schedule, changes)
    skipped = {change.on for change in changes if isinstance(change, SkippedPayment)}
    terms = _extended(schedule.terms, count=len(skipped))
    plan = _Plan(terms, instalment=schedule.instalment.minor, changes=changes, skipped=skipped)
    return Schedule(terms, plan.lay_out())


def _refuse_strangers(schedule: Schedule, changes: Sequence[Change]) -> None:
    terms = schedule.terms
    for change in changes:
        if not terms.contract_date <= change.on <= terms.due_dates[-1]:
            raise ScheduleError(
                f"The change of {change.on} is outside the plan, which runs from"
                f" {terms.contract_date} to {terms.due_dates[-1]}.",
                on=str(change.on),
            )
        if isinstance(change, SkippedPayment) and change.on not in terms.due_dates:
            near = min(terms.due_dates, key=lambda due: abs(due - change.on))
            raise ScheduleError(
                f"No payment is due on {change.on}, so none can be skipped; the nearest is {near}.",
                on=str(change.on),
                near=str(near),
            )
        if isinstance(change, ExtraPayment | FurtherAdvance):
            _refuse_amount(change.amount, currency=schedule.currency)


def _refuse_amount(amount: Money, *, currency: str) -> None:
    if amount.currency != currency:
        raise CurrencyMismatchError(f"The plan is in {currency}, the change in {amount.currency}.")
    if not amount.is_positive:
        raise ScheduleError(f"A payment or advance is more than zero, not {amount}.")


def _extended(terms: ScheduleTerms, *, count: int) -> ScheduleTerms:
    if count == 0:
        return terms
    later = due_dates(
        terms.due_dates[-1],
        count=count + 1,
        frequency=terms.conventions.frequency,
        anchor=anchor_day(terms.due_dates),
    )
    return replace(terms, due_dates=terms.due_dates + later[1:])


class _Plan:
    """The state of a plan while it is laid out period by period."""

    def __init__(
        self,
        terms: ScheduleTerms,
        *,
        instalment: int,
        changes: Sequence[Change],
        skipped: set[date],
    ) -> None:
        self.terms = terms
        self.instalment = instalment
        self.changes = sorted(changes, key=lambda change: change.on)
        self.skipped = skipped
        self.balance = terms.financed.minor
        self.rate = terms.rate
        self.carried = 0

    def lay_out(self) -> tuple[ScheduleLine, ...]:
        lines: list[ScheduleLine] = []
        self._apply(self.terms.contract_date, at=0)
        for at, (start, end) in enumerate(self.terms.periods):
            if any(_finds_new_level(change) for change in self._inside(start, end)):
                self._level_with(at)
            earned = self._earn(at)
            lines.append(self._pay(at, earned=earned))
            self._apply(end, at=at + 1)
            lines[-1] = replace(lines[-1], balance_after=self._money(self.balance))
            if self.balance == 0 and self.carried == 0:
                break
        return tuple(lines)

    def _earn(self, at: int) -> int:
        start, end = self.terms.periods[at]
        inside = self._inside(start, end)
        earned, balance, self.rate = _walk(
            self.terms, at=at, inside=inside, balance=Fraction(self.balance), rate=self.rate
        )
        self.balance = int(balance)
        rounding = self.terms.conventions.interest_rounding or Rounding.HALF_EVEN
        return round_exact(earned, rounding=rounding)

    def _pay(self, at: int, *, earned: int) -> ScheduleLine:
        due = self.terms.due_dates[at]
        owed = self.carried + earned
        if due in self.skipped:
            self.carried = owed
            repaid, interest = 0, 0
        else:
            last = at == len(self.terms.due_dates) - 1
            repaid = self.balance if last else max(0, min(self.instalment - owed, self.balance))
            # An instalment too small for the interest that skipping gathered pays part of it.
            interest = owed if last else min(owed, max(self.instalment, 0))
            self.carried = owed - interest
        self.balance -= repaid
        amounts = (repaid, interest, repaid + interest, self.balance)
        return ScheduleLine(at + 1, due, *(self._money(amount) for amount in amounts))

    def _apply(self, on: date, *, at: int) -> None:
        todays = [change for change in self.changes if change.on == on]
        for change in todays:
            balance, self.rate = _changed(change, balance=Fraction(self.balance), rate=self.rate)
            self.balance = int(balance)
        if at < len(self.terms.due_dates) and any(map(_finds_new_level, todays)):
            self._level_with(at)

    def _level_with(self, at: int) -> None:
        # The balance after the last due date falls evenly with the instalment, so two exact
        # trials find the instalment that leaves nothing.
        unpaid, paid_one = (self._trial(at, instalment=trial) for trial in (0, 1))
        rules = self.terms.conventions
        rounding = rules.instalment_rounding or rules.interest_rounding or Rounding.HALF_EVEN
        level = unpaid / (unpaid - paid_one)
        self.instalment = round_exact(level, rounding=rounding, multiple_of=rules.multiple_of)

    def _trial(self, at: int, *, instalment: int) -> Fraction:
        balance, rate = Fraction(self.balance), self.rate
        for later in range(at, len(self.terms.due_dates)):
            start, end = self.terms.periods[later]
            known = self._inside(start, end) if later == at else []
            earned, balance, rate = _walk(
                self.terms, at=later, inside=known, balance=balance, rate=rate
            )
            paid = 0 if end in self.skipped else instalment
            balance += earned - paid
        return balance

    def _money(self, minor: int) -> Money:
        return Money(minor, self.terms.financed.currency)

    def _inside(self, start: date, end: date) -> list[Change]:
        return [change for change in self.changes if start < change.on < end]


def _walk(
    terms: ScheduleTerms, *, at: int, inside: Sequence[Change], balance: Fraction, rate: Fraction
) -> tuple[Fraction, Fraction, Fraction]:
    """Return what a period earns, and the balance and rate at its end, before its payment."""
    period = terms.periods[at]
    rules = terms.conventions
    earned, counted = Fraction(0), Fraction(0)
    for on in (*sorted({change.on for change in inside}), period[1]):
        reached = rules.day_count.elapsed(period, on=on, frequency=rules.frequency)
        earned += balance * rate * (reached - counted)
        counted = reached
        for change in inside:
            if change.on == on:
                balance, rate = _changed(change, balance=balance, rate=rate)
    return earned, balance, rate


def _changed(change: Change, *, balance: Fraction, rate: Fraction) -> tuple[Fraction, Fraction]:
    match change:
        case FurtherAdvance():
            return balance + change.amount.minor, rate
        case RateChange():
            return balance, Fraction(change.rate_percent) / 100
        case SkippedPayment():
            return balance, rate
        case ExtraPayment():
            if change.amount.minor > balance:
                left = Money(half_up(balance), change.amount.currency)
                raise ScheduleError(
                    f"The extra payment of {change.amount} on {change.on} is more than the {left}"
                    " still owed; ask for a payoff figure instead.",
                    on=str(change.on),
                )
            return balance - change.amount.minor, rate


def _finds_new_level(change: Change) -> bool:
    if isinstance(change, ExtraPayment):
        return change.effect is ExtraEffect.LOWER
    return isinstance(change, FurtherAdvance | RateChange)
