"""The pure rules of seller money."""

from bandstand.payouts.rules.money import (
    Maturing,
    SellerBalance,
    Shares,
    clawback_entries,
    mature_entries,
    netting_entries,
    payout_entries,
    release_entries,
    shares_of,
    split_clawback,
)
from bandstand.payouts.rules.states import (
    PayableState,
    PayoutMoveRefusedError,
    PayoutState,
    RunState,
    require_run,
)

__all__ = [
    "Maturing",
    "PayableState",
    "PayoutMoveRefusedError",
    "PayoutState",
    "RunState",
    "SellerBalance",
    "Shares",
    "clawback_entries",
    "mature_entries",
    "netting_entries",
    "payout_entries",
    "release_entries",
    "require_run",
    "shares_of",
    "split_clawback",
]
