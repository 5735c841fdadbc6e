"""Several connections at once: one payment, one capture of an event, one refund."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

import pytest
from django.db import connections

from bandstand.ledger import queries as ledger
from bandstand.money import Money, sum_of
from bandstand.payments import queries, services
from bandstand.payments.models import (
    MoneyCommand,
    Payment,
    ProviderEvent,
    Refund,
    SandboxEvent,
    SandboxIntent,
)
from bandstand.payments.rules import PaymentState, RefundRefusedError
from bandstand.plumbing.models import OutboxEvent
from tests.factories import payments
from tests.factories.payments import MINUTE, NOON

BUYERS = 5
T = TypeVar("T")

pytestmark = pytest.mark.race


def at_once(work: Callable[[int], T]) -> list[T]:
    """Call work(0..4), each on a connection of its own."""

    def on_own_connection(at: int) -> T:
        try:
            return work(at)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=BUYERS) as pool:
        return list(pool.map(on_own_connection, range(BUYERS)))


def told(kind: str) -> int:
    return OutboxEvent.objects.filter(kind=kind).count()


def test_many_clicks_are_one_payment_and_one_charge(scratch_database: str) -> None:
    assert scratch_database

    rows = at_once(lambda _: payments.begun_payment(purpose="checkout:1"))

    assert len({row.id for row in rows}) == 1
    assert Payment.objects.count() == 1
    assert MoneyCommand.objects.count() == 1
    assert SandboxIntent.objects.count() == 1


def test_one_event_heard_and_applied_many_times_at_once_counts_once(scratch_database: str) -> None:
    assert scratch_database
    begun = payments.begun_payment()
    now = NOON + MINUTE

    def hear_and_apply(_: int) -> None:
        payments.settle(now=now)

    SandboxEvent.objects.update(due_at=NOON)
    at_once(hear_and_apply)
    at_once(lambda _: services.apply_waiting(now=now))

    assert ProviderEvent.objects.count() == 1
    assert told("payments.authorised") == 1
    assert queries.payment_row(begun.id).state is PaymentState.AUTHORISED


def test_one_command_sent_many_times_at_once_is_one_capture(scratch_database: str) -> None:
    assert scratch_database
    payment = payments.authorised_payment()
    command = payments.capture_command(payment.id)

    at_once(lambda at: services.send_command(command_id=command.id, now=NOON + (1 + at) * MINUTE))
    payments.settle(now=NOON + 9 * MINUTE)

    assert told("payments.captured") == 1
    assert queries.payment_row(payment.id).captured == Money(10_000, "USD")


def test_refunds_claimed_at_once_never_exceed_the_capture(scratch_database: str) -> None:
    assert scratch_database
    payment = payments.captured_payment()

    def claim(at: int) -> bool:
        try:
            services.claim_refund(
                payment_id=payment.id,
                key=f"rf:{at % 4}",
                amount=Money(4000, "USD"),
                order_line_id=None,
                reason="stopped",
                now=NOON + 3 * MINUTE,
            )
        except RefundRefusedError:
            return False
        return True

    at_once(claim)

    assert Refund.objects.count() == 2


def test_refund_and_dispute_at_once_never_give_back_more_than_was_taken(
    scratch_database: str,
) -> None:
    assert scratch_database
    payment = payments.captured_payment(card="tok_dispute_lost")
    now = NOON + timedelta(days=4)
    refund_id = services.claim_refund(
        payment_id=payment.id,
        key="rf:1",
        amount=Money(10_000, "USD"),
        order_line_id=None,
        reason="stopped",
        now=now,
    )
    command = Refund.objects.get(pk=refund_id).command_id

    def race(at: int) -> None:
        if at % 2:
            payments.settle(now=now)
        else:
            services.send_command(command_id=command, now=now)

    at_once(race)
    services.send_open_commands(now=now + timedelta(days=1))
    payments.settle(now=now + timedelta(days=20))

    back = queries.payment_row(payment.id).refunded
    contested = [one.amount for one in queries.disputes()]
    assert sum_of([back, *contested], currency="USD") == Money(10_000, "USD")
    assert ledger.imbalance() == 0
