"""Where an order stands, in the shop's words and in the words a book may use for the same."""

from decimal import Decimal
from typing import Any, Final

from bandstand.config.cases.answers import Observed, Words
from bandstand.config.cases.buyers import line_of, unit_of
from bandstand.config.cases.play import Order
from bandstand.offers.models import Reservation, Unit
from bandstand.offers.rules import UnitState
from bandstand.orders.models import Checkout, OrderLine
from bandstand.orders.queries.checkouts import purpose_of
from bandstand.orders.rules import LineState
from bandstand.payments.models import MoneyCommand, Payment, Refund
from bandstand.payments.rules import CommandKind, CommandState, PaymentState
from bandstand.plumbing.models import Letter

GOOD_NEWS: Final = ("order.placed", "order.shipped", "order.delivered")
NOT_PLACED: Final = Words(("refused", "failed", "not_placed", "rejected", "none", "no_order"))
OPEN: Final = Words(("open", "pending", "in_checkout", "cart", "prepared"))
LINE_WORDS: Final = {
    "committed": Words(("committed", "placed", "committed_unpaid", "confirmed")),
    "paid": Words(("paid", "paid_unshipped", "captured", "committed", "placed")),
    "released": Words(("released", "shipped", "in_transit", "handed_over")),
    "delivered": Words(("delivered", "stands")),
    "returned": Words(("returned", "return_received")),
}
VOIDED: Final = Words(("voided", "void", "void_requested", "released"))
VOID_ASKED: Final = Words(("void_requested", "void"))
REFUNDED: Final = Words(("refunded", "refund", "refund_requested", "refund_due"))
REFUND_ASKED: Final = Words(("refund_requested", "refund", "refund_due"))
CAPTURED: Final = Words(("captured", "paid", "taken"))
AUTHORISED: Final = Words(("authorised", "authorized", "not_captured", "capture_pending"))
NO_PAYMENT: Final = Words(("none", "not_started", "not_taken"))
IN_STOCK: Final = Words(("sellable_accessible", "in_stock", "available"))
SET_APART: Final = Words(("non_sellable_other", "quarantined", "quarantine"))


def observe(order: Order, observed: Observed) -> Observed:
    """Add where an order, its money and its unit stand to what was observed."""
    line, payment = line_of(order), _payment(order)
    unit_id = line.unit_id if line else unit_of(order)
    unit = None if unit_id is None else Unit.objects.get(pk=unit_id)
    captured = payment is not None and payment.state == PaymentState.CAPTURED.value
    return observed.note(
        order_state=_order_state(order, line=line),
        order=_order_state(order, line=line),
        payment=_payment_words(payment),
        captured=captured,
        refund=_refund_text(order),
        stock_released=_is_stock_free(order, line=line),
        buyer_told=_is_buyer_told(order),
        disposition=_disposition(unit),
        restocked=unit is not None and unit.state == UnitState.IN_STOCK.value,
        restock=unit is not None and unit.state == UnitState.IN_STOCK.value,
        released=line is not None and line.state in {"released", "delivered"},
        committed=line is not None,
    )


def _order_state(order: Order, *, line: OrderLine | None) -> Words:
    if line is None:
        return OPEN if _is_open(order) else NOT_PLACED
    if line.state != LineState.CANCELLED.value:
        return LINE_WORDS[line.state]
    refund = Refund.objects.filter(order_line_id=line.id).first()
    if refund is None:
        return Words(("cancelled", "cancelled_void_requested", "cancelled_not_charged"))
    if refund.settled_at is None:
        return Words(("cancelled_refund_due", "cancelled", "refund_due"))
    return Words(("cancelled_refunded", "cancelled", "cancelled_refund_due", "refunded"))


def _is_open(order: Order) -> bool:
    if order.checkout_id is None:
        return order.basket_id is not None and not order.is_refused
    return Checkout.objects.filter(pk=order.checkout_id, ended_at=None).exists()


def _payment(order: Order) -> Payment | None:
    if order.checkout_id is None:
        return None
    return Payment.objects.filter(purpose=purpose_of(order.checkout_id)).first()


def _payment_words(payment: Payment | None) -> Words:
    if payment is None:
        return NO_PAYMENT
    refund = payment.refunds.order_by("asked_at").first()
    if refund is not None:
        return REFUNDED if refund.settled_at else REFUND_ASKED
    if payment.state == PaymentState.AUTHORISED.value:
        return VOID_ASKED if _is_void_asked(payment) else AUTHORISED
    words = {PaymentState.VOIDED.value: VOIDED, PaymentState.CAPTURED.value: CAPTURED}
    return words.get(payment.state, Words((payment.state,)))


def _is_void_asked(payment: Payment) -> bool:
    void = MoneyCommand.objects.filter(payment=payment, kind=CommandKind.VOID.value)
    return void.exclude(state=CommandState.FAILED.value).exists()


def _refund_text(order: Order) -> Any:  # noqa: ANN401 -- an amount as a book writes it, or nothing
    refund = Refund.objects.filter(order_line_id=order.line_id).first() if order.line_id else None
    return None if refund is None else Decimal(refund.amount_minor).scaleb(-2)


def _is_stock_free(order: Order, *, line: OrderLine | None) -> bool:
    """Say whether nothing is kept for the order any more; what was never kept is not kept."""
    if line is not None and line.state != "cancelled":
        return False
    if order.checkout_id is None:
        return True
    return not Reservation.objects.filter(holder=order.checkout_id, ended_at=None).exists()


def _is_buyer_told(order: Order) -> bool:
    letters = Letter.objects.filter(to_address=order.email)
    return letters.exclude(kind__in=GOOD_NEWS).exists()


def _disposition(unit: Unit | None) -> Words:
    if unit is None:
        return Words(("none",))
    if unit.state == UnitState.QUARANTINED.value:
        return SET_APART
    return IN_STOCK if unit.state == UnitState.IN_STOCK.value else Words((unit.state,))
