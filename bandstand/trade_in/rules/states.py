"""Where a trade-in and its payout stand, and which moves each state allows."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bandstand.kernel.errors import RefusedError


class TradeInState(StrEnum):
    """Where a trade-in stands."""

    QUOTED = "quoted"
    ACCEPTED = "accepted"
    """Attached to an order; the phone is still with its owner."""
    SENT = "sent"
    RECEIVED = "received"
    REVALUED = "revalued"
    """Worth less than was quoted; its owner chooses, and silence is a no."""
    CREDITED = "credited"
    RETURN_DUE = "return_due"
    """To be sent back to its owner, free."""
    RETURNED = "returned"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class TradeInMove(StrEnum):
    """What can happen to a trade-in."""

    ACCEPT = "accept"
    SEND = "send"
    RECEIVE = "receive"
    CREDIT = "credit"
    """Found as described, or better."""
    REVALUE = "revalue"
    REFUSE = "refuse"
    """Reported lost or stolen, locked, or nothing that we take."""
    TAKE = "take"
    DECLINE = "decline"
    """Its owner wants it back."""
    SILENCE = "silence"
    """No answer in time: never a yes."""
    SEND_BACK = "send_back"
    LAPSE = "lapse"
    WITHDRAW = "withdraw"
    REPLACE = "replace"
    """A newer quote was made for the same phone."""


S, M = TradeInState, TradeInMove
MOVES: Final[Mapping[tuple[TradeInState, TradeInMove], TradeInState]] = MappingProxyType(
    {
        (S.QUOTED, M.ACCEPT): S.ACCEPTED,
        (S.QUOTED, M.WITHDRAW): S.WITHDRAWN,
        (S.QUOTED, M.REPLACE): S.WITHDRAWN,
        (S.QUOTED, M.LAPSE): S.LAPSED,
        (S.ACCEPTED, M.SEND): S.SENT,
        (S.ACCEPTED, M.RECEIVE): S.RECEIVED,
        (S.ACCEPTED, M.WITHDRAW): S.WITHDRAWN,
        (S.ACCEPTED, M.LAPSE): S.LAPSED,
        (S.SENT, M.RECEIVE): S.RECEIVED,
        (S.SENT, M.LAPSE): S.LAPSED,
        # A parcel that comes all the same is not lost: it is looked at like any other, and its
        # owner may ask for it back.
        (S.LAPSED, M.RECEIVE): S.RECEIVED,
        (S.WITHDRAWN, M.RECEIVE): S.RECEIVED,
        (S.RECEIVED, M.CREDIT): S.CREDITED,
        (S.RECEIVED, M.REVALUE): S.REVALUED,
        (S.RECEIVED, M.REFUSE): S.RETURN_DUE,
        (S.RECEIVED, M.DECLINE): S.RETURN_DUE,
        (S.REVALUED, M.TAKE): S.CREDITED,
        (S.REVALUED, M.DECLINE): S.RETURN_DUE,
        (S.REVALUED, M.SILENCE): S.RETURN_DUE,
        (S.RETURN_DUE, M.SEND_BACK): S.RETURNED,
    }
)
OPEN: Final = frozenset({S.QUOTED, S.ACCEPTED, S.SENT, S.RECEIVED, S.REVALUED, S.RETURN_DUE})
"""In these a phone has a trade-in, and can have no other."""
WITH_US: Final = frozenset({S.RECEIVED, S.REVALUED, S.RETURN_DUE})
"""In these the phone lies with us and is not ours."""


class PayoutState(StrEnum):
    """Where money owed for a phone stands on its way to a bank account."""

    ASKED = "asked"
    """The buyer has said where to."""
    PROPOSED = "proposed"
    """One person has looked at it; another must confirm."""
    SENT = "sent"
    """Off the books and handed to the bank."""
    PAID = "paid"
    FAILED = "failed"
    """The bank gave it back, or it was turned down: it is owed again."""


PAYOUT_OPEN: Final = frozenset({PayoutState.ASKED, PayoutState.PROPOSED, PayoutState.SENT})


class DisposalKind(StrEnum):
    """What became of a phone that is ours."""

    SOLD = "sold"
    PARTS = "parts"
    RECYCLED = "recycled"


class TradeInMoveRefusedError(RefusedError):
    """A move that the table does not have."""

    code = "trade_in_move_refused"


class PayoutRefusedError(RefusedError):
    """A payout that is not in a state to be moved so, or is moved by the wrong person."""

    code = "trade_in_payout_refused"


def next_state(state: TradeInState, move: TradeInMove) -> TradeInState:
    """
    Return the state that a move leads to.

    Raises: TradeInMoveRefusedError.
    """
    after = MOVES.get((state, move))
    if after is None:
        said = STATE_WORDS[state].lower()
        raise TradeInMoveRefusedError(
            f"This trade-in is {said}; it cannot be moved by “{move.value.replace('_', ' ')}”.",
            state=state.value,
            move=move.value,
        )
    return after


def require_payout(state: PayoutState, *wanted: PayoutState) -> None:
    """
    Refuse to move a payout that is not where it must be.

    Raises: PayoutRefusedError.
    """
    if state not in wanted:
        raise PayoutRefusedError(f"This payout is {state.value} already.", state=state.value)


def require_two_people(*, proposed_by: str, confirmed_by: str) -> None:
    """
    Refuse that one person both proposes and confirms a payout.

    Raises: PayoutRefusedError.
    """
    if proposed_by.casefold() == confirmed_by.casefold():
        raise PayoutRefusedError(
            "You proposed this payout yourself. Another member of staff must confirm it."
        )


STATE_WORDS: Final[Mapping[TradeInState, str]] = MappingProxyType(
    {
        S.QUOTED: "Quoted",
        S.ACCEPTED: "To be sent",
        S.SENT: "On its way to us",
        S.RECEIVED: "Received",
        S.REVALUED: "Waits for your answer",
        S.CREDITED: "Credited",
        S.RETURN_DUE: "To be sent back",
        S.RETURNED: "Sent back",
        S.LAPSED: "Lapsed",
        S.WITHDRAWN: "Withdrawn",
    }
)
