"""The claim on an order's money: once, for all its live lines, and only while the gate lets it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.gate import guard
from bandstand.gate.guard import HeldError, StaleDecisionError
from bandstand.gate.rules import Activity
from bandstand.money import Money
from bandstand.orders.models import Order, OrderLine
from bandstand.orders.rules import LineState, OrderNotFoundError
from bandstand.orders.services.asking import ask_about_line
from bandstand.payments import queries as payment_queries, services as payments
from bandstand.payments.rules import CommandKind, CommandState, PaymentState
from bandstand.payments.services import CaptureLine
from bandstand.plumbing import locks


@transaction.atomic
def recapture(*, order_id: UUID, now: datetime) -> bool:
    """
    Claim an order's money again after a claim that came to nothing; return whether it was claimed.

    One capture takes a payment, so it waits until no live line is held: those that are will be
    cancelled, or their hold lifted.
    Lock: the order's business identity.
    """
    locks.lock(f"order:{order_id}")
    order = Order.objects.filter(pk=order_id).first()
    if order is None:
        raise OrderNotFoundError("There is no such order.", given=str(order_id))
    if order.payment_id is None or has_capture(order.payment_id):
        return False
    if payment_queries.payment_row(order.payment_id).state is not PaymentState.AUTHORISED:
        return False
    try:
        return claim_captures(order, now=now)
    except (HeldError, StaleDecisionError):
        return False


def claim_captures(order: Order, *, now: datetime) -> bool:
    """
    Claim the money of every committed line of an order, if the gate lets all of it be taken.

    Raises: HeldError, StaleDecisionError from the guard.
    """
    if order.payment_id is None:
        return False
    lines = list(
        OrderLine.objects.filter(order=order, state=LineState.COMMITTED.value)
        .select_related("offer")
        .order_by("id")
    )
    decisions = {
        line.id: ask_about_line(Activity.PAYMENT_CAPTURE, line=line, now=now) for line in lines
    }
    if not lines or not all(decision.is_allowed for decision in decisions.values()):
        return False
    guard.take_anchors(*decisions.values())
    payments.claim_capture(
        payment_id=order.payment_id,
        lines=tuple(
            CaptureLine(
                order_line_id=line.id,
                amount=Money(line.due_today_minor, line.currency),
                decision=decisions[line.id],
            )
            for line in lines
        ),
        now=now,
    )
    return True


def has_capture(payment_id: UUID) -> bool:
    """Say whether a capture of a payment is on its way or done."""
    return any(
        command.kind is CommandKind.CAPTURE and command.state is not CommandState.FAILED
        for command in payment_queries.commands_of(payment_id)
    )
