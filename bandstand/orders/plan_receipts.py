"""Receipts of many payments on plans at once; the plans of other shops are left out in one look."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from bandstand.credit.events import PlanPaymentMade
from bandstand.orders import plan_letters
from bandstand.orders.models import OrderLine


def hear_made(news: Sequence[PlanPaymentMade], now: datetime) -> None:
    """Send the receipts of payments, each once."""
    named = OrderLine.objects.filter(pk__in=[event.order_line_id for event in news])
    known = set(named.values_list("id", flat=True))
    for event in news:
        if UUID(event.order_line_id) in known:
            plan_letters.hear_made(event, now)
