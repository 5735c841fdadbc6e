"""Collecting by the page is collecting one by one: the same rows, the same books, and no slower."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings, strategies as st

from bandstand.config.wiring import wire
from bandstand.credit import services as credit_services
from bandstand.credit.models import Instalment, Plan, PlanPayment
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.models import Posting
from bandstand.payments import services
from bandstand.payments.gateways.sandbox import Chaos
from bandstand.payments.models import MoneyCommand, Payment, ProviderEvent
from bandstand.payments.rules import CommandState
from bandstand.payments.services import collecting, collecting_due, send_many
from bandstand.plumbing.models import OutboxEvent
from tests.factories import credit
from tests.factories.credit import NOON
from tests.payments.conftest import Misbehave
from tests.payments.test_collecting import Sold, in_months, require_sound, run, sold

pytestmark = pytest.mark.django_db
CARDS = ("tok_ok", "tok_insufficient", "tok_lost_answer", "tok_off_session_refused")
Facts = list[tuple[object, ...]]


@pytest.fixture(autouse=True)
def _wired() -> None:
    wire()


def mandated(*, cards: list[str], rate: int = 0, months: int = 3) -> list[Sold]:
    """Sell a plan for each card, and have it charged by itself."""
    terms = credit.terms(months=months, annual_rate_bps=rate)
    plans = [sold(terms=terms) for _ in cards]
    for plan, card in zip(plans, cards, strict=True):
        credit_services.save_mandate(
            plan_id=plan.plan_id, card_token=card, saved_by="mira@example.org", now=NOON
        )
    return plans


def facts_of(plan: Sold) -> Facts:
    """Return every row that collecting writes of a plan, without keys and instants."""
    key = print_id(IdKind.PLAN, plan.plan_id)
    rows: Facts = list(
        Instalment.objects.filter(plan=plan.plan_id)
        .order_by("number")
        .values_list("number", "paid_minor", "waived_minor", "state")
    )
    rows += (
        PlanPayment.objects.filter(plan=plan.plan_id)
        .order_by("serial")
        .values_list(
            "serial", "kind", "is_automatic", "amount_minor", "state", "failure", "surplus_minor"
        )
    )
    rows += (
        Payment.objects.filter(purpose__contains=key)
        .order_by("purpose")
        .values_list("amount_minor", "captured_minor", "refunded_minor", "state", "decline_code")
    )
    rows += (
        MoneyCommand.objects.filter(payment__purpose__contains=key)
        .order_by("payment__purpose", "kind")
        .values_list("kind", "amount_minor", "state", "failure")
    )
    rows += (
        Posting.objects.filter(transfer__idempotency_key__contains=key)
        .order_by("transfer__kind", "transfer__memo", "number")
        .values_list("transfer__kind", "account__code", "amount_minor")
    )
    told = OutboxEvent.objects.filter(payload__plan_id=str(plan.plan_id))
    rows += told.order_by("kind", "payload__serial").values_list("kind", "payload__serial")
    return [*rows, (Plan.objects.get(pk=plan.plan_id).state,)]


def collect_for_months(plans: list[Sold], *, months: int) -> None:
    for number in range(1, months + 1):
        due = in_months(plans[0], number)
        for day in (0, 3, 7):
            collecting.collect_due(now=due + timedelta(days=day))
            run(due + timedelta(days=day))


def pause(plans: list[Sold], number: int) -> None:
    if number < len(plans):
        plan_id = plans[number].plan_id
        credit_services.pause_plan(plan_id=plan_id, reason="x", actor="ada", now=NOON)


@given(
    cards=st.lists(st.sampled_from(CARDS), min_size=2, max_size=5),
    rate=st.sampled_from([0, 1499]),
    paused=st.integers(0, 4),
)
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_pages_leave_the_rows_and_books_that_collecting_singly_leaves(
    cards: list[str], rate: int, paused: int
) -> None:
    together = mandated(cards=cards, rate=rate)
    pause(together, paused)
    collect_for_months(together, months=2)
    # Nobody else is there while one lives its months: every page is a page of one.
    alone = []
    for number, card in enumerate(cards):
        alone += mandated(cards=[card], rate=rate)
        pause(alone[number:], 0 if number == paused else len(cards))
        collect_for_months(alone[number:], months=2)

    for one, other in zip(together, alone, strict=True):
        assert facts_of(one) == facts_of(other)
        require_sound(one)


def test_asking_and_sending_cost_the_same_statements_for_few_and_for_many() -> None:
    few, many = statements_for(3), statements_for(15)

    assert many == few


def statements_for(count: int) -> int:
    plans = mandated(cards=["tok_ok"] * count)
    due = in_months(plans[0], 1)
    with CaptureQueriesContext(connection) as asked:
        assert collecting.collect_due(now=due) == count
        services.send_written(now=due)
    run(due)
    assert all(plan.money.owed[0].open == 0 for plan in plans)
    return len(asked.captured_queries)


def test_plan_that_cannot_be_asked_does_not_keep_the_others_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plans = mandated(cards=["tok_ok"] * 3)
    poisoned = plans[1].plan_id
    real = collecting_due._Calendars.choose  # noqa: SLF001 -- where the poison is put

    def choose(self: object, money: object) -> object:
        if money.plan_id == poisoned:  # type: ignore[attr-defined]  # a stand-in
            raise RuntimeError("no calendar")
        return real(self, money)  # type: ignore[arg-type]  # a stand-in

    monkeypatch.setattr(collecting_due._Calendars, "choose", choose)  # noqa: SLF001 -- where the poison is put
    due = in_months(plans[0], 1)

    assert collecting.collect_due(now=due) == 2
    run(due)

    assert [plan.money.owed[0].open == 0 for plan in plans] == [True, False, True]
    assert plans[1].money.payments == ()


def test_payment_that_cannot_be_written_down_does_not_keep_the_others_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plans = mandated(cards=["tok_ok"] * 3)
    poison = print_id(IdKind.PLAN, plans[1].plan_id)
    real = send_many.record._catch_up  # type: ignore[attr-defined]  # noqa: SLF001 -- where the poison is put

    def catch_up(sheet: object, news: object) -> bool:
        if poison in news.payment.purpose:  # type: ignore[attr-defined]  # a stand-in
            raise RuntimeError("spilt ink")
        return bool(real(sheet, news))

    monkeypatch.setattr(send_many.record, "_catch_up", catch_up)  # type: ignore[attr-defined]  # a stand-in
    due = in_months(plans[0], 1)
    collecting.collect_due(now=due)
    run(due)

    assert [plan.money.owed[0].open == 0 for plan in plans] == [True, False, True]
    left = ProviderEvent.objects.filter(applied_at=None)
    assert "spilt ink" in left.get().last_error

    monkeypatch.undo()
    run(due + timedelta(minutes=10))
    assert plans[1].money.owed[0].open == 0


def test_captured_event_that_fails_does_not_keep_the_others_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plans = mandated(cards=["tok_ok"] * 3)
    due = in_months(plans[0], 1)
    collecting.collect_due(now=due)
    real = credit_services.record_paid_many

    def record(**news: object) -> object:
        if any(one.plan_id == plans[1].plan_id for one in news["paid"]):  # type: ignore[attr-defined]  # a stand-in
            raise RuntimeError("torn page")
        return real(**news)  # type: ignore[arg-type]  # a stand-in

    monkeypatch.setattr(credit_services, "record_paid_many", record)
    with pytest.raises(RuntimeError, match="torn page"):
        run(due)
    assert [plan.money.owed[0].open == 0 for plan in plans] == [True, False, True]

    monkeypatch.undo()
    run(due + timedelta(minutes=10))
    assert plans[1].money.owed[0].open == 0
    assert ledger.imbalance() == 0


def test_command_that_was_claimed_and_never_called_is_sent_after_asking() -> None:
    plans = mandated(cards=["tok_ok"] * 2)
    due = in_months(plans[0], 1)
    collecting.collect_due(now=due)
    # A worker claims the page and is killed before it calls.
    claimed = send_many._claim_page(  # noqa: SLF001 -- the step before the kill
        Q(state=CommandState.WRITTEN.value), now=due, limit=10
    )
    assert len(claimed) == 2

    assert services.send_written(now=due) == 0
    assert services.send_open_commands(now=due + timedelta(seconds=29)) == 0
    run(due)

    assert all(plan.money.owed[0].open == 0 for plan in plans)
    assert {one.attempts for one in MoneyCommand.objects.filter(kind="authorise")} == {2}


def test_busy_provider_is_asked_again_when_it_said(misbehave: Misbehave) -> None:
    plans = mandated(cards=["tok_ok"] * 2)
    due = in_months(plans[0], 1)
    collecting.collect_due(now=due)
    misbehave(Chaos(seed="busy", busy_percent=100))

    services.send_written(now=due)
    states = set(MoneyCommand.objects.values_list("state", flat=True))
    waiting = list(MoneyCommand.objects.values_list("wait_until", flat=True))

    assert states == {CommandState.WRITTEN.value}
    assert all(isinstance(one, datetime) and one > due for one in waiting)


def test_ids_of_nothing_are_nothing() -> None:
    assert credit_services.record_paid_many(paid=[], now=NOON) == ()
    assert (
        credit_services.ask_due_many(plan_ids=[UUID(int=1)], choose=lambda _: None, now=NOON) == ()
    )
