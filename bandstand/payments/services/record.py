"""
Writing down what is known of a payment: the only place its state moves and its events are emitted.

Every function here expects the payment's row to be locked by its caller.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.payments import events, rules
from bandstand.payments.models import MoneyCommand, Payment, PaymentMoveRecord, Refund
from bandstand.payments.rules import (
    CommandKind,
    CommandState,
    GatewayAnswer,
    PaymentNotFoundError,
    PaymentState,
    ProviderOperation,
)
from bandstand.payments.services.disputes import record_dispute
from bandstand.plumbing import outbox


def locked_payment(payment_id: UUID) -> Payment:
    """
    Return a payment whose row is ours until the transaction ends.

    Raises: PaymentNotFoundError.
    """
    payment = Payment.objects.select_for_update().filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFoundError(
            "There is no payment by that id.", payment_id=print_id(IdKind.PAYMENT, payment_id)
        )
    return payment


def record_answer(payment: Payment, answer: GatewayAnswer, *, because: str, now: datetime) -> None:
    """
    Catch up with the provider's book. Late, repeated and reordered news changes nothing.

    Lock: the caller holds the payment's row.
    """
    attempts = payment.commands.filter(kind=CommandKind.AUTHORISE.value)
    newest = attempts.order_by("written_at", "id").last()
    attempt = attempts.filter(key=answer.key).first()
    if attempt is None or newest is None:
        return
    _settle_command(
        attempt,
        state=rules.authorise_state(answer),
        ref=answer.ref,
        failure=answer.decline_code,
        now=now,
    )
    # News of an attempt that was given up must not move the payment that another card now pays.
    if attempt.pk != newest.pk:
        return
    _follow(payment, answer, because=because, now=now)
    for operation in answer.operations:
        _record_operation(payment, operation, now=now)
    for dispute in answer.disputes:
        record_dispute(payment, dispute, now=now)


def move_payment(payment: Payment, after: PaymentState, *, because: str, now: datetime) -> None:
    """
    Move a payment and record the step.

    Lock: the caller holds the payment's row.
    """
    before = payment.state
    payment.state = after.value
    payment.updated_at = now
    payment.save(update_fields=["state", "updated_at"])
    PaymentMoveRecord.objects.create(
        payment=payment, from_state=before, to_state=after.value, moved_at=now, because=because
    )


def forget_attempt(payment: Payment, *, return_url: str, now: datetime) -> None:
    """Clear what the last attempt left on a payment. Lock: the caller holds the payment's row."""
    payment.provider_ref = payment.action_url = payment.decline_code = ""
    payment.return_url = return_url
    payment.updated_at = now
    payment.save(
        update_fields=["provider_ref", "action_url", "decline_code", "return_url", "updated_at"]
    )


def fail_command(command: MoneyCommand, *, failure: str, now: datetime) -> None:
    """Close a command that did nothing. Lock: the caller holds the payment's row."""
    command.state = CommandState.FAILED.value
    command.failure = failure[:200]
    command.settled_at = now
    command.save(update_fields=["state", "failure", "settled_at"])


def decline(payment: Payment, *, code: str, because: str, now: datetime) -> None:
    """Record that no card was charged. Lock: the caller holds the payment's row."""
    if not rules.may_become(PaymentState(payment.state), PaymentState.DECLINED):
        return
    payment.decline_code = code[:60]
    payment.save(update_fields=["decline_code"])
    _step(payment, PaymentState.DECLINED, because=because, now=now)


def void_unseen(payment: Payment, *, because: str, now: datetime) -> None:
    """Close a payment that never reached its provider. Lock: the caller holds the payment's row."""
    for command in payment.commands.filter(state__in=[one.value for one in rules.OPEN]):
        fail_command(command, failure=because, now=now)
    if rules.may_become(PaymentState(payment.state), PaymentState.VOIDED):
        _step(payment, PaymentState.VOIDED, because=because, now=now)


def _follow(payment: Payment, answer: GatewayAnswer, *, because: str, now: datetime) -> None:
    payment.provider_ref = answer.ref
    payment.action_url = answer.action_url
    payment.decline_code = answer.decline_code
    # A book read earlier may arrive later; amounts, like states, only grow.
    payment.captured_minor = max(payment.captured_minor, answer.captured.minor)
    payment.refunded_minor = max(payment.refunded_minor, answer.refunded.minor)
    payment.updated_at = now
    payment.save(
        update_fields=[
            "provider_ref",
            "action_url",
            "decline_code",
            "captured_minor",
            "refunded_minor",
            "updated_at",
        ]
    )
    for state in rules.steps(PaymentState(payment.state), answer.state):
        _step(payment, state, because=because, now=now)


def _step(payment: Payment, state: PaymentState, *, because: str, now: datetime) -> None:
    move_payment(payment, state, because=because, now=now)
    event = _ANNOUNCEMENTS.get(state)
    if event is not None:
        outbox.emit(event(payment), now=now)


def _record_operation(payment: Payment, operation: ProviderOperation, *, now: datetime) -> None:
    command = payment.commands.filter(key=operation.key).first()
    if command is None:
        return
    state = rules.operation_state(operation)
    is_news = _settle_command(
        command, state=state, ref=operation.ref, failure=operation.failure, now=now
    )
    if is_news and state is CommandState.SUCCEEDED:
        announce_success(payment, command, now=now)
    elif is_news and state is CommandState.FAILED:
        announce_failure(payment, command, now=now)


def announce_success(payment: Payment, command: MoneyCommand, *, now: datetime) -> None:
    """Emit what a command that succeeded means. Lock: the caller holds the payment's row."""
    if command.kind == CommandKind.CAPTURE.value:
        outbox.emit(
            events.PaymentCaptured(
                payment_id=str(payment.id),
                command_id=str(command.id),
                amount_minor=command.amount_minor,
                currency=payment.currency,
                purpose=payment.purpose,
            ),
            now=now,
        )
    elif command.kind == CommandKind.REFUND.value:
        refund = Refund.objects.get(command=command)
        refund.settled_at = now
        refund.save(update_fields=["settled_at"])
        outbox.emit(events.RefundSettled(**_refund_fields(payment, refund)), now=now)


def announce_failure(payment: Payment, command: MoneyCommand, *, now: datetime) -> None:
    """Emit what a command that failed means. Lock: the caller holds the payment's row."""
    if command.kind == CommandKind.CAPTURE.value:
        outbox.emit(
            events.CaptureFailed(
                payment_id=str(payment.id),
                command_id=str(command.id),
                code=command.failure,
                purpose=payment.purpose,
            ),
            now=now,
        )
    elif command.kind == CommandKind.REFUND.value:
        refund = Refund.objects.get(command=command)
        fields = _refund_fields(payment, refund)
        outbox.emit(events.RefundFailed(**fields, code=command.failure), now=now)


def _settle_command(
    command: MoneyCommand, *, state: CommandState, ref: str, failure: str, now: datetime
) -> bool:
    """Move an open command to what the provider says of it; return whether it was settled now."""
    if not rules.is_open(CommandState(command.state)):
        return False
    command.state = state.value
    command.provider_ref = ref
    command.failure = failure[:200]
    is_settled = not rules.is_open(state)
    command.settled_at = now if is_settled else None
    command.save(update_fields=["state", "provider_ref", "failure", "settled_at"])
    return is_settled


def _refund_fields(payment: Payment, refund: Refund) -> dict[str, Any]:
    return {
        "refund_id": str(refund.id),
        "payment_id": str(payment.id),
        "key": refund.key,
        "amount_minor": refund.amount_minor,
        "currency": payment.currency,
        "order_line_id": str(refund.order_line_id) if refund.order_line_id else None,
    }


_ANNOUNCEMENTS: Final[Mapping[PaymentState, Callable[[Payment], outbox.Event]]] = MappingProxyType(
    {
        PaymentState.AUTHORISED: lambda payment: events.PaymentAuthorised(
            payment_id=str(payment.id), purpose=payment.purpose
        ),
        PaymentState.DECLINED: lambda payment: events.PaymentDeclined(
            payment_id=str(payment.id), purpose=payment.purpose, code=payment.decline_code
        ),
        PaymentState.VOIDED: lambda payment: events.PaymentVoided(
            payment_id=str(payment.id), purpose=payment.purpose
        ),
    }
)
