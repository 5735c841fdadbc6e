"""Several connections, one key: one transfer."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection, connections

from bandstand.ledger import queries, rules, services
from bandstand.ledger.models import Transfer
from bandstand.ledger.rules import AccountCode
from tests.factories import ledger
from tests.factories.ledger import NOON

WRITERS = 6


def in_parallel(work: object, count: int) -> list[object]:
    """Call work(0..count-1), each on a connection of its own; refusals are returned."""

    def on_own_connection(at: int) -> object:
        try:
            return work(at)  # type: ignore[operator]  # a function of this module's tests
        except rules.IdempotencyConflictError as refused:
            return refused
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=count) as pool:
        return list(pool.map(on_own_connection, range(count)))


@pytest.mark.race
def test_many_connections_posting_one_key_make_one_transfer(scratch_database: str) -> None:
    assert scratch_database

    ids = in_parallel(lambda _: ledger.transfer(key="sale:1"), WRITERS)

    assert len(set(ids)) == 1
    assert Transfer.objects.count() == 1
    assert (
        queries.balance(code=AccountCode.PSP_CLEARING, key="sandbox", currency="USD").minor == 1000
    )


@pytest.mark.race
def test_many_connections_with_one_key_for_different_amounts_make_one_transfer(
    scratch_database: str,
) -> None:
    assert scratch_database

    answers = in_parallel(lambda at: ledger.transfer(key="sale:1", minor=1000 + at), WRITERS)

    made = [answer for answer in answers if isinstance(answer, UUID)]
    assert len(made) == 1
    assert all(isinstance(answer, UUID | rules.IdempotencyConflictError) for answer in answers)
    assert Transfer.objects.count() == 1


@pytest.mark.race
def test_overlapping_batches_in_opposite_orders_do_not_deadlock(scratch_database: str) -> None:
    assert scratch_database
    orders = [ledger.transfer_order(key=f"sale:{at}", seller=f"s{at}") for at in range(200)]

    in_parallel(
        lambda at: services.post_batch(orders=orders[:: -1 if at % 2 else 1], now=NOON), WRITERS
    )

    assert Transfer.objects.count() == 200
    assert queries.imbalance() == 0
    assert connection.vendor == "postgresql"
