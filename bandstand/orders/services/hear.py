"""
What orders do when payments report. ``config`` wires these to the events.

Each is idempotent: the outbox tells at least once, in any order.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.credit import queries as credit_queries, services as credit
from bandstand.kernel.public_ids import IdKind, MalformedIdError, parse_id
from bandstand.ledger import services as ledger
from bandstand.money import Money
from bandstand.orders.events import LinePaid
from bandstand.orders.models import Checkout, Order, OrderLine
from bandstand.orders.rules import CheckoutEndedError, CheckoutState, LineMove, LineState
from bandstand.orders.services.capturing import recapture
from bandstand.orders.services.ending import void_if_possible
from bandstand.orders.services.finalizing import finalize
from bandstand.orders.services.moves import lock_line, move_line
from bandstand.orders.services.paying import decline
from bandstand.orders.services.posting import (
    post_late_capture,
    post_refund,
    post_refund_by_bank,
    post_sale,
)
from bandstand.orders.services.undoing import cancel_line, refund_line
from bandstand.payments import queries as payments
from bandstand.payments.events import (
    CaptureFailed,
    CaptureHeld,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    RefundByBank,
    RefundFailed,
    RefundSettled,
)
from bandstand.payments.rules import PaymentState, decline_text
from bandstand.plumbing import outbox

ACTOR = "system:payments"
LATE_REASON = "The line was cancelled before its payment was taken."


def hear_authorised(event: PaymentAuthorised, now: datetime) -> None:
    """Finalize the checkout that was paid for; money for one that has ended is let go."""
    checkout_id = checkout_of(event.purpose)
    if checkout_id is None:
        return
    state = Checkout.objects.filter(pk=checkout_id).values_list("state", flat=True).first()
    if state == CheckoutState.PAYING.value:
        try:
            finalize(checkout_id=checkout_id, now=now)
        except CheckoutEndedError:
            return  # it failed, the money is let go and the buyer was told: nothing is left to do
    elif state is not None and state != CheckoutState.FINALIZED.value:
        void_if_possible(UUID(event.payment_id), now=now)


def hear_declined(event: PaymentDeclined, now: datetime) -> None:
    """Let the buyer try another card, unless a later attempt has already gone through."""
    checkout_id = checkout_of(event.purpose)
    if checkout_id is None:
        return
    if payments.payment_row(UUID(event.payment_id)).state is PaymentState.DECLINED:
        decline(checkout_id=checkout_id, reason=decline_text(event.code), now=now)


@transaction.atomic
def hear_captured(event: PaymentCaptured, now: datetime) -> None:
    """
    Post the sale of every line the capture paid, and activate its plan.

    Money for a line that was cancelled meanwhile is owed back, and refunded.
    Lock: each line's order, then its row, in id order.
    """
    for part in payments.capture_lines(UUID(event.command_id)):
        line = lock_line(part.order_line_id)
        if line.state == LineState.COMMITTED.value:
            _settle(line, now=now)
        elif line.state == LineState.CANCELLED.value:
            post_late_capture(line, amount=part.amount, command_id=UUID(event.command_id), now=now)
            refund_line(line, amount=part.amount, reason=LATE_REASON, now=now)


def hear_capture_held(event: CaptureHeld, now: datetime) -> None:
    """Claim the money again for what the hold does not cover, once nothing held is in the way."""
    for order_id in _orders_of(event.payment_id):
        recapture(order_id=order_id, now=now)


def hear_capture_failed(event: CaptureFailed, now: datetime) -> None:
    """Cancel the lines whose money could not be taken."""
    for part in payments.capture_lines(UUID(event.command_id)):
        state = OrderLine.objects.values_list("state", flat=True).get(pk=part.order_line_id)
        if state == LineState.COMMITTED.value:
            cancel_line(
                line_id=part.order_line_id,
                reason="Your bank did not let the payment be taken.",
                actor=ACTOR,
                now=now,
            )


def hear_refund_settled(event: RefundSettled, now: datetime) -> None:
    """Post a refund that reached its buyer; refunds that are not for an order line are not ours."""
    if _is_ours(event.order_line_id):
        _post_refund(event, now=now)


def hear_refund_failed(event: RefundFailed, now: datetime) -> None:
    """Put a refund that went through and came back on what we owe its buyer again."""
    if not event.was_settled or not _is_ours(event.order_line_id):
        return
    posted = _post_refund(event, now=now)
    ledger.reverse(transfer_id=posted, idempotency_key=f"refund_returned:{event.key}", now=now)


def hear_refund_by_bank(event: RefundByBank, now: datetime) -> None:
    """Take what the buyer's bank gave back off what we owe the buyer."""
    if event.order_line_id is not None and _is_ours(event.order_line_id):
        post_refund_by_bank(
            key=event.key,
            line_id=UUID(event.order_line_id),
            amount=Money(event.amount_minor, event.currency),
            now=now,
        )


def checkout_of(purpose: str) -> UUID | None:
    """Return the checkout that a payment's purpose names, or None if it is for something else."""
    room, _, printed = purpose.partition(":")
    if room != "checkout":
        return None
    try:
        return parse_id(IdKind.CHECKOUT, printed)
    except MalformedIdError:
        return None


def _settle(line: OrderLine, *, now: datetime) -> None:
    move_line(line, LineMove.PAY, actor=ACTOR, now=now)
    plan_id = credit.activate_plan(order_line_id=line.id, now=now)
    post_sale(line, plan_id=plan_id, now=now)
    plan = None if plan_id is None else credit_queries.plan_page(line.id)
    if plan is not None and plan.disclosure.is_first_payment_today:
        credit.settle_instalment(plan_id=plan.id, number=1, now=now)
    outbox.emit(LinePaid(line_id=str(line.id), order_id=str(line.order_id)), now=now)


def _is_ours(order_line_id: str | None) -> bool:
    """Say whether something was for a line of an order of this shop."""
    return order_line_id is not None and OrderLine.objects.filter(pk=order_line_id).exists()


def _post_refund(event: RefundSettled | RefundFailed, *, now: datetime) -> UUID:
    return post_refund(
        key=event.key,
        line_id=UUID(event.order_line_id or ""),
        payment_id=UUID(event.payment_id),
        amount=Money(event.amount_minor, event.currency),
        now=now,
    )


def _orders_of(payment_id: str) -> list[UUID]:
    return list(Order.objects.filter(payment_id=UUID(payment_id)).values_list("id", flat=True))
