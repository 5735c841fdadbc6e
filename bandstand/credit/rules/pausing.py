"""Why nothing is collected on a plan for a while. Pure."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class PauseCause(StrEnum):
    """Why a plan is paused; several may hold at once."""

    BY_HAND = "by_hand"
    HOLD = "hold"
    """Something stopped the phone's sale; nobody pays for it until it is decided."""
    RETURN = "return"
    """The phone is on its way back."""
    SUSPENDED = "suspended"
    """The line's service is suspended."""
    DISPUTE = "dispute"
    """The buyer disputes a payment at their bank."""


PAUSE_WORDS: Final = MappingProxyType(
    {
        PauseCause.BY_HAND: "we agreed to it",
        PauseCause.HOLD: "the sale of this phone is being looked into",
        PauseCause.RETURN: "the phone is on its way back to us",
        PauseCause.SUSPENDED: "your service is suspended",
        PauseCause.DISPUTE: "a payment is being disputed at your bank",
    }
)
"""What a buyer reads after “because”."""
