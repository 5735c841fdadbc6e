"""No table of the database holds anything shaped like a card number, after a whole life."""

import pytest
from django.db import connection

from bandstand.money import Money
from bandstand.payments import rules, services
from bandstand.payments.gateways import sandbox
from bandstand.payments.models import MoneyCommand, Payment, SavedCard
from bandstand.payments.rules.cards import CardOwner
from tests.factories import payments
from tests.factories.payments import MINUTE, NOON

pytestmark = pytest.mark.django_db


COLUMNS = """
    select table_name, column_name from information_schema.columns c
     where table_schema = current_schema()
       and (data_type in ('text', 'character varying', 'character', 'jsonb', 'json', 'ARRAY'))
       and exists (select from information_schema.tables t
                    where t.table_schema = c.table_schema and t.table_name = c.table_name
                      and t.table_type = 'BASE TABLE')
     order by 1, 2
"""


def columns() -> list[tuple[str, str]]:
    """Return every column of the whole database that can hold words, JSON and lists too."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return [(table, column) for table, column in cursor.fetchall()]


def texts() -> list[str]:
    """Return what every such column of every table holds."""
    found: list[str] = []
    with connection.cursor() as cursor:
        for table, column in columns():
            cursor.execute(f'select "{column}"::text from "{table}" where "{column}" is not null')  # noqa: S608 -- names come from the catalogue
            found += [row for (row,) in cursor.fetchall()]
    return found


def keep_cards() -> None:
    """Have cards kept with a payment and without one."""
    owner = CardOwner(key="person:1", email="mira@example.org")
    services.begin_payment(
        purpose="checkout:keeps",
        amount=Money(1000, "USD"),
        card_token="tok_ok",  # noqa: S106 -- a test card
        return_url="",
        metadata={},
        now=NOON,
        keeps_card_for=owner,
    )
    payments.settle(now=NOON + MINUTE)
    command = payments.capture_command(Payment.objects.get(purpose="checkout:keeps").id)
    MoneyCommand.objects.filter(pk=command.pk).update(amount_minor=1000)
    services.send_command(command_id=command.pk, now=NOON + 2 * MINUTE)
    setup = services.begin_setup(
        purpose="plan:1", owner=owner, currency="USD", return_url="", metadata={}, now=NOON
    )
    ref = setup.action_url.rstrip("/").rpartition("/")[2]
    sandbox.choose(ref, token="tok_ok", now=NOON)  # noqa: S106 -- a test card
    payments.settle(now=NOON + 10 * MINUTE)
    assert SavedCard.objects.count() == 2


def test_nothing_card_shaped_is_anywhere_after_a_whole_life() -> None:
    paid = payments.captured_payment()
    payments.begun_payment(card="tok_declined")
    services.claim_refund(
        payment_id=paid.id,
        key="rf:1",
        amount=Money(100, "USD"),
        order_line_id=None,
        reason="stopped",
        now=NOON + 3 * MINUTE,
    )
    services.send_open_commands(now=NOON + 9 * MINUTE)
    payments.settle(now=NOON + 10 * MINUTE)
    keep_cards()

    rows = texts()

    assert len(rows) > 20
    assert [row for row in rows if rules.has_card_number(row)] == []


def test_the_scan_looks_at_every_table_that_holds_words() -> None:
    scanned = set(columns())

    for wanted in (
        ("payments_providerevent", "payload"),
        ("payments_moneycommand", "request"),
        ("payments_settlementrow", "description"),
        ("payments_savedcard", "method_ref"),
        ("payments_savedcard", "last_four"),
        ("payments_cardsetup", "action_url"),
        ("payments_sandboxmethod", "ref"),
        ("payments_sandboxsetup", "card_token"),
        ("credit_mandate", "card_token"),
        ("payments_dispute", "answer_words"),
        ("plumbing_outboxevent", "payload"),
        ("plumbing_auditentry", "detail"),
        ("procrastinate_jobs", "args"),
        ("django_session", "session_data"),
    ):
        assert wanted in scanned
    assert len(scanned) > 200


def test_the_scan_can_find_one() -> None:
    payments.begun_payment()
    with connection.cursor() as cursor:
        cursor.execute("update payments_payment set return_url = 'x?n=4111111111111111'")

    assert any(rules.has_card_number(row) for row in texts())
