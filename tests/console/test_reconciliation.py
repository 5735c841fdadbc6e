"""Reconciliation and disputes at the console: seen, filtered, exported, matched, answered."""

from datetime import timedelta

import pytest
from django.test import Client

from bandstand.payments import queries, services
from bandstand.payments.gateways import sandbox_report
from bandstand.payments.models import SettlementRow
from bandstand.plumbing import clock
from bandstand.plumbing.models import AuditEntry
from tests.console.conftest import Callers
from tests.factories import payments
from tests.factories.payments import NOON

HERE = "/console/reconciliation/"
ROW = "txn_1,2026-03-01 12:01:00,usd,100.00,3.20,96.80,charge,ch_unknown,,,told by mail\r\n"


@pytest.fixture
def told(operator: Client) -> Client:
    """Take in a report of a charge that names nothing of ours, beside a capture of that amount."""
    payments.captured_payment()
    services.import_settlement(
        gateway_name="sandbox",
        text=",".join(sandbox_report.HEADS) + "\r\n" + ROW,
        name="march.csv",
        actor="ada@lark.example.org",
        now=clock.now(),
    )
    return operator


def page(client: Client, address: str = HERE) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_both_sides_are_shown_with_the_clearing_and_the_file(told: Client) -> None:
    shown = page(told)

    assert "Ours only" in shown
    assert "Theirs only" in shown
    assert "late" in shown
    assert "march.csv" in shown
    assert "Unexplained" in shown


def test_side_and_kind_narrow_the_list_and_the_export(told: Client) -> None:
    theirs = page(told, f"{HERE}?side=theirs")
    ours = page(told, f"{HERE}?side=ours&kind=capture&sort=-amount")
    export = told.get(f"{HERE}?side=theirs&format=csv").getvalue().decode()

    assert "ch_unknown" in theirs
    assert "ch_unknown" not in ours
    assert "ch_unknown" in export
    assert export.count("\n") == 2
    assert "Did you mean" in page(told, f"{HERE}?side=their")


def test_person_matches_by_hand_and_the_audit_log_knows(told: Client) -> None:
    row = SettlementRow.objects.get()
    address = f"{HERE}{row.id}/"
    move = queries.candidates(row.id)[0]
    assert "Our movement" in page(told, address)

    empty = told.post(address, {"move": str(move.id), "reason": ""})
    row.refresh_from_db()
    assert (empty.status_code, row.move_id) == (200, None)
    told.post(address, {"move": str(move.id), "reason": "Told by phone"})

    row.refresh_from_db()
    assert row.move_id == move.id
    assert AuditEntry.objects.filter(action="settlement.match").exists()
    assert "Told by phone" in page(told, address)


def test_strangers_see_and_change_nothing(callers: Callers, told: Client) -> None:
    assert told is callers.operator
    row = SettlementRow.objects.get()
    move = queries.candidates(row.id)[0]

    for client in callers.strangers.values():
        for address in (HERE, f"{HERE}{row.id}/", "/console/disputes/"):
            assert client.get(address).status_code in {302, 403}
        client.post(f"{HERE}{row.id}/", {"move": str(move.id), "reason": "mine"})

    row.refresh_from_db()
    assert row.move_id is None


def test_list_asks_the_database_alike_for_one_and_for_three(
    told: Client, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(60) as first:  # type: ignore[operator]  # pytest-django's
        page(told)
    payments.captured_payment()
    payments.captured_payment()
    with django_assert_max_num_queries(len(first)):  # type: ignore[operator]  # pytest-django's
        page(told)


def test_dispute_shows_what_to_send_and_keeps_what_was_sent(operator: Client) -> None:
    payments.captured_payment(card="tok_dispute_lost")
    payments.settle(now=NOON + timedelta(days=4))
    found = queries.disputes()[0]
    address = f"/console/disputes/{found.id}/"
    assert found.ref in page(operator, "/console/disputes/")
    assert "passport" in page(operator, address)

    operator.post(address, {"words": "Passport and tracking number"})

    assert "Passport and tracking number" in page(operator, address)
    assert queries.dispute(found.id).answered_by == "ada@lark.example.org"
