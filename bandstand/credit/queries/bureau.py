"""What credit bureaus are told of plans, what they were told, and what buyers said against it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Prefetch

from bandstand.credit.models import (
    BureauConsent,
    BureauDispute,
    BureauPolicy,
    BureauRecord,
    BureauReport,
    Instalment,
    Plan,
    PlanPaymentPart,
)
from bandstand.credit.rules import InstalmentKind, InstalmentState, PlanState
from bandstand.credit.rules.bureau import (
    BureauFormat,
    BureauRow,
    DisputeOutcome,
    NoSuchReportError,
    PlanHistory,
    ReportedInstalment,
    read_row,
    report_row,
)
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.queries import AsOf
from bandstand.ledger.rules import AccountCode

PAGE = 500


@dataclass(frozen=True, slots=True)
class BureauPolicyRow:
    """A market's reporting policy from an instant."""

    id: UUID
    market: str
    is_on: bool
    format: BureauFormat
    furnisher: str
    furnisher_id: str
    needs_consent: bool
    sends_notice: bool
    dispute_days: int
    source: str
    from_at: datetime
    set_by: str


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report that was made."""

    id: UUID
    market: str
    as_of: date
    rows: int
    corrected: int
    sha256: str
    format: BureauFormat
    furnisher: str
    furnisher_id: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class RecordRow:
    """What was told of a plan as of a day, and whether a later row took its place."""

    id: UUID
    plan_id: UUID
    row: BureauRow
    sha256: str
    reason: str
    is_replaced: bool
    made_at: datetime


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """What a buyer says is wrong, and how it was answered."""

    id: UUID
    plan_id: UUID
    plan: str
    words: str
    raised_by: str
    raised_at: datetime
    due_at: datetime
    outcome: DisputeOutcome | None
    answer: str
    answered_at: datetime | None


def bureau_policy(market: str, *, now: datetime) -> BureauPolicyRow | None:
    """Return the policy that counts in a market; None where nobody ever set one."""
    found = BureauPolicy.objects.filter(market_id=market, from_at__lte=now)
    row = found.order_by("-from_at").first()
    return None if row is None else _policy(row)


def bureau_policies() -> tuple[BureauPolicyRow, ...]:
    """Return every policy, by market, the latest first."""
    return tuple(_policy(one) for one in BureauPolicy.objects.order_by("market_id", "-from_at"))


def consents(plan_ids: Sequence[UUID]) -> Mapping[UUID, bool]:
    """Return what buyers last said about being reported; nothing for those who never said."""
    found = BureauConsent.objects.filter(plan_id__in=plan_ids).order_by("said_at", "id")
    return {one.plan_id: one.is_given for one in found}


def rows_as_of(
    *, market: str, as_of: date, zone: str, plan_ids: Sequence[UUID] | None = None
) -> Iterator[tuple[UUID, BureauRow]]:
    """
    Yield what the books say of each plan of a market as of the end of a day, plan by plan.

    It is read from what took effect by that day's midnight, so that it can be read again later.
    """
    before = datetime.combine(as_of + timedelta(days=1), time.min, ZoneInfo(zone))
    plans = Plan.objects.filter(disclosure__market_id=market, agreed_at__lt=before)
    if plan_ids is not None:
        plans = plans.filter(pk__in=plan_ids)
    wanted = plans.select_related("disclosure", "terms").prefetch_related(
        "moves",
        "pauses",
        "versions",
        "bureau_disputes",
        Prefetch("instalments", Instalment.objects.order_by("number")),
        Prefetch("instalments__parts", PlanPaymentPart.objects.select_related("payment")),
    )
    for plan in wanted.order_by("id").iterator(chunk_size=PAGE):
        row = report_row(_history(plan, before=before, zone=zone), as_of=as_of)
        if row is not None:
            yield plan.id, row


def bureau_reports() -> tuple[ReportRow, ...]:
    """Return every report that was made, the latest first."""
    found = BureauReport.objects.select_related("policy").order_by("-as_of", "market_id")
    return tuple(_report(one) for one in found)


def bureau_report(report_id: UUID) -> ReportRow:
    """
    Return one report.

    Raises: NoSuchReportError.
    """
    found = BureauReport.objects.select_related("policy").filter(pk=report_id).first()
    if found is None:
        raise NoSuchReportError("There is no such report.")
    return _report(found)


def report_records(report_id: UUID) -> Iterator[RecordRow]:
    """Yield what counts in a report: corrections take the place of what they correct."""
    found = BureauRecord.objects.filter(report_id=report_id, replaced_by=None).order_by("plan_id")
    for one in found.iterator(chunk_size=PAGE):
        yield _record(one, is_replaced=False)


def records_of(plan_id: UUID) -> tuple[RecordRow, ...]:
    """Return everything that was told of a plan, the latest first."""
    found = BureauRecord.objects.filter(plan_id=plan_id).order_by("-as_of", "-made_at", "-id")
    return tuple(
        _record(one, is_replaced=BureauRecord.objects.filter(replaces=one).exists())
        for one in found
    )


def disputes(*, plan_id: UUID | None = None, is_open: bool | None = None) -> tuple[DisputeRow, ...]:
    """Return disputes, those due first at the top."""
    found = BureauDispute.objects.order_by("due_at", "id")
    if plan_id is not None:
        found = found.filter(plan_id=plan_id)
    if is_open is not None:
        found = found.filter(answered_at__isnull=is_open)
    return tuple(_dispute(one) for one in found)


def dispute_row(dispute_id: UUID) -> DisputeRow:
    """
    Return one dispute.

    Raises: NoSuchReportError.
    """
    found = BureauDispute.objects.filter(pk=dispute_id).first()
    if found is None:
        raise NoSuchReportError("There is no such dispute.")
    return _dispute(found)


def open_report_dispute_count() -> int:
    """Return how many disputes of reports wait for an answer."""
    return BureauDispute.objects.filter(answered_at=None).count()


def _history(plan: Plan, *, before: datetime, zone: str) -> PlanHistory:
    printed = print_id(IdKind.PLAN, plan.id)
    moves = sorted(plan.moves.all(), key=lambda one: (one.moved_at, one.id))
    told = [one for one in plan.bureau_disputes.all() if one.raised_at < before]
    version = _version(plan, before=before)
    states = [(_day(plan.agreed_at, zone), PlanState.AGREED)]
    states += [(_day(one.moved_at, zone), PlanState(one.to_state)) for one in moves]
    return PlanHistory(
        account=printed,
        opened_on=_day(plan.agreed_at, zone),
        months=plan.terms.months,
        currency=plan.currency,
        original=plan.financed_minor + plan.finance_charge_minor,
        scheduled=_scheduled(plan),
        balance=ledger.balance(
            code=AccountCode.INSTALMENT_RECEIVABLE,
            key=printed,
            currency=plan.currency,
            as_of=AsOf(effective_before=before),
        ).minor,
        instalments=_instalments(plan, version=version, before=before, zone=zone),
        states=tuple(states),
        is_disputed=any(one.answered_at is None or one.answered_at >= before for one in told),
        was_disputed=bool(told),
        is_paused=any(
            one.from_at < before and (one.until_at is None or one.until_at >= before)
            for one in plan.pauses.all()
        ),
        version=version,
    )


def _version(plan: Plan, *, before: datetime) -> int:
    made = [one.number for one in plan.versions.all() if one.made_at < before]
    return max(made, default=1)


def _instalments(
    plan: Plan, *, version: int, before: datetime, zone: str
) -> tuple[ReportedInstalment, ...]:
    standing = {one.number: one for one in plan.versions.all()}.get(version)
    numbers = None if standing is None else {row["number"] for row in standing.schedule}
    return tuple(
        _instalment(one, zone=zone)
        for one in plan.instalments.all()
        if _counts(one, version=version, numbers=numbers, before=before)
    )


def _counts(one: Instalment, *, version: int, numbers: set[int] | None, before: datetime) -> bool:
    """Say whether an instalment was asked for by a plan as it stood before an instant."""
    if one.state == InstalmentState.WAIVED.value or one.version > version:
        return False
    if one.kind == InstalmentKind.LATE_FEE.value:
        return one.due_on < before.date()
    return numbers is None or one.number in numbers or one.paid_minor > 0


def _instalment(one: Instalment, *, zone: str) -> ReportedInstalment:
    parts = [(part, part.payment.ended_at or part.payment.asked_at) for part in one.parts.all()]
    paid = [(_day(at, zone), part.amount_minor) for part, at in parts]
    # What was paid without a payment of its own was paid with the sale, or before records began.
    rest = one.paid_minor - sum(minor for _, minor in paid)
    if rest:
        paid.append((_day(one.settled_at, zone) if one.settled_at else one.due_on, rest))
    amount = one.principal_minor + one.interest_minor - one.waived_minor
    if one.state == InstalmentState.REPLACED.value:
        amount = min(amount, one.paid_minor)
    return ReportedInstalment(
        due_on=one.due_on,
        amount=amount,
        paid=tuple(sorted(paid)),
        kind=InstalmentKind(one.kind),
    )


def _scheduled(plan: Plan) -> int:
    first = next(
        (one for one in plan.instalments.all() if one.kind == InstalmentKind.INSTALMENT.value), None
    )
    return 0 if first is None else first.principal_minor + first.interest_minor


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def _policy(one: BureauPolicy) -> BureauPolicyRow:
    return BureauPolicyRow(
        id=one.id,
        market=one.market_id,
        is_on=one.is_on,
        format=BureauFormat(one.format),
        furnisher=one.furnisher,
        furnisher_id=one.furnisher_id,
        needs_consent=one.needs_consent,
        sends_notice=one.sends_notice,
        dispute_days=one.dispute_days,
        source=one.source,
        from_at=one.from_at,
        set_by=one.set_by,
    )


def _report(one: BureauReport) -> ReportRow:
    return ReportRow(
        id=one.id,
        market=one.market_id,
        as_of=one.as_of,
        rows=one.rows,
        corrected=one.records.exclude(replaces=None).count(),
        sha256=one.sha256,
        format=BureauFormat(one.policy.format),
        furnisher=one.policy.furnisher,
        furnisher_id=one.policy.furnisher_id,
        made_at=one.made_at,
        made_by=one.made_by,
    )


def _record(one: BureauRecord, *, is_replaced: bool) -> RecordRow:
    return RecordRow(
        id=one.id,
        plan_id=one.plan_id,
        row=read_row(one.body),
        sha256=one.sha256,
        reason=one.reason,
        is_replaced=is_replaced,
        made_at=one.made_at,
    )


def _dispute(one: BureauDispute) -> DisputeRow:
    return DisputeRow(
        id=one.id,
        plan_id=one.plan_id,
        plan=print_id(IdKind.PLAN, one.plan_id),
        words=one.words,
        raised_by=one.raised_by,
        raised_at=one.raised_at,
        due_at=one.due_at,
        outcome=DisputeOutcome(one.outcome) if one.outcome else None,
        answer=one.answer,
        answered_at=one.answered_at,
    )
