"""Where a promotion and a promised credit stand, and what may happen to them."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.money import Money
from bandstand.money.quote import MONTHS_MAX

MISSED_AFTER: Final = timedelta(days=1)
"""How long a credit may be late before it is called missed. The shop's own promise."""


class PromotionState(StrEnum):
    """Where a promotion stands."""

    DRAFT = "draft"
    ASKED = "asked"
    """Who shall pay for it was asked and has not answered."""
    RUNNING = "running"
    """It is promised with new plans within its dates."""
    REFUSED = "refused"
    ENDED = "ended"
    """No new plan gets it; what was promised is given all the same."""


class PromotionMove(StrEnum):
    """What can happen to a promotion."""

    ASK = "ask"
    AGREE = "agree"
    REFUSE = "refuse"
    START = "start"
    END = "end"


class OnPayoff(StrEnum):
    """What becomes of credits not yet given when the plan is paid off early."""

    KEEP = "keep"
    """They are given at once: to the plan, and what it does not owe to the buyer as money."""
    LOSE = "lose"
    """They end; the buyer is told how much before paying."""


class CreditState(StrEnum):
    """Where one promised credit stands."""

    OPEN = "open"
    WAITING = "waiting"
    """It was to be given and could not be; the reason is kept and it is tried again."""
    GIVEN = "given"
    OWED = "owed"
    """The plan owes nothing any more; the buyer gets it as money."""
    PAID_OUT = "paid_out"
    """The buyer got it as money."""
    ENDED = "ended"
    """It was not given and will not be; the reason is kept."""
    UNDONE = "undone"
    """It was given, and its sale was undone since."""


LIABLE: Final = frozenset({CreditState.OPEN, CreditState.WAITING})
"""Credits that stand in the books as promised and not given."""
LIVE: Final = frozenset({*LIABLE, CreditState.OWED})
"""Credits the buyer still gets."""
MOVES: Final[Mapping[tuple[PromotionState, PromotionMove], PromotionState]] = MappingProxyType(
    {
        (PromotionState.DRAFT, PromotionMove.START): PromotionState.RUNNING,
        (PromotionState.DRAFT, PromotionMove.ASK): PromotionState.ASKED,
        (PromotionState.DRAFT, PromotionMove.END): PromotionState.ENDED,
        (PromotionState.ASKED, PromotionMove.AGREE): PromotionState.RUNNING,
        (PromotionState.ASKED, PromotionMove.REFUSE): PromotionState.REFUSED,
        (PromotionState.ASKED, PromotionMove.END): PromotionState.ENDED,
        (PromotionState.RUNNING, PromotionMove.END): PromotionState.ENDED,
    }
)


class PromotionMoveRefusedError(RefusedError):
    """A promotion cannot make that move from where it stands."""

    code = "promotion_move_refused"


class PromotionRefusedError(BadInputError):
    """A promotion that could not be kept as it is written."""

    code = "promotion_refused"


def next_state(state: PromotionState, move: PromotionMove) -> PromotionState:
    """
    Return the state that a move leads to.

    Raises: PromotionMoveRefusedError if the table has no such move.
    """
    after = MOVES.get((state, move))
    if after is None:
        raise PromotionMoveRefusedError(
            f"A promotion that is {state} cannot be moved by “{move}”.", state=state, move=move
        )
    return after


def is_missed(*, state: CreditState, due_on: date, today: date) -> bool:
    """Say whether a credit should have been given more than a day ago."""
    return state in LIABLE and due_on + MISSED_AFTER < today


def require_makeable(
    *,
    name: str,
    words: str,
    amount: Money,
    credits_count: int,
    from_at: datetime,
    until_at: datetime | None,
    uses_max: int | None,
) -> None:
    """
    Refuse a promotion that could not be shown or kept.

    Raises: PromotionRefusedError, naming what to mend.
    """
    if not name.strip() or not words.strip():
        raise PromotionRefusedError("A promotion needs a name and words for the buyer.")
    if not amount.is_positive:
        raise PromotionRefusedError("The credits together are more than nothing.")
    if not 1 <= credits_count <= MONTHS_MAX:
        raise PromotionRefusedError(f"Credits are given 1 to {MONTHS_MAX} times.")
    if amount.minor < credits_count:
        raise PromotionRefusedError(
            f"{amount} cannot be given in {credits_count} credits: some would be nothing."
        )
    if until_at is not None and until_at <= from_at:
        raise PromotionRefusedError("A promotion ends after it begins.")
    if uses_max is not None and uses_max < 1:
        raise PromotionRefusedError("A promotion is for at least one sale.")
