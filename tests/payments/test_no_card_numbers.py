"""No table of the payments room holds anything shaped like a card number, after a whole life."""

import pytest
from django.apps import apps
from django.db import connection

from bandstand.money import Money
from bandstand.payments import rules, services
from tests.factories import payments
from tests.factories.payments import MINUTE, NOON

pytestmark = pytest.mark.django_db


def texts() -> list[str]:
    """Return every row of every table of the room, and of the outbox and the jobs, as text."""
    models = apps.get_app_config("payments").get_models()
    tables = [model._meta.db_table for model in models]  # noqa: SLF001 -- the documented way
    found: list[str] = []
    with connection.cursor() as cursor:
        for table in [*tables, "plumbing_outboxevent", "procrastinate_jobs"]:
            cursor.execute(f'select to_jsonb(t)::text from "{table}" t')  # noqa: S608 -- names come from the models
            found += [row for (row,) in cursor.fetchall()]
    return found


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

    rows = texts()

    assert len(rows) > 20
    assert [row for row in rows if rules.has_card_number(row)] == []


def test_the_scan_can_find_one() -> None:
    payments.begun_payment()
    with connection.cursor() as cursor:
        cursor.execute("update payments_payment set return_url = 'x?n=4111111111111111'")

    assert any(rules.has_card_number(row) for row in texts())
