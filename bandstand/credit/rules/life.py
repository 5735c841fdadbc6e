"""Where a plan stands and which moves it allows."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.money.quote import MONTHS_MAX

BASIS_POINTS: Final = 10_000
RATE_MAX_BPS: Final = 10_000
"""A nominal rate above 100 % a year is a typing error."""


class PlanState(StrEnum):
    """Where a plan stands."""

    AGREED = "agreed"
    """Signed with the order; nothing is owed before the sale is paid for."""
    ACTIVE = "active"
    SETTLED = "settled"
    CANCELLED = "cancelled"
    CHARGED_OFF = "charged_off"
    """Given up as a loss in the books; the buyer still owes it."""


class InstalmentState(StrEnum):
    """Where one due payment stands."""

    SCHEDULED = "scheduled"
    PAID = "paid"
    CANCELLED = "cancelled"
    CHARGED_OFF = "charged_off"
    REPLACED = "replaced"
    """What was open of it is asked for by the instalments of a later version."""
    WAIVED = "waived"
    """A late fee that was taken back."""


SETTLED: Final = frozenset({InstalmentState.PAID, InstalmentState.REPLACED, InstalmentState.WAIVED})
"""Nothing more is asked for on instalments in these states, so a plan of them alone is settled."""


class InstalmentKind(StrEnum):
    """What one due payment is for."""

    INSTALMENT = "instalment"
    LATE_FEE = "late_fee"
    """Charged once for an instalment that was late, where the agreement says so."""


class PlanMove(StrEnum):
    """What can happen to a plan."""

    ACTIVATE = "activate"
    SETTLE = "settle"
    CANCEL = "cancel"
    CHARGE_OFF = "charge_off"


MOVES: Final[Mapping[tuple[PlanState, PlanMove], PlanState]] = MappingProxyType(
    {
        (PlanState.AGREED, PlanMove.ACTIVATE): PlanState.ACTIVE,
        (PlanState.AGREED, PlanMove.CANCEL): PlanState.CANCELLED,
        (PlanState.ACTIVE, PlanMove.SETTLE): PlanState.SETTLED,
        (PlanState.ACTIVE, PlanMove.CANCEL): PlanState.CANCELLED,
        (PlanState.ACTIVE, PlanMove.CHARGE_OFF): PlanState.CHARGED_OFF,
    }
)
ENDED: Final = frozenset({PlanState.SETTLED, PlanState.CANCELLED, PlanState.CHARGED_OFF})


class PlanMoveRefusedError(RefusedError):
    """A plan cannot make that move from where it stands."""

    code = "plan_move_refused"


class TermsRefusedError(BadInputError):
    """Terms on which nothing could honestly be lent."""

    code = "terms_refused"


def next_state(state: PlanState, move: PlanMove) -> PlanState:
    """
    Return the state that a move leads to.

    Raises: PlanMoveRefusedError if the table has no such move.
    """
    after = MOVES.get((state, move))
    if after is None:
        raise PlanMoveRefusedError(
            f"A plan that is {state} cannot be moved by “{move}”.", state=state, move=move
        )
    return after


def require_lendable(
    *, months: int, annual_rate_bps: int, down_payment_bps: int, fee_minor: int = 0
) -> None:
    """
    Refuse terms whose disclosure would be wrong or make no plan.

    Without a down payment the first instalment is taken at checkout. With interest, that would
    make the disclosed rate untrue, so interest needs a down payment.
    Raises: TermsRefusedError.
    """
    if not 1 <= months <= MONTHS_MAX:
        raise TermsRefusedError(f"A plan runs 1 to {MONTHS_MAX} months, not {months}.")
    if not 0 <= annual_rate_bps <= RATE_MAX_BPS:
        raise TermsRefusedError(
            f"A yearly rate is 0 to {RATE_MAX_BPS} basis points (999 is 9.99 %), not"
            f" {annual_rate_bps}."
        )
    if not 0 <= down_payment_bps < BASIS_POINTS:
        raise TermsRefusedError(
            f"A down payment is 0 to {BASIS_POINTS - 1} basis points of the price, not"
            f" {down_payment_bps}."
        )
    if fee_minor < 0:
        raise TermsRefusedError("A fee is nothing or more.")
    if (annual_rate_bps or fee_minor) and not down_payment_bps:
        raise TermsRefusedError(
            "Terms with interest or a fee need a down payment: without one the first instalment is"
            " taken at checkout, and the disclosed rate would not be the real one."
        )


class InstalmentCancelledError(RefusedError):
    """A payment for an instalment that is no longer owed."""

    code = "instalment_cancelled"


def is_new_payment(state: InstalmentState) -> bool:
    """
    Say whether a payment for an instalment in this state is the first to be heard of.

    Raises: InstalmentCancelledError if the instalment is no longer owed: the money must go back.
    """
    if state not in {InstalmentState.SCHEDULED, InstalmentState.PAID}:
        raise InstalmentCancelledError("This instalment was cancelled; nothing is owed on it.")
    return state is InstalmentState.SCHEDULED
