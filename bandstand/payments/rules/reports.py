"""What a gateway tells us, in our own words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from bandstand.money import Money
from bandstand.payments.rules.cards import ProviderCard, SetupState
from bandstand.payments.rules.life import CommandKind, CommandState, PaymentState


class OperationState(StrEnum):
    """Where the provider stands with a capture, void or refund."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ProviderOperation:
    """A capture, void or refund as the provider's book has it, by our key."""

    key: str
    ref: str
    kind: CommandKind
    amount: Money
    state: OperationState
    failure: str = ""


class DisputeState(StrEnum):
    """Where a buyer's bank stands with a charge that the buyer contests."""

    INQUIRY = "inquiry"
    """The bank asks; no money was taken back."""
    OPEN = "open"
    """The money was taken back, and evidence may still be sent."""
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class ProviderDispute:
    """A contested charge as the provider's book has it; ``due_at`` is the last day for evidence."""

    ref: str
    amount: Money
    state: DisputeState
    reason: str
    opened_at: datetime
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GatewayAnswer:
    """
    One authorisation as the provider's book has it now, with all that was done to it.

    Every call answers with the whole, so that whatever was missed is caught up with.
    """

    ref: str
    key: str
    state: PaymentState
    amount: Money
    captured: Money
    refunded: Money
    action_url: str = ""
    decline_code: str = ""
    operations: tuple[ProviderOperation, ...] = ()
    disputes: tuple[ProviderDispute, ...] = ()
    card: ProviderCard | None = None
    """The card that the payment saved, with the buyer's word; None if it saved none."""
    is_replay: bool = False
    """The provider had done this under the same key before; nothing was done again."""

    def operation(self, key: str) -> ProviderOperation | None:
        """Return what was done under a key, or nothing if the provider never heard of it."""
        return next((one for one in self.operations if one.key == key), None)


@dataclass(frozen=True, slots=True)
class SetupAnswer:
    """The saving of a card without a charge, as the provider's book has it now."""

    ref: str
    key: str
    state: SetupState
    action_url: str = ""
    card: ProviderCard | None = None
    failure: str = ""


_AUTHORISE_AFTER: Final = {
    PaymentState.CREATED: CommandState.SENT,
    PaymentState.ACTION_NEEDED: CommandState.SENT,
    PaymentState.AUTHORISED: CommandState.SUCCEEDED,
    PaymentState.CAPTURED: CommandState.SUCCEEDED,
    PaymentState.DECLINED: CommandState.FAILED,
    PaymentState.VOIDED: CommandState.SUCCEEDED,
}
_OPERATION_AFTER: Final = {
    OperationState.PENDING: CommandState.SENT,
    OperationState.SUCCEEDED: CommandState.SUCCEEDED,
    OperationState.FAILED: CommandState.FAILED,
}


def authorise_state(answer: GatewayAnswer) -> CommandState:
    """Return what an answer means for the command that asked for the authorisation."""
    return _AUTHORISE_AFTER[answer.state]


def operation_state(operation: ProviderOperation) -> CommandState:
    """Return what an operation in the provider's book means for the command that asked for it."""
    return _OPERATION_AFTER[operation.state]


def refunded_of(answer: GatewayAnswer, *, returned: frozenset[str]) -> int:
    """
    Return what a provider's book says was given back, less refunds known to have come back since.

    ``returned`` are the keys of those: a book read before they came back still counts them.
    Units: minor units.
    """
    stale = sum(
        one.amount.minor
        for one in answer.operations
        if one.kind is CommandKind.REFUND
        and one.state is OperationState.SUCCEEDED
        and one.key in returned
    )
    return answer.refunded.minor - stale
