"""The chain of seals: every transfer once, and no history that can be rewritten unseen."""

import pytest
from django.db import connection

from bandstand.ledger import queries, services
from bandstand.ledger.models import Seal, SealedTransfer
from tests.factories import ledger
from tests.factories.ledger import NOON

pytestmark = pytest.mark.django_db


def rewrite(statement: str) -> None:
    """Edit history as somebody who owns the database could: with the guards switched off."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; set constraints all deferred")
        cursor.execute("alter table ledger_posting disable trigger append_only_rows")
        cursor.execute("alter table ledger_transfer disable trigger append_only_rows")
        cursor.execute(statement)
        cursor.execute("set constraints all immediate; set constraints all deferred")
        cursor.execute("alter table ledger_posting enable trigger append_only_rows")
        cursor.execute("alter table ledger_transfer enable trigger append_only_rows")


def test_a_seal_covers_what_no_seal_covers_yet() -> None:
    ledger.transfer(key="sale:1")
    ledger.transfer(key="sale:2")

    first = services.seal_books(now=NOON)
    ledger.transfer(key="sale:3")
    second = services.seal_books(now=NOON)

    assert first is not None
    assert second is not None
    assert (first.transfers, second.transfers) == (2, 1)
    assert Seal.objects.get(number=2).previous == first.sha256
    assert SealedTransfer.objects.count() == 3
    assert queries.broken_seals() == ()


def test_nothing_new_makes_no_seal() -> None:
    ledger.transfer(key="sale:1")
    services.seal_books(now=NOON)

    assert services.seal_books(now=NOON) is None
    assert Seal.objects.count() == 1


@pytest.mark.parametrize(
    "edit",
    [
        "update ledger_posting set amount_minor = amount_minor * 2",
        "update ledger_transfer set memo = 'another story'",
        "update ledger_transfer set effective_at = effective_at - interval '1 day'",
    ],
)
def test_history_rewritten_behind_the_guards_breaks_its_seal(edit: str) -> None:
    ledger.transfer(key="sale:1")
    services.seal_books(now=NOON)
    ledger.transfer(key="sale:2")

    rewrite(edit)

    assert queries.broken_seals() == (1,)
    assert not services.prove_books(now=NOON).is_sound


def test_a_link_taken_out_of_the_chain_is_seen() -> None:
    for number in range(3):
        ledger.transfer(key=f"sale:{number}")
        services.seal_books(now=NOON)
    with connection.cursor() as cursor:
        for table in ("ledger_sealedtransfer", "ledger_seal"):
            cursor.execute("set constraints all immediate; set constraints all deferred")
            cursor.execute(f"alter table {table} disable trigger append_only_rows")
        cursor.execute("delete from ledger_sealedtransfer where seal_id = 2")
        cursor.execute("delete from ledger_seal where number = 2")

    found = queries.inspect_books()

    assert found.broken_seals == (3,)
    assert set(found.unguarded_tables) == {"ledger_seal", "ledger_sealedtransfer"}


def test_sound_books_prove_sound() -> None:
    ledger.transfer(key="sale:1")
    services.seal_books(now=NOON)

    proof = services.prove_books(now=NOON)

    assert proof.is_sound
    assert (proof.transfers, proof.postings, proof.head) == (1, 2, queries.head())
    assert queries.latest_proofs()[0] == proof
