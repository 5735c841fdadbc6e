"""Two people at one phone at once, over real connections: one deed, one credit, one payout."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from bandstand.kernel.errors import DomainError
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.plumbing import clock
from bandstand.trade_in import services
from bandstand.trade_in.models import CreditPayout, Disposal, Inspection, TradeIn
from bandstand.trade_in.rules import OPEN, PayoutState, TradeInState
from tests.factories import offers, orders, trade_in

pytestmark = pytest.mark.race
WAIT_SECONDS = 30
HELD_SECONDS = 0.7


def at_once(*deeds: Callable[[], Any]) -> list[str]:
    """Do things at the same time, each on its own connection; say what refused each."""
    start = Barrier(len(deeds))

    def alone(deed: Callable[[], Any]) -> str:
        try:
            start.wait(WAIT_SECONDS)
            deed()
        except DomainError as refused:
            return refused.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(max_workers=len(deeds)) as pool:
        return sorted(pool.map(alone, deeds, timeout=WAIT_SECONDS))


def test_two_inspectors_at_once_credit_once(scratch_database: str) -> None:
    assert scratch_database
    orders.shop()
    one = trade_in.received(orders.paid(offers.offer(units=2)))
    seen = trade_in.seen(one)

    codes = at_once(
        *(
            lambda actor=actor: services.inspect(
                trade_in_id=one.id, seen=seen, actor=actor, now=clock.now()
            )
            for actor in ("ada@lark.example", "ben@lark.example")
        )
    )

    assert codes == ["", "trade_in_move_refused"]
    assert Inspection.objects.count() == 1
    stock = ledger.balance(code=AccountCode.TRADE_IN_STOCK, key=one.reference, currency="USD")
    assert stock.minor == 20_000
    assert ledger.imbalance() == 0


def test_one_phone_in_two_quotes_at_once_is_in_one_that_is_open(scratch_database: str) -> None:
    assert scratch_database
    orders.shop()
    variant = trade_in.taken()
    is_first_in = Event()

    def quote() -> str:
        return services.quote(
            variant_id=variant.id,
            market="US",
            answers=trade_in.answers(),
            imei=trade_in.imei(),
            now=clock.now(),
        )

    def first() -> None:
        with transaction.atomic():
            quote()
            is_first_in.set()
            time.sleep(HELD_SECONDS)  # the other comes while this one is not committed

    def second() -> None:
        assert is_first_in.wait(WAIT_SECONDS)
        quote()

    codes = at_once(first, second)

    assert codes == ["", ""]
    states = sorted(TradeIn.objects.values_list("state", flat=True))
    assert states == [TradeInState.QUOTED.value, TradeInState.WITHDRAWN.value]


def test_one_phone_accepted_in_two_trade_ins_at_once_is_accepted_once(
    scratch_database: str,
) -> None:
    assert scratch_database
    orders.shop()
    variant = trade_in.taken()
    line = orders.line_of(orders.paid(offers.offer(units=2)))
    ids: list[UUID] = []
    for _ in range(2):
        reference = services.quote(
            variant_id=variant.id, market="US", answers=trade_in.answers(), now=clock.now()
        )
        ids.append(TradeIn.objects.get(reference=reference).id)

    codes = at_once(
        *(
            lambda key=key: services.accept(
                trade_in_id=key, line_id=line, imei=trade_in.imei(), now=clock.now()
            )
            for key in ids
        )
    )

    assert codes == ["", "trade_in_phone_busy"]
    named = TradeIn.objects.exclude(imei_hash="")
    assert named.filter(state__in=[one.value for one in OPEN]).count() == 1


def test_taking_and_having_it_back_at_once_is_one_of_them(scratch_database: str) -> None:
    assert scratch_database
    orders.shop()
    one = trade_in.received(orders.paid(offers.offer(units=2)))
    seen = trade_in.seen(one, screen_whole="no")
    services.inspect(trade_in_id=one.id, seen=seen, actor="ada", now=clock.now())

    codes = at_once(
        lambda: services.take_value(trade_in_id=one.id, now=clock.now()),
        lambda: services.withdraw(trade_in_id=one.id, now=clock.now()),
    )

    assert codes == ["", "trade_in_move_refused"]
    is_credited = trade_in.fresh(one).state == TradeInState.CREDITED.value
    stock = ledger.balance(code=AccountCode.TRADE_IN_STOCK, key=one.reference, currency="USD")
    assert stock.minor == (6_000 if is_credited else 0)


def test_a_payout_confirmed_by_two_at_once_is_paid_once(scratch_database: str) -> None:
    assert scratch_database
    orders.shop()
    one = trade_in.credited(orders.paid(offers.offer(units=2)))
    services.ask_payout(trade_in_id=one.id, account=trade_in.ACCOUNT, now=clock.now())
    row = CreditPayout.objects.get()
    services.propose_payout(payout_id=row.id, actor="ada", now=clock.now())

    codes = at_once(
        *(
            lambda actor=actor: services.confirm_payout(
                payout_id=row.id, actor=actor, now=clock.now()
            )
            for actor in ("ben", "cleo")
        )
    )

    assert codes == ["", "trade_in_payout_refused"]
    assert CreditPayout.objects.get().state == PayoutState.SENT.value
    assert ledger.balance(code=AccountCode.BANK, currency="USD").minor == -20_000
    assert not Disposal.objects.exists()
