"""Contested charges to their end: the plan waits, the bank's refund counts, the debt is decided."""

from datetime import timedelta
from uuid import UUID

import pytest

from bandstand.config.wiring import wire
from bandstand.credit import queries as credit_queries
from bandstand.credit.queries import PlanMoney
from bandstand.credit.rules import AskKind, AskState
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.orders import queries as orders_queries, services as orders_services
from bandstand.orders.queries import OrderRow
from bandstand.payments import queries, services
from bandstand.payments.models import Dispute, DisputePart, Payment, Refund
from bandstand.payments.rules import BY_BANK, DebtChoice, DisputeState
from bandstand.payments.services import collecting
from bandstand.payments.services.lost_debts import DebtChoiceRefusedError, choose_debt
from bandstand.plumbing import clock, outbox
from bandstand.takedowns import queries as takedowns_queries
from bandstand.takedowns.rules import CaseState
from bandstand.takedowns.services.aftermath import run_aftermath
from tests.factories import credit, offers, orders, payments, takedowns

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def lark() -> None:
    wire()
    orders.shop()


def after(days: int) -> None:
    """Let days pass at the provider, and hear of it."""
    later = clock.now() + days * DAY
    payments.settle(now=later)
    for _ in range(3):
        outbox.deliver_waiting(now=later)
    services.send_open_commands(now=later)
    payments.settle(now=later + timedelta(minutes=1))
    for _ in range(3):
        outbox.deliver_waiting(now=later)


def money_of(order: OrderRow) -> PlanMoney:
    plan = orders_queries.order_page(order.id).lines[0].plan
    assert plan is not None
    return credit_queries.plan_money(plan.id)


def paid_instalment(order: OrderRow, *, card: str) -> UUID:
    plan_id = money_of(order).plan_id
    collecting.pay_plan(
        plan_id=plan_id,
        kind=AskKind.INSTALMENT,
        extra=Money.zero("USD"),
        card_token=card,
        return_url="",
        now=clock.now(),
    )
    orders.hear_everything()
    return plan_id


def owed_to(order: OrderRow) -> int:
    key = print_id(IdKind.LINE, orders.line_of(order))
    return -ledger.balance(code=AccountCode.REFUND_DUE, key=key, currency="USD").minor


def lost_to_us() -> int:
    return ledger.balance(code=AccountCode.WRITE_OFF, currency="USD").minor


def on_plan(plan_id: UUID) -> int:
    key = print_id(IdKind.PLAN, plan_id)
    return ledger.balance(code=AccountCode.INSTALMENT_RECEIVABLE, key=key, currency="USD").minor


def test_stopped_sale_whose_charge_the_bank_gave_back_is_whole_and_its_case_closed() -> None:
    offer = offers.offer()
    order = orders.paid(offer, card="tok_dispute_lost")
    taken = Payment.objects.get().captured_minor
    after(4)
    assert Dispute.objects.get().state == DisputeState.OPEN.value
    hold_id = takedowns.stopped(offer)
    takedowns.walked(hold_id)
    waiting = takedowns_queries.is_everyone_whole(hold_id)
    assert not waiting.is_everyone_whole
    assert owed_to(order) == taken

    after(15)
    run_aftermath(hold_id=hold_id, now=clock.now())

    refund = Refund.objects.get()
    assert (refund.command.state, refund.command.failure) == ("failed", BY_BANK)
    assert queries.payment_row(refund.payment_id).refunded.is_zero
    assert queries.failed_refunds() == ()
    assert owed_to(order) == 0
    assert lost_to_us() == 0
    assert ledger.imbalance() == 0
    case = takedowns_queries.cases(hold_id)[0]
    assert case.state is CaseState.MADE_WHOLE
    assert case.proof["charged_back_minor"] == taken
    assert takedowns_queries.is_everyone_whole(hold_id).is_everyone_whole


def test_sale_cancelled_after_the_charge_was_lost_sends_nothing_twice() -> None:
    order = orders.paid(offers.offer(), card="tok_dispute_lost")
    taken = Payment.objects.get().captured_minor
    after(15)
    assert lost_to_us() == taken

    orders_services.cancel_line(
        line_id=orders.line_of(order), reason="Out of stock.", actor="ada", now=clock.now()
    )
    after(16)

    assert Refund.objects.get().command.failure == BY_BANK
    assert Payment.objects.get().refunded_minor == 0
    assert (owed_to(order), lost_to_us()) == (0, 0)
    assert ledger.imbalance() == 0


def test_stopped_sale_whose_charge_was_won_is_refunded_by_us() -> None:
    offer = offers.offer()
    order = orders.paid(offer, card="tok_dispute_won")
    after(4)
    hold_id = takedowns.stopped(offer)
    takedowns.walked(hold_id)

    after(15)
    run_aftermath(hold_id=hold_id, now=clock.now())

    payment = Payment.objects.get()
    assert payment.refunded_minor == payment.captured_minor
    assert owed_to(order) == 0
    assert takedowns_queries.is_everyone_whole(hold_id).is_everyone_whole


def test_contested_charge_of_two_lines_is_shared_by_what_each_had_paid() -> None:
    order = orders.paid(
        offers.offer(price=Money(30_000, "USD")),
        offers.offer(price=Money(10_001, "USD")),
        card="tok_dispute_lost",
    )
    after(4)

    dispute = Dispute.objects.get()
    parts = dict(DisputePart.objects.values_list("order_line_id", "amount_minor"))
    assert sum(parts.values()) == dispute.amount_minor == 40_001
    assert sorted(parts.values()) == [10_001, 30_000]
    assert set(parts) == {line.id for line in orders_queries.order_page(order.id).lines}


@pytest.mark.parametrize("card", ["tok_dispute_won", "tok_dispute_lost"])
def test_plan_is_paused_while_its_payment_is_contested(card: str) -> None:
    order = orders.paid(offers.offer(), terms_id=credit.terms().id)
    paid_instalment(order, card=card)

    after(4)
    assert money_of(order).is_paused
    after(15)

    assert not money_of(order).is_paused
    assert queries.disputes()[0].awaits_choice is (card == "tok_dispute_lost")


@pytest.mark.parametrize("choice", list(DebtChoice))
def test_lost_instalment_is_owed_again_or_written_off_as_a_person_says_once(
    choice: DebtChoice,
) -> None:
    order = orders.paid(offers.offer(), terms_id=credit.terms().id)
    plan_id = paid_instalment(order, card="tok_dispute_lost")
    owed = sum(row.open for row in money_of(order).owed)
    paid = money_of(order).payments[0].amount.minor
    after(15)
    dispute = Dispute.objects.get()
    assert lost_to_us() == paid

    choose_debt(dispute_id=dispute.id, choice=choice, actor="ada", now=clock.now())
    with pytest.raises(DebtChoiceRefusedError, match="already"):
        choose_debt(dispute_id=dispute.id, choice=DebtChoice.REOPEN, actor="bob", now=clock.now())

    is_open = choice is DebtChoice.REOPEN
    now_owed = sum(row.open for row in money_of(order).owed)
    assert now_owed == owed + (paid if is_open else 0)
    assert on_plan(plan_id) == now_owed
    assert lost_to_us() == (0 if is_open else paid)
    assert ledger.imbalance() == 0
    assert not queries.disputes()[0].awaits_choice
    if is_open:
        paid_instalment(order, card="tok_ok")
        assert [one.state for one in money_of(order).payments] == [AskState.PAID] * 2
        assert on_plan(plan_id) == owed


@pytest.mark.parametrize("choice", [None, *DebtChoice])
def test_plan_stopped_after_a_lost_instalment_leaves_nobody_owed(
    choice: DebtChoice | None,
) -> None:
    offer = offers.offer()
    order = orders.paid(offer, terms_id=credit.terms().id)
    paid_instalment(order, card="tok_ok")
    paid_instalment(order, card="tok_dispute_lost")
    after(15)
    if choice is not None:
        choose_debt(
            dispute_id=Dispute.objects.get().id, choice=choice, actor="ada", now=clock.now()
        )

    hold_id = takedowns.stopped(offer)
    takedowns.walked(hold_id)
    after(16)
    run_aftermath(hold_id=hold_id, now=clock.now())

    assert owed_to(order) == 0
    assert ledger.imbalance() == 0
    by_bank = Dispute.objects.get().amount_minor
    captured = sum(Payment.objects.values_list("captured_minor", flat=True))
    refunded = sum(Payment.objects.values_list("refunded_minor", flat=True))
    assert captured - refunded - by_bank == 0
    assert lost_to_us() == 0
    assert takedowns_queries.is_everyone_whole(hold_id).is_everyone_whole


def test_only_a_lost_charge_of_a_plan_leaves_a_debt_to_decide() -> None:
    orders.paid(offers.offer(), card="tok_dispute_lost")
    after(15)
    dispute = Dispute.objects.get()

    with pytest.raises(DebtChoiceRefusedError, match="paid a plan"):
        choose_debt(dispute_id=dispute.id, choice=DebtChoice.REOPEN, actor="ada", now=clock.now())

    dispute.refresh_from_db()
    assert dispute.debt_choice == ""


def test_refused_refund_of_an_instalment_is_asked_again_of_that_payment() -> None:
    offer = offers.offer()
    order = orders.paid(offer, terms_id=credit.terms().id)
    paid_instalment(order, card="tok_refund_fails")
    hold_id = takedowns.stopped(offer)
    takedowns.walked(hold_id)
    failed = Refund.objects.get(command__state="failed", attempt=1)
    instalment = Payment.objects.get(purpose__startswith="inst:")
    assert failed.payment_id == instalment.id

    again = Refund.objects.get(again_of=failed)
    assert again.payment_id == instalment.id
    assert again.amount_minor == failed.amount_minor
    of_order = Refund.objects.filter(payment__purpose__startswith="checkout:")
    assert of_order.count() == 1


def test_buyer_whose_refund_came_back_is_not_whole_until_it_goes_again() -> None:
    offer = offers.offer()
    orders.paid(offer, card="tok_refund_returns")
    hold_id = takedowns.stopped(offer)
    takedowns.walked(hold_id)
    assert takedowns_queries.is_everyone_whole(hold_id).is_everyone_whole

    after(3)

    assert takedowns_queries.cases(hold_id)[0].state is CaseState.IN_PROGRESS
    assert not takedowns_queries.is_everyone_whole(hold_id).is_everyone_whole
    run_aftermath(hold_id=hold_id, now=clock.now())
    assert Refund.objects.filter(attempt=2).count() == 1
