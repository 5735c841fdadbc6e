"""The buyer's hand and the shop's collecting at once, each on a connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connections

from bandstand.config.wiring import wire
from bandstand.credit import services as credit_services
from bandstand.credit.rules import AskKind, PaymentUnderWayError
from bandstand.payments.models import MoneyCommand, SandboxIntent
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
