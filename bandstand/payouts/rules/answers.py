"""What is asked of a payout gateway, and what it says, in our own words. Pure."""

from dataclasses import dataclass
from typing import Final

from bandstand.money import Money
from bandstand.payouts.rules.accounts import AccountDetails
from bandstand.payouts.rules.states import PayoutState

SHORT_OF_FUNDS: Final = "short_of_funds"
"""Our own balance at the gateway is too small: nothing is wrong with the payout, it waits."""
SELLER_SHORT: Final = "seller_short"
"""The seller's balance at the gateway is too small to take something back."""
ACCOUNT_FAULTS: Final = frozenset(
    {"account_closed", "no_account", "account_frozen", "account_refused", "no_such_account"}
)
"""Why a payout came back that makes another try to the same account pointless."""


@dataclass(frozen=True, slots=True)
class PayoutOrder:
    """Pay an amount to a seller's account; ``group`` is the run."""

    key: str
    amount: Money
    to: AccountDetails
    group: str


@dataclass(frozen=True, slots=True)
class ReversalOrder:
    """Take part of a payout back out of the seller's balance at the gateway."""

    key: str
    ref: str
    amount: Money
    to: AccountDetails


@dataclass(frozen=True, slots=True)
class Reversal:
    """Something a gateway took back, by our key."""

    key: str
    amount: Money


@dataclass(frozen=True, slots=True)
class PayoutAnswer:
    """One payout as the gateway's book has it now, with all that was taken back of it."""

    ref: str
    key: str
    state: PayoutState
    amount: Money
    failure: str = ""
    reversals: tuple[Reversal, ...] = ()

    def reversal(self, key: str) -> Reversal | None:
        """Return what was taken back under a key, or nothing."""
        return next((one for one in self.reversals if one.key == key), None)
