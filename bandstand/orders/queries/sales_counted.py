"""Sales counted as a law counts them: by day, of new goods, whose payment was taken."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import TruncDate

from bandstand.money import Money
from bandstand.orders.models import LineMoveRecord, OrderLine
from bandstand.orders.rules import LineState
from bandstand.parties.rules.inform import SaleDay
from bandstand.rights.rules import Condition


def sale_days(
    *, seller_id: UUID, market: str, currency: str, since: date, zone: str
) -> list[SaleDay]:
    """
    Return what a seller sold in a market, day by day on a clock, from a day on.

    A sale counts from when it was entered into, if its payment was ever taken; a refund afterwards
    does not undo that it was one.

    Source: 15 U.S.C. 45f(f)(3): sales of new or unused goods, payment processed here.
    """
    clock = ZoneInfo(zone)
    rows = (
        _counted(market=market, currency=currency)
        .filter(seller_id=seller_id)
        .annotate(on=TruncDate("committed_at", tzinfo=clock))
        .filter(on__gte=since)
        .values_list("on")
        .annotate(sales=Count("id"), gross=Sum("price_minor"))
        .order_by("on")
    )
    return [SaleDay(on, sales, Money(gross, currency)) for on, sales, gross in rows]


def _counted(*, market: str, currency: str) -> QuerySet[OrderLine]:
    taken = LineMoveRecord.objects.filter(line=OuterRef("pk"), to_state=LineState.PAID.value)
    return OrderLine.objects.filter(
        Exists(taken), market_code=market, currency=currency, condition=Condition.NEW.value
    )
