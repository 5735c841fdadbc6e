"""
Where a plan's instalments stand on a day, and where a payment goes. Pure.

Money goes to what is due, oldest first. What is paid beyond that goes to the last instalments, so
that a plan ends earlier and its instalments stay as they were disclosed; on a plan with interest
it goes to principal, and the interest of the time to come falls with it. A late fee is a row like
an instalment, due the day it is charged; nothing is ever charged on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Final

from bandstand.credit.rules.asking import AmountRefusedError, AskKind, NothingOwedError
from bandstand.credit.rules.life import InstalmentKind, InstalmentState
from bandstand.money import Money, format_money

GRACE: Final = timedelta(days=5)
"""How long an instalment may be overdue before it is called late. The shop's own promise."""


class Standing(StrEnum):
    """Where an instalment stands on a day."""

    SCHEDULED = "scheduled"
    DUE = "due"
    LATE = "late"
    PARTIAL = "partial"
    PAID = "paid"
    CANCELLED = "cancelled"
    CHARGED_OFF = "charged_off"
    REPLACED = "replaced"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Owed:
    """
    An instalment as far as money goes.

    Units: minor units of the plan's currency.
    """

    number: int
    due_on: date
    principal: int
    interest: int
    paid: int = 0
    waived: int = 0
    state: InstalmentState = InstalmentState.SCHEDULED
    kind: InstalmentKind = InstalmentKind.INSTALMENT
    version: int = 1

    @property
    def is_current(self) -> bool:
        """Whether it belongs to the plan as it runs now: a later version replaces instalments."""
        return self.state is not InstalmentState.REPLACED

    @property
    def open(self) -> int:
        """What is still to be paid of it."""
        if self.state is not InstalmentState.SCHEDULED:
            return 0
        return self.principal + self.interest - self.paid - self.waived

    @property
    def open_interest(self) -> int:
        """What of the interest is still to be paid; payments go to interest first."""
        if self.state is not InstalmentState.SCHEDULED:
            return 0
        return max(0, self.interest - self.waived - self.paid)

    @property
    def open_principal(self) -> int:
        """What is still to be paid of it without interest."""
        return self.open - self.open_interest

    def standing(self, on: date) -> Standing:
        """Say where it stands on a day."""
        if self.state is not InstalmentState.SCHEDULED:
            return Standing(self.state.value)
        if self.due_on + GRACE < on:
            return Standing.LATE
        if self.due_on <= on:
            return Standing.DUE
        return Standing.PARTIAL if self.paid else Standing.SCHEDULED


@dataclass(frozen=True, slots=True)
class Part:
    """What of a payment goes to an instalment; ``interest`` is within ``amount``."""

    number: int
    amount: int
    interest: int
    waived: int = 0


@dataclass(frozen=True, slots=True)
class Payoff:
    """What ends a plan on a day: what is asked, and the interest that is never charged."""

    amount: int
    waived: int


def open_total(rows: Sequence[Owed]) -> int:
    """Return all that is still to be paid."""
    return sum(row.open for row in rows)


def due_total(rows: Sequence[Owed], *, on: date) -> int:
    """Return what is due by a day and not paid."""
    return sum(row.open for row in rows if row.due_on <= on)


def oldest_due(rows: Sequence[Owed], *, on: date) -> date | None:
    """Return since when something is due and not paid."""
    return min((row.due_on for row in rows if row.open and row.due_on <= on), default=None)


def payoff(rows: Sequence[Owed], *, contract_date: date, on: date) -> Payoff:
    """
    Return what pays a plan off on a day: what is open, less the interest not yet earned.

    Interest of a month is earned evenly over its days; a part of a minor unit is left out.
    Source: 12 CFR 1026.18 (k); Directive (EU) 2023/2225 Article 29 (early repayment); from
        general knowledge, not re-read.
    """
    waived = sum(
        min(row.open_interest, _unearned(row, begins=begins, on=on))
        for row, begins in _spans(rows, contract_date)
    )
    return Payoff(amount=open_total(rows) - waived, waived=waived)


def amount_to_ask(
    kind: AskKind,
    rows: Sequence[Owed],
    *,
    contract_date: date,
    on: date,
    extra: Money,
    takes_part: bool = False,
) -> Payoff:
    """
    Return what a payment of a kind asks for today.

    ``extra`` is the amount of an extra payment, and names the currency for the others.
    ``takes_part`` says that a plan with interest takes part payments ahead of time
    (``hardship.takes_extra``).
    Raises: NothingOwedError; AmountRefusedError.
    """
    if kind is AskKind.CREDIT:
        raise AmountRefusedError("A credit is given to a plan; nobody is asked for it.")
    off = payoff(rows, contract_date=contract_date, on=on)
    if not off.amount:
        raise NothingOwedError("Nothing is owed on this plan any more.")
    if kind is AskKind.PAYOFF:
        return off
    if kind is AskKind.INSTALMENT:
        return Payoff(amount=due_total(rows, on=on) or _next(rows), waived=0)
    _require_extra(extra, rows=rows, off=off, on=on, takes_part=takes_part)
    return Payoff(amount=extra.minor, waived=0)


def share_out(
    minor: int,
    rows: Sequence[Owed],
    *,
    kind: AskKind,
    waived: int,
    on: date,
    to_principal: bool = False,
) -> tuple[tuple[Part, ...], int]:
    """
    Return where a payment goes, and what of it nobody owes any more.

    A payoff forgives interest not yet earned, from the last instalment backwards. With
    ``to_principal`` an extra payment ahead of time pays principal, and interest only where no
    principal is left; the caller then lays the plan out anew.
    """
    forgiven = _forgive(rows, waived)
    taken: dict[int, Part] = {}
    left = minor
    for row, is_principal_only in _order(rows, kind=kind, on=on, to_principal=to_principal):
        gift = forgiven.get(row.number, 0)
        before = taken.get(row.number, Part(row.number, 0, 0, gift))
        still = row.open - gift - before.amount
        take = min(left, row.open_principal if is_principal_only else still)
        if take or gift:
            owes = max(0, row.open_interest - gift - before.interest)
            interest = 0 if is_principal_only else min(take, owes)
            taken[row.number] = Part(
                row.number, before.amount + take, before.interest + interest, gift
            )
        left -= take
    return tuple(taken[number] for number in sorted(taken)), left


def in_order(rows: Sequence[Owed]) -> list[Owed]:
    """Return rows as they fall due: a late fee and a later version bear later numbers."""
    return sorted(rows, key=lambda row: (row.due_on, row.number))


def _order(
    rows: Sequence[Owed], *, kind: AskKind, on: date, to_principal: bool
) -> list[tuple[Owed, bool]]:
    """Return the rows in the order in which money goes to them; true where to principal only."""
    open_rows = [row for row in in_order(rows) if row.open]
    due = [(row, False) for row in open_rows if row.due_on <= on]
    later = [row for row in open_rows if row.due_on > on]
    # The next instalment paid early is that instalment; only an extra payment shortens the plan.
    if kind is not AskKind.EXTRA:
        return due + [(row, False) for row in later]
    ahead = [(row, to_principal and bool(row.open_interest)) for row in reversed(later)]
    return due + ahead + [(row, False) for row, is_principal_only in ahead if is_principal_only]


def _forgive(rows: Sequence[Owed], waived: int) -> dict[int, int]:
    gifts: dict[int, int] = {}
    for row in reversed(in_order(rows)):
        gift = min(waived, row.open_interest)
        if gift:
            gifts[row.number] = gift
        waived -= gift
    return gifts


def _require_extra(
    extra: Money, *, rows: Sequence[Owed], off: Payoff, on: date, takes_part: bool
) -> None:
    owed = Money(off.amount, extra.currency)
    if not extra.is_positive:
        raise AmountRefusedError("An extra payment is more than nothing.")
    if extra > owed:
        raise AmountRefusedError(
            f"{format_money(extra)} is more than the {format_money(owed)} you owe; pay the plan"
            " off instead."
        )
    later = [row for row in rows if row.open and row.due_on > on]
    if not any(row.open_interest for row in later):
        return
    if not takes_part:
        raise AmountRefusedError(
            "This plan takes no part payments ahead of time; pay it off, and only the interest"
            " earned by then is charged."
        )
    most = due_total(rows, on=on) + sum(row.open_principal for row in later)
    if extra.minor > most:
        raise AmountRefusedError(
            f"{format_money(extra)} is more than the price still to pay,"
            f" {format_money(Money(most, extra.currency))}; pay the plan off instead."
        )


def _next(rows: Sequence[Owed]) -> int:
    return next(row.open for row in in_order(rows) if row.open)


def _spans(rows: Sequence[Owed], contract_date: date) -> list[tuple[Owed, date]]:
    """Return the instalments that count now, each with the day from which its interest runs."""
    current = [
        row for row in in_order(rows) if row.is_current and row.kind is InstalmentKind.INSTALMENT
    ]
    begins = [contract_date, *(row.due_on for row in current[:-1])]
    return list(zip(current, begins, strict=True))


def _unearned(row: Owed, *, begins: date, on: date) -> int:
    if on >= row.due_on:
        return 0
    if on <= begins:
        return row.interest
    left = Fraction((row.due_on - on).days, (row.due_on - begins).days)
    # Rounded up: what is forgiven errs for the buyer.
    return -int(-(row.interest * left) // 1)
