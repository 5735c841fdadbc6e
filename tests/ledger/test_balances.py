"""Running balances follow every posting, at any instant and from any connection."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from bandstand.ledger import queries, services
from bandstand.ledger.models import Balance
from bandstand.ledger.queries import AsOf
from bandstand.ledger.rules import AccountCode
from tests.factories import ledger
from tests.factories.ledger import NOON

CLEARING: dict[str, Any] = {
    "code": AccountCode.PSP_CLEARING,
    "key": "sandbox",
    "currency": "USD",
}
WRITERS = 6
ROUNDS = 20


@pytest.mark.django_db
def test_a_balance_is_the_sum_of_the_postings() -> None:
    ledger.transfer(key="sale:1", minor=1000)
    ledger.transfer(key="sale:2", minor=250)

    assert queries.balance(**CLEARING).minor == 1250
    assert queries.balances_off() == 0


@pytest.mark.django_db
def test_the_past_is_asked_by_both_clocks() -> None:
    ledger.transfer(key="sale:1", minor=1000, effective_at=NOON, now=NOON)
    late = NOON + timedelta(days=3)
    ledger.transfer(key="sale:2", minor=250, effective_at=NOON + timedelta(days=1), now=late)

    by_effect = AsOf(effective_before=NOON + timedelta(days=2))
    as_known = AsOf(
        effective_before=NOON + timedelta(days=2), recorded_before=NOON + timedelta(days=2)
    )

    assert queries.balance(**CLEARING, as_of=by_effect).minor == 1250
    assert queries.balance(**CLEARING, as_of=as_known).minor == 1000
    assert [row.amount.minor for row in queries.statement(**CLEARING, as_of=as_known)] == [1000]
    assert sum(row.balance.minor for row in queries.trial_balance(as_of=as_known)) == 0
    assert len(queries.trial_balance(as_of=AsOf(recorded_before=NOON))) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "update ledger_balance set amount_minor = amount_minor + 1",
        "delete from ledger_balance",
        "truncate ledger_balance",
    ],
)
def test_a_balance_cannot_be_written_by_hand(statement: str) -> None:
    ledger.transfer(key="sale:1", minor=1000)

    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        with pytest.raises(DatabaseError) as seen, transaction.atomic():
            cursor.execute(statement)

    assert getattr(seen.value.__cause__, "sqlstate", "") == "P0460"
    assert queries.balance(**CLEARING).minor == 1000


@pytest.mark.django_db
def test_a_balance_that_drifted_is_found() -> None:
    ledger.transfer(key="sale:1", minor=1000)
    with connection.cursor() as cursor:
        cursor.execute("select set_config('bandstand.folding', 'on', true)")
        cursor.execute("update ledger_balance set amount_minor = amount_minor + 1")

    found = queries.inspect_books()

    assert found.balances_off == 2
    assert not found.is_sound


@pytest.mark.race
def test_sessions_that_post_to_one_account_never_wait_for_its_balance(
    scratch_database: str,
) -> None:
    assert scratch_database
    ledger.transfer(key="first", minor=1)

    def post_in_two_orders(writer: int) -> None:
        try:
            for number in range(ROUNDS):
                with transaction.atomic():
                    for part in (1, 2) if writer % 2 else (2, 1):
                        ledger.transfer(key=f"{writer}:{number}:{part}", minor=part)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=WRITERS) as pool:
        list(pool.map(post_in_two_orders, range(WRITERS)))

    assert queries.balance(**CLEARING).minor == 1 + WRITERS * ROUNDS * 3
    assert queries.balances_off() == 0


@pytest.mark.race
def test_folding_while_others_post_loses_nothing(scratch_database: str) -> None:
    assert scratch_database

    def post_some(writer: int) -> None:
        try:
            for number in range(ROUNDS):
                ledger.transfer(key=f"{writer}:{number}", minor=1)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=WRITERS) as pool:
        work = [pool.submit(post_some, writer) for writer in range(WRITERS)]
        while not all(one.done() for one in work):
            services.fold_balances()
        for one in work:
            one.result()
    services.fold_balances()

    assert queries.balance(**CLEARING).minor == WRITERS * ROUNDS
    assert queries.balances_off() == 0
    assert Balance.objects.filter(account__code=AccountCode.PSP_CLEARING.value).count() == 1
