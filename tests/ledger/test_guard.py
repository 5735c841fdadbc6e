"""The database refuses what would make the books lie, whoever asks."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from bandstand.ledger import queries, services
from bandstand.ledger.models import Account, Posting, Transfer
from tests.factories import ledger

pytestmark = pytest.mark.django_db
Cursor = Any  # Django's cursor wrapper has no public type


def run(statement: str, *parameters: UUID | str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # A truncate waits for no deferred check: what was posted before is checked first.
        cursor.execute("set constraints all immediate; set constraints all deferred")
        cursor.execute(statement, parameters)
        cursor.execute("set constraints all immediate")


def refused(statement: str, *parameters: UUID | str) -> str:
    """Run a statement that must be refused, and return the state the database gave."""
    with pytest.raises(DatabaseError) as seen:
        run(statement, *parameters)
    return str(getattr(seen.value.__cause__, "sqlstate", ""))


def books() -> list[object]:
    return [
        sorted(model.objects.values_list().order_by("pk"), key=str)
        for model in (Account, Transfer, Posting)
    ]


@pytest.mark.parametrize("table", ["ledger_account", "ledger_transfer", "ledger_posting"])
@pytest.mark.parametrize(
    "statement", ["update {} set id = id", "delete from {}", "truncate {} cascade"]
)
def test_history_cannot_be_edited(table: str, statement: str) -> None:
    ledger.transfer()
    before = books()

    assert refused(statement.format(table)) == "P0460"
    assert books() == before


def raw_transfer(cursor: Cursor, *, legs: int = 2) -> UUID:
    key = uuid4()
    cursor.execute(
        "insert into ledger_transfer (id, idempotency_key, request_hash, kind, memo, effective_at,"
        " recorded_at, leg_count) values (%s, %s, '', 'raw', '', now(), now(), %s)",
        [key, str(key), legs],
    )
    return key


def raw_legs(cursor: Cursor, transfer: UUID, *, legs: list[tuple[UUID, str, int]]) -> None:
    cursor.execute(
        "insert into ledger_posting (id, transfer_id, number, account_id, currency, amount_minor)"
        " select gen_random_uuid(), %s, *"
        " from unnest(%s::int[], %s::uuid[], %s::text[], %s::bigint[])",
        [transfer, list(range(1, len(legs) + 1)), *map(list, zip(*legs, strict=True))],
    )


def accounts() -> tuple[UUID, UUID]:
    ledger.transfer()
    clearing, seller = Account.objects.order_by("code").values_list("id", flat=True)
    return clearing, seller


def commit(write: Callable[[Cursor], None]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        write(cursor)
        cursor.execute("set constraints all immediate")


def attempt(write: Callable[[Cursor], None]) -> str:
    """Write what must be refused, and return the state the database gave."""
    with pytest.raises(DatabaseError) as seen:
        commit(write)
    return str(getattr(seen.value.__cause__, "sqlstate", ""))


def test_legs_that_do_not_balance_are_refused() -> None:
    clearing, seller = accounts()
    before = books()

    def write(cursor: Cursor) -> None:
        transfer = raw_transfer(cursor)
        raw_legs(cursor, transfer, legs=[(clearing, "USD", 100), (seller, "USD", -99)])

    assert attempt(write) == "P0461"
    assert books() == before


def test_leg_in_another_currency_than_its_account_is_refused() -> None:
    clearing, seller = accounts()
    before = books()

    def write(cursor: Cursor) -> None:
        transfer = raw_transfer(cursor)
        raw_legs(cursor, transfer, legs=[(clearing, "EUR", 100), (seller, "EUR", -100)])

    assert attempt(write) == "P0461"
    assert books() == before


def test_transfer_without_legs_is_refused_when_it_commits() -> None:
    before = books()

    def write(cursor: Cursor) -> None:
        raw_transfer(cursor)

    assert attempt(write) == "P0461"
    assert books() == before


def test_balanced_legs_cannot_be_added_to_a_recorded_transfer() -> None:
    clearing, seller = accounts()
    recorded = Transfer.objects.get().id
    before = books()

    def write(cursor: Cursor) -> None:
        cursor.execute(
            "insert into ledger_posting (id, transfer_id, number, account_id, currency,"
            " amount_minor) values (%s, %s, 3, %s, 'USD', 5), (%s, %s, 4, %s, 'USD', -5)",
            [uuid4(), recorded, clearing, uuid4(), recorded, seller],
        )

    assert attempt(write) == "P0461"
    assert books() == before
    assert queries.imbalance() == 0


def test_legs_in_two_statements_are_refused() -> None:
    clearing, seller = accounts()
    before = books()

    def write(cursor: Cursor) -> None:
        transfer = raw_transfer(cursor)
        raw_legs(cursor, transfer, legs=[(clearing, "USD", 100)])
        raw_legs(cursor, transfer, legs=[(seller, "USD", -100)])

    assert attempt(write) == "P0461"
    assert books() == before


def test_leg_of_zero_is_refused() -> None:
    clearing, seller = accounts()

    def write(cursor: Cursor) -> None:
        transfer = raw_transfer(cursor)
        raw_legs(cursor, transfer, legs=[(clearing, "USD", 0), (seller, "USD", 0)])

    assert attempt(write) == "23514"


def test_transfer_cannot_reverse_itself_or_be_reversed_twice() -> None:
    sale = ledger.transfer()
    key = uuid4()
    insert = (
        "insert into ledger_transfer (id, idempotency_key, request_hash, kind, memo, effective_at,"
        " recorded_at, leg_count, reverses_id) values (%s, %s, '', 'raw', '', now(), now(), 2, %s)"
    )

    assert refused(insert, key, str(key), key) == "23514"
    services.reverse(transfer_id=sale, idempotency_key="undo:1", now=ledger.NOON)
    before = books()
    assert refused(insert, uuid4(), "undo:2", sale) == "23505"
    assert books() == before
