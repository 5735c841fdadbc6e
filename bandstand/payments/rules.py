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


PAYMENT_AFTER: Final[Mapping[PaymentState, frozenset[PaymentState]]] = MappingProxyType(
    {
        PaymentState.CREATED: frozenset(
            {
                PaymentState.ACTION_NEEDED,
                PaymentState.AUTHORISED,
                PaymentState.DECLINED,
                PaymentState.VOIDED,
            }
        ),
        PaymentState.ACTION_NEEDED: frozenset(
            {PaymentState.AUTHORISED, PaymentState.DECLINED, PaymentState.VOIDED}
        ),
        PaymentState.AUTHORISED: frozenset({PaymentState.CAPTURED, PaymentState.VOIDED}),
        PaymentState.CAPTURED: frozenset(),
        PaymentState.DECLINED: frozenset(),
        PaymentState.VOIDED: frozenset(),
    }
)


def may_become(state: PaymentState, after: PaymentState) -> bool:
    """Say whether a provider's report may move a payment there; late and repeated news may not."""
    return after in PAYMENT_AFTER[state]
