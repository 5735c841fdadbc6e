"""
What promotions do when plans report. ``config`` wires these.

Each is idempotent: the outbox tells at least once, in any order.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.credit.events import PlanPaymentMade, PlanSettled
from bandstand.credit.models import PlanPayment
from bandstand.credit.rules import AskKind
from bandstand.promotions.services.giving import give_all, locked_promise, settle_credits


@transaction.atomic
def hear_payment_made(event: PlanPaymentMade, now: datetime) -> None:
    """Bring the credits of a plan forward once the money of its payoff has come."""
    plan_id = UUID(event.plan_id)
    is_payoff = PlanPayment.objects.filter(
        plan_id=plan_id, serial=event.serial, kind=AskKind.PAYOFF.value
    ).exists()
    promise = locked_promise(plan_id) if is_payoff else None
    if promise is not None and promise.plan.credits_kept_minor:
        give_all(plan_id=plan_id, now=now)


@transaction.atomic
def hear_settled(event: PlanSettled, now: datetime) -> None:
    """Decide over the credits left of a plan that was paid off."""
    promise = locked_promise(UUID(event.plan_id))
    if promise is not None:
        settle_credits(promise, now=now)
