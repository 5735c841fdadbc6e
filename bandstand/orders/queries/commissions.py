"""The list of commission rules."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from bandstand.orders.models import CommissionRuleRecord
from bandstand.orders.rules import CommissionRule


@dataclass(frozen=True, slots=True)
class CommissionRow:
    """A rule with the names of what it is about."""

    id: UUID
    rule: CommissionRule
    seller: str
    category: str
    set_by: str


def rules_at(at: datetime) -> tuple[CommissionRule, ...]:
    """Return the rules in force at an instant, in order."""
    live = CommissionRuleRecord.objects.filter(
        Q(until_at=None) | Q(until_at__gt=at), from_at__lte=at
    )
    return tuple(_rule(row) for row in live)


def commission_rules() -> tuple[CommissionRow, ...]:
    """Return every rule there ever was, in order."""
    rows = CommissionRuleRecord.objects.select_related("seller", "category")
    return tuple(
        CommissionRow(
            row.id,
            _rule(row),
            row.seller.trading_name if row.seller else "",
            row.category.name if row.category else "",
            row.set_by,
        )
        for row in rows
    )


def _rule(row: CommissionRuleRecord) -> CommissionRule:
    return CommissionRule(
        position=row.position,
        label=row.label,
        rate_bps=row.rate_bps,
        fixed_minor=row.fixed_minor,
        currency=row.currency,
        market=row.market_id or "",
        category_id=row.category_id,
        seller_id=row.seller_id,
        condition=row.condition,
        price_from_minor=row.price_from_minor,
        price_below_minor=row.price_below_minor,
        from_at=row.from_at,
        until_at=row.until_at,
    )
