"""What was told to credit bureaus is corrected, deleted, disputed and answered."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.credit.events import PlanCancelled
from bandstand.credit.models import BureauDispute, BureauRecord, Plan
from bandstand.credit.queries.bureau import bureau_policy, rows_as_of
from bandstand.credit.rules import PlanState
from bandstand.credit.rules.bureau import (
    BureauPolicyError,
    BureauRefusedError,
    BureauRow,
    DisputeOutcome,
    NoSuchReportError,
    ReportStatus,
    as_deleted,
    differs,
    read_row,
)
from bandstand.credit.services.bureau import keep_row
from bandstand.credit.services.moving import SYSTEM
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.plumbing import audit, locks
from bandstand.plumbing.letters import write_letter

WORDS_MAX: Final = 4_000
DAYS_WITHOUT_POLICY: Final = 30


@transaction.atomic
def correct_plan(*, plan_id: UUID, zone: str, reason: str, actor: str, now: datetime) -> int:
    """
    Compute again what was told of a plan, and correct each day that came out wrong.

    A plan whose sale was undone is told as deleted on every day. Return how many were corrected.
    Lock: one correction of a plan at a time.
    Raises: BureauPolicyError without a reason.
    """
    if not reason.strip():
        raise BureauPolicyError("Say why what was reported is corrected.")
    locks.lock(f"bureau.plan:{plan_id}")
    standing = BureauRecord.objects.filter(plan_id=plan_id, replaced_by=None)
    corrected = 0
    for old in standing.select_related("report").order_by("as_of"):
        row = _now_known(old, zone=zone)
        if row is not None and differs(row, read_row(old.body)):
            keep_row(
                old.report_id, plan_id, row=row, actor=actor, now=now, replaces=old, reason=reason
            )
            corrected += 1
    if corrected:
        printed = print_id(IdKind.PLAN, plan_id)
        audit.record(
            actor=actor,
            action="bureau.correct",
            subject=f"plan:{printed}",
            now=now,
            rows=str(corrected),
        )
    return corrected


def hear_plan_cancelled(event: PlanCancelled, now: datetime) -> None:
    """Have a plan whose sale was undone deleted wherever it was reported."""
    delete_plan(plan_id=UUID(event.plan_id), reason="Its sale was undone.", actor=SYSTEM, now=now)


@transaction.atomic
def delete_plan(*, plan_id: UUID, reason: str, actor: str, now: datetime) -> int:
    """
    Tell a plan as deleted on every day it was reported; return how many rows that were new.

    Lock: one correction of a plan at a time.
    """
    locks.lock(f"bureau.plan:{plan_id}")
    standing = BureauRecord.objects.filter(plan_id=plan_id, replaced_by=None).order_by("as_of")
    deleted = 0
    for old in standing:
        row = read_row(old.body)
        if row.status is ReportStatus.DELETED:
            continue
        gone = as_deleted(row)
        keep_row(
            old.report_id, plan_id, row=gone, actor=actor, now=now, replaces=old, reason=reason
        )
        deleted += 1
    return deleted


@transaction.atomic
def dispute_report(*, plan_id: UUID, words: str, raised_by: str, now: datetime) -> UUID:
    """
    Keep a buyer's word that what is reported is wrong; it is answered within the policy's days.

    Lock: one dispute of a plan at a time.
    Raises: BureauRefusedError without words, where nothing was reported, or while one is open.
    """
    locks.lock(f"bureau.plan:{plan_id}")
    plan = Plan.objects.select_related("disclosure").get(pk=plan_id)
    if not words.strip():
        raise BureauRefusedError("Say what is wrong, so that somebody can look into it.")
    if not BureauRecord.objects.filter(plan_id=plan_id).exists():
        raise BureauRefusedError("Nothing was reported about this plan.")
    if BureauDispute.objects.filter(plan_id=plan_id, answered_at=None).exists():
        raise BureauRefusedError("You have told us already; we answer that first.")
    policy = bureau_policy(plan.disclosure.market_id, now=now)
    days = DAYS_WITHOUT_POLICY if policy is None else policy.dispute_days
    row = BureauDispute.objects.create(
        plan_id=plan_id,
        words=words.strip()[:WORDS_MAX],
        raised_by=raised_by[:200],
        raised_at=now,
        due_at=now + timedelta(days=days),
    )
    return row.id


@transaction.atomic
def answer_dispute(
    *,
    dispute_id: UUID,
    outcome: DisputeOutcome,
    answer: str,
    zone: str,
    actor: str,
    now: datetime,
) -> int:
    """
    Answer a dispute by letter, and correct or delete what was reported; return the rows corrected.

    Lock: the dispute's row.
    Raises: NoSuchReportError; BureauRefusedError without words, or if it was answered.
    """
    row = BureauDispute.objects.select_for_update().filter(pk=dispute_id).first()
    if row is None:
        raise NoSuchReportError("There is no such dispute.")
    if row.answered_at is not None:
        raise BureauRefusedError("This dispute was answered already.")
    if not answer.strip():
        raise BureauRefusedError("Tell the buyer what was found, and what is done.")
    row.outcome, row.answer = outcome.value, answer.strip()[:WORDS_MAX]
    row.answered_by, row.answered_at = actor, now
    row.save(update_fields=["outcome", "answer", "answered_by", "answered_at"])
    corrected = _corrected(row.plan_id, outcome=outcome, zone=zone, actor=actor, now=now)
    printed = print_id(IdKind.PLAN, row.plan_id)
    write_letter(
        key=f"bureau.answer:{row.id}",
        kind="bureau.answer",
        to_address=row.plan.buyer_email,
        subject=f"What we found about the report of your plan {printed}",
        body=f"{row.answer}\n\n{_done(outcome, corrected)}",
        about=printed,
        now=now,
    )
    audit.record(
        actor=actor,
        action="bureau.answer",
        subject=f"plan:{printed}",
        now=now,
        outcome=outcome.value,
    )
    return corrected


def _corrected(
    plan_id: UUID, *, outcome: DisputeOutcome, zone: str, actor: str, now: datetime
) -> int:
    reason = "Disputed by the buyer, and found so."
    if outcome is DisputeOutcome.DELETED:
        return delete_plan(plan_id=plan_id, reason=reason, actor=actor, now=now)
    if outcome is DisputeOutcome.CORRECTED:
        return correct_plan(plan_id=plan_id, zone=zone, reason=reason, actor=actor, now=now)
    return 0


def _done(outcome: DisputeOutcome, corrected: int) -> str:
    if outcome is DisputeOutcome.VERIFIED:
        return "What we reported stays as it is. You may give the bureau a statement of your own."
    if outcome is DisputeOutcome.DELETED:
        return "We have told the bureaus to delete this plan from your file."
    return f"We have corrected what was wrong (rows: {corrected}) and tell the bureaus."


def _now_known(old: BureauRecord, *, zone: str) -> BureauRow | None:
    found = rows_as_of(
        market=old.report.market_id, as_of=old.as_of, zone=zone, plan_ids=[old.plan_id]
    )
    row = next((one for _, one in found), None)
    plan = Plan.objects.get(pk=old.plan_id)
    if plan.state == PlanState.CANCELLED.value:
        return as_deleted(read_row(old.body))
    return row
