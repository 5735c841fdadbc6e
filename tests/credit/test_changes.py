"""A plan is changed only by its buyer's yes, for what they were shown, and never gets dearer."""

import hashlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from bandstand.credit import services
from bandstand.credit.models import CollectingCalendar, PlanProposal, PlanVersion
from bandstand.credit.queries.changes import changes_of, previewed, version_page
from bandstand.credit.rules import (
    AmountRefusedError,
    AskKind,
    InstalmentState,
    PaymentUnderWayError,
    PlanState,
)
from bandstand.credit.rules.calendar import POLICIES
from bandstand.credit.rules.hardship import (
    ChangeKind,
    ChangeRefusedError,
    ProposalEndedError,
    ProposalState,
    Wish,
)
from bandstand.kernel.errors import NotFoundError
from bandstand.plumbing.models import OutboxEvent
from tests.credit.plans import NOTHING, Sold, noon_of, sold
from tests.factories.credit import NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LONGER = Wish(kind=ChangeKind.EXTEND, months=6)
MIRA = "mira@example.org"


def propose(plan: Sold, wish: Wish = LONGER) -> PlanProposal:
    made = services.propose_change(
        plan_id=plan.plan_id, wish=wish, reason="She lost her job.", actor="ada", now=NOON
    )
    return PlanProposal.objects.get(pk=made)


def accept(row: PlanProposal, *, days: int = 0) -> int:
    return services.accept_change(proposal_id=row.pk, accepted_by=MIRA, now=NOON + days * DAY)


def kinds() -> list[str]:
    return list(OutboxEvent.objects.order_by("emitted_at", "id").values_list("kind", flat=True))


def test_accepted_change_replaces_what_is_open_and_keeps_what_was_paid() -> None:
    plan = sold(rate_bps=999)
    plan.pay(AskKind.INSTALMENT)
    before, paid = plan.owed, plan.rows[0]
    interest = sum(row.open_interest for row in plan.rows)

    assert accept(propose(plan)) == 2

    assert plan.owed == before
    assert plan.rows[0] == paid
    assert sum(row.open_interest for row in plan.rows) == interest
    assert len(plan.still_open) == 17
    assert {row.state for row in plan.rows[1:12]} == {InstalmentState.REPLACED}
    assert {row.version for row in plan.still_open} == {2}
    plan.require_sound()


def test_page_that_was_accepted_is_kept_with_its_hash_and_first_version_with_it() -> None:
    plan = sold()

    accept(propose(plan))

    html, sha256 = version_page(plan_id=plan.plan_id, number=2)
    assert hashlib.sha256(html.encode()).hexdigest() == sha256
    assert "The plan runs 6 months longer" in html
    agreed, extended = PlanVersion.objects.order_by("number")
    assert (agreed.kind, len(agreed.schedule)) == ("agreed", 12)
    assert (extended.kind, len(extended.schedule)) == ("extend", 18)
    with pytest.raises(NotFoundError):
        version_page(plan_id=plan.plan_id, number=1)
    assert kinds()[-2:] == ["credit.change_proposed", "credit.change_accepted"]


def test_changed_plan_is_paid_to_its_end_and_settles() -> None:
    plan = sold()
    accept(propose(plan))

    while plan.money.state is PlanState.ACTIVE:
        plan.pay(AskKind.INSTALMENT, at=noon_of(plan.still_open[0].due_on))

    assert len(plan.money.payments) == 18
    plan.require_sound()


def test_forgiven_interest_leaves_the_books_too() -> None:
    plan = sold(rate_bps=999)
    interest = sum(row.interest for row in plan.rows)
    before = plan.owed

    accept(propose(plan, Wish(kind=ChangeKind.EXTEND, months=3, forgives_interest=True)))

    assert plan.owed == before - interest
    assert PlanVersion.objects.get(number=2).forgiven_minor == interest
    plan.require_sound()


def test_change_is_refused_while_a_payment_is_under_way_and_goes_after_it() -> None:
    plan = sold()
    row = propose(plan)
    asked = services.ask_payment(
        plan_id=plan.plan_id, kind=AskKind.INSTALMENT, extra=NOTHING, on=NOON.date(), now=NOON
    )

    with pytest.raises(PaymentUnderWayError):
        accept(row)
    assert not PlanVersion.objects.exists()
    plan.take(asked.serial, amount=asked.amount, at=NOON)
    with pytest.raises(ProposalEndedError, match="moved on"):
        accept(row)

    assert not PlanVersion.objects.exists()
    assert accept(propose(plan)) == 2


@pytest.mark.parametrize("days", [15, 29])
def test_yes_that_comes_too_late_is_refused(days: int) -> None:
    plan = sold()
    row = propose(plan)

    with pytest.raises(ProposalEndedError):
        accept(row, days=days)

    assert not PlanVersion.objects.exists()
    assert services.lapse_proposals(now=NOON + 17 * DAY) == 1
    row.refresh_from_db()
    assert row.state == ProposalState.LAPSED.value


def test_accepting_twice_or_after_declining_is_refused() -> None:
    plan = sold()
    row = propose(plan)
    services.decline_change(proposal_id=row.pk, declined_by=MIRA, now=NOON)

    with pytest.raises(ProposalEndedError):
        accept(row)
    again = propose(plan)
    accept(again)
    with pytest.raises(ProposalEndedError):
        accept(again)

    assert PlanVersion.objects.count() == 2


def test_buyer_asks_once_and_is_answered() -> None:
    plan = sold()

    def ask(wish: Wish = LONGER, reason: str = "I lost my job.") -> None:
        services.ask_for_change(
            plan_id=plan.plan_id, wish=wish, reason=reason, asked_by=MIRA, now=NOON
        )

    with pytest.raises(ChangeRefusedError, match="why"):
        ask(reason=" ")
    with pytest.raises(ChangeRefusedError, match="1 to 24 months"):
        ask(Wish(kind=ChangeKind.EXTEND, months=25))
    ask()
    with pytest.raises(ProposalEndedError, match="already"):
        ask()
    waiting = changes_of(plan.plan_id).proposal
    assert waiting is not None
    assert waiting.words == "The plan runs 6 months longer, and each instalment is smaller."
    services.refuse_change(
        proposal_id=waiting.id, answer="It ends next month.", actor="ada", now=NOON
    )

    assert changes_of(plan.plan_id).proposal is None
    assert kinds()[-1] == "credit.change_refused"
    with pytest.raises(ProposalEndedError):
        services.refuse_change(proposal_id=waiting.id, answer="x", actor="ada", now=NOON)


def test_wish_of_the_buyer_becomes_the_proposal() -> None:
    plan = sold()
    services.ask_for_change(
        plan_id=plan.plan_id,
        wish=Wish(kind=ChangeKind.SKIP),
        reason="A hard month.",
        asked_by=MIRA,
        now=NOON,
    )

    row = propose(plan, Wish(kind=ChangeKind.SKIP))

    assert PlanProposal.objects.count() == 1
    assert (row.asked_by, row.reason) == (MIRA, "A hard month.")
    accept(row)
    assert plan.still_open[0].due_on == date(2026, 5, 1)


def test_newer_proposal_lapses_the_older() -> None:
    plan = sold()
    first = propose(plan)
    second = propose(plan, Wish(kind=ChangeKind.SKIP))

    first.refresh_from_db()
    assert first.state == ProposalState.LAPSED.value
    accept(second)


def test_ended_plan_cannot_be_changed() -> None:
    plan = sold(months=2)
    plan.pay(AskKind.PAYOFF)

    with pytest.raises(ChangeRefusedError):
        propose(plan)
    with pytest.raises(ChangeRefusedError):
        previewed(plan_id=plan.plan_id, wish=LONGER, now=NOON)


def test_extra_payment_on_a_plan_with_interest_makes_it_shorter_and_cheaper() -> None:
    plan = sold(rate_bps=999)
    before = plan.owed
    month = plan.rows[0].open

    plan.pay(AskKind.EXTRA, minor=30_000, at=noon_of(NOON.date() + 10 * DAY))

    version = PlanVersion.objects.get(number=2)
    assert version.kind == "extra"
    assert version.forgiven_minor > 0
    assert plan.owed == before - 30_000 - version.forgiven_minor
    assert plan.still_open[0].open == month
    assert len(plan.still_open) < 12
    plan.require_sound()


def test_extra_payments_again_and_again_end_the_plan_with_empty_books() -> None:
    plan = sold(rate_bps=2400, months=6)
    at = NOON

    while plan.money.state is PlanState.ACTIVE:
        at += 9 * DAY
        due = [row for row in plan.still_open if row.due_on <= at.date()]
        if due:
            plan.pay(AskKind.INSTALMENT, at=at)
        elif len(plan.still_open) > 1:
            plan.pay(AskKind.EXTRA, minor=7_001, at=at)
        else:
            plan.pay(AskKind.PAYOFF, at=at)
        plan.require_sound()

    assert plan.owed == 0


def test_changed_plan_with_interest_takes_no_part_payment() -> None:
    plan = sold(rate_bps=999)
    accept(propose(plan))
    before = plan.rows

    with pytest.raises(AmountRefusedError, match="part payments"):
        plan.pay(AskKind.EXTRA, minor=1_000)

    assert plan.rows == before


def test_version_and_policy_rows_are_never_edited() -> None:
    plan = sold()
    accept(propose(plan))
    services.set_collecting_calendar(
        market="US",
        policy=replace(POLICIES[0], from_on=NOON.date(), source="the operator"),
        actor="ada",
        now=NOON,
    )

    for table in (PlanVersion, CollectingCalendar):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            table.objects.update(
                made_by="x"
            ) if table is PlanVersion else table.objects.all().delete()
    assert set(PlanVersion.objects.values_list("made_by", flat=True)) == {MIRA}
    assert CollectingCalendar.objects.count() == 1
