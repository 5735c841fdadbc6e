"""The chart of accounts and what makes a transfer lawful. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Final
from uuid import UUID

from bandstand.kernel.canonical import sha256_hex
from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError
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
    PAYOUT_IN_TRANSIT = "cash.payout_in_transit"
    """What has left a seller's money and not yet our bank, keyed by seller."""
    INSTALMENT_RECEIVABLE = "recv.instalment"
    """What a buyer still owes on a plan, keyed by plan."""
    SELLER_RECEIVABLE = "recv.seller"
    """What a seller owes us, e.g. after a takedown, keyed by seller."""
    CHARGEBACK_RECEIVABLE = "recv.chargeback"
    """What a card scheme took back and we contest, keyed by dispute."""
    TAX_RECEIVABLE = "recv.tax"
    """Tax already remitted that comes back, keyed by jurisdiction."""
    TRADE_IN_STOCK = "stock.trade_in"
    """Phones taken in part payment, at what was paid for them."""
    SELLER_PAYABLE = "pay.seller"
    """What we owe a seller for goods sold and may not pay out yet, keyed by seller."""
    SELLER_AVAILABLE = "pay.seller_available"
    """What a seller may be paid out, keyed by seller."""
    SELLER_RESERVE = "pay.seller_reserve"
    """What is kept back of a seller's money against returns and claims, keyed by seller."""
    TAX_PAYABLE = "pay.tax"
    """Tax collected and not yet remitted, keyed by jurisdiction."""
    CUSTOMER_CREDIT = "pay.customer_credit"
    """What a buyer may spend with us, e.g. for a phone traded in, keyed by buyer."""
    PROMOTION_LIABILITY = "promo_liability"
    """Bill credits promised and not yet given, keyed by plan."""
    REFUND_DUE = "pay.refund_due"
    """What we owe a buyer back, keyed by order."""
    DEFERRED_FINANCE_INCOME = "deferred.finance_income"
    """Finance charge agreed and not yet earned, keyed by plan."""
    COMMISSION_INCOME = "income.commission"
    FINANCE_INCOME = "income.finance"
    LATE_FEE_INCOME = "income.late_fee"
    PSP_FEE = "exp.psp_fee"
    TAKEDOWN_EXPENSE = "exp.takedown"
    PROMOTION_EXPENSE = "exp.promo"
    WRITE_OFF = "exp.writeoff"
    """Debts given up: instalments charged off, chargebacks lost, sellers who never paid."""
    ROUNDING = "rounding"
    FX_CLEARING = "fx.clearing"
    """Between the two legs of an exchange; no posting mixes currencies."""


KINDS: Final = {
    AccountCode.PSP_CLEARING: AccountKind.ASSET,
    AccountCode.BANK: AccountKind.ASSET,
    AccountCode.PAYOUT_IN_TRANSIT: AccountKind.ASSET,
    AccountCode.INSTALMENT_RECEIVABLE: AccountKind.ASSET,
    AccountCode.SELLER_RECEIVABLE: AccountKind.ASSET,
    AccountCode.CHARGEBACK_RECEIVABLE: AccountKind.ASSET,
    AccountCode.TAX_RECEIVABLE: AccountKind.ASSET,
    AccountCode.TRADE_IN_STOCK: AccountKind.ASSET,
    AccountCode.FX_CLEARING: AccountKind.ASSET,
    AccountCode.SELLER_PAYABLE: AccountKind.LIABILITY,
    AccountCode.SELLER_AVAILABLE: AccountKind.LIABILITY,
    AccountCode.SELLER_RESERVE: AccountKind.LIABILITY,
    AccountCode.TAX_PAYABLE: AccountKind.LIABILITY,
    AccountCode.CUSTOMER_CREDIT: AccountKind.LIABILITY,
    AccountCode.PROMOTION_LIABILITY: AccountKind.LIABILITY,
    AccountCode.REFUND_DUE: AccountKind.LIABILITY,
    AccountCode.DEFERRED_FINANCE_INCOME: AccountKind.LIABILITY,
    AccountCode.COMMISSION_INCOME: AccountKind.INCOME,
    AccountCode.FINANCE_INCOME: AccountKind.INCOME,
    AccountCode.LATE_FEE_INCOME: AccountKind.INCOME,
    AccountCode.PSP_FEE: AccountKind.EXPENSE,
    AccountCode.TAKEDOWN_EXPENSE: AccountKind.EXPENSE,
    AccountCode.PROMOTION_EXPENSE: AccountKind.EXPENSE,
    AccountCode.WRITE_OFF: AccountKind.EXPENSE,
    AccountCode.ROUNDING: AccountKind.EXPENSE,
}


class UnbalancedTransferError(BadInputError):
    """Debits and credits of a transfer differ."""

    code = "unbalanced_transfer"


class WrongSideError(BadInputError):
    """A debit or credit of zero or less."""

    code = "wrong_side"


class MissingKeyError(BadInputError):
    """A transfer without the key that would make a retry the same transfer."""

    code = "missing_key"


@dataclass(frozen=True, slots=True)
class Entry:
    """One leg of a transfer: debit positive, credit negative, never zero."""

    code: AccountCode
    key: str
    amount: Money


def debit(code: AccountCode, amount: Money, *, key: str = "") -> Entry:
    """
    Return the leg that debits an account by a positive amount.

    Raises: WrongSideError for zero or less: the other side is ``credit``.
    """
    _require_positive(amount, code)
    return Entry(code=code, key=key, amount=amount)


def credit(code: AccountCode, amount: Money, *, key: str = "") -> Entry:
    """
    Return the leg that credits an account by a positive amount.

    Raises: WrongSideError for zero or less: the other side is ``debit``.
    """
    _require_positive(amount, code)
    return Entry(code=code, key=key, amount=-amount)


def legs(*entries: Entry | None) -> tuple[Entry, ...]:
    """Return the legs that are there: a part that moves nothing is written as ``None``."""
    return tuple(entry for entry in entries if entry is not None)


def debit_if_any(code: AccountCode, amount: Money, *, key: str = "") -> Entry | None:
    """Return the debit of an amount, or nothing if the amount is zero."""
    return None if amount.is_zero else debit(code, amount, key=key)


def credit_if_any(code: AccountCode, amount: Money, *, key: str = "") -> Entry | None:
    """Return the credit of an amount, or nothing if the amount is zero."""
    return None if amount.is_zero else credit(code, amount, key=key)


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


class IdempotencyConflictError(RefusedError):
    """A key that was used before, for something else."""

    code = "idempotency_conflict"


class NothingToReverseError(NotFoundError):
    """A reversal of a transfer that is not there."""

    code = "nothing_to_reverse"


@dataclass(frozen=True)
class TransferOrder:
    """
    A transfer to be posted.

    The key is the business identity of the movement (``sale:<line>``), kept for ever: ordered
    twice, it is posted once.
    """

    idempotency_key: str
    kind: str
    entries: tuple[Entry, ...]
    effective_at: datetime
    memo: str = ""
    reverses: UUID | None = None

    @cached_property
    def request_hash(self) -> str:
        """
        The hash of what moves where.

        The instant and the memo are left out: a retried order has another ``now`` and means the
        same movement. Order of legs does not matter.
        """
        legs = sorted(
            [entry.code.value, entry.key, entry.amount.currency, entry.amount.minor]
            for entry in self.entries
        )
        reverses = str(self.reverses) if self.reverses else None
        return sha256_hex({"kind": self.kind, "legs": legs, "reverses": reverses})


def require_postable(orders: Sequence[TransferOrder]) -> tuple[TransferOrder, ...]:
    """
    Return the orders of a batch, each key once, after checking every one.

    Raises: UnbalancedTransferError; MissingKeyError; IdempotencyConflictError if one key is given
        twice for different movements.
    """
    by_key: dict[str, TransferOrder] = {}
    for order in orders:
        if not order.idempotency_key.strip():
            raise MissingKeyError(
                f"A transfer ({order.kind}) needs the key of what it pays for, such as sale:<line>."
            )
        require_balanced(order.entries)
        first = by_key.setdefault(order.idempotency_key, order)
        require_same(order, first.request_hash)
    return tuple(by_key[key] for key in sorted(by_key))


def require_same(order: TransferOrder, recorded_hash: str) -> None:
    """
    Refuse a key that already stands for another movement.

    Raises: IdempotencyConflictError.
    """
    if order.request_hash != recorded_hash:
        raise IdempotencyConflictError(
            f"The key “{order.idempotency_key}” already stands for another movement; a correction"
            " is a reversal and a new key.",
            idempotency_key=order.idempotency_key,
        )


def require_reversible(*, reversed_by: str | None, idempotency_key: str) -> None:
    """
    Refuse to reverse a transfer a second time.

    Raises: IdempotencyConflictError naming the key of the first reversal.
    """
    if reversed_by is not None and reversed_by != idempotency_key:
        raise IdempotencyConflictError(
            f"This transfer was already reversed, under the key “{reversed_by}”.",
            idempotency_key=reversed_by,
        )


def _require_positive(amount: Money, code: AccountCode) -> None:
    if not amount.is_positive:
        raise WrongSideError(
            f"A leg of {code} takes a positive amount, not {amount}; swap debit and credit, or"
            " leave it out.",
            code=code.value,
        )
