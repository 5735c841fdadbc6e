"""Who hears what: the one list of events and their handlers."""

from bandstand.credit.events import (
    ChangeAccepted,
    ChangeProposed,
    ChangeRefused,
    InstalmentComing,
    InstalmentLate,
    LateFeeCharged,
    LateFeeWaived,
    PlanCancelled,
    PlanChargedOff,
    PlanPaused,
    PlanPaymentFailed,
    PlanPaymentMade,
    PlanResumed,
    PlanSettled,
)
from bandstand.credit.services import bureau_changes as bureau
from bandstand.gate import services as gate
from bandstand.gate.events import HoldExpired, HoldLifted, HoldPlaced
from bandstand.orders import card_letters, plan_letters, plan_receipts
from bandstand.orders.events import LineCancelled, LinePaid, LineReturned
from bandstand.orders.services import card_mandates, hear as orders, pausing as plan_pauses
from bandstand.payments.events import (
    CaptureFailed,
    CaptureHeld,
    CardExpiring,
    CardSaved,
    DisputeDecided,
    DisputeOpened,
    PaymentAuthorised,
    PaymentCaptured,
    PaymentDeclined,
    PaymentVoided,
    RefundByBank,
    RefundFailed,
    RefundSettled,
)
from bandstand.payments.services import collecting_disputes, collecting_hear as collecting
from bandstand.payouts import services as payouts
from bandstand.plumbing.outbox import listen, listen_many
from bandstand.promotions import services as promotions
from bandstand.promotions.services.hear_pages import hear_payments_made
from bandstand.provenance.events import CustodyChanged
from bandstand.takedowns.events import NoticeInForce
from bandstand.takedowns.services import hear as takedowns
from bandstand.trade_in import services as trade_in


def wire() -> None:
    """
    Register every handler; idempotent.

    Where two rooms hear one event, the lower one is named first and told first.
    """
    _wire_plans()
    listen(PaymentAuthorised, orders.hear_authorised, about=_is_for_order)
    listen(PaymentDeclined, orders.hear_declined)
    listen(PaymentCaptured, orders.hear_captured, about=_is_for_order)
    listen(PaymentCaptured, takedowns.hear_payment_moved, about=_is_for_order)
    listen(PaymentVoided, takedowns.hear_payment_moved)
    listen(CaptureHeld, orders.hear_capture_held)
    listen(CaptureHeld, takedowns.hear_payment_moved)
    listen(CaptureFailed, orders.hear_capture_failed)
    listen(CaptureFailed, takedowns.hear_payment_moved)
    listen(RefundSettled, orders.hear_refund_settled)
    listen(RefundSettled, takedowns.hear_refund_settled)
    listen(RefundFailed, orders.hear_refund_failed)
    listen(RefundFailed, takedowns.hear_refund_failed)
    listen(RefundByBank, orders.hear_refund_by_bank)
    _wire_cards_and_disputes()
    listen(LinePaid, payouts.hear_line_paid)
    listen(LinePaid, trade_in.hear_line_paid)
    listen(LineCancelled, payouts.hear_line_undone)
    listen(LineReturned, payouts.hear_line_undone)
    listen(LineCancelled, trade_in.hear_line_undone)
    listen(LineReturned, trade_in.hear_line_undone)
    listen(LineReturned, takedowns.hear_line_returned)
    listen(CustodyChanged, gate.hear_custody_changed)
    listen(HoldPlaced, takedowns.hear_hold_placed)
    listen(HoldLifted, takedowns.hear_hold_lifted)
    listen(HoldExpired, takedowns.hear_hold_expired)
    listen(NoticeInForce, takedowns.hear_notice_in_force)


def _wire_cards_and_disputes() -> None:
    listen(CardSaved, card_mandates.hear_card_saved)
    listen(LinePaid, card_mandates.hear_line_paid)
    listen(CardExpiring, card_letters.hear_card_expiring)
    listen(DisputeOpened, collecting_disputes.hear_opened)
    listen(DisputeDecided, collecting_disputes.hear_decided)
    listen(DisputeDecided, takedowns.hear_dispute_decided)


def _is_for_order(event: PaymentAuthorised | PaymentCaptured) -> bool:
    # Plans hear of theirs by the thousand; nobody else need look at those one by one.
    return not collecting.is_for_plan(event)


def _wire_plans() -> None:
    listen(PlanCancelled, bureau.hear_plan_cancelled)
    listen_many(PaymentAuthorised, collecting.hear_authorised, about=collecting.is_for_plan)
    listen(PaymentDeclined, collecting.hear_declined)
    listen(PaymentVoided, collecting.hear_voided)
    listen_many(PaymentCaptured, collecting.hear_captured, about=collecting.is_for_plan)
    listen(CaptureFailed, collecting.hear_capture_failed)
    listen(PlanCancelled, collecting.hear_plan_cancelled)
    listen(InstalmentComing, plan_letters.hear_coming)
    listen(InstalmentLate, plan_letters.hear_late)
    listen_many(PlanPaymentMade, plan_receipts.hear_made)
    listen(PlanPaymentFailed, plan_letters.hear_failed)
    listen(PlanSettled, plan_letters.hear_settled)
    _wire_plan_changes()


def _wire_plan_changes() -> None:
    listen(HoldPlaced, plan_pauses.hear_hold_placed)
    listen(HoldLifted, plan_pauses.hear_hold_ended)
    listen(HoldExpired, plan_pauses.hear_hold_ended)
    listen(PlanPaused, plan_letters.hear_paused)
    listen(PlanResumed, plan_letters.hear_resumed)
    listen(LateFeeCharged, plan_letters.hear_fee_charged)
    listen(LateFeeWaived, plan_letters.hear_fee_waived)
    listen(ChangeProposed, plan_letters.hear_change_proposed)
    listen(ChangeRefused, plan_letters.hear_change_refused)
    listen(ChangeAccepted, plan_letters.hear_change_accepted)
    listen(PlanChargedOff, plan_letters.hear_charged_off)
    listen_many(PlanPaymentMade, hear_payments_made)
    listen(PlanSettled, promotions.hear_settled)
