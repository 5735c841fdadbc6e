"""How a plan earns interest, as the rules of extra payments take it."""

from datetime import date
from uuid import UUID

from bandstand.credit.models import Plan
from bandstand.credit.rules.extra import Earning
from bandstand.credit.rules.hardship import ChangeKind


def earning_of(plan_id: UUID) -> Earning:
    """Return a plan's rate and day, and the extra payments that were laid out on it."""
    plan = Plan.objects.select_related("disclosure").get(pk=plan_id)
    extras = plan.versions.filter(kind=ChangeKind.EXTRA.value).order_by("number")
    return Earning(
        annual_rate_bps=int(plan.disclosure.body["annual_rate_bps"]),
        contract_date=date.fromisoformat(plan.disclosure.body["contract_date"]),
        extras=tuple((row.extra_on, row.extra_minor) for row in extras if row.extra_on),
    )
