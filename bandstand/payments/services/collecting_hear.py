"""
What collecting does when payments report, and when a plan ends. ``config`` wires these.

Each is idempotent: the outbox tells at least once, in any order.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries as catalogue
from bandstand.credit import queries as credit_queries, services as credit
from bandstand.credit.events import PlanCancelled
from bandstand.credit.rules import AskState
from bandstand.credit.services import PaidNow, RecordedPayment
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import services as ledger
from bandstand.money import Money
from bandstand.payments import events, queries, rules
from bandstand.payments.models import Payment
from bandstand.payments.services.claims import claim_refund, claim_void
from bandstand.payments.services.collecting import claim_plan_captures
from bandstand.payments.services.collecting_books import plan_payment_order
from bandstand.payments.services.collecting_purposes import plan_of, purpose_of
from bandstand.plumbing import clock

PaymentEvent = (
    events.PaymentAuthorised
    | events.PaymentCaptured
    | events.PaymentDeclined
    | events.PaymentVoided
    | events.CaptureFailed
)


def is_for_plan(event: PaymentEvent) -> bool:
    """Say whether news of a payment is of one on a plan."""
    return plan_of(event.purpose) is not None


def hear_authorised(news: Sequence[events.PaymentAuthorised], now: datetime) -> None:
    """Take what was set aside for plans."""
    ids = [UUID(event.payment_id) for event in news if is_for_plan(event)]
    claim_plan_captures(payment_ids=ids, now=now)


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
def hear_captured(news: Sequence[events.PaymentCaptured], now: datetime) -> None:
    """
    Write down money that was taken for plans, in the plans and in the books, once.

    What nobody owes any more goes back to the card.
    """
    paid = _paid([event for event in news if is_for_plan(event)], now=now)
    recorded = credit.record_paid_many(paid=paid, now=now)
    new = [(one, into) for one, into in zip(paid, recorded, strict=True) if into.is_new]
    rows = Payment.objects.filter(pk__in=[one.payment_id for one, _ in new])
    gateways = dict(rows.values_list("id", "gateway"))
    orders = [
        plan_payment_order(
            into,
            payment_id=one.payment_id,
            gateway=gateways[one.payment_id],
            amount=one.amount,
            now=now,
        )
        for one, into in new
    ]
    ledger.post_batch(orders=orders, now=now)
    for one, into in new:
        _give_back(one, into, now=now)


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


def _paid(news: Sequence[events.PaymentCaptured], *, now: datetime) -> list[PaidNow]:
    """Return what was taken for plans, with the day it is where each was sold."""
    found = [(event, plan_of(event.purpose)) for event in news]
    named = [(event, *plan) for event, plan in found if plan is not None]
    markets = credit_queries.markets_of([plan_id for _, plan_id, _ in named])
    days = {market: catalogue.market(market).time_zone for market in set(markets.values())}
    return [
        PaidNow(
            plan_id=plan_id,
            serial=serial,
            payment_id=UUID(event.payment_id),
            amount=Money(event.amount_minor, event.currency),
            on=clock.day_in(days[markets[plan_id]], at=now),
        )
        for event, plan_id, serial in named
    ]


def _give_back(paid: PaidNow, recorded: RecordedPayment, *, now: datetime) -> None:
    if recorded.surplus.is_positive:
        claim_refund(
            payment_id=paid.payment_id,
            key=f"{purpose_of(paid.plan_id, serial=paid.serial)}:surplus",
            amount=recorded.surplus,
            order_line_id=recorded.asked.order_line_id,
            reason="It was not owed any more.",
            now=now,
        )


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
