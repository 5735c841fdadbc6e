"""The value of a phone: credited once, taken off the plan, owed, paid out, never lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from bandstand.catalogue.models import Variant
from bandstand.credit import queries as credit_queries
from bandstand.credit.rules import PlanState
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.orders import queries as order_queries, services as order_services
from bandstand.orders.events import LineCancelled
from bandstand.orders.queries import OrderRow
from bandstand.payments import queries as payments
from bandstand.plumbing import clock, outbox
from bandstand.plumbing.models import Letter, OutboxEvent
from bandstand.trade_in import queries, services
from bandstand.trade_in.models import CreditPayout, Disposal, TradeIn
from bandstand.trade_in.rules import (
    DisposalKind,
    PayoutRefusedError,
    PayoutState,
    TradeInMoveRefusedError,
)
from tests.factories import credit, offers, orders, trade_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone() -> Offer:
    """Put a new phone of 480 dollars on the shelf."""
    orders.shop()
    return offers.offer(units=3)


@pytest.fixture
def on_plan(phone: Offer) -> OrderRow:
    """Buy it on 24 months without a down payment."""
    terms = credit.terms(months=24, down_payment_bps=0, from_at=clock.now() - timedelta(days=2))
    order = orders.paid(phone, terms_id=terms.id)
    assert plan_of(order).state is PlanState.ACTIVE
    return order


def plan_of(order: OrderRow) -> credit_queries.PlanPage:
    found = credit_queries.plan_page(orders.line_of(order))
    assert found is not None
    return found


def balance(code: AccountCode, key: str = "") -> int:
    return ledger.balance(code=code, key=key, currency="USD").minor


def owed_on_books(order: OrderRow) -> int:
    line = order_queries.order_page(order.id).lines[0].public_id
    return -balance(AccountCode.CUSTOMER_CREDIT, line)


def owed(one: TradeIn) -> int:
    return queries.trade_in_page(one.id).money.owed.minor


def test_a_credit_shortens_the_plan_from_its_end(on_plan: OrderRow) -> None:
    before = plan_of(on_plan)

    one = trade_in.credited(on_plan)

    after = plan_of(on_plan)
    assert before.open - after.open == Money(20_000, "USD")
    assert after.next_due == before.next_due
    assert after.instalments[-1].paid == after.instalments[-1].total
    assert (one.applied_minor, owed(one), owed_on_books(on_plan)) == (20_000, 0, 0)
    assert balance(AccountCode.TRADE_IN_STOCK, one.reference) == 20_000
    assert balance(AccountCode.INSTALMENT_RECEIVABLE, before.public_id) == after.open.minor
    assert ledger.imbalance() == 0


def test_a_credit_is_given_once_however_often_it_is_tried(on_plan: OrderRow) -> None:
    one = trade_in.credited(on_plan)
    transfers = len(ledger.journal().rows)

    for _ in range(2):
        assert not services.apply_credit(trade_in_id=one.id, now=clock.now())
        with pytest.raises(TradeInMoveRefusedError):
            services.inspect(
                trade_in_id=one.id, seen=trade_in.seen(one), actor="x", now=clock.now()
            )
        services.sweep_trade_ins(now=clock.now())

    assert len(ledger.journal().rows) == transfers


def test_a_credit_of_more_than_the_plan_owes_settles_it_and_the_rest_is_owed(
    on_plan: OrderRow,
) -> None:
    open_before = plan_of(on_plan).open.minor
    variant = trade_in.taken(values={"good": "600.00"})

    one = trade_in.credited(on_plan, variant)

    assert plan_of(on_plan).state is PlanState.SETTLED
    assert one.applied_minor == open_before
    assert owed(one) == owed_on_books(on_plan) == 60_000 - open_before
    assert ledger.imbalance() == 0


def test_interest_of_what_is_paid_off_is_earned_once_and_the_rest_waived(phone: Offer) -> None:
    terms = credit.terms(
        months=24,
        annual_rate_bps=999,
        down_payment_bps=1000,
        from_at=clock.now() - timedelta(days=2),
    )
    order = orders.paid(phone, terms_id=terms.id)
    plan = plan_of(order)

    trade_in.credited(order, trade_in.taken(values={"good": "600.00"}))

    assert plan_of(order).state is PlanState.SETTLED
    for code in (AccountCode.INSTALMENT_RECEIVABLE, AccountCode.DEFERRED_FINANCE_INCOME):
        assert balance(code, plan.public_id) == 0
    assert ledger.imbalance() == 0


def test_bought_outright_the_value_is_owed_and_no_card_is_refunded(phone: Offer) -> None:
    order = orders.paid(phone)

    one = trade_in.credited(order)

    assert (one.applied_minor, owed(one), owed_on_books(order)) == (0, 20_000, 20_000)
    assert order.payment_id is not None
    assert not payments.refunds_of(order.payment_id)


def undo_by_cancelling(order: OrderRow) -> None:
    order_services.cancel_line(
        line_id=orders.line_of(order), reason="Stopped.", actor="system:takedown", now=clock.now()
    )
    orders.hear_everything()


def undo_by_return(order: OrderRow) -> None:
    line = orders.line_of(order)
    order_services.release_line(
        line_id=line, carrier="Parcel Co", tracking="1", actor="ada", now=clock.now()
    )
    order_services.return_line(line_id=line, reason="Stopped.", actor="ada", now=clock.now())
    orders.hear_everything()


@pytest.mark.parametrize("undo", [undo_by_cancelling, undo_by_return])
@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("value", ["200.00", "600.00"])
def test_the_value_outlives_the_sale_in_either_order(
    on_plan: OrderRow, undo: Callable[[OrderRow], None], *, is_first: bool, value: str
) -> None:
    variant = trade_in.taken(values={"good": value})
    one = trade_in.received(on_plan, variant)
    captured = payments.captured_by_line([orders.line_of(on_plan)])

    if is_first:
        undo(on_plan)
    services.inspect(
        trade_in_id=one.id, seen=trade_in.seen(one), actor=trade_in.ACTOR, now=clock.now()
    )
    if not is_first:
        undo(on_plan)
    outbox.deliver_waiting(now=clock.now())

    worth = trade_in.fresh(one).value_minor
    line = order_queries.order_page(on_plan.id).lines[0].public_id
    assert owed(one) == owed_on_books(on_plan) == worth
    assert balance(AccountCode.REFUND_DUE, line) == 0
    assert on_plan.payment_id is not None
    refunded = payments.payment_row(on_plan.payment_id).refunded
    assert refunded == captured[orders.line_of(on_plan)]
    assert balance(AccountCode.INSTALMENT_RECEIVABLE, plan_of(on_plan).public_id) == 0
    assert ledger.imbalance() == 0
    said = Letter.objects.filter(key=f"trade_in:{one.reference}:kept").exists()
    assert said is (not is_first)


def test_hearing_of_an_undoing_twice_is_hearing_it_once(on_plan: OrderRow) -> None:
    one = trade_in.credited(on_plan)
    undo_by_cancelling(on_plan)

    for row in OutboxEvent.objects.filter(kind=LineCancelled.KIND):
        services.hear_line_undone(LineCancelled(**row.payload), now=clock.now())

    assert owed(one) == owed_on_books(on_plan) == 20_000


def test_a_credit_waits_for_a_plan_that_has_not_begun(phone: Offer) -> None:
    terms = credit.terms(months=24, down_payment_bps=0, from_at=clock.now() - timedelta(days=2))
    order = orders.placed(phone, terms_id=terms.id)
    one = trade_in.credited(order)
    assert (one.applied_at, owed(one)) == (None, 20_000)

    orders.hear_everything()
    outbox.deliver_waiting(now=clock.now())

    assert (trade_in.fresh(one).applied_minor, owed(one)) == (20_000, 0)
    assert owed_on_books(order) == 0


def asked(order: OrderRow) -> CreditPayout:
    one = trade_in.credited(order)
    services.ask_payout(trade_in_id=one.id, account=trade_in.ACCOUNT, now=clock.now())
    return CreditPayout.objects.get()


def sent(order: OrderRow) -> CreditPayout:
    row = asked(order)
    services.propose_payout(payout_id=row.id, actor=trade_in.ACTOR, now=clock.now())
    services.confirm_payout(payout_id=row.id, actor=trade_in.OTHER, now=clock.now())
    return CreditPayout.objects.get()


def test_what_is_owed_is_asked_for_once_and_kept_sealed(phone: Offer) -> None:
    row = asked(orders.paid(phone))

    again = services.ask_payout(
        trade_in_id=row.trade_in_id, account=trade_in.ACCOUNT, now=clock.now()
    )

    assert again == row.id
    assert (row.amount_minor, row.state) == (20_000, PayoutState.ASKED.value)
    assert b"5555001" not in bytes(row.account_sealed or b"")
    assert row.account_masked == "Mira Lind, account ending 5001"
    assert owed(row.trade_in) == 0


def test_two_people_pay_it_and_the_books_move_with_the_second(phone: Offer) -> None:
    order = orders.paid(phone)
    row = asked(order)

    with pytest.raises(PayoutRefusedError):
        services.confirm_payout(payout_id=row.id, actor=trade_in.OTHER, now=clock.now())
    services.propose_payout(payout_id=row.id, actor=trade_in.ACTOR, now=clock.now())
    with pytest.raises(PayoutRefusedError, match="Another member"):
        services.confirm_payout(payout_id=row.id, actor=trade_in.ACTOR, now=clock.now())
    assert owed_on_books(order) == 20_000
    services.confirm_payout(payout_id=row.id, actor=trade_in.OTHER, now=clock.now())

    assert owed_on_books(order) == 0
    assert balance(AccountCode.BANK) == -20_000
    for _ in range(2):
        services.record_bank_answer(
            payout_id=row.id, is_paid=True, words="B-1", actor=trade_in.ACTOR, now=clock.now()
        )
    row.refresh_from_db()
    assert (row.state, row.account_sealed) == (PayoutState.PAID.value, None)
    assert ledger.imbalance() == 0


def test_the_database_knows_two_people_too(phone: Offer) -> None:
    row = asked(orders.paid(phone))

    with pytest.raises(IntegrityError), transaction.atomic():
        CreditPayout.objects.filter(pk=row.pk).update(
            proposed_by=trade_in.ACTOR, confirmed_by=trade_in.ACTOR
        )
    row.refresh_from_db()
    assert row.proposed_by == ""


def test_what_the_bank_gives_back_is_owed_again(phone: Offer) -> None:
    order = orders.paid(phone)
    row = sent(order)

    services.record_bank_answer(
        payout_id=row.id, is_paid=False, words="Closed", actor=trade_in.ACTOR, now=clock.now()
    )

    assert owed(row.trade_in) == owed_on_books(order) == 20_000
    assert balance(AccountCode.BANK) == 0
    services.ask_payout(trade_in_id=row.trade_in_id, account=trade_in.ACCOUNT, now=clock.now())
    assert CreditPayout.objects.filter(state=PayoutState.ASKED.value).get().serial == 2


def test_a_payout_turned_down_says_why(phone: Offer) -> None:
    row = asked(orders.paid(phone))

    with pytest.raises(PayoutRefusedError, match="Say why"):
        services.turn_down_payout(payout_id=row.id, reason=" ", actor="ada", now=clock.now())
    services.turn_down_payout(
        payout_id=row.id, reason="The name is another.", actor="ada", now=clock.now()
    )

    assert owed(row.trade_in) == 20_000
    assert "The name is another." in Letter.objects.get(kind="trade_in.payout_failed").body


def test_nothing_is_paid_out_where_nothing_is_owed(on_plan: OrderRow) -> None:
    one = trade_in.credited(on_plan)

    with pytest.raises(PayoutRefusedError, match="Nothing is owed"):
        services.ask_payout(trade_in_id=one.id, account=trade_in.ACCOUNT, now=clock.now())
    assert not CreditPayout.objects.exists()


@pytest.mark.parametrize(("proceeds", "lost"), [(0, 20_000), (15_000, 5_000), (26_000, -6_000)])
def test_a_phone_leaves_the_stock_once(phone: Offer, proceeds: int, lost: int) -> None:
    one = trade_in.credited(orders.paid(phone))

    def gone() -> None:
        services.dispose(
            trade_in_id=one.id,
            kind=DisposalKind.SOLD,
            proceeds=Money(proceeds, "USD"),
            reason="Invoice 7 to Refurb Ltd",
            actor=trade_in.ACTOR,
            now=clock.now(),
        )

    gone()
    with pytest.raises(TradeInMoveRefusedError, match="left the stock"):
        gone()

    assert balance(AccountCode.TRADE_IN_STOCK, one.reference) == 0
    assert balance(AccountCode.WRITE_OFF) == lost
    assert queries.stock() == ()
    assert Disposal.objects.count() == 1
    assert ledger.imbalance() == 0


def test_a_phone_that_is_not_ours_is_not_sold(phone: Offer) -> None:
    one = trade_in.received(orders.paid(phone))

    with pytest.raises(TradeInMoveRefusedError, match="not ours"):
        services.dispose(
            trade_in_id=one.id,
            kind=DisposalKind.RECYCLED,
            proceeds=Money.zero("USD"),
            reason="Bin",
            actor="ada",
            now=clock.now(),
        )
    assert not Disposal.objects.exists()


def test_weeks_and_stock_tell_what_was_given(phone: Offer) -> None:
    variant: Variant = trade_in.taken()
    trade_in.credited(orders.paid(phone), variant)

    weeks = queries.given_by_week(currency="USD", now=clock.now())

    assert len(weeks) == 8
    assert weeks[-1][1] == Money(20_000, "USD")
    assert [row.value.minor for row in queries.stock()] == [20_000]
