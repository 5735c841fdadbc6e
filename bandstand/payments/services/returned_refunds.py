"""
Refunds that went through and came back: undone once, told of, and asked for again by a person.

A buyer's bank may send a refund back days later (an account that was closed, a card replaced). The
buyer is owed the money again.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from bandstand.payments import events
from bandstand.payments.models import MoneyCommand, Payment, Refund
from bandstand.payments.rules import CommandKind, CommandState, GatewayAnswer, OperationState
from bandstand.plumbing import outbox


def failed_refunds(commands: Iterable[MoneyCommand]) -> frozenset[str]:
    """Return the keys of the refunds that are known to have failed."""
    return frozenset(
        one.key
        for one in commands
        if one.kind == CommandKind.REFUND.value and one.state == CommandState.FAILED.value
    )


def note_returned(payment: Payment, answer: GatewayAnswer, *, now: datetime) -> None:
    """
    Undo the refunds that a provider's book says came back; told again, it changes nothing.

    Lock: the caller holds the payment's row.
    """
    failed = {
        one.key: one.failure
        for one in answer.operations
        if one.kind is CommandKind.REFUND and one.state is OperationState.FAILED
    }
    if not failed:
        return
    undone = payment.commands.filter(
        key__in=failed, kind=CommandKind.REFUND.value, state=CommandState.SUCCEEDED.value
    )
    for command in undone.order_by("id"):
        _undo(payment, command, failure=failed[command.key] or "refund_returned", now=now)


def refund_fields(payment: Payment, refund: Refund) -> dict[str, Any]:
    """Return what every event about a refund says."""
    return {
        "refund_id": str(refund.id),
        "payment_id": str(payment.id),
        "key": refund.key,
        "amount_minor": refund.amount_minor,
        "currency": payment.currency,
        "order_line_id": str(refund.order_line_id) if refund.order_line_id else None,
    }


def _undo(payment: Payment, command: MoneyCommand, *, failure: str, now: datetime) -> None:
    command.state = CommandState.FAILED.value
    command.failure = failure[:200]
    command.save(update_fields=["state", "failure"])
    refund = Refund.objects.get(command=command)
    refund.settled_at = None
    refund.came_back_at = now
    refund.save(update_fields=["settled_at", "came_back_at"])
    payment.refunded_minor -= refund.amount_minor
    payment.updated_at = now
    payment.save(update_fields=["refunded_minor", "updated_at"])
    outbox.emit(
        events.RefundFailed(
            **refund_fields(payment, refund), code=command.failure, was_settled=True
        ),
        now=now,
    )
