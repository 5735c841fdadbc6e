"""Where a payable, a payout, a payout run and a call to a gateway stand, and how they move."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

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
    """Taken off the seller's money and on its way; whether it arrived is not known yet."""
    PAID = "paid"
    """It left our account for the seller's. A bank may still give it back days later."""
    FAILED = "failed"
    """It never left; the seller's money is available again."""
    RETURNED = "returned"
    """It was given back; the seller's money is available again."""


class PayoutMove(StrEnum):
    """What can become of a payout."""

    PAY = "pay"
    FAIL = "fail"
    RETURN = "return"


MOVES: Final[Mapping[tuple[PayoutState, PayoutMove], PayoutState]] = MappingProxyType(
    {
        (PayoutState.SENT, PayoutMove.PAY): PayoutState.PAID,
        (PayoutState.SENT, PayoutMove.FAIL): PayoutState.FAILED,
        (PayoutState.SENT, PayoutMove.RETURN): PayoutState.RETURNED,
        (PayoutState.PAID, PayoutMove.RETURN): PayoutState.RETURNED,
    }
)
LEADS_TO: Final[Mapping[PayoutMove, PayoutState]] = MappingProxyType(
    {
        PayoutMove.PAY: PayoutState.PAID,
        PayoutMove.FAIL: PayoutState.FAILED,
        PayoutMove.RETURN: PayoutState.RETURNED,
    }
)
CAME_BACK: Final = frozenset({PayoutState.FAILED, PayoutState.RETURNED})
"""Where the seller's money is available again."""


class RunState(StrEnum):
    """Where a payout run stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


class CommandKind(StrEnum):
    """What a payout gateway is asked to do."""

    SEND = "send"
    REVERSE = "reverse"
    """Take part of what was paid back out of the seller's balance at the gateway."""


class CommandState(StrEnum):
    """Where a call to a payout gateway stands."""

    WRITTEN = "written"
    """Not sent yet, or refused for a while."""
    SENT = "sent"
    UNKNOWN = "unknown"
    """Sent, and no answer came; the gateway must be asked."""
    PAID = "paid"
    """Done."""
    FAILED = "failed"
    """Nothing happened, for good."""
    RETURNED = "returned"
    """Done, and undone since."""


OPEN: Final = frozenset({CommandState.WRITTEN, CommandState.SENT, CommandState.UNKNOWN})
COMMAND_AFTER: Final[Mapping[PayoutState, CommandState]] = MappingProxyType(
    {
        PayoutState.SENT: CommandState.SENT,
        PayoutState.PAID: CommandState.PAID,
        PayoutState.FAILED: CommandState.FAILED,
        PayoutState.RETURNED: CommandState.RETURNED,
    }
)


class PayoutMoveRefusedError(RefusedError):
    """A payout or a run cannot make that move from where it stands."""

    code = "payout_move_refused"


class SecondPersonError(RefusedError):
    """One person asked to do what takes two."""

    code = "second_person"


def next_state(state: PayoutState, move: PayoutMove) -> PayoutState:
    """
    Return where a move leads a payout.

    Raises: PayoutMoveRefusedError if the table has no such move.
    """
    found = MOVES.get((state, move))
    if found is None:
        raise PayoutMoveRefusedError(f"This payout is {state} already; it cannot {move} now.")
    return found


def move_towards(state: PayoutState, wanted: PayoutState) -> PayoutMove | None:
    """Return the move that leads to a state, or nothing: news from behind moves nothing."""
    moves = (move for (of, move), to in MOVES.items() if of is state and to is wanted)
    return next(moves, None)


def require_run(state: RunState, wanted: RunState) -> None:
    """
    Refuse to do something with a run that stands elsewhere.

    Raises: PayoutMoveRefusedError.
    """
    if state is not wanted:
        raise PayoutMoveRefusedError(f"This payout run is {state}; it had to be {wanted}.")


def require_second(*, first: str, second: str, deed: str) -> None:
    """
    Refuse that one person both proposes and confirms.

    Raises: SecondPersonError.
    """
    if first.casefold() == second.casefold():
        raise SecondPersonError(
            f"You proposed it yourself. {deed} takes a second person: ask a colleague."
        )
