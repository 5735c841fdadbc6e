"""Collecting on a plan that was really sold: its letters, its page, and its takedown."""

import re
from datetime import UTC, datetime, time
from uuid import UUID

import pytest
from django.test import Client

from bandstand.config.wiring import wire
from bandstand.credit import queries as credit_queries, services as credit_services
from bandstand.credit.models import Instalment
from bandstand.credit.queries import PlanMoney
from bandstand.credit.rules import AskKind, PlanState
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.orders import queries as orders_queries
from bandstand.orders.queries import OrderRow
from bandstand.payments.gateways import sandbox
from bandstand.payments.models import CardSetup, Payment, Refund
from bandstand.payments.services import collecting, collecting_notices
from bandstand.plumbing import clock, outbox
from bandstand.plumbing.models import Letter
from bandstand.takedowns import queries as takedowns_queries
from tests.factories import credit, offers, orders, takedowns

pytestmark = pytest.mark.django_db
CARD = "tok_ok"


@pytest.fixture(autouse=True)
def lark() -> None:
    wire()
    orders.shop()


def sold() -> OrderRow:
    return orders.paid(offers.offer(), terms_id=credit.terms().id)


def money_of(order: OrderRow) -> PlanMoney:
    plan = orders_queries.order_page(order.id).lines[0].plan
    assert plan is not None
    return credit_queries.plan_money(plan.id)


def pay(plan_id: UUID, kind: AskKind = AskKind.INSTALMENT) -> None:
    collecting.pay_plan(
        plan_id=plan_id,
        kind=kind,
        extra=Money.zero("USD"),
        card_token=CARD,
        return_url="",
        now=clock.now(),
    )
    orders.hear_everything()


def page_of(order: OrderRow) -> str:
    page = orders_queries.order_page(order.id)
    return f"{page.link}plan/{page.lines[0].public_id}/"


def due_to_buyers() -> int:
    rows = ledger.balances(code=AccountCode.REFUND_DUE, currency="USD")
    return sum(row.balance.minor for row in rows)


def test_takedown_gives_back_the_instalments_too() -> None:
    offer = offers.offer()
    order = orders.paid(offer, terms_id=credit.terms().id)
    pay(money_of(order).plan_id)
    pay(money_of(order).plan_id)
    hold_id = takedowns.stopped(offer)

    takedowns.walked(hold_id)

    taken = sum(Payment.objects.values_list("captured_minor", flat=True))
    assert taken == sum(Payment.objects.values_list("refunded_minor", flat=True))
    assert Refund.objects.exclude(settled_at=None).count() == 3
    assert due_to_buyers() == 0
    assert ledger.imbalance() == 0
    assert money_of(order).state is PlanState.CANCELLED
    assert takedowns_queries.is_everyone_whole(hold_id).is_everyone_whole


def test_plan_that_was_paid_off_is_told_and_its_books_are_empty() -> None:
    order = sold()
    plan_id = money_of(order).plan_id

    pay(plan_id, AskKind.PAYOFF)

    key = print_id(IdKind.PLAN, plan_id)
    for code in (AccountCode.INSTALMENT_RECEIVABLE, AccountCode.DEFERRED_FINANCE_INCOME):
        assert ledger.balance(code=code, key=key, currency="USD").is_zero
    letters = Letter.objects.filter(kind="plan").order_by("queued_at")
    assert {one.key.partition(":")[0] for one in letters} == {"plan.paid", "plan.settled"}
    assert all(page_of(order) in one.body for one in letters)


def test_buyer_is_reminded_once_and_told_once_that_it_is_late() -> None:
    order = sold()
    due = money_of(order).owed[0].due_on
    noon = clock.now()
    days = (due - noon.date()).days
    for ahead in (days - 3, days - 2, days + 6, days + 7):
        collecting_notices.tell_buyers(now=noon + ahead * credit.DAY)
        outbox.deliver_waiting(now=noon)

    keys = Letter.objects.filter(kind="plan").values_list("key", flat=True)
    assert sorted(one.partition(":")[0] for one in keys) == ["plan.coming", "plan.late"]


def test_declined_saved_card_writes_to_its_buyer_with_the_way_to_pay() -> None:
    order = sold()
    money = money_of(order)
    credit_services.save_mandate(
        plan_id=money.plan_id,
        card_token="tok_off_session_refused",  # noqa: S106 -- a test card
        saved_by="mira",
        now=clock.now(),
    )
    # By noon, Greenwich, it is that day in every part of the United States.
    due = datetime.combine(money.owed[0].due_on, time(16, tzinfo=UTC))
    assert collecting.collect_due(now=due) == 1
    orders.hear_everything()

    letter = Letter.objects.get(kind="plan")
    assert "wants to hear from you" in letter.body
    assert page_of(order) in letter.body


def test_page_pays_by_hand_and_a_stranger_sees_nothing(client: Client) -> None:
    order = sold()
    url = page_of(order)

    shown = client.get(url).content.decode()
    answer = client.post(f"{url}pay/", {"kind": "instalment", "card": CARD})
    waiting = client.get(url).content.decode()
    again = client.post(f"{url}pay/", {"kind": "instalment", "card": CARD})
    orders.hear_everything()
    after = client.get(url).content.decode()

    assert "Pay now" in shown
    assert answer.status_code == 302
    assert "A payment is under way" in waiting
    assert again.status_code == 422
    assert Payment.objects.filter(purpose__startswith="inst:").count() == 1
    assert "Payments, newest first" in after
    assert client.get(url.replace("ord_", "ord_X")).status_code == 404


def test_missed_instalment_shows_as_late_and_is_paid(client: Client) -> None:
    order = sold()
    plan_id = money_of(order).plan_id
    ten_days_ago = clock.now().date() - 10 * credit.DAY
    Instalment.objects.filter(plan_id=plan_id, number=1).update(due_on=ten_days_ago)

    before = client.get(page_of(order)).content.decode()
    pay(plan_id)
    after = client.get(page_of(order)).content.decode()

    assert "A payment is late" in before
    assert "no fee for paying late" in before
    assert "A payment is late" not in after


def test_page_says_what_is_wrong_with_an_extra_payment(client: Client) -> None:
    order = sold()

    for amount, said in (("", "amount"), ("99999", "is more than the")):
        answer = client.post(
            f"{page_of(order)}pay/", {"kind": "extra", "amount": amount, "card": CARD}
        )
        assert answer.status_code == 422
        assert said in answer.content.decode()

    assert not Payment.objects.filter(purpose__startswith="inst:").exists()


def test_autopay_is_off_until_turned_on_and_off_again(client: Client) -> None:
    order = sold()
    url = page_of(order)
    assert not money_of(order).has_mandate

    assert client.post(f"{url}autopay/", {"autopay_card": CARD}).status_code == 422
    assert not money_of(order).has_mandate
    client.post(f"{url}card/")
    setup = CardSetup.objects.get()
    sandbox.choose(setup.provider_ref, token=CARD, now=clock.now())
    orders.hear_everything()
    assert money_of(order).has_mandate
    client.post(f"{url}autopay/", {"off": "1"})

    assert not money_of(order).has_mandate


def test_statement_is_what_the_books_say(client: Client) -> None:
    order = sold()
    pay(money_of(order).plan_id)

    text = client.get(f"{page_of(order)}statement.csv").content.decode()

    rows = text.strip().splitlines()
    assert rows[0] == "when,what,amount,owed_after,currency,transfer"
    assert re.search(r",sale,", rows[1])
    assert re.search(r",instalment,-", rows[2])
