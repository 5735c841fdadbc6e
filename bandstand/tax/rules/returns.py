"""Returns to an authority: their periods, their steps, and what is owed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bandstand.ledger.rules import AccountCode, Entry, credit_if_any, debit_if_any, legs
from bandstand.money import Money
from bandstand.tax.rules.words import TaxReturnError

MONTHS: Final = 12


class FilingPeriod(StrEnum):
    """How often an authority wants a return."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        """Return how many months one return covers."""
        return {FilingPeriod.MONTH: 1, FilingPeriod.QUARTER: 3, FilingPeriod.YEAR: 12}[self]


class ReturnState(StrEnum):
    """Where a return stands."""

    PREPARED = "prepared"
    FILED = "filed"
    PAID = "paid"
    DROPPED = "dropped"
    """Its figures were not sent; the period is prepared anew."""


class ReturnMove(StrEnum):
    """What can become of a return."""

    FILE = "file"
    PAY = "pay"
    DROP = "drop"


RETURN_MOVES: Final[Mapping[tuple[ReturnState, ReturnMove], ReturnState]] = MappingProxyType(
    {
        (ReturnState.PREPARED, ReturnMove.FILE): ReturnState.FILED,
        (ReturnState.PREPARED, ReturnMove.DROP): ReturnState.DROPPED,
        (ReturnState.FILED, ReturnMove.PAY): ReturnState.PAID,
    }
)
ENDED_RETURNS: Final = frozenset({ReturnState.PAID, ReturnState.DROPPED})


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnFigures:
    """
    What one return says.

    Shape: ``collected - refunded`` is what was newly owed; a credit from earlier returns is used
    up first, and what cannot be used is carried to the next one.
    """

    collected: Money
    refunded: Money
    credit_used: Money
    due: Money
    carried: Money

    @property
    def net(self) -> Money:
        """What was collected less what was given back in this period."""
        return self.collected - self.refunded


def next_return_state(state: ReturnState, move: ReturnMove) -> ReturnState:
    """
    Return the state that a move leads to.

    Raises: TaxReturnError if the table has no such move.
    """
    after = RETURN_MOVES.get((state, move))
    if after is None:
        raise TaxReturnError(f"A return that is {state} cannot be moved by “{move}”.")
    return after


def require_second_person(actor: str, *, before: str, doing: str) -> None:
    """
    Refuse that the one who took the last step takes the next.

    Raises: TaxReturnError.
    """
    if actor.strip().casefold() == before.strip().casefold():
        raise TaxReturnError(
            f"You took the step before this one; somebody else has to {doing} the return."
        )


def figures(*, collected: Money, refunded: Money, credit: Money) -> ReturnFigures:
    """Return what is due for a period, given what the authority already owes us."""
    nothing = Money.zero(collected.currency)
    net = collected - refunded
    owed = max(net, nothing)
    used = min(owed, credit)
    return ReturnFigures(
        collected=collected,
        refunded=refunded,
        credit_used=used,
        due=owed - used,
        carried=max(refunded - collected, nothing),
    )


def credit_entries(one: ReturnFigures, *, authority: str) -> tuple[Entry, ...]:
    """Return the legs that keep tax given back after it was remitted as owed to us."""
    return legs(
        debit_if_any(AccountCode.TAX_RECEIVABLE, one.carried, key=authority),
        credit_if_any(AccountCode.TAX_PAYABLE, one.carried, key=authority),
    )


def remittance_entries(one: ReturnFigures, *, authority: str) -> tuple[Entry, ...]:
    """Return the legs of a remittance: what was owed, less the credit used, leaves the bank."""
    return legs(
        debit_if_any(AccountCode.TAX_PAYABLE, one.credit_used + one.due, key=authority),
        credit_if_any(AccountCode.TAX_RECEIVABLE, one.credit_used, key=authority),
        credit_if_any(AccountCode.BANK, one.due),
    )


def period_of(day: date, *, period: FilingPeriod) -> tuple[date, date]:
    """Return the calendar period that a day lies in: its first day and the day after its last."""
    months = period.months
    first = (day.month - 1) // months * months + 1
    begins = date(day.year, first, 1)
    year, month = divmod(day.year * MONTHS + first - 1 + months, MONTHS)
    return begins, date(year, month + 1, 1)
