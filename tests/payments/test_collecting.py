"""Money collected on plans: once, in the plan and in the books, whatever the provider does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from bandstand.config.wiring import wire
from bandstand.credit import queries as credit_queries, services as credit_services
from bandstand.credit.queries import PlanMoney
from bandstand.credit.rules import (
    AmountRefusedError,
    AskKind,
    AskState,
    NothingOwedError,
    PaymentUnderWayError,
    PlanState,
    TermsRow,
)
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger, services as ledger_services
from bandstand.ledger.rules import AccountCode, credit as credit_leg, debit
from bandstand.money import Money
from bandstand.payments import queries, services
from bandstand.payments.models import Payment, Refund, SandboxIntent
from bandstand.payments.rules import PaymentState
from bandstand.payments.services import collecting
from bandstand.plumbing import outbox
from bandstand.plumbing.models import OutboxEvent
from tests.factories import credit, payments
from tests.factories.credit import NOON

pytestmark = pytest.mark.django_db
NOTHING = Money.zero("USD")
CARD = "tok_ok"
EMPTY_CARD = "tok_insufficient"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _wired() -> None:
    wire()


@dataclass(frozen=True)
class Sold:
    plan_id: UUID
    line_id: UUID

    nothing = NOTHING

    @property
    def money(self) -> PlanMoney:
        return credit_queries.plan_money(self.plan_id)

    @property
    def owed(self) -> int:
        return sum(row.open for row in self.money.owed)

    def balance(self, code: AccountCode) -> int:
        key = print_id(IdKind.PLAN, self.plan_id)
        return ledger.balance(code=code, key=key, currency="USD").minor


def sold(*, months: int = 24, terms: TermsRow | None = None) -> Sold:
    """Sell on a plan whose down payment was taken, as orders post it."""
    line = credit.plan(terms=terms or credit.terms(months=months))
    plan_id = credit_services.activate_plan(order_line_id=line, now=NOON)
    assert plan_id is not None
    made = Sold(plan_id, line)
    charge = sum(row.interest for row in made.money.owed)
    key, owed = print_id(IdKind.PLAN, plan_id), made.owed
    legs = [
        debit(AccountCode.INSTALMENT_RECEIVABLE, Money(owed, "USD"), key=key),
        credit_leg(AccountCode.SELLER_PAYABLE, Money(owed - charge, "USD"), key="northgate"),
    ]
    if charge:
        legs.append(credit_leg(AccountCode.DEFERRED_FINANCE_INCOME, Money(charge, "USD"), key=key))
    ledger_services.post(
        idempotency_key=f"sale:{key}", kind="sale", entries=legs, effective_at=NOON, now=NOON
    )
    return made


def run(now: datetime) -> None:
    """Let jobs, the provider and the outbox do all there is to do."""
    for step in range(1, 7):
        then = now + step * timedelta(seconds=40)
        services.send_open_commands(now=then)
        payments.settle(now=then + timedelta(seconds=20))
        outbox.deliver_waiting(now=then)


def pay(plan: Sold, kind: AskKind, *, extra: Money = NOTHING, card: str = "tok_ok") -> None:
    collecting.pay_plan(
        plan_id=plan.plan_id, kind=kind, extra=extra, card_token=card, return_url="", now=NOON
    )


def in_months(plan: Sold, number: int) -> datetime:
    due = next(row.due_on for row in plan.money.owed if row.number == number)
    return datetime.combine(due, NOON.timetz())


def states(plan: Sold) -> list[AskState]:
    return [one.state for one in plan.money.payments]


def require_sound(plan: Sold) -> None:
    """The plan and the books say the same, and the books balance."""
    assert plan.balance(AccountCode.INSTALMENT_RECEIVABLE) == plan.owed
    assert ledger.imbalance() == 0


def test_buyer_pays_the_next_instalment_by_hand_once() -> None:
    plan = sold()
    before = plan.owed

    pay(plan, AskKind.INSTALMENT)
    with pytest.raises(PaymentUnderWayError):
        pay(plan, AskKind.INSTALMENT)
    run(NOON)

    first, second = plan.money.owed[:2]
    assert first.open == 0
    assert second.open > 0
    assert plan.owed == before - first.paid
    assert [one.state for one in plan.money.payments] == [AskState.PAID]
    assert SandboxIntent.objects.count() == 1
    require_sound(plan)


def test_extra_payment_shortens_the_plan_from_its_end() -> None:
    plan = sold()
    month = plan.money.owed[-1].open

    pay(plan, AskKind.EXTRA, extra=Money(month + 100, "USD"))
    run(NOON)

    rows = plan.money.owed
    assert rows[0].open > 0
    assert rows[-1].open == 0
    assert rows[-2].paid == 100
    require_sound(plan)


def test_more_than_is_owed_is_refused_and_nothing_is_asked() -> None:
    plan = sold()

    with pytest.raises(AmountRefusedError, match="more than"):
        pay(plan, AskKind.EXTRA, extra=Money(plan.owed + 1, "USD"))

    assert not Payment.objects.exists()
    assert plan.money.payments == ()


def test_payoff_ends_the_plan_and_tells_that_the_lock_must_go() -> None:
    plan = sold()

    pay(plan, AskKind.PAYOFF)
    run(NOON)

    assert plan.money.state is PlanState.SETTLED
    assert plan.owed == 0
    require_sound(plan)
    told = set(OutboxEvent.objects.values_list("kind", flat=True))
    assert {"credit.plan_settled", "credit.unlock_due"} <= told
    with pytest.raises(NothingOwedError):
        pay(plan, AskKind.PAYOFF)


def test_payoff_charges_only_interest_that_was_earned() -> None:
    plan = sold(terms=credit.terms(months=12, annual_rate_bps=1999))
    interest = sum(row.interest for row in plan.money.owed)
    principal = sum(row.principal for row in plan.money.owed)
    assert interest > 0

    pay(plan, AskKind.PAYOFF)
    run(NOON)

    assert plan.money.payments[0].amount == Money(principal, "USD")
    assert plan.money.state is PlanState.SETTLED
    assert plan.balance(AccountCode.DEFERRED_FINANCE_INCOME) == 0
    assert ledger.balance(code=AccountCode.FINANCE_INCOME, currency="USD") == NOTHING
    require_sound(plan)


def test_interest_is_earned_as_it_is_paid() -> None:
    plan = sold(terms=credit.terms(months=12, annual_rate_bps=1999))
    first = plan.money.owed[0].interest

    pay(plan, AskKind.INSTALMENT)
    run(NOON)

    assert ledger.balance(code=AccountCode.FINANCE_INCOME, currency="USD").minor == -first
    require_sound(plan)


def test_declined_card_leaves_the_debt_and_another_card_pays() -> None:
    plan = sold()

    pay(plan, AskKind.INSTALMENT, card="tok_declined")
    run(NOON)
    assert plan.money.owed[0].paid == 0
    pay(plan, AskKind.INSTALMENT)
    run(NOON + timedelta(minutes=9))

    assert [one.state for one in plan.money.payments] == [AskState.DECLINED, AskState.PAID]
    assert plan.money.owed[0].open == 0
    require_sound(plan)


def test_card_that_is_none_asks_for_nothing() -> None:
    plan = sold()

    pay(plan, AskKind.INSTALMENT, card="tok_unknown")
    run(NOON)

    assert plan.money.under_way is None
    assert plan.money.owed[0].paid == 0


def test_nothing_is_charged_without_the_buyers_word() -> None:
    plan = sold()

    assert collecting.collect_due(now=in_months(plan, 1)) == 0
    assert not Payment.objects.exists()


def test_saved_card_is_charged_when_due_and_once() -> None:
    plan = sold()
    credit_services.save_mandate(
        plan_id=plan.plan_id, card_token=CARD, saved_by="mira@example.org", now=NOON
    )
    due = in_months(plan, 1)

    assert collecting.collect_due(now=due - 2 * DAY) == 0
    assert [collecting.collect_due(now=due) for _ in range(2)] == [1, 0]
    run(due)

    assert collecting.collect_due(now=due + DAY) == 0
    assert plan.money.owed[0].open == 0
    assert SandboxIntent.objects.count() == 1
    require_sound(plan)


def test_declined_saved_card_is_tried_by_the_calendar_and_no_more() -> None:
    plan = sold(months=2)
    credit_services.save_mandate(
        plan_id=plan.plan_id, card_token=EMPTY_CARD, saved_by="mira", now=NOON
    )
    due = in_months(plan, 1)
    tried = []
    for day in range(25):
        if collecting.collect_due(now=due + day * DAY):
            tried.append(day)
        run(due + day * DAY)

    assert tried == [0, 3, 7, 14]
    assert plan.money.owed[0].paid == 0
    require_sound(plan)


def test_buyer_and_the_shop_at_once_make_one_charge() -> None:
    plan = sold()
    credit_services.save_mandate(plan_id=plan.plan_id, card_token=CARD, saved_by="mira", now=NOON)
    pay(plan, AskKind.INSTALMENT)

    assert collecting.collect_due(now=in_months(plan, 1)) == 0


def test_revoked_word_and_pause_stop_collecting() -> None:
    plan = sold()
    credit_services.save_mandate(plan_id=plan.plan_id, card_token=CARD, saved_by="mira", now=NOON)
    due = in_months(plan, 1)
    credit_services.pause_plan(plan_id=plan.plan_id, reason="return", actor="ada", now=NOON)
    assert collecting.collect_due(now=due) == 0
    assert credit_services.resume_plan(plan_id=plan.plan_id, now=NOON)
    assert credit_services.revoke_mandate(plan_id=plan.plan_id, now=NOON)

    assert collecting.collect_due(now=due) == 0
    assert not Payment.objects.exists()


def test_cancelled_plan_gives_back_every_instalment() -> None:
    plan = sold()
    pay(plan, AskKind.INSTALMENT)
    run(NOON)
    paid = plan.money.owed[0].paid

    credit_services.cancel_plan(order_line_id=plan.line_id, reason="hold", actor="x", now=NOON)
    run(NOON + timedelta(minutes=9))

    refund = Refund.objects.get()
    assert refund.amount_minor == paid
    assert refund.order_line_id == plan.line_id
    assert refund.settled_at is not None


def test_money_that_comes_after_the_plan_ended_goes_back() -> None:
    plan = sold()
    pay(plan, AskKind.INSTALMENT)
    services.send_open_commands(now=NOON + timedelta(seconds=30))
    payments.settle(now=NOON + timedelta(minutes=1))
    outbox.deliver_waiting(now=NOON)  # authorised: the capture is claimed
    services.send_open_commands(now=NOON + timedelta(minutes=2))

    credit_services.cancel_plan(order_line_id=plan.line_id, reason="hold", actor="x", now=NOON)
    run(NOON + timedelta(minutes=9))

    payment = queries.payment_row(Payment.objects.get().id)
    assert payment.state is PaymentState.CAPTURED
    assert payment.refunded == payment.captured
    assert plan.money.owed[0].paid == 0
    key = print_id(IdKind.LINE, plan.line_id)
    owed_back = ledger.balance(code=AccountCode.REFUND_DUE, key=key, currency="USD")
    assert owed_back == -payment.captured  # orders post the refund when it settles
    assert ledger.imbalance() == 0


def test_debt_late_for_120_days_is_given_up_in_the_books() -> None:
    plan = sold(months=3)
    due = in_months(plan, 1)

    assert collecting.give_up_overdue(now=due + 119 * DAY) == 0
    assert [collecting.give_up_overdue(now=due + 120 * DAY) for _ in range(2)] == [1, 0]

    assert plan.money.state is PlanState.CHARGED_OFF
    assert plan.owed == 0
    require_sound(plan)
    assert ledger.balance(code=AccountCode.WRITE_OFF, currency="USD").is_positive


def test_payment_whose_buyer_left_the_bank_is_let_go() -> None:
    plan = sold()
    pay(plan, AskKind.INSTALMENT, card="tok_3ds")
    assert states(plan) == [AskState.ASKED]

    assert collecting.resolve_stale(now=NOON + timedelta(minutes=20)) == 0
    assert collecting.resolve_stale(now=NOON + timedelta(minutes=31)) == 1
    run(NOON + timedelta(minutes=32))

    assert states(plan) == [AskState.DROPPED]
    assert plan.money.owed[0].paid == 0
