"""Where checkouts and order lines stand, and which moves each state allows."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bandstand.kernel.errors import RefusedError


class CheckoutState(StrEnum):
    """The three phases of a checkout: PREPARE, PAY, FINALIZE; and how it can end."""

    PREPARED = "prepared"
    PAYING = "paying"
    FINALIZED = "finalized"
    FAILED = "failed"
    EXPIRED = "expired"


class CheckoutMove(StrEnum):
    """What can happen to a checkout."""

    PAY = "pay"
    DECLINE = "decline"
    """The card was refused; the buyer may try another."""
    FINALIZE = "finalize"
    FAIL = "fail"
    EXPIRE = "expire"


CHECKOUT_MOVES: Final[Mapping[tuple[CheckoutState, CheckoutMove], CheckoutState]] = (
    MappingProxyType(
        {
            (CheckoutState.PREPARED, CheckoutMove.PAY): CheckoutState.PAYING,
            (CheckoutState.PREPARED, CheckoutMove.FAIL): CheckoutState.FAILED,
            (CheckoutState.PREPARED, CheckoutMove.EXPIRE): CheckoutState.EXPIRED,
            (CheckoutState.PAYING, CheckoutMove.DECLINE): CheckoutState.PREPARED,
            (CheckoutState.PAYING, CheckoutMove.FINALIZE): CheckoutState.FINALIZED,
            (CheckoutState.PAYING, CheckoutMove.FAIL): CheckoutState.FAILED,
            (CheckoutState.PAYING, CheckoutMove.EXPIRE): CheckoutState.EXPIRED,
        }
    )
)
LIVE_CHECKOUT: Final = frozenset({CheckoutState.PREPARED, CheckoutState.PAYING})


class LineState(StrEnum):
    """Where one order line stands."""

    COMMITTED = "committed"
    """Sold, money authorised; capture is on its way."""
    PAID = "paid"
    RELEASED = "released"
    """Handed to the carrier."""
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class LineMove(StrEnum):
    """What can happen to an order line."""

    PAY = "pay"
    RELEASE = "release"
    DELIVER = "deliver"
    CANCEL = "cancel"
    RETURN = "return"


LINE_MOVES: Final[Mapping[tuple[LineState, LineMove], LineState]] = MappingProxyType(
    {
        (LineState.COMMITTED, LineMove.PAY): LineState.PAID,
        (LineState.COMMITTED, LineMove.CANCEL): LineState.CANCELLED,
        (LineState.PAID, LineMove.RELEASE): LineState.RELEASED,
        (LineState.PAID, LineMove.CANCEL): LineState.CANCELLED,
        (LineState.RELEASED, LineMove.DELIVER): LineState.DELIVERED,
        (LineState.RELEASED, LineMove.RETURN): LineState.RETURNED,
        (LineState.DELIVERED, LineMove.RETURN): LineState.RETURNED,
    }
)
ENDED: Final = frozenset({LineState.CANCELLED, LineState.RETURNED})


class LineMoveRefusedError(RefusedError):
    """An order line cannot make that move from where it stands."""

    code = "line_move_refused"


def next_line_state(state: LineState, move: LineMove) -> LineState:
    """
    Return the state that a move leads to.

    Raises: LineMoveRefusedError if the table has no such move.
    """
    after = LINE_MOVES.get((state, move))
    if after is None:
        raise LineMoveRefusedError(f"A line that is {state} cannot {move}.", state=state, move=move)
    return after


class CheckoutMoveRefusedError(RefusedError):
    """A checkout cannot make that move from where it stands."""

    code = "checkout_move_refused"


def next_checkout_state(state: CheckoutState, move: CheckoutMove) -> CheckoutState:
    """
    Return the state that a move leads to.

    Raises: CheckoutMoveRefusedError if the table has no such move.
    """
    after = CHECKOUT_MOVES.get((state, move))
    if after is None:
        raise CheckoutMoveRefusedError(
            f"A checkout that is {state} cannot {move}.", state=state, move=move
        )
    return after
