"""The role the shop runs under may add to history and never change it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from bandstand.config.database_role import grant_app_role
from bandstand.ledger import queries
from bandstand.ledger.rules import AccountCode
from tests.factories import ledger

INSUFFICIENT_PRIVILEGE = "42501"


@contextmanager
def as_the_shop() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("set role bandstand_app")
        yield
        cursor.execute("reset role")


@pytest.mark.race
def test_the_shop_may_post_and_may_not_edit(scratch_database: str) -> None:
    assert scratch_database
    assert grant_app_role()

    with as_the_shop():
        ledger.transfer(minor=700)
        refusals = {
            statement: _refused(statement)
            for statement in (
                "update ledger_posting set amount_minor = 1",
                "delete from ledger_transfer",
                "truncate ledger_account cascade",
                "update ledger_balance set amount_minor = 1",
                "update plumbing_auditentry set actor = ''",
                "alter table ledger_posting disable trigger all",
            )
        }

    assert set(refusals.values()) == {INSUFFICIENT_PRIVILEGE}
    balance = queries.balance(code=AccountCode.PSP_CLEARING, key="sandbox", currency="USD")
    assert balance.minor == 700
    assert queries.inspect_books().is_sound


@pytest.mark.race
def test_granting_twice_is_granting_once(scratch_database: str) -> None:
    assert scratch_database

    assert grant_app_role()
    assert grant_app_role()


def _refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as seen, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(getattr(seen.value.__cause__, "sqlstate", ""))
