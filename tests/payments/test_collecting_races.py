"""The buyer's hand and the shop's collecting at once, each on a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import psycopg
import pytest
from django.db import connection, connections

from bandstand.config.wiring import wire
from bandstand.credit import services as credit_services
from bandstand.credit.rules import AskKind, PaymentUnderWayError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.payments import services
from bandstand.payments.models import MoneyCommand, Payment, SandboxIntent
from bandstand.payments.services import collecting
from tests.factories.credit import NOON
from tests.payments.test_collecting import Sold, in_months, run, sold

pytestmark = pytest.mark.race
CARD = "tok_ok"
TRIES = 4


def test_saved_card_and_hand_at_once_make_one_capture(scratch_database: str) -> None:
    assert scratch_database
    wire()
    plan = sold()
    credit_services.save_mandate(
        plan_id=plan.plan_id, card_token=CARD, saved_by="mira@example.org", now=NOON
    )
    due = in_months(plan, 1)

    def act(number: int) -> bool:
        try:
            return by_hand(plan, due) if number % 2 else bool(collecting.collect_due(now=due))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=TRIES) as pool:
        asked = list(pool.map(act, range(TRIES)))
    run(due)

    assert asked.count(True) == 1
    assert SandboxIntent.objects.filter(captured_minor__gt=0).count() == 1
    assert MoneyCommand.objects.filter(kind="capture", state="succeeded").count() == 1
    assert plan.money.owed[0].open == 0
    assert plan.money.owed[1].paid == 0


def by_hand(plan: Sold, due: datetime) -> bool:
    try:
        collecting.pay_plan(
            plan_id=plan.plan_id,
            kind=AskKind.INSTALMENT,
            extra=plan.nothing,
            card_token=CARD,
            return_url="",
            now=due,
        )
    except PaymentUnderWayError:
        return False
    return True


def test_two_collectors_at_once_ask_each_plan_once(scratch_database: str) -> None:
    assert scratch_database
    wire()
    plans = [sold() for _ in range(6)]
    for plan in plans:
        credit_services.save_mandate(
            plan_id=plan.plan_id, card_token=CARD, saved_by="mira@example.org", now=NOON
        )
    due = in_months(plans[0], 1)

    def act(number: int) -> int:
        try:
            # Some ask, some send what was asked: each page is one worker's alone.
            return collecting.collect_due(now=due) if number % 2 else services.send_written(now=due)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=TRIES) as pool:
        list(pool.map(act, range(TRIES * 2)))
    collecting.collect_due(now=due)
    run(due)

    assert SandboxIntent.objects.filter(captured_minor__gt=0).count() == len(plans)
    assert MoneyCommand.objects.filter(kind="authorise").count() == len(plans)
    assert all(plan.money.owed[0].open == 0 for plan in plans)
    assert all(plan.money.owed[1].paid == 0 for plan in plans)
    assert ledger.imbalance() == 0


def test_plan_in_a_buyers_hands_is_left_out_of_the_page(scratch_database: str) -> None:
    wire()
    held, free = sold(), sold()
    for plan in (held, free):
        credit_services.save_mandate(
            plan_id=plan.plan_id, card_token=CARD, saved_by="mira@example.org", now=NOON
        )
    due = in_months(held, 1)

    with psycopg.connect(scratch_database) as hand:
        hand.execute("select 1 from credit_plan where id = %s for update", [held.plan_id])
        assert collecting.collect_due(now=due) == 1
        assert held.money.payments == ()

    assert free.money.under_way is not None
    assert collecting.collect_due(now=due) == 1
    run(due)
    assert [one.money.owed[0].open for one in (held, free)] == [0, 0]


def test_command_whose_payment_is_held_is_skipped_and_not_waited_for(
    scratch_database: str,
) -> None:
    wire()
    held, free = sold(), sold()
    for plan in (held, free):
        credit_services.save_mandate(
            plan_id=plan.plan_id, card_token=CARD, saved_by="mira@example.org", now=NOON
        )
    due = in_months(held, 1)
    collecting.collect_due(now=due)
    payment = Payment.objects.get(purpose__contains=print_id(IdKind.PLAN, held.plan_id))

    with psycopg.connect(scratch_database) as other:
        other.execute("select 1 from payments_payment where id = %s for update", [payment.id])
        with connection.cursor() as ours:
            ours.execute("set lock_timeout = '2s'")  # a page that waits is seen to wait
        assert services.send_written(now=due) == 1

    assert SandboxIntent.objects.count() == 1
    assert services.send_written(now=due) == 1
    assert SandboxIntent.objects.count() == 2
