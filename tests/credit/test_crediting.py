"""Credits pay instalments like money, once, and are never taken for the buyer's money."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from bandstand.config.wiring import wire
from bandstand.credit import queries, services
from bandstand.credit.events import CreditGiven, PlanPaymentMade
from bandstand.credit.models import PlanPayment
from bandstand.credit.rules import (
    AmountRefusedError,
    AskKind,
    AskState,
    NothingOwedError,
    PlanState,
)
from bandstand.credit.services import CreditGoesTo, RecordedPayment, UnsoundCreditError
from bandstand.ledger import queries as ledger, services as ledger_services
from bandstand.ledger.rules import AccountCode, credit as credit_leg, debit
from bandstand.money import Money
from bandstand.payments.models import Refund
from bandstand.plumbing import outbox
from bandstand.plumbing.models import OutboxEvent
from tests.factories import credit
from tests.factories.credit import NOON, TODAY
from tests.payments.test_collecting import Sold, pay, require_sound, run, sold

pytestmark = pytest.mark.django_db
PROMO = AccountCode.PROMOTION_LIABILITY


@pytest.fixture(autouse=True)
def _wired() -> None:
    wire()


def give(
    plan: Sold,
    minor: int,
    *,
    key: str = "credit:1",
    to: CreditGoesTo = CreditGoesTo.OLDEST,
    months: int = 0,
) -> RecordedPayment:
    """Give a credit from a promise, and post it as a room would."""
    then = NOON + timedelta(days=31 * months)
    recorded = services.record_credit(
        plan_id=plan.plan_id,
        key=key,
        amount=Money(minor, "USD"),
        on=then.date(),
        now=then,
        label="Spring credit",
        account_key="promise",
        to=to,
    )
    entries = services.credit_entries(recorded, account=PROMO, account_key="promise")
    if recorded.is_new and entries:
        ledger_services.post(
            idempotency_key=f"post:{key}",
            kind="credit",
            entries=entries,
            effective_at=then,
            now=then,
        )
    return recorded


def promise(minor: int) -> None:
    amount = Money(minor, "USD")
    ledger_services.post(
        idempotency_key="promise",
        kind="promise",
        entries=(
            debit(AccountCode.PROMOTION_EXPENSE, amount),
            credit_leg(PROMO, amount, key="promise"),
        ),
        effective_at=NOON,
        now=NOON,
    )


def promised() -> int:
    return -ledger.balance(code=PROMO, key="promise", currency="USD").minor


def kinds() -> list[str]:
    return list(OutboxEvent.objects.values_list("kind", flat=True))


def test_bill_credit_pays_the_oldest_instalment_once() -> None:
    plan = sold()
    promise(1000)
    before = plan.owed

    first = give(plan, 1000)
    again = give(plan, 1000)

    assert first.is_new
    assert not again.is_new
    assert first.surplus.is_zero
    assert plan.money.owed[0].paid == 1000
    assert plan.owed == before - 1000
    assert promised() == 0
    assert PlanPayment.objects.filter(kind=AskKind.CREDIT.value).count() == 1
    assert kinds().count(CreditGiven.KIND) == 1
    assert PlanPaymentMade.KIND not in kinds()
    require_sound(plan)


def test_credit_to_the_last_instalments_shortens_the_plan() -> None:
    plan = sold(months=3)
    last = plan.money.owed[-1]

    give(plan, last.open, to=CreditGoesTo.LAST)

    assert plan.money.owed[-1].open == 0
    assert plan.money.owed[0].paid == 0
    require_sound(plan)


def test_credit_of_more_than_is_owed_settles_the_plan_and_leaves_a_surplus() -> None:
    plan = sold(months=3)
    promise(plan.owed + 500)

    recorded = give(plan, plan.owed + 500)

    assert recorded.has_ended
    assert recorded.surplus == Money(500, "USD")
    assert plan.money.state is PlanState.SETTLED
    assert promised() == 500
    require_sound(plan)


def test_credit_that_pays_a_plan_with_interest_off_spares_what_was_not_earned() -> None:
    plan = sold(terms=credit.terms(months=6, annual_rate_bps=1499))
    promise(plan.owed)
    off = plan.money.payoff_on(TODAY)
    assert off.waived > 0

    recorded = give(plan, off.amount)

    assert recorded.has_ended
    assert recorded.waived.minor == off.waived
    assert plan.balance(AccountCode.DEFERRED_FINANCE_INCOME) == 0
    require_sound(plan)


def test_credit_on_interest_earns_what_it_pays() -> None:
    plan = sold(terms=credit.terms(months=6, annual_rate_bps=1499))
    interest = plan.money.owed[0].interest

    recorded = give(plan, plan.money.owed[0].open, months=1)

    assert recorded.interest.minor == interest
    earned = ledger.balance(code=AccountCode.FINANCE_INCOME, currency="USD")
    assert earned.minor == -interest
    require_sound(plan)


def test_credit_to_an_ended_plan_is_all_surplus_and_moves_nothing() -> None:
    plan = sold(months=3)
    services.cancel_plan(order_line_id=plan.line_id, reason="x", actor="ada", now=NOON)
    transfers = len(ledger.journal(page=1).rows)

    recorded = give(plan, 700)

    assert recorded.surplus == Money(700, "USD")
    assert give(plan, 700).surplus == Money(700, "USD")
    assert len(ledger.journal(page=1).rows) == transfers
    assert CreditGiven.KIND not in kinds()


def test_credit_while_a_card_payment_is_under_way_makes_nobody_pay_twice() -> None:
    plan = sold(months=3)
    begun = plan.owed
    pay(plan, AskKind.PAYOFF)

    give(plan, 1000)
    run(NOON)

    assert plan.money.state is PlanState.SETTLED
    assert [one.amount_minor for one in Refund.objects.all()] == [1000]
    paid = next(row for row in plan.money.payments if row.kind is AskKind.PAYOFF)
    assert paid.surplus == Money(1000, "USD")
    assert paid.amount.minor == begun
    require_sound(plan)


def test_cancelled_plan_gives_back_money_and_no_credit() -> None:
    plan = sold(months=3)
    pay(plan, AskKind.INSTALMENT)
    run(NOON)
    money = plan.money.owed[0].paid
    give(plan, 1000)

    report = services.cancel_plan(order_line_id=plan.line_id, reason="x", actor="ada", now=NOON)
    outbox.deliver_waiting(now=NOON)

    assert report is not None
    assert report.paid_minor == money
    assert [(one.account, one.key, one.amount.minor) for one in report.credited] == [
        (PROMO.value, "promise", 1000)
    ]
    assert [one.amount_minor for one in Refund.objects.all()] == [money]


def test_unsound_credits_are_refused_and_leave_nothing() -> None:
    plan = sold()
    give(plan, 1000)

    with pytest.raises(UnsoundCreditError, match="another credit"):
        give(plan, 999)
    with pytest.raises(UnsoundCreditError, match="more than nothing"):
        give(plan, 0, key="credit:2")
    with pytest.raises(UnsoundCreditError, match="needs the key"):
        give(plan, 100, key=" ")

    assert PlanPayment.objects.count() == 1


def test_plan_that_has_not_begun_takes_no_credit() -> None:
    line = credit.plan()
    page = queries.plan_page(line)
    assert page is not None

    with pytest.raises(NothingOwedError, match="not begun"):
        give(Sold(page.id, line), 100)

    assert not PlanPayment.objects.exists()


def test_nobody_is_asked_for_a_credit() -> None:
    plan = sold()

    with pytest.raises(AmountRefusedError, match="given"):
        pay(plan, AskKind.CREDIT)

    assert not PlanPayment.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"payment_id": uuid4()},
        {"credit_key": ""},
        {"from_account": ""},
        {"state": AskState.ASKED.value},
        {"kind": AskKind.EXTRA.value},
    ],
    ids=["paid by card", "no key", "from nowhere", "under way", "not a credit"],
)
def test_database_keeps_credits_and_payments_apart(wrong: dict[str, object]) -> None:
    plan = sold()
    give(plan, 1000)

    with pytest.raises(IntegrityError), transaction.atomic():
        PlanPayment.objects.filter(credit_key="credit:1").update(**wrong)

    assert PlanPayment.objects.get().kind == AskKind.CREDIT.value
