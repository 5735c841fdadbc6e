"""The operator's policies of late fees and of collecting, by market and day."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bandstand.credit.models import Agreement, CollectingCalendar, LateFeePolicy, Plan
from bandstand.credit.rules.calendar import POLICIES, CollectingPolicy, OnResume, policy_on
from bandstand.credit.rules.late_fees import LateFeeTerms, read_late_fee


@dataclass(frozen=True, slots=True)
class LateFeePolicyRow:
    """A policy of late fees as the desk lists it."""

    market: str
    from_at: datetime
    terms: LateFeeTerms
    source: str
    set_by: str


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar as the desk lists it."""

    market: str
    policy: CollectingPolicy
    set_by: str


def late_fee_terms(*, market: str, at: datetime) -> LateFeeTerms | None:
    """Return what an agreement made at an instant says about paying late; None for no fee."""
    found = LateFeePolicy.objects.filter(market_id=market, from_at__lte=at).order_by("-from_at")
    row = found.first()
    terms = None if row is None else _terms(row)
    return None if terms is None or terms.is_none else terms


def late_fee_of(plan_id: UUID) -> LateFeeTerms | None:
    """Return the late fee that a plan's own agreement discloses; None for no fee."""
    disclosures = Plan.objects.filter(pk=plan_id).values("disclosure_id")
    body = Agreement.objects.filter(disclosure_id__in=disclosures).values_list("body", flat=True)
    found = body.first()
    return None if found is None else read_late_fee(found)


def late_fee_policies() -> tuple[LateFeePolicyRow, ...]:
    """Return every policy of late fees, newest first."""
    return tuple(
        LateFeePolicyRow(row.market_id, row.from_at, _terms(row), row.source, row.set_by)
        for row in LateFeePolicy.objects.order_by("-from_at", "market_id")
    )


def collecting_policies(market: str) -> tuple[CollectingPolicy, ...]:
    """Return how a market is collected on: the shop's own promise, then the operator's rows."""
    rows = CollectingCalendar.objects.filter(market_id=market).order_by("from_on", "set_at")
    # A later row of one day stands in the place of the earlier one.
    by_day = {row.from_on: _policy(row) for row in rows}
    return (*POLICIES, *by_day.values())


def collecting_policy(*, market: str, on: date) -> CollectingPolicy:
    """Return how what fell due on a day is collected in a market."""
    return policy_on(on, collecting_policies(market))


def calendars() -> tuple[CalendarRow, ...]:
    """Return every calendar the operator has set, newest first."""
    return tuple(
        CalendarRow(row.market_id, _policy(row), row.set_by)
        for row in CollectingCalendar.objects.order_by("-from_on", "-set_at")
    )


def _terms(row: LateFeePolicy) -> LateFeeTerms:
    return LateFeeTerms(
        grace_days=row.grace_days,
        currency=row.currency,
        fixed_minor=row.fixed_minor,
        share_bps=row.share_bps,
        cap_minor=row.cap_minor,
        cap_share_bps=row.cap_share_bps,
    )


def _policy(row: CollectingCalendar) -> CollectingPolicy:
    return CollectingPolicy(
        from_on=row.from_on,
        tries=tuple(row.tries),
        reminder=row.reminder,
        charge_off=row.charge_off,
        source=row.source,
        skips_weekends=row.skips_weekends,
        skips_holidays=row.skips_holidays,
        on_resume=OnResume(row.on_resume),
    )
