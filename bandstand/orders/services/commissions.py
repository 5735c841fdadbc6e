"""The operator's commission on a sale, and the list of rules it comes from."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.kernel.errors import NotFoundError
from bandstand.orders.models import CommissionRuleRecord
from bandstand.orders.queries.commissions import rules_at
from bandstand.orders.rules import Commission, CommissionRule, Sale, commission_of, require_rule
from bandstand.plumbing import audit


def commission_on(sale: Sale) -> Commission:
    """Return what the operator keeps of a sale, by the first rule that matches it."""
    return commission_of(sale, rules_at(sale.at))


@transaction.atomic
def add_commission_rule(*, rule: CommissionRule, actor: str, now: datetime) -> UUID:
    """
    Put a rule into the list, from its own instant on; what was sold before keeps its commission.

    Raises: CommissionRuleError.
    """
    require_rule(rule)
    row = CommissionRuleRecord.objects.create(
        position=rule.position,
        label=rule.label.strip(),
        rate_bps=rule.rate_bps,
        fixed_minor=rule.fixed_minor,
        currency=rule.currency,
        market_id=rule.market or None,
        category_id=rule.category_id,
        seller_id=rule.seller_id,
        condition=rule.condition,
        price_from_minor=rule.price_from_minor,
        price_below_minor=rule.price_below_minor,
        from_at=rule.from_at,
        until_at=rule.until_at,
        set_by=actor,
    )
    audit.record(
        actor=actor, action="commission.add", subject=f"commission:{row.id}", now=now,
        label=row.label, rate_bps=str(row.rate_bps),
    )  # fmt: skip
    return row.id


@transaction.atomic
def end_commission_rule(*, rule_id: UUID, actor: str, now: datetime) -> None:
    """
    Let a rule end now; one that has ended stays as it ended.

    Raises: NotFoundError.
    """
    row = CommissionRuleRecord.objects.select_for_update().filter(pk=rule_id).first()
    if row is None:
        raise NotFoundError("There is no such commission rule.")
    if row.until_at is not None and row.until_at <= now:
        return
    if row.from_at >= now:
        row.delete()  # it never counted for any sale
    else:
        row.until_at = now
        row.save(update_fields=["until_at"])
    audit.record(actor=actor, action="commission.end", subject=f"commission:{rule_id}", now=now)
