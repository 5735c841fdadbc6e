"""What credit bureaus are told: equal to the books on any day, corrected, deleted, disputed."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.db.utils import Error as DatabaseError
from hypothesis import given, settings, strategies as st
from hypothesis.extra.django import TestCase

from bandstand.credit import services as credit
from bandstand.credit.events import PlanCancelled
from bandstand.credit.models import BureauRecord, BureauReport
from bandstand.credit.queries import bureau as queries
from bandstand.credit.rules import AskKind
from bandstand.credit.rules.bureau import (
    BureauFormat,
    BureauPolicyError,
    BureauRefusedError,
    BureauRow,
    DisputeOutcome,
    ReportingTerms,
    ReportStatus,
)
from bandstand.credit.services import bureau, bureau_changes
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.queries import AsOf
from bandstand.ledger.rules import AccountCode
from bandstand.plumbing.models import Letter
from tests.credit.plans import Sold, noon_of, sold

pytestmark = pytest.mark.django_db

ADA = "ada@lark.example.org"
BEFORE = datetime(2026, 3, 1, 11, tzinfo=UTC)
MARCH, APRIL, MAY, JUNE = (
    date(2026, 3, 31),
    date(2026, 4, 30),
    date(2026, 5, 31),
    date(2026, 6, 30),
)


def switch_on(*, needs_consent: bool = False, is_on: bool = True) -> None:
    bureau.set_bureau_policy(
        terms=ReportingTerms(
            market="US",
            is_on=is_on,
            format=BureauFormat.CSV,
            furnisher="Lark Mobile Inc.",
            needs_consent=needs_consent,
            source="Contract with the bureau",
        ),
        from_at=BEFORE,
        actor=ADA,
        now=BEFORE,
    )


def report(as_of: date) -> bureau.MadeReport:
    return bureau.make_report(
        market="US",
        as_of=as_of,
        zone="UTC",
        today=as_of + timedelta(days=1),
        actor=ADA,
        now=noon_of(as_of + timedelta(days=1)),
    )


def told(plan: Sold, as_of: date) -> BureauRow:
    rows = dict(queries.rows_as_of(market="US", as_of=as_of, zone="UTC"))
    return rows[plan.plan_id]


def cancel(plan: Sold, *, at: datetime) -> None:
    cancelled = credit.cancel_plan(order_line_id=plan.line_id, reason="Stopped.", actor=ADA, now=at)
    assert cancelled is not None
    event = PlanCancelled(str(plan.plan_id), str(plan.line_id), 0, 0, "USD")
    bureau_changes.hear_plan_cancelled(event, at)


def test_nothing_is_reported_unless_the_operator_switched_it_on() -> None:
    sold()

    with pytest.raises(BureauRefusedError, match="not switched on in US"):
        report(MARCH)
    switch_on(is_on=False)
    with pytest.raises(BureauRefusedError, match="not switched on in US"):
        report(MARCH)

    assert not BureauReport.objects.exists()
    assert not Letter.objects.exists()


def test_a_row_follows_the_plan_month_by_month() -> None:
    plan = sold(months=12)
    plan.pay(AskKind.INSTALMENT, at=noon_of(date(2026, 4, 1)))

    assert told(plan, MARCH).status is ReportStatus.CURRENT
    april = told(plan, APRIL)
    assert (april.status, april.past_due, april.last_paid_on) == (
        ReportStatus.CURRENT,
        0,
        date(2026, 4, 1),
    )
    may = told(plan, MAY)
    assert (may.status, may.days_past_due, may.bucket) == (ReportStatus.PAST_DUE, 30, 30)
    assert may.first_delinquent_on == date(2026, 5, 1)
    june = told(plan, JUNE)
    assert (june.bucket, june.profile[:5]) == (60, "100BB")
    assert june.past_due == 2 * june.scheduled


def test_the_past_is_told_as_it_was_whatever_came_after() -> None:
    plan = sold(months=12)
    late = told(plan, MAY)
    plan.pay(AskKind.PAYOFF, at=noon_of(date(2026, 6, 10)))

    assert told(plan, MAY) == late
    june = told(plan, JUNE)
    assert (june.status, june.balance, june.closed_on) == (
        ReportStatus.SETTLED,
        0,
        date(2026, 6, 10),
    )


def test_a_plan_given_up_is_told_with_what_is_still_owed() -> None:
    plan = sold(months=12)
    owed = plan.owed
    plan.give_up(at=noon_of(date(2026, 8, 5)))

    row = told(plan, date(2026, 8, 31))

    assert row.status is ReportStatus.CHARGED_OFF
    assert row.balance == row.past_due == row.charged_off == owed
    assert row.first_delinquent_on == date(2026, 4, 1)


def test_a_report_is_made_once_and_is_the_same_asked_again() -> None:
    plan = sold()
    switch_on()

    first, again = report(MARCH), report(MARCH)

    assert (first.id, first.rows, first.is_new, again.is_new) == (again.id, 1, True, False)
    (kept,) = queries.report_records(first.id)
    assert kept.row == told(plan, MARCH)


@pytest.mark.parametrize("as_of", [date(2026, 3, 30), date(2026, 4, 30)])
def test_a_report_is_as_of_a_month_that_is_over(as_of: date) -> None:
    sold()
    switch_on()

    with pytest.raises(BureauRefusedError, match=r"is none|is not over"):
        bureau.make_report(
            market="US",
            as_of=as_of,
            zone="UTC",
            today=date(2026, 4, 30),
            actor=ADA,
            now=noon_of(as_of),
        )

    assert not BureauReport.objects.exists()


def test_where_consent_is_needed_only_those_who_gave_it_are_told() -> None:
    one, other = sold(), sold()
    switch_on(needs_consent=True)
    bureau.say_consent(plan_id=one.plan_id, is_given=True, said_by="mira", now=BEFORE)
    bureau.say_consent(plan_id=other.plan_id, is_given=True, said_by="mira", now=BEFORE)
    later = BEFORE + timedelta(minutes=1)
    bureau.say_consent(plan_id=other.plan_id, is_given=False, said_by="mira", now=later)

    made = report(MARCH)

    assert (made.rows, made.left_out) == (1, 1)
    assert [kept.plan_id for kept in queries.report_records(made.id)] == [one.plan_id]


def test_the_first_negative_row_is_told_to_the_buyer_once() -> None:
    plan = sold()
    switch_on()
    report(APRIL)
    assert not Letter.objects.filter(kind="bureau.notice").exists()

    report(MAY)
    report(JUNE)

    letter = Letter.objects.get(kind="bureau.notice")
    assert letter.to_address == "mira@example.org"
    assert "may be reflected in your credit report" in letter.body
    assert print_id(IdKind.PLAN, plan.plan_id) in letter.body


def test_a_sale_undone_is_deleted_on_every_day_it_was_told_and_never_told_again() -> None:
    plan, other = sold(), sold()
    switch_on()
    reports = [report(APRIL), report(MAY)]
    cancel(plan, at=noon_of(date(2026, 6, 10)))
    cancel(plan, at=noon_of(date(2026, 6, 11)))

    for made in reports:
        rows = {kept.plan_id: kept.row for kept in queries.report_records(made.id)}
        assert rows[plan.plan_id].status is ReportStatus.DELETED
        assert rows[plan.plan_id].past_due == rows[plan.plan_id].balance == 0
        assert rows[other.plan_id].status is not ReportStatus.DELETED
    assert len(queries.records_of(plan.plan_id)) == 4
    assert [kept.plan_id for kept in queries.report_records(report(JUNE).id)] == [other.plan_id]


def test_a_correction_names_what_it_corrects_and_only_what_was_wrong() -> None:
    plan = sold()
    switch_on()
    report(APRIL)
    report(MAY)
    # Money of April that was written down in June.
    plan.pay(AskKind.INSTALMENT, at=noon_of(date(2026, 4, 20)))

    def correct(reason: str) -> int:
        return bureau_changes.correct_plan(
            plan_id=plan.plan_id, zone="UTC", reason=reason, actor=ADA, now=noon_of(JUNE)
        )

    with pytest.raises(BureauPolicyError, match="Say why"):
        correct(" ")
    assert correct("A payment was booked late.") == 2
    assert correct("Once more.") == 0

    newest = BureauRecord.objects.filter(replaced_by=None, as_of=MAY).get()
    assert newest.replaces is not None
    assert newest.reason == "A payment was booked late."
    assert newest.body["bucket"] == 30
    assert newest.replaces.body["bucket"] == 60


def test_a_dispute_is_answered_in_time_and_the_next_report_says_it_was_disputed() -> None:
    plan = sold()
    switch_on()
    report(MAY)
    raised = noon_of(date(2026, 6, 5))
    dispute = bureau_changes.dispute_report(
        plan_id=plan.plan_id, words="I paid.", raised_by="mira@example.org", now=raised
    )
    with pytest.raises(BureauRefusedError, match="told us already"):
        bureau_changes.dispute_report(
            plan_id=plan.plan_id, words="Again.", raised_by="mira@example.org", now=raised
        )

    row = queries.dispute_row(dispute)
    assert row.due_at - row.raised_at == timedelta(days=30)
    (kept,) = queries.report_records(report(JUNE).id)
    assert kept.row.is_disputed
    bureau_changes.answer_dispute(
        dispute_id=dispute,
        outcome=DisputeOutcome.DELETED,
        answer="The bank lost it.",
        zone="UTC",
        actor=ADA,
        now=noon_of(date(2026, 7, 2)),
    )

    assert {one.row.status for one in queries.records_of(plan.plan_id) if not one.is_replaced} == {
        ReportStatus.DELETED
    }
    assert "The bank lost it." in Letter.objects.get(kind="bureau.answer").body
    with pytest.raises(BureauRefusedError, match="answered already"):
        bureau_changes.answer_dispute(
            dispute_id=dispute,
            outcome=DisputeOutcome.VERIFIED,
            answer="No.",
            zone="UTC",
            actor=ADA,
            now=noon_of(date(2026, 7, 3)),
        )
    assert queries.dispute_row(dispute).outcome is DisputeOutcome.DELETED


def test_what_was_never_reported_cannot_be_disputed() -> None:
    plan = sold()

    with pytest.raises(BureauRefusedError, match="Nothing was reported"):
        bureau_changes.dispute_report(
            plan_id=plan.plan_id, words="Wrong.", raised_by="mira", now=noon_of(MAY)
        )

    assert queries.disputes() == ()


def test_what_was_told_is_never_rewritten() -> None:
    sold()
    switch_on()
    report(MARCH)

    for rows in (BureauRecord.objects.all(), BureauReport.objects.all()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            rows.update(sha256="0")
    assert not BureauRecord.objects.filter(sha256="0").exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"source": ""}, "Name who"), ({"furnisher": " "}, "Name who"), ({"dispute_days": 0}, "0")],
)
def test_a_policy_names_who_and_why(changed: dict[str, object], words: str) -> None:
    given_ = {"furnisher": "Lark", "source": "Contract", **changed}
    terms = ReportingTerms(market="US", is_on=True, format=BureauFormat.CSV, **given_)  # type: ignore[arg-type]  # of many types
    with pytest.raises(BureauPolicyError, match=words):
        bureau.set_bureau_policy(terms=terms, from_at=BEFORE, actor=ADA, now=BEFORE)
    assert queries.bureau_policies() == ()


class AnyLife(TestCase):
    """Whatever a buyer pays and when: on every month's end the row is what the ledger says."""

    @settings(deadline=None, max_examples=15)
    @given(
        steps=st.lists(
            st.tuples(st.integers(min_value=0, max_value=45), st.sampled_from(["due", "extra"])),
            max_size=6,
        ),
        rate_bps=st.sampled_from([0, 999]),
    )
    def test_the_balance_is_the_ledgers_on_every_day(
        self, steps: list[tuple[int, str]], rate_bps: int
    ) -> None:
        plan = sold(months=6, rate_bps=rate_bps)
        day = date(2026, 3, 1)
        for wait, what in steps:
            day += timedelta(days=wait)
            if plan.owed and what == "due":
                plan.pay(AskKind.INSTALMENT, at=noon_of(day))
            elif plan.owed:
                plan.pay(AskKind.PAYOFF, at=noon_of(day))

        for end in (MARCH, APRIL, MAY, JUNE, date(2026, 7, 31), date(2027, 1, 31)):
            row = told(plan, end)
            before = datetime(end.year, end.month, end.day, tzinfo=UTC) + timedelta(days=1)
            books = ledger.balance(
                code=AccountCode.INSTALMENT_RECEIVABLE,
                key=row.account,
                currency="USD",
                as_of=AsOf(effective_before=before),
            )
            assert row.balance == books.minor
            assert 0 <= row.past_due <= row.balance
            assert (row.status is ReportStatus.SETTLED) == (row.balance == 0)
            assert len(row.profile) == 24
            assert (row.bucket > 0) == (row.status is ReportStatus.PAST_DUE)
