"""What eligibility is decided on: the policy in force, and where a buyer stands."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from bandstand.credit.models import (
    Application,
    CreditApproval,
    EligibilityPolicyRecord,
    Instalment,
    LimitClaim,
    Plan,
    PlanPause,
)
from bandstand.credit.rules import InstalmentState, PlanState
from bandstand.credit.rules.eligibility import DownBand, EligibilityPolicy

LOOK_BACK: Final = timedelta(days=366)
"""How long other applications are counted; a policy counts at most these."""


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy with who set it."""

    policy: EligibilityPolicy
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class BuyerStanding:
    """Where a buyer stands with this shop, without what they are asking for now."""

    open_minor: int
    open_month_minor: int
    open_plans: int
    late_days: int
    charged_off_days: int | None
    applied_days: tuple[int, ...]


def policy_on(*, market: str, at: datetime) -> EligibilityPolicy | None:
    """Return the policy in force in a market: the newest that has begun."""
    row = _policies(market).filter(from_at__lte=at).first()
    return None if row is None else policy_of(row)


def asks_income(market: str, *, now: datetime) -> bool:
    """Say whether a market's policy sets payments beside what the buyer earns."""
    policy = policy_on(market=market, at=now)
    return policy is not None and policy.income_ratio_bps is not None


def policies(*, market: str = "") -> tuple[PolicyRow, ...]:
    """Return every policy, newest first."""
    return tuple(PolicyRow(policy_of(row), row.set_by, row.set_at) for row in _policies(market))


def buyer_standing(
    *, email: str, address_sha256: str, currency: str, group_id: UUID, on: date, now: datetime
) -> BuyerStanding:
    """
    Return where a buyer stands; what ``group_id`` asks for is left out, for it is asked anew.

    Approvals whose plan is not open yet count like plans.
    """
    owed = _owed_by_plan(email=email, currency=currency)
    claims = _claims(email=email, currency=currency, group_id=group_id, now=now)
    claimed = [
        (row.application.financed_minor, row.application.facts["month_minor"]) for row in claims
    ]
    open_states = [PlanState.AGREED.value, PlanState.ACTIVE.value]
    plans = Plan.objects.filter(buyer_email=email, state__in=open_states).count()
    return BuyerStanding(
        open_minor=sum(owes for owes, _ in owed.values()) + sum(owes for owes, _ in claimed),
        open_month_minor=sum(most for _, most in owed.values()) + sum(most for _, most in claimed),
        open_plans=plans + len(claimed),
        late_days=_late_days(email, on=on),
        charged_off_days=_charged_off_days(email, on=on),
        applied_days=_applied_days(
            email=email, address_sha256=address_sha256, group_id=group_id, on=on, now=now
        ),
    )


def policy_of(row: EligibilityPolicyRecord) -> EligibilityPolicy:
    """Return a policy's row as the rules take it."""
    return EligibilityPolicy(
        market=row.market_id,
        currency=row.currency,
        from_at=row.from_at,
        source=row.source,
        version=f"policy:{row.id}",
        financed_max_minor=row.financed_max_minor,
        open_plans_max=row.open_plans_max,
        late_days_max=row.late_days_max,
        charged_off_days=row.charged_off_days,
        applications_max=row.applications_max,
        applications_days=row.applications_days,
        down_bands=tuple(DownBand(*band) for band in row.down_bands),
        unverified_max_minor=row.unverified_max_minor,
        not_served=tuple(row.not_served),
        income_ratio_bps=row.income_ratio_bps,
        financed_min_minor=row.financed_min_minor,
        answer_hours=row.answer_hours,
    )


def _policies(market: str) -> QuerySet[EligibilityPolicyRecord]:
    found = EligibilityPolicyRecord.objects.order_by("-from_at")
    return found.filter(market=market) if market else found


def _owed_by_plan(*, email: str, currency: str) -> dict[UUID, tuple[int, int]]:
    """Return for each open plan what of the financed amount is open, and its largest payment."""
    rows = Instalment.objects.filter(
        plan__buyer_email=email,
        plan__currency=currency,
        plan__state__in=[PlanState.AGREED.value, PlanState.ACTIVE.value],
        state=InstalmentState.SCHEDULED.value,
    )
    owed: dict[UUID, tuple[int, int]] = {}
    for row in rows:
        interest = row.interest_minor - row.waived_minor
        left = row.principal_minor - max(row.paid_minor - interest, 0)
        open_minor, most = owed.get(row.plan_id, (0, 0))
        payment = row.principal_minor + interest - row.paid_minor
        owed[row.plan_id] = (open_minor + left, max(most, payment))
    return owed


def _claims(*, email: str, currency: str, group_id: UUID, now: datetime) -> QuerySet[LimitClaim]:
    opened = CreditApproval.objects.filter(
        decision__application=OuterRef("application"), disclosure__plan__isnull=False
    )
    return (
        LimitClaim.objects.filter(
            Q(until_at=None) | Q(until_at__gt=now),
            ~Exists(opened),
            application__email=email,
            application__currency=currency,
            ended_at=None,
        )
        .exclude(application__group_id=group_id)
        .select_related("application")
    )


def _late_days(email: str, *, on: date) -> int:
    paused = PlanPause.objects.filter(plan=OuterRef("plan"), until_at=None)
    oldest = (
        Instalment.objects.filter(
            ~Exists(paused),
            plan__buyer_email=email,
            plan__state=PlanState.ACTIVE.value,
            state=InstalmentState.SCHEDULED.value,
            due_on__lt=on,
        )
        .order_by("due_on")
        .values_list("due_on", flat=True)
        .first()
    )
    return 0 if oldest is None else (on - oldest).days


def _charged_off_days(email: str, *, on: date) -> int | None:
    found = Plan.objects.filter(buyer_email=email, state=PlanState.CHARGED_OFF.value)
    ended = found.aggregate(newest=Max("ended_at"))["newest"]
    return None if ended is None else max((on - ended.date()).days, 0)


def _applied_days(
    *, email: str, address_sha256: str, group_id: UUID, on: date, now: datetime
) -> tuple[int, ...]:
    theirs = Q(email=email)
    if address_sha256:
        theirs |= Q(address_sha256=address_sha256)
    rows = (
        Application.objects.filter(theirs, asked_at__gt=now - LOOK_BACK)
        .exclude(group_id=group_id)
        .values("subject_id")
        .annotate(newest=Max("asked_at"))
    )
    return tuple(sorted(max((on - row["newest"].date()).days, 0) for row in rows))
