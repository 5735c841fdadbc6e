"""Applications as their buyers and the operator read them. Lists never show an income."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncWeek

from bandstand.credit.models import AdverseNotice, Application, ApplicationDecision
from bandstand.credit.rules import PriceDisclosure, read_disclosure
from bandstand.credit.rules.eligibility import (
    ApplicationFacts,
    ApplicationOutcome,
    BureauScore,
    EligibilityPolicy,
    Finding,
    read_facts,
    read_finding,
    read_score,
)
from bandstand.credit.rules.rule_set import RuleSet
from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money
from bandstand.plumbing.models import Letter

PAGE_SIZE: Final = 25
PREVIEW_MAX: Final = 2_000
SORTS: Final = {
    "asked": "asked_at", "financed": "financed_minor", "outcome": "outcome", "email": "email",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One decision on an application."""

    id: UUID
    application_id: UUID
    subject_id: UUID
    serial: int
    outcome: ApplicationOutcome
    engine: str
    version: str
    findings: tuple[Finding, ...]
    reasons: tuple[Finding, ...]
    score: BureauScore | None
    counter: PriceDisclosure | None
    decided_by: str
    words: str
    decided_at: datetime
    valid_until: datetime
    answer_by: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A notice as it was made, and whether its letter left."""

    text: str
    sha256: str
    law: str
    made_at: datetime
    give_by: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRow:
    """An application in one row."""

    id: UUID
    group_id: UUID
    market: str
    email: str
    title: str
    financed: Money
    down_payment: Money
    outcome: ApplicationOutcome
    engine: str
    asked_at: datetime
    answer_by: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationsPage:
    """One page of applications."""

    rows: tuple[ApplicationRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationPage:
    """Everything about one application."""

    row: ApplicationRow
    buyer_name: str
    told: PriceDisclosure
    facts: ApplicationFacts
    facts_sha256: str
    decisions: tuple[DecisionRow, ...]
    """Newest first."""
    notices: tuple[NoticeRow, ...]

    @property
    def decision(self) -> DecisionRow:
        return self.decisions[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFilters:
    """What the list is asked; empty admits everything."""

    text: str = ""
    outcome: str = ""
    market: str = ""
    from_on: date | None = None
    until_on: date | None = None


def applications(
    *, filters: ApplicationFilters, sort: str = "-asked", page: int = 1
) -> ApplicationsPage:
    """Return a page of applications, with the newest decision of each."""
    found = _filtered(_with_outcome(), filters)
    total = found.count()
    pages = max(1, -(-total // PAGE_SIZE))
    at = min(page, pages)
    rows = found.order_by(*_order(sort))[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
    return ApplicationsPage(
        rows=tuple(_row(one) for one in rows), total=total, page=at, pages=pages
    )


def application_page(application_id: UUID) -> ApplicationPage:
    """
    Return one application with its decisions and notices.

    Raises: NotFoundError.
    """
    found = _with_outcome().filter(pk=application_id).first()
    if found is None:
        raise NotFoundError("There is no such application.")
    decisions = found.decisions.select_related("application").order_by("-serial")
    sent = Letter.objects.filter(key=OuterRef("letter_key")).values("sent_at")[:1]
    notices = AdverseNotice.objects.filter(decision__application=found).annotate(
        letter_sent_at=Subquery(sent)
    )
    return ApplicationPage(
        row=_row(found),
        buyer_name=found.buyer_name,
        told=read_disclosure(found.told),
        facts=read_facts(found.facts),
        facts_sha256=found.facts_sha256,
        decisions=tuple(_decision(one) for one in decisions),
        notices=tuple(_notice(one) for one in notices.order_by("-made_at")),
    )


def decisions_of(ids: Sequence[UUID]) -> tuple[DecisionRow, ...]:
    """Return decisions by their keys, in that order."""
    rows = ApplicationDecision.objects.filter(pk__in=ids).select_related("application")
    by_id = {row.id: _decision(row) for row in rows}
    return tuple(by_id[one] for one in ids if one in by_id)


def waiting_decision(application_id: UUID) -> ApplicationDecision:
    """
    Return the newest decision of an application, as a row.

    Raises: NotFoundError.
    """
    found = ApplicationDecision.objects.filter(application=application_id).order_by("-serial")
    row = found.first()
    if row is None:
        raise NotFoundError("There is no such application.")
    return row


def referred_count() -> int:
    """Return how many applications wait for a person."""
    later = ApplicationDecision.objects.filter(
        application=OuterRef("application"), serial__gt=OuterRef("serial")
    )
    referred = ApplicationDecision.objects.filter(outcome=ApplicationOutcome.REFERRED.value)
    return referred.filter(~Exists(later)).count()


def unsent_notices() -> tuple[int, datetime | None]:
    """Return how many notices have not left as a letter, and by when the law wants the first."""
    sent = Letter.objects.filter(key=OuterRef("letter_key")).values("sent_at")[:1]
    waiting = AdverseNotice.objects.annotate(letter_sent_at=Subquery(sent)).filter(
        letter_sent_at=None
    )
    first = waiting.order_by("give_by").values_list("give_by", flat=True).first()
    return waiting.count(), first


def unwritten_notices() -> int:
    """Return how many decisions against a buyer have no notice at all; it must be none."""
    adverse = [ApplicationOutcome.DECLINED.value, ApplicationOutcome.COUNTER_OFFER.value]
    return ApplicationDecision.objects.filter(outcome__in=adverse, notice=None).count()


def outcomes_by_week(*, since: datetime) -> tuple[tuple[date, dict[str, int]], ...]:
    """Return how many applications got what, week by week, by the day of its Monday."""
    rows = (
        _with_outcome()
        .filter(asked_at__gte=since)
        .annotate(week=TruncWeek("asked_at"))
        .values("week", "outcome")
        .annotate(count=Count("id"))
    )
    weeks: dict[date, dict[str, int]] = {}
    for row in rows:
        weeks.setdefault(row["week"].date(), {})[row["outcome"]] = row["count"]
    return tuple(sorted(weeks.items()))


def foreseen(
    policy: EligibilityPolicy, *, since: datetime
) -> dict[tuple[ApplicationOutcome, ApplicationOutcome], int]:
    """Return what recent applications got first, beside what they would get under a policy."""
    rules = RuleSet(policy)
    first = ApplicationDecision.objects.filter(
        serial=1, rests_on=None, application__market=policy.market, decided_at__gte=since
    ).exclude(engine="person")
    counts: dict[tuple[ApplicationOutcome, ApplicationOutcome], int] = {}
    rows = first.order_by("-decided_at").values_list("outcome", "application__facts")[:PREVIEW_MAX]
    for outcome, facts in rows:
        pair = (ApplicationOutcome(outcome), rules.assess(read_facts(facts)).outcome)
        counts[pair] = counts.get(pair, 0) + 1
    return counts


def _with_outcome() -> QuerySet[Any]:  # its rows carry the newest decision
    newest = ApplicationDecision.objects.filter(application=OuterRef("pk")).order_by("-serial")
    return Application.objects.annotate(
        outcome=Subquery(newest.values("outcome")[:1]),
        engine=Subquery(newest.values("engine")[:1]),
        answer_by=Subquery(newest.values("answer_by")[:1]),
    )


def _filtered(rows: QuerySet[Any], filters: ApplicationFilters) -> QuerySet[Any]:
    if filters.text:
        rows = rows.filter(Q(email__icontains=filters.text) | Q(title__icontains=filters.text))
    if filters.outcome:
        rows = rows.filter(outcome=filters.outcome)
    if filters.market:
        rows = rows.filter(market=filters.market)
    if filters.from_on:
        rows = rows.filter(asked_at__date__gte=filters.from_on)
    if filters.until_on:
        rows = rows.filter(asked_at__date__lt=filters.until_on + timedelta(days=1))
    return rows


def _order(sort: str) -> tuple[Any, ...]:
    column = SORTS.get(sort.removeprefix("-"), "asked_at")
    ordered = F(column).desc() if sort.startswith("-") else F(column).asc()
    return (ordered, "id")


def _row(row: Any) -> ApplicationRow:  # noqa: ANN401 -- an application with its newest decision
    return ApplicationRow(
        id=row.id,
        group_id=row.group_id,
        market=row.market_id,
        email=row.email,
        title=row.title,
        financed=Money(row.financed_minor, row.currency),
        down_payment=Money(row.down_payment_minor, row.currency),
        outcome=ApplicationOutcome(row.outcome),
        engine=row.engine,
        asked_at=row.asked_at,
        answer_by=row.answer_by,
    )


def _decision(row: ApplicationDecision) -> DecisionRow:
    return DecisionRow(
        id=row.id,
        application_id=row.application_id,
        subject_id=row.application.subject_id,
        serial=row.serial,
        outcome=ApplicationOutcome(row.outcome),
        engine=row.engine,
        version=row.version,
        findings=tuple(read_finding(one) for one in row.findings),
        reasons=tuple(read_finding(one) for one in row.reasons),
        score=read_score(row.score),
        counter=read_disclosure(row.counter) if row.counter else None,
        decided_by=row.decided_by,
        words=row.words,
        decided_at=row.decided_at,
        valid_until=row.valid_until,
        answer_by=row.answer_by,
    )


def _notice(row: Any) -> NoticeRow:  # noqa: ANN401 -- a notice with its letter's instant
    return NoticeRow(
        text=row.text,
        sha256=row.sha256,
        law=row.law,
        made_at=row.made_at,
        give_by=row.give_by,
        sent_at=row.letter_sent_at,
    )
