"""
What a trade-in posts. Debit first; every amount is the buyer's.

``pay.customer_credit`` is keyed by the order line that the phone was traded in for,
``stock.trade_in`` by the trade-in's reference.
"""

from dataclasses import dataclass

from bandstand.kernel.errors import BadInputError
from bandstand.ledger.rules import (
    AccountCode,
    Entry,
    credit,
    credit_if_any,
    debit,
    debit_if_any,
    legs,
)
from bandstand.money import Money


class DisposalRefusedError(BadInputError):
    """A disposal whose amount cannot be meant."""

    code = "trade_in_disposal"


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditMoney:
    """Where the value of one phone has gone so far."""

    value: Money
    applied: Money
    """Taken off the plan."""
    kept: Money
    """Given back by the plan when its sale was undone: it stays the buyer's."""
    promised: Money
    """On its way to the buyer's bank account, or there."""

    @property
    def owed(self) -> Money:
        """What the buyer has still to get."""
        return self.value - self.applied + self.kept - self.promised


def credit_entries(value: Money, *, phone: str, line: str) -> tuple[Entry, ...]:
    """Return the legs of a phone becoming ours and its value the buyer's."""
    return (
        debit(AccountCode.TRADE_IN_STOCK, value, key=phone),
        credit(AccountCode.CUSTOMER_CREDIT, value, key=line),
    )


def paid_entries(amount: Money, *, line: str) -> tuple[Entry, ...]:
    """Return the legs of money sent to the buyer's bank account."""
    return (
        debit(AccountCode.CUSTOMER_CREDIT, amount, key=line),
        credit(AccountCode.BANK, amount),
    )


def disposal_entries(*, cost: Money, proceeds: Money, phone: str) -> tuple[Entry, ...]:
    """
    Return the legs of a phone leaving the stock: what came in for it, and the loss or gain.

    Raises: DisposalRefusedError for a negative amount.
    """
    if proceeds.is_negative:
        raise DisposalRefusedError("A phone is sold for nothing or more, not for less.")
    lost = cost - proceeds
    nothing = Money.zero(cost.currency)
    return legs(
        debit_if_any(AccountCode.BANK, proceeds),
        debit_if_any(AccountCode.WRITE_OFF, lost if lost.is_positive else nothing),
        credit(AccountCode.TRADE_IN_STOCK, cost, key=phone),
        credit_if_any(AccountCode.WRITE_OFF, -lost if lost.is_negative else nothing),
    )
