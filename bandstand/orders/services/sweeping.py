"""
The sweep: whatever fell over half-way is finished, and whatever ran out is ended.

It asks only what the tables say, so it may run anywhere, at any time, several at once.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db.models import Q

from bandstand.kernel.errors import DomainError
from bandstand.offers import services as offers
from bandstand.orders.models import Checkout, OrderLine
from bandstand.orders.queries.checkouts import purpose_of
from bandstand.orders.rules import CheckoutMove, CheckoutState, LineState
from bandstand.orders.services.capturing import has_capture, recapture
from bandstand.orders.services.ending import end_checkout
from bandstand.orders.services.finalizing import finalize
from bandstand.orders.services.paying import decline
from bandstand.orders.services.undoing import cancel_line
from bandstand.payments import queries as payments
from bandstand.payments.queries import PaymentRow
from bandstand.payments.rules import PaymentState

logger = structlog.get_logger(__name__)

BATCH: Final = 200
CAPTURE_WITHIN: Final = timedelta(days=5)
"""
Card networks let an authorisation lapse after about a week; a line that is held longer is ended.
"""
ACTOR: Final = "system:sweep"
RAN_OUT: Final = "The time to pay ran out."
NOT_TAKEN: Final = "The payment could not be taken in time."
Sweep = Callable[..., bool]


def sweep_checkouts(*, now: datetime) -> int:
    """
    Finish paid checkouts, end those that ran out, claim money left unclaimed; return how many
    moved.

    One that cannot be moved is logged and does not stop the others.
    """
    moved = sum(_tried(_sweep_one, checkout_id, now=now) for checkout_id in _checkouts(now))
    moved += sum(_tried(_sweep_line, line_id, now=now) for line_id in _unclaimed_lines(now))
    return moved + offers.expire_reservations(now=now)


def _checkouts(now: datetime) -> list[UUID]:
    live = Checkout.objects.filter(
        Q(state=CheckoutState.PAYING.value)
        | Q(state=CheckoutState.PREPARED.value, expires_at__lte=now)
    )
    return list(live.order_by("expires_at", "id").values_list("id", flat=True)[:BATCH])


def _unclaimed_lines(now: datetime) -> list[UUID]:
    # A minute's grace: a capture is usually on its way, and this only looks after lost ones.
    waiting = OrderLine.objects.filter(
        state=LineState.COMMITTED.value, committed_at__lte=now - timedelta(minutes=1)
    )
    return list(waiting.order_by("committed_at", "id").values_list("id", flat=True)[:BATCH])


def _sweep_one(checkout_id: UUID, *, now: datetime) -> bool:
    checkout = Checkout.objects.get(pk=checkout_id)
    payment = payments.payment_by_purpose(purpose_of(checkout_id))
    if checkout.state == CheckoutState.PAYING.value and payment is not None:
        if payment.state is PaymentState.AUTHORISED:
            finalize(checkout_id=checkout_id, now=now)
            return True
        if payment.state is PaymentState.DECLINED:
            return decline(checkout_id=checkout_id, reason=payment.decline_text, now=now)
    if checkout.expires_at > now and not _is_void(payment):
        return False
    return end_checkout(checkout_id=checkout_id, move=CheckoutMove.EXPIRE, reason=RAN_OUT, now=now)


def _sweep_line(line_id: UUID, *, now: datetime) -> bool:
    line = OrderLine.objects.select_related("order").get(pk=line_id)
    payment_id = line.order.payment_id
    if payment_id is None or has_capture(payment_id):
        return False
    payment = payments.payment_row(payment_id)
    if _is_void(payment) or line.committed_at <= now - CAPTURE_WITHIN:
        return cancel_line(line_id=line_id, reason=NOT_TAKEN, actor=ACTOR, now=now).is_new
    return recapture(order_id=line.order_id, now=now)


def _is_void(payment: PaymentRow | None) -> bool:
    return payment is not None and payment.state is PaymentState.VOIDED


def _tried(sweep: Sweep, subject_id: UUID, *, now: datetime) -> bool:
    try:
        return sweep(subject_id, now=now)
    except DomainError as refused:
        logger.warning("orders.sweep_refused", subject=str(subject_id), code=refused.code)
        return False
