"""Who hears what: the one list of events and their handlers."""

from bandstand.credit.events import (
    InstalmentComing,
    InstalmentLate,
    PlanCancelled,
    PlanPaymentFailed,
    PlanPaymentMade,
    PlanSettled,
)
from bandstand.gate import services as gate
from bandstand.gate.events import HoldExpired, HoldLifted, HoldPlaced
from bandstand.orders import plan_letters
from bandstand.orders.events import LineCancelled, LinePaid, LineReturned
from bandstand.orders.services import hear as orders
from bandstand.payments.events import (
    CaptureFailed,
    CaptureHeld,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentVoided,
    RefundSettled,
)
from bandstand.payments.services import collecting_hear as collecting
from bandstand.payouts import services as payouts
from bandstand.plumbing.outbox import listen
from bandstand.provenance.events import CustodyChanged
from bandstand.takedowns.events import NoticeInForce
from bandstand.takedowns.services import hear as takedowns


def wire() -> None:
    """
    Register every handler; idempotent.

    Where two rooms hear one event, the lower one is named first and told first.
    """
    _wire_plans()
    listen(PaymentAuthorised, orders.hear_authorised)
    listen(PaymentDeclined, orders.hear_declined)
    listen(PaymentCaptured, orders.hear_captured)
    listen(PaymentCaptured, takedowns.hear_payment_moved)
    listen(PaymentVoided, takedowns.hear_payment_moved)
    listen(CaptureHeld, orders.hear_capture_held)
    listen(CaptureHeld, takedowns.hear_payment_moved)
    listen(CaptureFailed, orders.hear_capture_failed)
    listen(CaptureFailed, takedowns.hear_payment_moved)
    listen(RefundSettled, orders.hear_refund_settled)
    listen(RefundSettled, takedowns.hear_refund_settled)
    listen(LinePaid, payouts.hear_line_paid)
    listen(LineCancelled, payouts.hear_line_undone)
    listen(LineReturned, payouts.hear_line_undone)
    listen(LineReturned, takedowns.hear_line_returned)
    listen(CustodyChanged, gate.hear_custody_changed)
    listen(HoldPlaced, takedowns.hear_hold_placed)
    listen(HoldLifted, takedowns.hear_hold_lifted)
    listen(HoldExpired, takedowns.hear_hold_expired)
    listen(NoticeInForce, takedowns.hear_notice_in_force)


def _wire_plans() -> None:
    listen(PaymentAuthorised, collecting.hear_authorised)
    listen(PaymentDeclined, collecting.hear_declined)
    listen(PaymentVoided, collecting.hear_voided)
    listen(PaymentCaptured, collecting.hear_captured)
    listen(CaptureFailed, collecting.hear_capture_failed)
    listen(PlanCancelled, collecting.hear_plan_cancelled)
    listen(InstalmentComing, plan_letters.hear_coming)
    listen(InstalmentLate, plan_letters.hear_late)
    listen(PlanPaymentMade, plan_letters.hear_made)
    listen(PlanPaymentFailed, plan_letters.hear_failed)
    listen(PlanSettled, plan_letters.hear_settled)
