"""Words of offers and units, and which moves each state allows."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bandstand.kernel.errors import RefusedError


class OfferState(StrEnum):
    """Where an offer stands in its seller's hands. Holds are not a state: they are rows of the gate."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    LISTED = "listed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class OfferMove(StrEnum):
    """What can be done with an offer."""

    SUBMIT = "submit"
    LIST = "list"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


OFFER_MOVES: Final[Mapping[tuple[OfferState, OfferMove], OfferState]] = MappingProxyType(
    {
        (OfferState.DRAFT, OfferMove.SUBMIT): OfferState.IN_REVIEW,
        (OfferState.DRAFT, OfferMove.LIST): OfferState.LISTED,
        (OfferState.DRAFT, OfferMove.REFUSE): OfferState.REFUSED,
        (OfferState.DRAFT, OfferMove.WITHDRAW): OfferState.WITHDRAWN,
        (OfferState.IN_REVIEW, OfferMove.LIST): OfferState.LISTED,
        (OfferState.IN_REVIEW, OfferMove.REFUSE): OfferState.REFUSED,
        (OfferState.IN_REVIEW, OfferMove.WITHDRAW): OfferState.WITHDRAWN,
        (OfferState.LISTED, OfferMove.SUBMIT): OfferState.IN_REVIEW,
        (OfferState.LISTED, OfferMove.REFUSE): OfferState.REFUSED,
        (OfferState.LISTED, OfferMove.WITHDRAW): OfferState.WITHDRAWN,
        (OfferState.REFUSED, OfferMove.SUBMIT): OfferState.IN_REVIEW,
        (OfferState.REFUSED, OfferMove.LIST): OfferState.LISTED,
        (OfferState.REFUSED, OfferMove.WITHDRAW): OfferState.WITHDRAWN,
        (OfferState.WITHDRAWN, OfferMove.SUBMIT): OfferState.IN_REVIEW,
        (OfferState.WITHDRAWN, OfferMove.LIST): OfferState.LISTED,
    }
)


class UnitState(StrEnum):
    """Where one physical phone is."""

    IN_STOCK = "in_stock"
    RESERVED = "reserved"
    SOLD = "sold"
    RELEASED = "released"
    QUARANTINED = "quarantined"


class UnitMove(StrEnum):
    """What can happen to one physical phone."""

    RESERVE = "reserve"
    FREE = "free"
    SELL = "sell"
    RELEASE = "release"
    QUARANTINE = "quarantine"
    RESTOCK = "restock"


UNIT_MOVES: Final[Mapping[tuple[UnitState, UnitMove], UnitState]] = MappingProxyType(
    {
        (UnitState.IN_STOCK, UnitMove.RESERVE): UnitState.RESERVED,
        (UnitState.IN_STOCK, UnitMove.QUARANTINE): UnitState.QUARANTINED,
        (UnitState.RESERVED, UnitMove.FREE): UnitState.IN_STOCK,
        (UnitState.RESERVED, UnitMove.SELL): UnitState.SOLD,
        (UnitState.RESERVED, UnitMove.QUARANTINE): UnitState.QUARANTINED,
        (UnitState.SOLD, UnitMove.RELEASE): UnitState.RELEASED,
        (UnitState.SOLD, UnitMove.QUARANTINE): UnitState.QUARANTINED,
        (UnitState.SOLD, UnitMove.RESTOCK): UnitState.IN_STOCK,
        (UnitState.RELEASED, UnitMove.QUARANTINE): UnitState.QUARANTINED,
        (UnitState.QUARANTINED, UnitMove.RESTOCK): UnitState.IN_STOCK,
    }
)


class OfferMoveRefusedError(RefusedError):
    """An offer cannot make that move from where it stands."""

    code = "offer_move_refused"


class UnitMoveRefusedError(RefusedError):
    """A unit cannot make that move from where it stands."""

    code = "unit_move_refused"


def next_offer_state(state: OfferState, move: OfferMove) -> OfferState:
    """
    Return the state that a move leads to.

    Raises: OfferMoveRefusedError if the table has no such move.
    """
    after = OFFER_MOVES.get((state, move))
    if after is None:
        raise OfferMoveRefusedError(
            f"An offer that is {state} cannot {move}.", state=state, move=move
        )
    return after


def next_unit_state(state: UnitState, move: UnitMove) -> UnitState:
    """
    Return the state that a move leads to.

    Raises: UnitMoveRefusedError if the table has no such move.
    """
    after = UNIT_MOVES.get((state, move))
    if after is None:
        raise UnitMoveRefusedError(f"A unit that is {state} cannot {move}.", state=state, move=move)
    return after
