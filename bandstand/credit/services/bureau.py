"""
Reports to credit bureaus: made once for a day, corrected by rows that name the old, disputed.

Nothing is reported in a market unless its operator switched it on there.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from bandstand.credit.models import (
    BureauConsent,
    BureauDispute,
    BureauPolicy,
    BureauRecord,
    BureauReport,
    Plan,
)
from bandstand.credit.queries.bureau import BureauPolicyRow, bureau_policy, consents, rows_as_of
from bandstand.credit.rules.bureau import (
    BureauPolicyError,
    BureauRefusedError,
    BureauRow,
    ReportingTerms,
    ReportStatus,
    read_row,
    require_month_end,
    require_reportable,
)
from bandstand.kernel.canonical import sha256_hex
from bandstand.money import Money, format_money
from bandstand.plumbing import audit, locks
from bandstand.plumbing.letters import write_letter

NOTICE = """We may report information about your account to credit bureaus. Late payments, missed
payments, or other defaults on your account may be reflected in your credit report.

{amount} of your plan {plan} has been due since {since} and is not paid. We report it as of {as_of}.
Pay it on your plan's page, or tell us there if you think that this is wrong."""
"""
The notice before the first negative row.

Source: 15 U.S.C. 1681s-2(a)(7) and 12 CFR Part 1022, Appendix B, model notice B-1; known
2026-11-22, not re-read.
"""


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A report that was made, and whether this call made it."""

    id: UUID
    rows: int
    left_out: int
    is_new: bool


@transaction.atomic
def set_bureau_policy(
    *, terms: ReportingTerms, from_at: datetime, actor: str, now: datetime
) -> UUID:
    """
    Say whether and how plans of a market are reported from an instant on.

    Raises: BureauPolicyError.
    """
    require_reportable(terms)
    if from_at < now:
        raise BureauPolicyError("A policy begins now or later; what was reported stays so.")
    row = BureauPolicy.objects.create(
        market_id=terms.market,
        is_on=terms.is_on,
        format=terms.format.value,
        furnisher=terms.furnisher.strip()[:80],
        furnisher_id=terms.furnisher_id.strip()[:20],
        needs_consent=terms.needs_consent,
        sends_notice=terms.sends_notice,
        dispute_days=terms.dispute_days,
        source=terms.source[:300],
        from_at=from_at,
        set_by=actor,
    )
    audit.record(
        actor=actor,
        action="bureau.policy",
        subject=f"market:{terms.market}",
        now=now,
        is_on=str(terms.is_on),
    )
    return row.id


@transaction.atomic
def say_consent(*, plan_id: UUID, is_given: bool, said_by: str, now: datetime) -> None:
    """Keep what a buyer says about being reported; the latest word counts from the next report."""
    BureauConsent.objects.create(
        plan_id=plan_id, is_given=is_given, said_by=said_by[:200], said_at=now
    )


@transaction.atomic
def make_report(
    *, market: str, as_of: date, zone: str, today: date, actor: str, now: datetime
) -> MadeReport:
    """
    Make a market's report as of a month's end, once; asked again, it is the same report.

    A plan is left out if the policy needs its buyer's consent and there is none, or if its sale
    was undone before anybody was told of it. The first negative row of a plan is told to its buyer
    by letter in the same transaction, so never after the bureau.
    Lock: one report of a market at a time.
    Raises: BureauRefusedError where reporting is off, or the day is no month's end.
    """
    locks.lock(f"bureau:{market}")
    found = BureauReport.objects.filter(market_id=market, as_of=as_of).first()
    if found is not None:
        return MadeReport(found.id, found.rows, 0, is_new=False)
    policy = _require_on(market, now=now)
    require_month_end(as_of, today=today)
    books = list(rows_as_of(market=market, as_of=as_of, zone=zone))
    told = [(plan_id, row) for plan_id, row in books if _is_told(plan_id, row)]
    if policy.needs_consent:
        said = consents([plan_id for plan_id, _ in told])
        told = [(plan_id, row) for plan_id, row in told if said.get(plan_id, False)]
    told = _marked(told)
    report = BureauReport.objects.create(
        market_id=market,
        policy_id=policy.id,
        as_of=as_of,
        rows=len(told),
        sha256=sha256_hex([row.as_json() for _, row in told]),
        made_at=now,
        made_by=actor,
    )
    for plan_id, row in told:
        keep_row(report.id, plan_id, row=row, actor=actor, now=now)
        if policy.sends_notice and row.status.is_negative:
            _write_notice(plan_id, row=row, now=now)
    audit.record(
        actor=actor,
        action="bureau.report",
        subject=f"bureau_report:{report.id}",
        now=now,
        rows=str(len(told)),
    )
    return MadeReport(report.id, len(told), len(books) - len(told), is_new=True)


def _marked(told: list[tuple[UUID, BureauRow]]) -> list[tuple[UUID, BureauRow]]:
    """
    Mark plans whose buyer disputes the report by now, also if that was after the day.

    Source: 15 U.S.C. 1681s-2(a)(3); known 2026-11-22, not re-read.
    """
    open_now = set(BureauDispute.objects.filter(answered_at=None).values_list("plan_id", flat=True))
    return [
        (plan_id, replace(row, is_disputed=True) if plan_id in open_now else row)
        for plan_id, row in told
    ]


def _require_on(market: str, *, now: datetime) -> BureauPolicyRow:
    policy = bureau_policy(market, now=now)
    if policy is None or not policy.is_on:
        raise BureauRefusedError(
            f"Reporting is not switched on in {market}. Set its policy first.", market=market
        )
    return policy


def _is_told(plan_id: UUID, row: BureauRow) -> bool:
    """Say whether a plan belongs in a report: one that ended was told to have ended before."""
    if row.status is ReportStatus.DELETED:
        return False  # whoever was told of it was told of the deletion by a correction
    if row.status is not ReportStatus.SETTLED:
        return True
    last = BureauRecord.objects.filter(plan_id=plan_id, replaced_by=None).order_by("-as_of").first()
    return last is None or read_row(last.body).status is not ReportStatus.SETTLED


def keep_row(
    report_id: UUID,
    plan_id: UUID,
    *,
    row: BureauRow,
    actor: str,
    now: datetime,
    replaces: BureauRecord | None = None,
    reason: str = "",
) -> None:
    """Keep what is told of a plan as of a day; ``replaces`` names the row it corrects."""
    body = row.as_json()
    BureauRecord.objects.create(
        report_id=report_id,
        plan_id=plan_id,
        as_of=row.as_of,
        body=body,
        sha256=sha256_hex(body),
        replaces=replaces,
        reason=reason[:300],
        made_at=now,
        made_by=actor,
    )


def _write_notice(plan_id: UUID, *, row: BureauRow, now: datetime) -> None:
    plan = Plan.objects.get(pk=plan_id)
    write_letter(
        key=f"bureau.notice:{plan_id}",
        kind="bureau.notice",
        to_address=plan.buyer_email,
        subject=f"Your plan {row.account} is reported as late",
        body=NOTICE.format(
            amount=format_money(Money(row.past_due, row.currency)),
            plan=row.account,
            since=row.first_delinquent_on,
            as_of=row.as_of,
        ),
        about=row.account,
        now=now,
    )
