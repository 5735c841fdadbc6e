"""
A change of a plan in its life: what was open is laid out anew, to the cent. Pure.

What was paid stays where it was paid. The principal that was open is the principal of the new
instalments, exactly; the interest is never more than it was, and only ever falls. A change that
asks for no more and raises no rate is no new credit.
Source: 12 CFR 1026.20 (a)(2), (a)(4) (no refinancing); Directive (EU) 2023/2225 Article 35
(forbearance); known 2026-11-22, not re-read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from bandstand.credit.rules.life import InstalmentKind
from bandstand.credit.rules.standing import Owed, in_order
from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.money import (
    Money,
    allocate,
    format_money,
)
from bandstand.money.months import anchor_day, shift_months

MONTHS_MAX: Final = 24
"""How much longer a change may make a plan."""
DAY_MAX: Final = 31
SKIP_NOTICE: Final = timedelta(days=3)


class ChangeKind(StrEnum):
    """What a version of a plan came from."""

    AGREED = "agreed"
    EXTEND = "extend"
    """The same debt over more months, so that each instalment is smaller."""
    LOWER = "lower"
    """Smaller instalments for some months, larger ones after; the plan ends as it did."""
    MOVE_DAY = "move_day"
    """Another day of the month."""
    SKIP = "skip"
    """The next instalment, and all after it, a month later."""
    PAUSE = "pause"
    """Moved by the time in which nothing was collected."""
    EXTRA = "extra"
    """An extra payment repaid principal, so the plan ends earlier and costs less."""


ASKABLE: Final = (ChangeKind.EXTEND, ChangeKind.LOWER, ChangeKind.MOVE_DAY, ChangeKind.SKIP)
"""What a buyer may ask for and staff may propose; the others happen by themselves."""


class ProposalState(StrEnum):
    """Where a wish for a change stands."""

    ASKED = "asked"
    """The buyer asked; somebody looks at it."""
    PROPOSED = "proposed"
    """The shop offers it; the buyer decides."""
    ACCEPTED = "accepted"
    DECLINED = "declined"
    """The buyer does not want it."""
    REFUSED = "refused"
    """The shop does not offer it."""
    LAPSED = "lapsed"
    """Nobody answered in time, or the plan moved on."""


OPEN_PROPOSALS: Final = frozenset({ProposalState.ASKED, ProposalState.PROPOSED})


class ChangeRefusedError(BadInputError):
    """A change that cannot be laid out."""

    code = "change_refused"


class ProposalEndedError(RefusedError):
    """A proposal that was answered, has lapsed, or was made for a plan that has moved on."""

    code = "proposal_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """
    What is to change.

    ``months`` more for EXTEND, of smaller instalments for LOWER, moved for PAUSE; ``amount_minor``
    each of those; ``day`` of the month for MOVE_DAY.
    """

    kind: ChangeKind
    months: int = 0
    amount_minor: int = 0
    day: int = 0
    forgives_interest: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the wish as a proposal keeps it."""
        return {
            "kind": self.kind.value,
            "months": self.months,
            "amount_minor": self.amount_minor,
            "day": self.day,
            "forgives_interest": self.forgives_interest,
        }


def read_wish(body: dict[str, Any]) -> Wish:
    """Return the wish that a proposal keeps."""
    return Wish(**{**body, "kind": ChangeKind(body["kind"])})


@dataclass(frozen=True, slots=True)
class NewInstalment:
    """One instalment of a new version. Units: minor units."""

    due_on: date
    principal: int
    interest: int

    @property
    def total(self) -> int:
        return self.principal + self.interest


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """
    What a change makes of a plan.

    ``replaced`` are the numbers of the instalments whose open part the new ones ask for;
    ``forgiven`` is interest of theirs that is never charged.
    """

    rows: tuple[NewInstalment, ...]
    replaced: tuple[int, ...]
    forgiven: int

    @property
    def total(self) -> int:
        return sum(row.total for row in self.rows)

    @property
    def interest(self) -> int:
        return sum(row.interest for row in self.rows)

    @property
    def last_due(self) -> date:
        return max(row.due_on for row in self.rows)


def open_instalments(rows: Sequence[Owed]) -> list[Owed]:
    """Return the instalments that a change may lay out anew: open ones, and no late fees."""
    return [row for row in in_order(rows) if row.open and row.kind is InstalmentKind.INSTALMENT]


def changed(rows: Sequence[Owed], wish: Wish, *, on: date, currency: str = "USD") -> NewSchedule:
    """
    Lay out what is open of a plan as a wish says.

    Raises: ChangeRefusedError if nothing is open or the wish makes no plan.
    """
    now_open = open_instalments(rows)
    if not now_open:
        raise ChangeRefusedError("Nothing is open on this plan, so there is nothing to change.")
    match wish.kind:
        case ChangeKind.EXTEND:
            made = _extended(now_open, months=wish.months, on=on)
        case ChangeKind.LOWER:
            made = _lowered(now_open, wish=wish, on=on, currency=currency)
        case ChangeKind.MOVE_DAY:
            made = _moved_to_day(now_open, day=wish.day, on=on)
        case ChangeKind.SKIP:
            made = _moved(now_open, from_on=_first_to_skip(now_open, on=on), months=1)
        case _:
            raise ChangeRefusedError(f"Nobody may ask for a change of the kind “{wish.kind}”.")
    return _forgiven(made) if wish.forgives_interest else made


def paused(rows: Sequence[Owed], *, began_on: date, ends_on: date) -> NewSchedule | None:
    """
    Move what fell due in a pause, and all after it, by the whole months that clear it.

    Nothing moves where nothing fell due. No interest is charged for the time.
    """
    now_open = open_instalments(rows)
    in_pause = [row.due_on for row in now_open if began_on <= row.due_on]
    if not in_pause or min(in_pause) > ends_on:
        return None
    first, months = min(in_pause), 1
    while shift_months(first, months=months) < ends_on + SKIP_NOTICE:
        months += 1
    return _moved(now_open, from_on=first, months=months)


def _dollars(minor: int) -> Money:
    # The money room wants a currency; minor units in are minor units out, whatever it is.
    return Money(minor, "USD")


def _extended(now_open: Sequence[Owed], *, months: int, on: date) -> NewSchedule:
    if not 1 <= months <= MONTHS_MAX:
        raise ChangeRefusedError(f"A plan is made 1 to {MONTHS_MAX} months longer, not {months}.")
    count = len(now_open) + months
    total = sum(row.open for row in now_open)
    each = total // count
    if not each:
        raise ChangeRefusedError("So little is open that it cannot be spread any further.")
    totals = [each] * (count - 1) + [total - each * (count - 1)]
    return _laid_out(now_open, totals=totals, dues=_dues(now_open, count=count, on=on))


def _lowered(now_open: Sequence[Owed], *, wish: Wish, on: date, currency: str) -> NewSchedule:
    count, total = len(now_open), sum(row.open for row in now_open)
    if not 1 <= wish.months < count:
        raise ChangeRefusedError(
            f"Smaller instalments are asked for 1 to {count - 1} months: {count} are open, and the"
            " last ones catch up."
            if count > 1
            else "One instalment is open; spread it over more months instead."
        )
    usual = total // count
    if not 0 < wish.amount_minor < usual:
        raise ChangeRefusedError(
            f"The smaller instalment is more than nothing and less than"
            f" {format_money(Money(usual, currency))}, not"
            f" {format_money(Money(wish.amount_minor, currency))}."
        )
    rest, left = count - wish.months, total - wish.amount_minor * wish.months
    totals = [wish.amount_minor] * wish.months + [left // rest] * (rest - 1)
    totals.append(total - sum(totals))
    return _laid_out(now_open, totals=totals, dues=_dues(now_open, count=count, on=on))


def _moved_to_day(now_open: Sequence[Owed], *, day: int, on: date) -> NewSchedule:
    if not 1 <= day <= DAY_MAX:
        raise ChangeRefusedError(f"A day of the month is 1 to {DAY_MAX}, not {day}.")
    later = [row for row in now_open if row.due_on > on]
    if not later:
        raise ChangeRefusedError("Nothing falls due any more whose day could move.")
    rows, before = [], on
    for row in later:
        # Never earlier than it was: the buyer has at least the time they had.
        due = shift_months(row.due_on, months=0, anchor_day=day)
        while due < row.due_on or due <= before:
            due = shift_months(due, months=1, anchor_day=day)
        rows.append(NewInstalment(due, row.open_principal, row.open_interest))
        before = due
    return NewSchedule(tuple(rows), tuple(row.number for row in later), 0)


def _first_to_skip(now_open: Sequence[Owed], *, on: date) -> date:
    later = [row.due_on for row in now_open if row.due_on > on]
    if not later:
        raise ChangeRefusedError("Nothing falls due any more that could be skipped.")
    return min(later)


def _moved(now_open: Sequence[Owed], *, from_on: date, months: int) -> NewSchedule:
    moved = [row for row in now_open if row.due_on >= from_on]
    anchor = anchor_day([row.due_on for row in moved])
    return NewSchedule(
        rows=tuple(
            NewInstalment(
                shift_months(row.due_on, months=months, anchor_day=anchor),
                row.open_principal,
                row.open_interest,
            )
            for row in moved
        ),
        replaced=tuple(row.number for row in moved),
        forgiven=0,
    )


def _dues(now_open: Sequence[Owed], *, count: int, on: date) -> list[date]:
    known = [row.due_on for row in now_open]
    dues = [day for day in known if day > on]
    # The days to come say which day the plan keeps to; what is overdue may be from before a change.
    kept = dues or known
    anchor = anchor_day(kept) or kept[-1].day
    last = dues[-1] if dues else max(*known, on)
    while len(dues) < count:
        last = shift_months(last, months=1, anchor_day=anchor)
        dues.append(last)
    return dues


def _laid_out(
    now_open: Sequence[Owed], *, totals: Sequence[int], dues: Sequence[date]
) -> NewSchedule:
    interest = sum(row.open_interest for row in now_open)
    shares = allocate(_dollars(interest), weights=tuple(totals))
    return NewSchedule(
        rows=tuple(
            NewInstalment(due, total - share.minor, share.minor)
            for due, total, share in zip(dues, totals, shares, strict=True)
        ),
        replaced=tuple(row.number for row in now_open),
        forgiven=0,
    )


def _forgiven(made: NewSchedule) -> NewSchedule:
    kept = tuple(NewInstalment(row.due_on, row.principal, 0) for row in made.rows if row.principal)
    return NewSchedule(kept, made.replaced, made.interest)
