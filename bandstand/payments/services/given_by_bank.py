"""
What a buyer's bank gave back: which lines it had paid for, and which refunds it makes needless.

A charge that is lost has gone back to the buyer by the bank. Given back by us too, it would have
gone back twice; left as owed, the books would owe it for ever.
"""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from bandstand.credit.models import PlanPayment
from bandstand.money import Money, allocate
from bandstand.payments import events, rules
from bandstand.payments.models import Capture, Dispute, DisputePart, Payment, Refund
from bandstand.payments.rules import CommandState, DisputeState
from bandstand.payments.services.returned_refunds import refund_fields
from bandstand.plumbing import outbox


def allot(payment: Payment, dispute: Dispute) -> None:
    """
    Write down, once, what of a contested charge had paid which order line.

    Shared by what is left of each line's part; the cents go by largest remainder.
    Lock: the caller holds the payment's row.
    """
    if dispute.parts.exists():
        return
    paid = _paid_by_line(payment)
    lines = sorted(line for line, minor in paid.items() if minor > 0)
    if not lines:
        return
    total = Money(dispute.amount_minor, payment.currency)
    shares = allocate(total, weights=tuple(paid[line] for line in lines))
    DisputePart.objects.bulk_create(
        DisputePart(dispute=dispute, order_line_id=line, amount_minor=share.minor)
        for line, share in zip(lines, shares, strict=True)
        if share.is_positive
    )


def given_by_bank(payment: Payment, *, order_line_id: UUID | None) -> Money:
    """Return what lost disputes gave back of a payment or a line's part and no refund counts."""
    lost = Dispute.objects.filter(payment=payment, state=DisputeState.LOST.value)
    counted = payment.refunds.filter(command__failure=rules.BY_BANK)
    parts = DisputePart.objects.filter(dispute__in=lost)
    if order_line_id is not None and parts.exists():
        given = parts.filter(order_line_id=order_line_id).aggregate(total=Sum("amount_minor"))
        counted = counted.filter(order_line_id=order_line_id)
    else:
        given = lost.aggregate(total=Sum("amount_minor"))
    done = counted.aggregate(total=Sum("amount_minor"))
    left = int(given["total"] or 0) - int(done["total"] or 0)
    return Money(max(left, 0), payment.currency)


def close_by_bank(payment: Payment, refund: Refund, *, now: datetime) -> None:
    """Close a refund that is not sent, because the bank gave the money back."""
    command = refund.command
    command.state = CommandState.FAILED.value
    command.failure = rules.BY_BANK
    command.settled_at = now
    command.save(update_fields=["state", "failure", "settled_at"])
    outbox.emit(events.RefundByBank(**refund_fields(payment, refund)), now=now)


def close_waiting(payment: Payment, *, now: datetime) -> None:
    """
    Close the refunds that waited for the bank's word and that it made needless, oldest first.

    One that the bank gave only in part goes on: the provider says how much of it can still go.
    Lock: the caller holds the payment's row.
    """
    waiting = payment.refunds.filter(command__state=CommandState.WRITTEN.value)
    for refund in waiting.select_related("command").order_by("asked_at", "id"):
        given = given_by_bank(payment, order_line_id=refund.order_line_id)
        if given.minor >= refund.amount_minor:
            close_by_bank(payment, refund, now=now)


def _paid_by_line(payment: Payment) -> dict[UUID, int]:
    """Return what each line's part of a payment is, less what went back of it."""
    paid: dict[UUID, int] = defaultdict(int)
    captures = Capture.objects.filter(
        command__payment=payment, command__state=CommandState.SUCCEEDED.value
    )
    for line_id, minor in captures.values_list("order_line_id", "amount_minor"):
        paid[line_id] += minor
    on_plan = PlanPayment.objects.filter(payment_id=payment.id).values_list(
        "plan__order_line_id", "amount_minor"
    )
    for line_id, minor in on_plan:
        paid[line_id] += minor
    back = payment.refunds.filter(settled_at__isnull=False, order_line_id__isnull=False)
    for refunded, minor in back.values_list("order_line_id", "amount_minor"):
        if refunded in paid:
            paid[refunded] -= minor
    return paid
