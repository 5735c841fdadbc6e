"""Words of the money asked for a plan, and why it may not be asked."""

from enum import StrEnum
from typing import Final

from bandstand.kernel.errors import BadInputError, RefusedError

CHARGED_BACK: Final = "charged_back"
"""Why a payment that was made counts no more: the buyer's bank took it back for good."""


class AskKind(StrEnum):
    """What a payment on a plan is for."""

    INSTALMENT = "instalment"
    """What is due; where nothing is, the next instalment."""
    EXTRA = "extra"
    """More than is due: it pays the last instalments, so the plan ends earlier."""
    PAYOFF = "payoff"
    """All that is owed today."""
    CREDIT = "credit"
    """Given, not asked for: a bill credit or a phone traded in. No money of the buyer's."""


class AskState(StrEnum):
    """Where a payment on a plan stands."""

    ASKED = "asked"
    PAID = "paid"
    DECLINED = "declined"
    DROPPED = "dropped"
    """Given up before anything was taken."""


class PaymentUnderWayError(RefusedError):
    """A payment on this plan was asked for and its outcome is not known yet."""

    code = "payment_under_way"


class NothingOwedError(RefusedError):
    """Nothing is owed on this plan, so nothing can be paid."""

    code = "nothing_owed"


class PlanPausedError(RefusedError):
    """The plan is paused: nothing is collected."""

    code = "plan_paused"


class AmountRefusedError(BadInputError):
    """An extra payment of nothing, or of more than is owed."""

    code = "amount_refused"
