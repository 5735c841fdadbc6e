"""
What collecting does when payments report, and when a plan ends. ``config`` wires these.

Each is idempotent: the outbox tells at least once, in any order.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.credit import queries as credit_queries, services as credit
from bandstand.credit.events import PlanCancelled
from bandstand.credit.rules import AskState
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.payments import events, queries, rules
from bandstand.payments.rules import PaymentState
from bandstand.payments.services.claims import claim_refund, claim_void
from bandstand.payments.services.collecting import (
    claim_plan_capture,
    plan_of,
    purpose_of,
    today_of,
)
from bandstand.payments.services.collecting_books import post_plan_payment


def hear_authorised(event: events.PaymentAuthorised, now: datetime) -> None:
    """Take what was set aside for a plan."""
    payment_id = UUID(event.payment_id)
    if plan_of(event.purpose) is None:
        return
    if queries.payment_row(payment_id).state is PaymentState.AUTHORISED:
        claim_plan_capture(payment_id=payment_id, now=now)


def hear_declined(event: events.PaymentDeclined, now: datetime) -> None:
    """Write down that a card was not charged for a plan."""
    _not_paid(event.purpose, state=AskState.DECLINED, failure=event.code, now=now)


def hear_voided(event: events.PaymentVoided, now: datetime) -> None:
    """Write down that a payment on a plan was let go."""
    _not_paid(event.purpose, state=AskState.DROPPED, failure="voided", now=now)


def hear_capture_failed(event: events.CaptureFailed, now: datetime) -> None:
    """Write down that what was set aside for a plan could not be taken."""
    _not_paid(event.purpose, state=AskState.DECLINED, failure=event.code, now=now)


@transaction.atomic
def hear_captured(event: events.PaymentCaptured, now: datetime) -> None:
    """
    Write down money that was taken for a plan, in the plan and in the books, once.

    What nobody owes any more goes back to the card.
    """
    found = plan_of(event.purpose)
    if found is None:
        return
    plan_id, serial = found
    payment_id, amount = UUID(event.payment_id), Money(event.amount_minor, event.currency)
    recorded = credit.record_paid(
        plan_id=plan_id,
        serial=serial,
        payment_id=payment_id,
        amount=amount,
        on=today_of(credit_queries.plan_money(plan_id), now=now),
        now=now,
    )
    if not recorded.is_new:
        return
    post_plan_payment(
        recorded,
        payment_id=payment_id,
        gateway=queries.payment_row(payment_id).gateway,
        amount=amount,
        now=now,
    )
    if recorded.surplus.is_positive:
        claim_refund(
            payment_id=payment_id,
            key=f"{event.purpose}:surplus",
            amount=recorded.surplus,
            order_line_id=recorded.asked.order_line_id,
            reason="It was not owed any more.",
            now=now,
        )


@transaction.atomic
def hear_plan_cancelled(event: PlanCancelled, now: datetime) -> None:
    """
    Give back every payment that was made on a plan whose sale is undone; let go of one under way.

    The sale's own unwinding has put what was paid on what we owe the buyer.
    """
    money = credit_queries.plan_money(UUID(event.plan_id))
    for row in money.payments:
        purpose = purpose_of(row.plan_id, serial=row.serial)
        if row.state is AskState.PAID and row.payment_id and row.amount > row.surplus:
            claim_refund(
                payment_id=row.payment_id,
                key=purpose,
                amount=row.amount - row.surplus,
                order_line_id=money.order_line_id,
                reason=f"The plan {print_id(IdKind.PLAN, row.plan_id)} is cancelled.",
                now=now,
            )
        elif row.state is AskState.ASKED:
            _let_go(purpose, now=now)


def _let_go(purpose: str, *, now: datetime) -> None:
    payment = queries.payment_by_purpose(purpose)
    if payment is None:
        _not_paid(purpose, state=AskState.DROPPED, failure="plan_cancelled", now=now)
        return
    try:
        claim_void(payment_id=payment.id, now=now)
    except (rules.CaptureInFlightError, rules.VoidRefusedError):
        return  # it is taken, or about to be: hearing of it gives it back


def _not_paid(purpose: str, *, state: AskState, failure: str, now: datetime) -> None:
    found = plan_of(purpose)
    if found is not None:
        plan_id, serial = found
        credit.record_not_paid(
            plan_id=plan_id, serial=serial, state=state, failure=failure, now=now
        )
