"""Words of takedowns, and which moves each state allows."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bandstand.kernel.errors import RefusedError


class NoticeState(StrEnum):
    """Where a notice stands."""

    RECEIVED = "received"
    IN_FORCE = "in_force"
    REJECTED = "rejected"
    ENDED = "ended"


class NoticeMove(StrEnum):
    """What can become of a notice."""

    ENFORCE = "enforce"
    REJECT = "reject"
    END = "end"


class CaseState(StrEnum):
    """Where one affected order line stands."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    """The remedy was ordered and its proof is awaited, e.g. a refund at the provider."""
    MADE_WHOLE = "made_whole"
    CHOICE_OFFERED = "choice_offered"
    """Delivered or in transit: the buyer keeps it or sends it back free of charge."""


class CaseMove(StrEnum):
    """What can happen to a case."""

    REMEDY = "remedy"
    """Its remedy begins: the line is cancelled, the money is on its way back."""
    OFFER = "offer"
    """The buyer was given the choice to keep or to return."""
    SETTLE = "settle"
    """The proof is there that the buyer's money is back."""
    REOPEN = "reopen"
    """The money had gone back and came back to us: the buyer is owed it again."""


class RemedyKind(StrEnum):
    """What is done for a buyer."""

    BASKET_CLEARED = "basket_cleared"
    CANCEL_AND_VOID = "cancel_and_void"
    CANCEL_AND_REFUND = "cancel_and_refund"
    OFFER_RETURN = "offer_return"


NOTICE_MOVES: Final[Mapping[tuple[NoticeState, NoticeMove], NoticeState]] = MappingProxyType(
    {
        (NoticeState.RECEIVED, NoticeMove.ENFORCE): NoticeState.IN_FORCE,
        (NoticeState.RECEIVED, NoticeMove.REJECT): NoticeState.REJECTED,
        (NoticeState.IN_FORCE, NoticeMove.END): NoticeState.ENDED,
    }
)
CASE_MOVES: Final[Mapping[tuple[CaseState, CaseMove], CaseState]] = MappingProxyType(
    {
        (CaseState.OPEN, CaseMove.REMEDY): CaseState.IN_PROGRESS,
        (CaseState.OPEN, CaseMove.OFFER): CaseState.CHOICE_OFFERED,
        (CaseState.CHOICE_OFFERED, CaseMove.REMEDY): CaseState.IN_PROGRESS,  # the phone came back
        (CaseState.IN_PROGRESS, CaseMove.SETTLE): CaseState.MADE_WHOLE,
        (CaseState.MADE_WHOLE, CaseMove.REOPEN): CaseState.IN_PROGRESS,
    }
)


class NoticeMoveRefusedError(RefusedError):
    """A notice cannot make that move from where it stands."""

    code = "notice_move_refused"


class CaseMoveRefusedError(RefusedError):
    """A case cannot make that move from where it stands."""

    code = "case_move_refused"


def next_notice_state(state: NoticeState, move: NoticeMove) -> NoticeState:
    """
    Return the state that a move leads to.

    Raises: NoticeMoveRefusedError if the table has no such move.
    """
    after = NOTICE_MOVES.get((state, move))
    if after is None:
        raise NoticeMoveRefusedError(
            f"A notice that is {state} cannot {move}.", state=state, move=move
        )
    return after


def next_case_state(state: CaseState, move: CaseMove) -> CaseState:
    """
    Return the state that a move leads to.

    Raises: CaseMoveRefusedError if the table has no such move.
    """
    after = CASE_MOVES.get((state, move))
    if after is None:
        raise CaseMoveRefusedError(f"A case that is {state} cannot {move}.", state=state, move=move)
    return after
