"""Words of payments and money commands, and the one-way street their states walk."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class PaymentState(StrEnum):
    """Where a payment stands. States only ever move down this list's arrows, never back."""

    CREATED = "created"
    ACTION_NEEDED = "action_needed"
    """The buyer's bank wants to hear from the buyer (3-D Secure)."""
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    DECLINED = "declined"
    VOIDED = "voided"


class CommandKind(StrEnum):
    """What we ask a gateway to do."""

    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class CommandState(StrEnum):
    """What we know of a money command. Unknown is resolved by asking, never by guessing."""

    WRITTEN = "written"
    SENT = "sent"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


OPEN: Final = frozenset({CommandState.WRITTEN, CommandState.SENT, CommandState.UNKNOWN})

PAYMENT_AFTER: Final[Mapping[PaymentState, tuple[PaymentState, ...]]] = MappingProxyType(
    {
        PaymentState.CREATED: (
            PaymentState.ACTION_NEEDED,
            PaymentState.AUTHORISED,
            PaymentState.DECLINED,
            PaymentState.VOIDED,
        ),
        PaymentState.ACTION_NEEDED: (
            PaymentState.AUTHORISED,
            PaymentState.DECLINED,
            PaymentState.VOIDED,
        ),
        PaymentState.AUTHORISED: (PaymentState.CAPTURED, PaymentState.VOIDED),
        PaymentState.CAPTURED: (),
        PaymentState.DECLINED: (),
        PaymentState.VOIDED: (),
    }
)


def may_become(state: PaymentState, after: PaymentState) -> bool:
    """Say whether a provider's report may move a payment there; late and repeated news may not."""
    return after in PAYMENT_AFTER[state]


def steps(state: PaymentState, reported: PaymentState) -> tuple[PaymentState, ...]:
    """
    Return the states a payment walks through to catch up with what the provider reports.

    Every state on the way is named, so that each is announced once even if news of it was lost or
    came late. A report from behind, or from a branch not taken, moves nothing.
    """
    if reported in PAYMENT_AFTER[state]:
        return (reported,)
    for between in PAYMENT_AFTER[state]:
        if between is not PaymentState.ACTION_NEEDED and reported in PAYMENT_AFTER[between]:
            return (between, reported)
    return ()


def is_open(state: CommandState) -> bool:
    """Say whether the outcome of a command is still to be learnt."""
    return state in OPEN
