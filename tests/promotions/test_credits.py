"""What was promised with a sale is given once, on its day, and never quietly lost."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction
from structlog.testing import capture_logs

from bandstand.config.wiring import wire
from bandstand.credit import queries as credit_queries, services as credit
from bandstand.credit.rules import AskKind, AskState, PlanState
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money, format_money
from bandstand.orders import queries as orders_queries, services as order_services
from bandstand.orders.queries import OrderRow
from bandstand.payments.models import Payment
from bandstand.payments.services import collecting, collecting_notices
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter
from bandstand.promotions import queries, services
from bandstand.promotions.models import CreditProof, CreditRow, PromisedCredits, Promotion
from bandstand.promotions.rules import CreditState, OnPayoff, PromotionScope
from bandstand.takedowns import queries as takedown_queries
from tests.factories import credit as credit_factory, offers, orders, promotions, takedowns
from tests.factories.promotions import balance, credits_of, liability, plan_of, require_sound

pytestmark = pytest.mark.django_db
NOTHING = Money.zero("USD")


@pytest.fixture(autouse=True)
def lark() -> None:
    wire()
    orders.shop()


def sold(*, months: int = 24, **fields: object) -> OrderRow:
    """Sell a phone on a plan that comes with credits."""
    promotions.promotion(**fields)
    return orders.paid(offers.offer(), terms_id=credit_factory.terms(months=months).id)


def on_day(plan_id: UUID, number: int) -> datetime:
    """Return noon of the day a credit is due."""
    due = credits_of(plan_id).rows[number - 1].due_on
    return datetime.combine(due, credit_factory.NOON.timetz())


def states(plan_id: UUID) -> list[CreditState]:
    return [row.state for row in credits_of(plan_id).rows]


def pay(plan_id: UUID, kind: AskKind, *, extra: Money = NOTHING) -> None:
    collecting.pay_plan(
        plan_id=plan_id,
        kind=kind,
        extra=extra,
        card_token="tok_ok",  # noqa: S106 -- a test card
        return_url="",
        now=clock.now(),
    )
    orders.hear_everything()


def test_sale_promises_the_credits_its_agreement_lists() -> None:
    order = sold()
    plan_id = plan_of(order)

    found = credits_of(plan_id)

    dues = credit_queries.plan_money(plan_id).owed
    assert [row.due_on for row in found.rows] == [one.due_on for one in dues[:6]]
    assert [row.amount.minor for row in found.rows] == [1000] * 6
    assert liability(plan_id) == 6000
    assert balance(AccountCode.PROMOTION_EXPENSE) == 6000
    require_sound(plan_id)
    line = orders_queries.order_page(order.id).lines[0]
    agreement = credit_queries.agreement_of_line(line.id)
    assert agreement is not None
    assert "Credits promised with this plan" in agreement.html
    assert "by contract" in agreement.html
    for row in found.rows:
        assert f"{row.due_on:%-d %B %Y}" in agreement.html


def test_plan_without_a_promotion_promises_nothing() -> None:
    promotions.promotion(scope=PromotionScope(months=12))

    order = orders.paid(offers.offer(), terms_id=credit_factory.terms(months=24).id)

    assert not PromisedCredits.objects.exists()
    line = orders_queries.order_page(order.id).lines[0]
    agreement = credit_queries.agreement_of_line(line.id)
    assert agreement is not None
    assert "Credits promised" not in agreement.html


def test_credit_is_given_once_on_its_day() -> None:
    plan_id = plan_of(sold())
    day = on_day(plan_id, 1)
    before = sum(row.open for row in credit_queries.plan_money(plan_id).owed)

    early = services.give_due(now=day - timedelta(days=1))
    given = services.give_due(now=day)
    again = services.give_due(now=day + timedelta(hours=3))

    assert (early, given, again) == (0, 1, 0)
    assert states(plan_id) == [CreditState.GIVEN, *[CreditState.OPEN] * 5]
    after = credit_queries.plan_money(plan_id)
    assert sum(row.open for row in after.owed) == before - 1000
    assert [one.label for one in after.payments] == ["Spring credit"]
    assert liability(plan_id) == 5000
    require_sound(plan_id)


def test_card_is_not_asked_before_the_credit_and_then_for_the_rest() -> None:
    plan_id = plan_of(sold())
    day = on_day(plan_id, 1)
    credit.save_mandate(
        plan_id=plan_id,
        card_token="tok_ok",  # noqa: S106 -- a test card
        saved_by="mira",
        now=clock.now(),
    )

    too_soon = collecting.collect_due(now=day)
    services.give_due(now=day)
    asked = collecting.collect_due(now=day)

    assert (too_soon, asked) == (0, 1)
    due = credit_queries.plan_money(plan_id).owed[0]
    payment = credit_queries.plan_money(plan_id).under_way
    assert payment is not None
    assert payment.amount.minor == due.principal + due.interest - 1000


def test_reminder_says_what_the_credit_of_that_day_leaves_to_pay() -> None:
    plan_id = plan_of(sold())
    due = credit_queries.plan_money(plan_id).owed[0]

    collecting_notices.tell_buyers(now=on_day(plan_id, 1) - timedelta(days=3))
    orders.hear_everything()

    letter = Letter.objects.get(key__startswith="plan.coming")
    left = Money(due.open - 1000, "USD")
    assert "A credit of $10.00 is given on that day" in letter.body
    assert f"leaves {format_money(left)} to pay" in letter.body


def test_pause_takes_no_credit_away() -> None:
    plan_id = plan_of(sold())
    credit.pause_plan(plan_id=plan_id, reason="in transit", actor="ada", now=clock.now())

    assert services.give_due(now=on_day(plan_id, 1)) == 1
    require_sound(plan_id)


def test_credit_of_a_sale_not_yet_paid_for_waits_and_says_why() -> None:
    promotions.promotion()
    order = orders.placed(offers.offer(), terms_id=credit_factory.terms(months=24).id)
    plan_id = plan_of(order)

    given = services.give_due(now=on_day(plan_id, 1))

    row = credits_of(plan_id).rows[0]
    assert given == 0
    assert row.state is CreditState.WAITING
    assert "not begun" in row.reason
    assert liability(plan_id) == 6000
    orders.hear_everything()
    assert services.give_due(now=on_day(plan_id, 1)) == 1


def test_missed_credit_alarms_once_and_says_so() -> None:
    plan_id = plan_of(sold())
    late = on_day(plan_id, 1) + timedelta(days=2)

    with capture_logs() as said:
        raised = services.alarm_missed(now=late)
        again = services.alarm_missed(now=late)

    assert (raised, again) == (1, 0)
    assert services.alarm_missed(now=on_day(plan_id, 1)) == 0
    assert len(credits_of(plan_id, now=late).missed) == 1
    assert queries.missed_count(now=late) == 1
    assert [(one["event"], one["log_level"]) for one in said] == [
        ("promotions.credit_missed", "error")
    ]
    services.give_due(now=late)
    assert queries.missed_count(now=late) == 0


def test_payoff_keeps_the_credits_and_asks_the_card_for_less() -> None:
    plan_id = plan_of(sold())
    services.give_due(now=on_day(plan_id, 1))
    owed = sum(row.open for row in credit_queries.plan_money(plan_id).owed)

    pay(plan_id, AskKind.PAYOFF)

    money = credit_queries.plan_money(plan_id)
    paid = next(row for row in money.payments if row.kind is AskKind.PAYOFF)
    assert paid.amount.minor == owed - 5000
    assert money.state is PlanState.SETTLED
    assert states(plan_id) == [CreditState.GIVEN] * 6
    assert liability(plan_id) == 0
    assert queries.credits_lost(plan_id) == NOTHING
    require_sound(plan_id)


def test_payoff_that_loses_credits_says_how_much_and_gives_the_expense_back() -> None:
    plan_id = plan_of(sold(on_payoff=OnPayoff.LOSE))
    services.give_due(now=on_day(plan_id, 1))
    owed = sum(row.open for row in credit_queries.plan_money(plan_id).owed)
    assert queries.credits_lost(plan_id) == Money(5000, "USD")

    pay(plan_id, AskKind.PAYOFF)

    paid = next(
        row for row in credit_queries.plan_money(plan_id).payments if row.kind is AskKind.PAYOFF
    )
    assert paid.amount.minor == owed
    assert states(plan_id) == [CreditState.GIVEN, *[CreditState.ENDED] * 5]
    assert balance(AccountCode.PROMOTION_EXPENSE) == 1000
    require_sound(plan_id)


def test_plan_paid_off_by_extra_payments_leaves_money_owed_to_the_buyer() -> None:
    plan_id = plan_of(sold(months=6))
    owed = sum(row.open for row in credit_queries.plan_money(plan_id).owed)
    pay(plan_id, AskKind.EXTRA, extra=Money(owed - 500, "USD"))

    services.give_due(now=on_day(plan_id, 1))
    orders.hear_everything()

    found = credits_of(plan_id)
    assert credit_queries.plan_money(plan_id).state is PlanState.SETTLED
    assert states(plan_id) == [CreditState.OWED] * 6
    assert found.owed == Money(5500, "USD")
    require_sound(plan_id)
    paid = services.pay_out_owed(plan_id=plan_id, reference="SEPA 17", actor="ada", now=clock.now())
    assert paid == Money(5500, "USD")
    assert balance(AccountCode.BANK) == -5500
    with pytest.raises(services.NothingOwedToBuyerError):
        services.pay_out_owed(plan_id=plan_id, reference="SEPA 17", actor="ada", now=clock.now())
    require_sound(plan_id)


def test_pay_out_wants_a_reference() -> None:
    plan_id = plan_of(sold(months=6))
    owed = sum(row.open for row in credit_queries.plan_money(plan_id).owed)
    pay(plan_id, AskKind.EXTRA, extra=Money(owed, "USD"))
    assert states(plan_id) == [CreditState.OWED] * 6

    with pytest.raises(services.NothingOwedToBuyerError, match="reference"):
        services.pay_out_owed(plan_id=plan_id, reference=" ", actor="ada", now=clock.now())

    assert balance(AccountCode.BANK) == 0
    require_sound(plan_id)


def test_charged_off_plan_ends_its_credits() -> None:
    plan_id = plan_of(sold())
    collecting.give_up(plan_id=plan_id, actor="ada", reason="gone", now=clock.now())

    services.give_due(now=on_day(plan_id, 1))

    assert states(plan_id) == [CreditState.ENDED] * 6
    assert balance(AccountCode.PROMOTION_EXPENSE) == 0
    assert liability(plan_id) == 0


def test_takedown_ends_credits_and_refunds_money_only() -> None:
    promotions.promotion()
    offer = offers.offer()
    order = orders.paid(offer, terms_id=credit_factory.terms(months=24).id)
    plan_id = plan_of(order)
    services.give_due(now=on_day(plan_id, 1))
    pay(plan_id, AskKind.INSTALMENT)
    taken = sum(Payment.objects.values_list("captured_minor", flat=True))
    hold_id = takedowns.stopped(offer)

    takedowns.walked(hold_id)

    assert takedown_queries.is_everyone_whole(hold_id).is_everyone_whole
    assert sum(Payment.objects.values_list("refunded_minor", flat=True)) == taken
    assert states(plan_id) == [CreditState.UNDONE, *[CreditState.ENDED] * 5]
    assert balance(AccountCode.PROMOTION_EXPENSE) == 0
    assert credits_of(plan_id).given == NOTHING
    key = print_id(IdKind.LINE, orders_queries.order_page(order.id).lines[0].id)
    assert balance(AccountCode.REFUND_DUE, key) == 0
    require_sound(plan_id)


def test_cancelled_before_payment_ends_the_promise() -> None:
    promotions.promotion()
    order = orders.placed(offers.offer(), terms_id=credit_factory.terms(months=24).id)
    plan_id = plan_of(order)

    for _ in range(2):
        order_services.cancel_line(
            line_id=orders.line_of(order), reason="changed my mind", actor="mira", now=clock.now()
        )

    assert states(plan_id) == [CreditState.ENDED] * 6
    assert balance(AccountCode.PROMOTION_EXPENSE) == 0
    assert services.give_due(now=clock.now() + timedelta(days=400)) == 0
    require_sound(plan_id)


@pytest.mark.parametrize(
    "change",
    [
        lambda: CreditRow.objects.update(amount_minor=1),
        lambda: CreditRow.objects.all().delete(),
        lambda: PromisedCredits.objects.update(on_payoff="lose"),
        lambda: Promotion.objects.update(amount_minor=1),
        lambda: CreditRow.objects.filter(given_minor__gt=0).update(given_minor=1),
        lambda: CreditProof.objects.update(missed=9),
    ],
    ids=["amount", "deleted", "promise", "promotion", "given twice", "proof"],
)
def test_database_keeps_what_was_promised(change: object) -> None:
    plan_id = plan_of(sold())
    services.give_due(now=on_day(plan_id, 1))
    services.prove_credits(now=clock.now())

    with pytest.raises(DatabaseError), transaction.atomic():
        change()  # type: ignore[operator]  # one of the lambdas above

    require_sound(plan_id)


def test_proof_finds_a_credit_the_books_do_not_know() -> None:
    plan_id = plan_of(sold())
    assert services.prove_credits(now=clock.now()).is_sound
    row = CreditRow.objects.filter(promise__plan_id=plan_id).first()
    assert row is not None
    row.state, row.given_minor = CreditState.GIVEN.value, 1000
    row.save(update_fields=["state", "given_minor"])

    found = services.prove_credits(now=clock.now())

    assert not found.is_sound
    assert "the books say 6000 USD, the credits 5000" in found.faults[0]
    last = queries.last_proof()
    assert last is not None
    assert last[1] == found.faults


def test_credit_replayed_after_a_crash_is_given_once() -> None:
    plan_id = plan_of(sold())
    day = on_day(plan_id, 1)
    services.give_due(now=day)
    payments = len(credit_queries.plan_money(plan_id).payments)

    for hours in range(3):
        services.give_due(now=day + timedelta(hours=hours))
        orders.hear_everything()

    assert len(credit_queries.plan_money(plan_id).payments) == payments
    states_now = [row.state for row in credit_queries.plan_money(plan_id).payments]
    assert states_now == [AskState.PAID]
    require_sound(plan_id)
