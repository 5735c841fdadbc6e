"""What promotions do when many payments on plans are made at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bandstand.credit.events import PlanPaymentMade
from bandstand.credit.models import PlanPayment
from bandstand.credit.rules import AskKind
from bandstand.promotions.services.hear import hear_payment_made


def hear_payments_made(news: Sequence[PlanPaymentMade], now: datetime) -> None:
    """Bring the credits of plans forward once the money of their payoff has come."""
    named = PlanPayment.objects.filter(
        plan__in=[event.plan_id for event in news], kind=AskKind.PAYOFF.value
    )
    payoffs = set(named.values_list("plan_id", "serial"))
    for event in news:
        if (UUID(event.plan_id), event.serial) in payoffs:
            hear_payment_made(event, now)
