"""
Where a plan stands on a day: what is owed, what has been earned, what pays it off.

A payment goes first to interest already billed, then to principal, on the day it is made. Interest
is billed at each due date and earned day by day between them; interest that has not been earned
is never asked for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bandstand.money.amount import Money, sum_of
from bandstand.money.apr import Flow
from bandstand.money.errors import CurrencyMismatchError, ScheduleError
from bandstand.money.rounding import Rounding, round_exact
from bandstand.money.schedule import Schedule, ScheduleTerms


@dataclass(frozen=True, slots=True)
class Standing:
    """
    The account of a plan at the end of a day.

    ``payoff`` is what settles the plan on that day: principal left, interest billed and unpaid,
    and interest earned since the last due date. ``overdue`` is what the schedule asked for by then
    and was not paid. ``overpaid`` is owed to the buyer.
    """

    on: date
    paid: Money
    principal_left: Money
    interest_billed: Money
    interest_earned: Money
    interest_total: Money
    overdue: Money
    overpaid: Money

    @property
    def payoff(self) -> Money:
        return self.principal_left + self.interest_billed + self.interest_earned

    @property
    def is_settled(self) -> bool:
        return self.payoff.is_zero


@dataclass(frozen=True, slots=True)
class Payoff:
    """What a buyer pays to end a plan on a day, and the interest this saves."""

    on: date
    amount: Money
    principal: Money
    interest: Money
    interest_saved: Money


@dataclass(frozen=True, slots=True)
class MadeWhole:
    """
    What unwinding a sale gives back: every amount captured, and nothing left to pay.

    ``refund_due`` goes to the buyer; ``cancelled`` is the balance that is no longer owed.
    """

    refund_due: Money
    cancelled: Money


def standing(schedule: Schedule, *, payments: Sequence[Flow], on: date) -> Standing:
    """
    Return where the plan stands at the end of a day, after the payments made by then.

    Raises: ScheduleError if the day or a payment is before the contract, or a payment is not
        above zero; CurrencyMismatchError.
    """
    made = _made_by(schedule, payments=payments, on=on)
    account = _Account(schedule.terms)
    for moment in sorted({*schedule.terms.due_dates, *(flow.on for flow in made), on}):
        if moment > on:
            break
        account.reach(moment)
        account.pay(sum(flow.amount.minor for flow in made if flow.on == moment))
    paid = sum_of((flow.amount for flow in made), currency=schedule.currency)
    asked = sum_of(
        (line.total for line in schedule.lines if line.due_date <= on), currency=schedule.currency
    )
    return account.standing(on=on, paid=paid, asked=asked)


def payoff(schedule: Schedule, *, payments: Sequence[Flow], on: date) -> Payoff:
    """
    Return what ends the plan on a day; only interest earned by then is in it.

    Raises: ScheduleError, CurrencyMismatchError, as ``standing``.
    """
    account = standing(schedule, payments=payments, on=on)
    saved = schedule.total_interest - account.interest_total
    return Payoff(
        on=on,
        amount=account.payoff,
        principal=account.principal_left,
        interest=account.interest_billed + account.interest_earned,
        interest_saved=max(saved, Money.zero(schedule.currency)),
    )


def made_whole(
    *, captured: Money, refunded: Money, charged_back: Money, open_balance: Money
) -> MadeWhole:
    """
    Return what gives a buyer everything back when a sale is taken down or rescinded.

    The refund is what was captured (down payment, tax, fees, instalments, interest) less what was
    already refunded or is held by a chargeback, never below zero; the open balance is cancelled.
    Raises: CurrencyMismatchError; ScheduleError if an amount is negative.
    """
    for amount in (captured, refunded, charged_back, open_balance):
        if amount.is_negative:
            raise ScheduleError(f"Amounts to unwind are zero or more, not {amount}.")
    due = captured - refunded - charged_back
    return MadeWhole(max(due, Money.zero(due.currency)), open_balance)


def _made_by(schedule: Schedule, *, payments: Sequence[Flow], on: date) -> list[Flow]:
    start = schedule.terms.contract_date
    if on < start:
        raise ScheduleError(
            f"{on} is before the contract of {start}.", on=str(on), contract=str(start)
        )
    for flow in payments:
        if flow.amount.currency != schedule.currency:
            raise CurrencyMismatchError(
                f"The plan is in {schedule.currency}, the payment of {flow.on} in"
                f" {flow.amount.currency}."
            )
        if not flow.amount.is_positive:
            raise ScheduleError(f"A payment is more than zero, not {flow.amount} ({flow.on}).")
        if flow.on < start:
            raise ScheduleError(f"The payment of {flow.on} is before the contract of {start}.")
    return [flow for flow in payments if flow.on <= on]


class _Account:
    """The balance of a plan, carried from one moment to the next."""

    def __init__(self, terms: ScheduleTerms) -> None:
        self.terms = terms
        self.reached = terms.contract_date
        self.principal = terms.financed.minor
        self.billed = 0
        self.overpaid = 0
        self.charged = 0
        self.earned = Fraction(0)

    def reach(self, moment: date) -> None:
        for at, until in self._steps(moment):
            self.earned += self.principal * self.terms.rate * self._part(at, until)
            self.reached = until
            if until in self.terms.due_dates:
                self._bill()

    def pay(self, minor: int) -> None:
        to_interest = min(minor, self.billed)
        to_principal = min(minor - to_interest, self.principal)
        self.billed -= to_interest
        self.principal -= to_principal
        left = minor - to_interest - to_principal
        if left and self.earned:
            # The last payment may settle interest that is earned but not yet billed.
            self._bill()
            to_interest = min(left, self.billed)
            self.billed -= to_interest
            left -= to_interest
        self.overpaid += left

    def standing(self, *, on: date, paid: Money, asked: Money) -> Standing:
        currency = self.terms.financed.currency
        since = self._rounded()
        return Standing(
            on=on,
            paid=paid,
            principal_left=Money(self.principal, currency),
            interest_billed=Money(self.billed, currency),
            interest_earned=Money(since, currency),
            interest_total=Money(self.charged + since, currency),
            overdue=max(asked - paid, Money.zero(currency)),
            overpaid=Money(self.overpaid, currency),
        )

    def _steps(self, moment: date) -> Iterator[tuple[date, date]]:
        for start, end in self.terms.periods:
            if end > self.reached and start < moment:
                yield start, min(end, moment)
        last = self.terms.due_dates[-1]
        if moment > last:
            yield last, moment

    def _part(self, start: date, until: date) -> Fraction:
        rules = self.terms.conventions
        for period in self.terms.periods:
            if period[0] == start:
                reached, before = (
                    rules.day_count.elapsed(period, on=day, frequency=rules.frequency)
                    for day in (until, max(self.reached, start))
                )
                return reached - before
        return rules.day_count.beyond(max(self.reached, start), end=until)

    def _bill(self) -> None:
        minor = self._rounded()
        self.billed += minor
        self.charged += minor
        self.earned = Fraction(0)

    def _rounded(self) -> int:
        rounding = self.terms.conventions.interest_rounding or Rounding.HALF_EVEN
        return round_exact(self.earned, rounding=rounding)
