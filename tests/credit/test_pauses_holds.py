"""A plan that was really sold: a hold or a return pauses it, and its undoing gives fees back."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from bandstand.config.wiring import wire
from bandstand.credit import queries as credit_queries, services as credit_services
from bandstand.credit.models import Instalment, PlanPause
from bandstand.credit.queries import PlanMoney
from bandstand.credit.rules import AskKind, PlanState
from bandstand.credit.rules.hardship import ChangeKind, Wish
from bandstand.credit.rules.late_fees import LateFeeTerms
from bandstand.gate.rules import Activity
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.orders import plan_letters, queries as orders_queries, services as orders_services
from bandstand.orders.queries import OrderRow
from bandstand.orders.rules import LineMoveRefusedError
from bandstand.payments.services import collecting
from bandstand.plumbing import clock, outbox
from bandstand.plumbing.models import Letter
from tests.credit.plans import NOTHING, noon_of
from tests.factories import credit, gate, offers, orders, takedowns

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MONEY = frozenset({Activity.ORDER_COMMIT, Activity.PAYMENT_CAPTURE})


@pytest.fixture(autouse=True)
def _lark() -> None:
    wire()
    orders.shop()


def sold(*, rate_bps: int = 0, is_shipped: bool = False) -> OrderRow:
    terms = credit.terms(annual_rate_bps=rate_bps)
    if is_shipped:
        return takedowns.shipped(offers.offer(), terms_id=terms.id, arrived=True)
    return orders.paid(offers.offer(), terms_id=terms.id)


def line_of(order: OrderRow) -> UUID:
    return orders_queries.order_page(order.id).lines[0].id


def money_of(order: OrderRow) -> PlanMoney:
    plan = orders_queries.order_page(order.id).lines[0].plan
    assert plan is not None
    return credit_queries.plan_money(plan.id)


def pay(plan_id: UUID, kind: AskKind = AskKind.INSTALMENT) -> None:
    collecting.pay_plan(
        plan_id=plan_id,
        kind=kind,
        extra=NOTHING,
        card_token="tok_ok",  # noqa: S106 -- a test card
        return_url="",
        now=clock.now(),
    )
    orders.hear_everything()


def offer_of(order: OrderRow) -> UUID:
    return orders_queries.order_page(order.id).lines[0].offer_id


def tell() -> None:
    """Tell what happened, and what that led to."""
    for _ in range(3):
        outbox.deliver_waiting(now=clock.now())


def told() -> list[str]:
    return list(Letter.objects.filter(kind="plan").values_list("subject", flat=True))


def require_whole(order: OrderRow) -> None:
    """Nothing is owed either way, and no income of the sale is left."""
    key = print_id(IdKind.PLAN, money_of(order).plan_id)
    line = print_id(IdKind.LINE, line_of(order))
    for code, of in (
        (AccountCode.INSTALMENT_RECEIVABLE, key),
        (AccountCode.DEFERRED_FINANCE_INCOME, key),
        (AccountCode.REFUND_DUE, line),
        (AccountCode.PSP_CLEARING, "sandbox"),
        (AccountCode.LATE_FEE_INCOME, ""),
        (AccountCode.FINANCE_INCOME, ""),
        (AccountCode.WRITE_OFF, ""),
    ):
        assert ledger.balance(code=code, key=of, currency="USD").minor == 0, code
    assert ledger.imbalance() == 0


def test_hold_that_stops_money_pauses_its_plans_alone_and_lifting_it_lets_them_go_on() -> None:
    order, other = sold(is_shipped=True), sold(is_shipped=True)
    hold = gate.hold(offer_id=offer_of(order), activities=MONEY, reason="Who made it?")
    tell()
    assert money_of(order).is_paused
    assert not money_of(other).is_paused
    assert "Your plan is paused" in told()

    gate.lift(hold.pk)
    tell()

    assert not money_of(order).is_paused
    assert "Your plan goes on" in told()
    row = PlanPause.objects.get()
    assert (row.cause, row.about) == ("hold", print_id(IdKind.HOLD, hold.pk))


def test_hold_that_stops_no_money_pauses_nothing() -> None:
    order = sold(is_shipped=True)

    gate.hold(offer_id=offer_of(order), activities=frozenset({Activity.ORDER_COMMIT}))
    outbox.deliver_waiting(now=clock.now())

    assert not money_of(order).is_paused


def test_phone_on_its_way_back_pauses_its_plan_and_one_in_the_house_cannot_come_back() -> None:
    order, unsent = sold(is_shipped=True), sold()

    assert orders_services.note_return_begun(line_id=line_of(order), actor="ada", now=clock.now())
    assert not orders_services.note_return_begun(
        line_id=line_of(order), actor="ada", now=clock.now()
    )
    with pytest.raises(LineMoveRefusedError):
        orders_services.note_return_begun(line_id=line_of(unsent), actor="ada", now=clock.now())

    assert money_of(order).is_paused
    assert not money_of(unsent).is_paused
    assert orders_services.note_return_dropped(line_id=line_of(order), actor="ada", now=clock.now())
    assert not money_of(order).is_paused


@pytest.mark.parametrize("is_fee_paid", [True, False])
def test_late_fee_goes_back_with_the_sale(is_fee_paid: bool) -> None:  # noqa: FBT001 -- pytest passes it
    offer = offers.offer()
    terms = credit.terms()
    now = clock.now()
    credit_services.set_late_fee_policy(
        market="US",
        terms=LateFeeTerms(grace_days=10, currency="USD", fixed_minor=500),
        source="counsel",
        from_at=now,
        actor="ada",
        now=now,
    )
    order = orders.paid(offer, terms_id=terms.id)
    late = clock.now().date() - 40 * DAY
    Instalment.objects.filter(plan=money_of(order).plan_id, number=1).update(due_on=late)
    assert credit_services.charge_late_fees(now=clock.now()) == 1
    if is_fee_paid:
        pay(money_of(order).plan_id)
        assert sum(row.paid for row in money_of(order).owed) > 500

    orders_services.cancel_line(
        line_id=line_of(order), reason="sold out", actor="ada", now=clock.now()
    )
    orders.hear_everything()

    require_whole(order)


def test_forgiven_interest_and_payoff_are_not_refunded_as_if_they_were_paid() -> None:
    order = sold(rate_bps=999)
    plan_id = money_of(order).plan_id
    pay(plan_id)
    made = credit_services.propose_change(
        plan_id=plan_id,
        wish=Wish(kind=ChangeKind.EXTEND, months=2, forgives_interest=True),
        reason="x",
        actor="ada",
        now=clock.now(),
    )
    credit_services.accept_change(proposal_id=made, accepted_by="mira", now=clock.now())
    pay(plan_id, AskKind.PAYOFF)
    assert money_of(order).state is PlanState.SETTLED

    orders_services.cancel_line(
        line_id=line_of(order), reason="sold out", actor="ada", now=clock.now()
    )
    orders.hear_everything()

    require_whole(order)


def test_charged_off_plan_whose_sale_is_undone_leaves_no_loss_behind() -> None:
    order = sold(rate_bps=999)
    plan_id = money_of(order).plan_id
    collecting.give_up(plan_id=plan_id, actor="ada", reason="x", now=clock.now())
    outbox.deliver_waiting(now=clock.now())
    assert "Your plan was charged off" in told()

    orders_services.cancel_line(
        line_id=line_of(order), reason="sold out", actor="ada", now=clock.now()
    )
    orders.hear_everything()

    require_whole(order)


def test_letters_tell_of_a_change_and_of_a_payoff_once() -> None:
    order = sold()
    money = money_of(order)
    now = noon_of(date(2026, 3, 1))
    credit_services.propose_change(
        plan_id=money.plan_id, wish=Wish(kind=ChangeKind.SKIP), reason="x", actor="ada", now=now
    )
    outbox.deliver_waiting(now=clock.now())
    for _ in range(2):
        plan_letters.write_payoff(
            order_line_id=money.order_line_id,
            amount=NOTHING,
            waived=NOTHING,
            valid_on=now.date(),
            credits_words="",
            now=now,
        )

    assert told().count("Another schedule for your plan") == 1
    assert told().count("$0.00 pays your plan off") == 1
