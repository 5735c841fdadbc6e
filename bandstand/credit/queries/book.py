"""The book of plans: what is lent, what is open, and since when something is late."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from bandstand.credit.models import Plan
from bandstand.credit.rules import InstalmentState, PlanState
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money

PAGE_SIZE = 50
BUCKETS = (("current", 0, 0), ("1-30", 1, 30), ("31-60", 31, 60), ("61-90", 61, 90), ("91+", 91, 0))
"""Days since the oldest instalment that is due and not paid; the last has no end."""
SORTS = {
    "buyer": "buyer_email",
    "agreed": "agreed_at",
    "open": "open_minor",
    "late": "due_since",
}


@dataclass(frozen=True, slots=True)
class PlanBookRow:
    """One plan in the book."""

    id: UUID
    public_id: str
    state: PlanState
    buyer_email: str
    months: int
    financed: Money
    open: Money
    due_since: date | None
    agreed_at: datetime
    ended_at: datetime | None

    def days_late(self, today: date) -> int:
        """Return for how many days something has been due."""
        return 0 if self.due_since is None else max(0, (today - self.due_since).days)


@dataclass(frozen=True, slots=True)
class PlanBookPage:
    """A page of the book."""

    rows: tuple[PlanBookRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many active plans are late by so many days, and what is open on them."""

    name: str
    plans: int
    open_minor: int


def plan_book(
    *, today: date, state: str = "", bucket: str = "", text: str = "", sort: str = "", page: int = 1
) -> PlanBookPage:
    """Return a page of plans, newest first unless sorted otherwise."""
    found = _in_bucket(_plans(today), bucket=bucket, today=today)
    if state:
        found = found.filter(state=state)
    if text:
        found = found.filter(buyer_email__icontains=text)
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(max(page, 1), pages)
    shown = found.order_by(*_order(sort), "-agreed_at", "-id")[
        (at - 1) * PAGE_SIZE : at * PAGE_SIZE
    ]
    return PlanBookPage(tuple(_row(plan) for plan in shown), total, at, pages)


def ageing(*, today: date) -> tuple[Bucket, ...]:
    """Return active plans by how late they are."""
    active = _plans(today).filter(state=PlanState.ACTIVE.value)
    buckets = []
    for name, _, _ in BUCKETS:
        found = _in_bucket(active, bucket=name, today=today)
        sums = found.aggregate(plans=Count("id", distinct=True), minor=Sum("open_minor"))
        buckets.append(Bucket(name, sums["plans"], sums["minor"] or 0))
    return tuple(buckets)


def _plans(today: date) -> QuerySet[Any]:  # its rows carry sums, which no type names
    scheduled = Q(instalments__state=InstalmentState.SCHEDULED.value)
    owed = (
        F("instalments__principal_minor")
        + F("instalments__interest_minor")
        - F("instalments__paid_minor")
        - F("instalments__waived_minor")
    )
    return Plan.objects.annotate(
        open_minor=Sum(owed, filter=scheduled, default=0),
        due_since=Min("instalments__due_on", filter=scheduled & Q(instalments__due_on__lte=today)),
        months=F("terms__months"),
    )


def _in_bucket(plans: QuerySet[Any], *, bucket: str, today: date) -> QuerySet[Any]:
    known = {name: (begin, end) for name, begin, end in BUCKETS}
    if bucket not in known:
        return plans
    begin, end = known[bucket]
    if not begin:
        return plans.filter(Q(due_since=None) | Q(due_since=today))
    found = plans.filter(due_since__lte=_back(today, begin))
    return found.filter(due_since__gte=_back(today, end)) if end else found


def _back(today: date, days: int) -> date:
    return date.fromordinal(today.toordinal() - days)


def _order(sort: str) -> tuple[str, ...]:
    column = SORTS.get(sort.removeprefix("-"))
    if column is None:
        return ()
    return (f"-{column}" if sort.startswith("-") else column,)


def _row(plan: Any) -> PlanBookRow:  # noqa: ANN401 -- a plan with its sums
    return PlanBookRow(
        id=plan.id,
        public_id=print_id(IdKind.PLAN, plan.id),
        state=PlanState(plan.state),
        buyer_email=plan.buyer_email,
        months=plan.months,
        financed=Money(plan.financed_minor, plan.currency),
        open=Money(plan.open_minor, plan.currency),
        due_since=plan.due_since,
        agreed_at=plan.agreed_at,
        ended_at=plan.ended_at,
    )
