"""The chart of accounts and what makes a transfer lawful. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bandstand.kernel.errors import BadInputError
from bandstand.money import Money


class AccountKind(StrEnum):
    """Which side of the balance sheet an account stands on."""

    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


class AccountCode(StrEnum):
    """The chart of accounts. A key (plan, seller, customer…) makes a sub-ledger of a code."""

    PSP_CLEARING = "cash.psp_clearing"
    """Money a payment provider holds for us, keyed by provider."""
    BANK = "cash.bank"
    INSTALMENT_RECEIVABLE = "recv.instalment"
    """What a buyer still owes on a plan, keyed by plan."""
    SELLER_RECEIVABLE = "recv.seller"
    """What a seller owes us, e.g. after a takedown, keyed by seller."""
    SELLER_PAYABLE = "pay.seller"
    """What we owe a seller for goods sold, keyed by seller."""
    TAX_PAYABLE = "pay.tax"
    REFUND_DUE = "pay.refund_due"
    """What we owe a buyer back, keyed by order."""
    DEFERRED_FINANCE_INCOME = "deferred.finance_income"
    """Finance charge agreed and not yet earned, keyed by plan."""
    COMMISSION_INCOME = "income.commission"
    FINANCE_INCOME = "income.finance"
    PSP_FEE = "exp.psp_fee"
    TAKEDOWN_EXPENSE = "exp.takedown"


KINDS: Final = {
    AccountCode.PSP_CLEARING: AccountKind.ASSET,
    AccountCode.BANK: AccountKind.ASSET,
    AccountCode.INSTALMENT_RECEIVABLE: AccountKind.ASSET,
    AccountCode.SELLER_RECEIVABLE: AccountKind.ASSET,
    AccountCode.SELLER_PAYABLE: AccountKind.LIABILITY,
    AccountCode.TAX_PAYABLE: AccountKind.LIABILITY,
    AccountCode.REFUND_DUE: AccountKind.LIABILITY,
    AccountCode.DEFERRED_FINANCE_INCOME: AccountKind.LIABILITY,
    AccountCode.COMMISSION_INCOME: AccountKind.INCOME,
    AccountCode.FINANCE_INCOME: AccountKind.INCOME,
    AccountCode.PSP_FEE: AccountKind.EXPENSE,
    AccountCode.TAKEDOWN_EXPENSE: AccountKind.EXPENSE,
}


class UnbalancedTransferError(BadInputError):
    """Debits and credits of a transfer differ."""

    code = "unbalanced_transfer"


@dataclass(frozen=True, slots=True)
class Entry:
    """One leg of a transfer: debit positive, credit negative, never zero."""

    code: AccountCode
    key: str
    amount: Money


def debit(code: AccountCode, amount: Money, *, key: str = "") -> Entry:
    """Return the leg that debits an account by a positive amount."""
    return Entry(code=code, key=key, amount=amount)


def credit(code: AccountCode, amount: Money, *, key: str = "") -> Entry:
    """Return the leg that credits an account by a positive amount."""
    return Entry(code=code, key=key, amount=-amount)


def require_balanced(entries: Sequence[Entry]) -> None:
    """
    Refuse legs that are empty, zero, or do not sum to zero in every currency.

    Raises: UnbalancedTransferError.
    """
    sums: dict[str, int] = defaultdict(int)
    for entry in entries:
        if entry.amount.minor == 0:
            raise UnbalancedTransferError(f"A leg of {entry.code} moves nothing; leave it out.")
        sums[entry.amount.currency] += entry.amount.minor
    off = {currency: minor for currency, minor in sums.items() if minor}
    if off or not entries:
        raise UnbalancedTransferError(
            f"A transfer must sum to zero in each currency; off by {off}."
        )
