"""
How a seller's money moves between its accounts. Pure.

A sale puts the seller's share on ``pay.seller`` (pending). When the buyer's window has closed it
moves to ``pay.seller_available``, less what is kept back on ``pay.seller_reserve``; what the seller
owes us (``recv.seller``) is taken off first. A sale that is undone later takes the share back from
wherever it is by then: the buyer's refund never waits for it.
"""

from dataclasses import dataclass
from typing import Final

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
from bandstand.money import Money, allocate

WHOLE_BPS: Final = 10_000


class UnsoundShareError(BadInputError):
    """Amounts of a seller's money that cannot be right together."""

    code = "unsound_share"


@dataclass(frozen=True, slots=True)
class Shares:
    """A share that matures: what becomes available and what is kept back."""

    available: Money
    reserve: Money


@dataclass(frozen=True, slots=True)
class Maturing:
    """A share that matures, for one seller."""

    seller: str
    shares: Shares

    @property
    def whole(self) -> Money:
        """Return the whole share."""
        return self.shares.available + self.shares.reserve


@dataclass(frozen=True, slots=True)
class SellerBalance:
    """What a seller's accounts stand at; every part is zero or more, but pending may be less."""

    pending: Money
    available: Money
    reserve: Money
    owed_to_us: Money

    @property
    def payable(self) -> Money:
        """Return what a payout may pay: what is available less what is owed to us, never less."""
        left = self.available - self.owed_to_us
        return left if left.is_positive else Money.zero(left.currency)


@dataclass(frozen=True, slots=True)
class Clawback:
    """Where a share is taken back from."""

    reserve: Money
    available: Money
    owed: Money


@dataclass(frozen=True, slots=True)
class Purse:
    """The account of ours that a gateway pays out of."""

    code: AccountCode
    key: str = ""


def shares_of(amount: Money, *, reserve_bps: int) -> Shares:
    """
    Split a share that matures.

    Units: hundredths of a per cent of the share are kept back.
    Raises: UnsoundShareError unless 0 to 10,000.
    """
    if not 0 <= reserve_bps <= WHOLE_BPS:
        raise UnsoundShareError(f"A reserve is 0 to {WHOLE_BPS} basis points, not {reserve_bps}.")
    kept, free = allocate(amount, weights=(reserve_bps, WHOLE_BPS - reserve_bps))
    return Shares(available=free, reserve=kept)


def split_clawback(amount: Money, *, kept_of_sale: Money, available: Money) -> Clawback:
    """
    Say where a share is taken back from: what was kept of this sale, what is available, a debt.

    The parts add up to the share whatever the accounts hold.
    """
    nothing = Money.zero(amount.currency)
    from_reserve = min(amount, kept_of_sale)
    left = amount - from_reserve
    from_available = min(left, max(available, nothing))
    return Clawback(from_reserve, from_available, left - from_available)


def mature_entries(maturing: Maturing) -> tuple[Entry, ...]:
    """Return the legs of a share whose window has closed."""
    return legs(
        debit(AccountCode.SELLER_PAYABLE, maturing.whole, key=maturing.seller),
        credit_if_any(AccountCode.SELLER_AVAILABLE, maturing.shares.available, key=maturing.seller),
        credit_if_any(AccountCode.SELLER_RESERVE, maturing.shares.reserve, key=maturing.seller),
    )


def netting_entries(amount: Money, *, seller: str) -> tuple[Entry, ...]:
    """Return the legs by which a seller's available money pays what the seller owes us."""
    return (
        debit(AccountCode.SELLER_AVAILABLE, amount, key=seller),
        credit(AccountCode.SELLER_RECEIVABLE, amount, key=seller),
    )


def release_entries(amount: Money, *, seller: str) -> tuple[Entry, ...]:
    """Return the legs of money that need no longer be kept back."""
    return (
        debit(AccountCode.SELLER_RESERVE, amount, key=seller),
        credit(AccountCode.SELLER_AVAILABLE, amount, key=seller),
    )


def clawback_entries(back: Clawback, *, seller: str) -> tuple[Entry, ...]:
    """Return the legs that bring a share back under the sale that was undone."""
    whole = back.reserve + back.available + back.owed
    return legs(
        debit_if_any(AccountCode.SELLER_RESERVE, back.reserve, key=seller),
        debit_if_any(AccountCode.SELLER_AVAILABLE, back.available, key=seller),
        debit_if_any(AccountCode.SELLER_RECEIVABLE, back.owed, key=seller),
        credit(AccountCode.SELLER_PAYABLE, whole, key=seller),
    )


def payout_entries(amount: Money, *, seller: str) -> tuple[Entry, ...]:
    """Return the legs of money that is on its way to a seller."""
    return (
        debit(AccountCode.SELLER_AVAILABLE, amount, key=seller),
        credit(AccountCode.PAYOUT_IN_TRANSIT, amount, key=seller),
    )


def paid_entries(amount: Money, *, seller: str, out_of: Purse) -> tuple[Entry, ...]:
    """Return the legs of money that has left our account."""
    return (
        debit(AccountCode.PAYOUT_IN_TRANSIT, amount, key=seller),
        credit(out_of.code, amount, key=out_of.key),
    )


def reversal_entries(amount: Money, *, seller: str, into: Purse, owed: Money) -> tuple[Entry, ...]:
    """
    Return the legs of money taken back out of a seller's balance at the gateway.

    It pays what the seller owes us; what was paid otherwise meanwhile is available to the seller.
    """
    pays = min(amount, owed)
    return legs(
        debit(into.code, amount, key=into.key),
        credit_if_any(AccountCode.SELLER_RECEIVABLE, pays, key=seller),
        credit_if_any(AccountCode.SELLER_AVAILABLE, amount - pays, key=seller),
    )
