"""When sellers' money is paid out in a market."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.kernel.errors import BadInputError
from bandstand.money import Money
from bandstand.payouts.models import PayoutPolicy
from bandstand.payouts.rules import shares_of
from bandstand.plumbing import audit

DAYS_MAX = 365


class PayoutPolicyError(BadInputError):
    """Terms of payout that cannot be meant."""

    code = "payout_policy"


@transaction.atomic
def set_payout_policy(  # noqa: PLR0913 -- a policy has these parts
    *,
    market: str,
    wait_days: int,
    reserve_bps: int,
    reserve_days: int,
    minimum: Money,
    source: str,
    from_at: datetime,
    actor: str,
    now: datetime,
) -> UUID:
    """
    Say from when sellers' money waits how long in a market; earlier sales keep their terms.

    Raises: PayoutPolicyError; UnsoundShareError.
    """
    shares_of(Money.zero(minimum.currency), reserve_bps=reserve_bps)
    if wait_days > DAYS_MAX or reserve_days > DAYS_MAX or min(wait_days, reserve_days) < 0:
        raise PayoutPolicyError(f"Days are 0 to {DAYS_MAX}.")
    if minimum.is_negative or not source.strip():
        raise PayoutPolicyError(
            "Name where the terms are agreed, and a minimum of nothing or more."
        )
    row, _ = PayoutPolicy.objects.update_or_create(
        market_id=market,
        from_at=from_at,
        defaults={
            "wait_days": wait_days,
            "reserve_bps": reserve_bps,
            "reserve_days": reserve_days,
            "minimum_minor": minimum.minor,
            "source": source,
        },
    )
    audit.record(
        actor=actor,
        action="payouts.policy",
        subject=f"market:{market}",
        now=now,
        wait_days=str(wait_days),
        reserve_bps=str(reserve_bps),
        reserve_days=str(reserve_days),
    )
    return row.id
