"""Where a payable, a payout and a payout run stand."""

from enum import StrEnum

from bandstand.kernel.errors import RefusedError


class PayableState(StrEnum):
    """Where the seller's share of one sale stands."""

    PENDING = "pending"
    """Sold and paid for; the buyer may still give it back."""
    AVAILABLE = "available"
    """The buyer's window has closed; the next payout run takes it."""
    REVERSED = "reversed"
    """The sale was undone; nothing is owed for it."""


class PayoutState(StrEnum):
    """Where one payment to a seller stands."""

    SENT = "sent"
    """Taken off the books and handed to the bank; whether it arrived is not known yet."""
    PAID = "paid"
    FAILED = "failed"
    """The bank gave it back; the seller's money is available again."""


class RunState(StrEnum):
    """Where a payout run stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


class PayoutMoveRefusedError(RefusedError):
    """A payout or a run cannot make that move from where it stands."""

    code = "payout_move_refused"


def require_run(state: RunState, wanted: RunState) -> None:
    """
    Refuse to do something with a run that stands elsewhere.

    Raises: PayoutMoveRefusedError.
    """
    if state is not wanted:
        raise PayoutMoveRefusedError(f"This payout run is {state}; it had to be {wanted}.")
