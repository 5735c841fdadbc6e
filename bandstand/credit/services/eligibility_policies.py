"""The operator says to whom plans are lent in a market, and from when."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries as catalogue
from bandstand.credit.models import EligibilityPolicyRecord
from bandstand.credit.rules import regime_of
from bandstand.credit.rules.eligibility import (
    EligibilityPolicy,
    EligibilityPolicyError,
    require_policy,
)
from bandstand.plumbing import audit


@transaction.atomic
def set_eligibility_policy(*, policy: EligibilityPolicy, actor: str, now: datetime) -> UUID:
    """
    Let a policy count in its market from its instant on; what was decided before stays decided.

    The same market, instant and policy is the same row.
    Raises: EligibilityPolicyError; NoCreditRegimeError; NotFoundError for a market that is none.
    """
    require_policy(policy)
    market = catalogue.market(policy.market)
    regime_of(market.code)
    if policy.currency != market.currency:
        raise EligibilityPolicyError(
            f"Plans in {market.code} are in {market.currency}, not {policy.currency}."
        )
    values = _columns(policy)
    row, is_new = EligibilityPolicyRecord.objects.get_or_create(
        market_id=market.code,
        from_at=policy.from_at,
        defaults={**values, "set_by": actor, "set_at": now},
    )
    if not is_new and any(getattr(row, name) != value for name, value in values.items()):
        raise EligibilityPolicyError(
            "Another policy begins at this very instant; give this one a later beginning."
        )
    if is_new:
        audit.record(
            actor=actor,
            action="credit.policy",
            subject=f"market:{market.code}",
            now=now,
            policy=str(row.id),
        )
    return row.id


def _columns(policy: EligibilityPolicy) -> dict[str, object]:
    plain = (
        "currency", "financed_max_minor", "open_plans_max", "late_days_max", "charged_off_days",
        "applications_max", "applications_days", "unverified_max_minor", "income_ratio_bps",
        "financed_min_minor", "answer_hours",
    )  # fmt: skip
    return {name: getattr(policy, name) for name in plain} | {
        "source": policy.source.strip()[:300],
        "down_bands": [[band.from_minor, band.bps] for band in policy.down_bands],
        "not_served": list(policy.not_served),
    }
