"""
An extra payment on a plan with interest: it repays principal on its day. Pure.

What is left is laid out anew by the money room: the instalment stays, the plan ends earlier, and
interest is earned on what is still owed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bandstand.credit.rules.hardship import (
    ChangeRefusedError,
    NewInstalment,
    NewSchedule,
    open_instalments,
)
from bandstand.credit.rules.life import InstalmentKind
from bandstand.credit.rules.standing import Owed
from bandstand.money import (
    ExtraPayment,
    Money,
    Schedule,
    ScheduleLine,
    ScheduleTerms,
    restate,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earning:
    """
    How a plan earns interest: its rate, its day, and the extra payments made on it so far.

    Shape: ``extras`` are days and minor units of principal that were repaid ahead of time.
    """

    annual_rate_bps: int
    contract_date: date
    extras: tuple[tuple[date, int], ...] = ()


def after_extra(rows: Sequence[Owed], *, ahead: int, earning: Earning, on: date) -> NewSchedule:
    """
    Lay out a plan with interest after an extra payment of principal on a day.

    ``rows`` are as they stood before it. The instalment stays; interest is earned on what is left.
    Raises: ChangeRefusedError for a plan whose instalments are not those its rate makes (one with
        a fee in it, or one that was changed): it can be paid off, but not ahead of time in part.
    """
    later = [row for row in open_instalments(rows) if row.due_on > on]
    schedule, made_before = _as_its_rate_makes(rows, later=later, earning=earning)
    open_then = sum(row.open for row in later) - ahead
    made: tuple[NewInstalment, ...] = ()
    if ahead <= sum(row.open_principal for row in later):
        again = restate(schedule, changes=(*made_before, ExtraPayment(on, _dollars(ahead))))
        made = tuple(
            NewInstalment(line.due_date, line.principal.minor, line.interest.minor)
            for line in again.lines
            if line.total.minor
        )
    # With all of the principal and some interest paid, nothing more is asked for.
    return NewSchedule(
        rows=made,
        replaced=tuple(row.number for row in later),
        forgiven=open_then - sum(row.total for row in made),
    )


def takes_extra(rows: Sequence[Owed], *, earning: Earning, on: date) -> bool:
    """Say whether a plan takes a part payment ahead of time."""
    later = [row for row in open_instalments(rows) if row.due_on > on]
    if not any(row.open_interest for row in later):
        return True
    try:
        _as_its_rate_makes(rows, later=later, earning=earning)
    except ChangeRefusedError:
        return False
    return True


def _as_its_rate_makes(
    rows: Sequence[Owed], *, later: Sequence[Owed], earning: Earning
) -> tuple[Schedule, tuple[ExtraPayment, ...]]:
    """
    Return what is open ahead as a schedule, if it is the one its own rate makes.

    With it come the extra payments of the running period: its interest is earned on what was owed
    from day to day.
    """
    if not later:
        raise ChangeRefusedError("Nothing is open ahead of time.")
    before = [
        row.due_on
        for row in rows
        if row.is_current and row.kind is InstalmentKind.INSTALMENT and row.due_on < later[0].due_on
    ]
    begins = max(before, default=earning.contract_date)
    extras = [(on, minor) for on, minor in earning.extras if begins <= on < later[0].due_on]
    owed_then = sum(row.open_principal for row in later) + sum(minor for _, minor in extras)
    schedule = Schedule(
        ScheduleTerms(
            financed=_dollars(owed_then),
            contract_date=begins,
            due_dates=tuple(row.due_on for row in later),
            rate_percent=Decimal(earning.annual_rate_bps).scaleb(-2),
        ),
        tuple(_line(row) for row in later),
    )
    changes = tuple(ExtraPayment(on, _dollars(minor)) for on, minor in extras)
    again = restate(schedule, changes=changes)
    if [(line.principal, line.interest) for line in again.lines] != [
        (line.principal, line.interest) for line in schedule.lines
    ]:
        raise ChangeRefusedError(
            "This plan takes no part payments ahead of time; pay it off, and only the interest"
            " earned by then is charged."
        )
    return schedule, changes


def _line(row: Owed) -> ScheduleLine:
    parts = (row.open_principal, row.open_interest, row.open, 0)
    return ScheduleLine(row.number, row.due_on, *(_dollars(part) for part in parts))


def _dollars(minor: int) -> Money:
    # The money room wants a currency; minor units in are minor units out, whatever it is.
    return Money(minor, "USD")
