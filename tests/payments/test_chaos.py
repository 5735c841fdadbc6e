"""On a bad day: every order of events, doubled and lost, ends in the same books."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from bandstand.money import Money
from bandstand.payments import gateways, queries, services
from bandstand.payments.gateways.port import CaptureOrder, RefundOrder
from bandstand.payments.gateways.sandbox import NASTY, Chaos
from bandstand.payments.gateways.sandbox_events import sign
from bandstand.payments.models import (
    MoneyCommand,
    Payment,
    ProviderEvent,
    Refund,
    SandboxEvent,
    SandboxIntent,
)
from bandstand.payments.rules import CommandState, PaymentState
from bandstand.payments.services import record
from bandstand.plumbing.models import OutboxEvent
from tests.factories import payments
from tests.factories.payments import MINUTE, NOON
from tests.payments.conftest import Misbehave

pytestmark = pytest.mark.django_db

SECRET = "whsec_c2FuZGJveC1nYXRld2F5LXNlY3JldA=="  # noqa: S105 -- the documented default of the sandbox
LATER = NOON + 9 * MINUTE
ONCE = [
    "payments.authorised",
    "payments.captured",
    "payments.refund_settled",
    "payments.refund_settled",
]


def told() -> list[str]:
    return list(OutboxEvent.objects.order_by("emitted_at", "id").values_list("kind", flat=True))


def written(payment: Payment, *, kind: str, key: str, minor: int) -> MoneyCommand:
    return MoneyCommand.objects.create(
        key=key, payment=payment, kind=kind, amount_minor=minor, state="sent", written_at=NOON
    )


def unheard_life() -> Iterator[datetime]:
    """
    Have the provider authorise, capture and refund twice while the shop hears no answer.

    Yields the instant after each thing became final at the provider.
    """
    gateway = gateways.gateway("sandbox")
    payment = Payment.objects.get(pk=payments.begun_payment(card="tok_lost_answer").id)
    ref = SandboxIntent.objects.get().ref
    yield NOON + MINUTE
    written(payment, kind="capture", key="cap:1", minor=10_000)
    gateway.capture(CaptureOrder("cap:1", ref, Money(10_000, "USD")), now=NOON + MINUTE)
    yield NOON + 2 * MINUTE
    for number in (1, 2):
        key, now = f"refund:rf:{number}", NOON + (number + 1) * MINUTE
        command = written(payment, kind="refund", key=key, minor=1000)
        Refund.objects.create(
            key=key, payment=payment, command=command, amount_minor=1000, reason="x", asked_at=now
        )
        gateway.refund(RefundOrder(key, ref, Money(1000, "USD")), now=now)
        yield now + MINUTE


def knock(event: SandboxEvent, *, now: datetime) -> None:
    raw = event.body.encode()
    headers = sign(raw, event_id=event.event_id, secret=SECRET, now=now)
    payments.hear(raw, headers, now=now)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_any_order_of_events_with_any_duplicates_ends_alike(data: st.DataObject) -> None:
    before = transaction.savepoint()
    try:
        live_through(data)
    finally:
        transaction.savepoint_rollback(before)


def live_through(data: st.DataObject) -> None:
    for now in unheard_life():
        posted = list(SandboxEvent.objects.order_by("event_id"))
        for event in data.draw(st.lists(st.sampled_from(posted), max_size=2)):
            knock(event, now=now)
            if data.draw(st.booleans()):
                services.apply_waiting(now=now)
    posted = list(SandboxEvent.objects.order_by("event_id"))
    for event in data.draw(st.permutations(posted)):
        knock(event, now=LATER)
        if data.draw(st.booleans()):
            services.apply_waiting(now=LATER)
    services.apply_waiting(now=LATER)

    payment = Payment.objects.get()
    assert payment.state == PaymentState.CAPTURED.value
    assert (payment.captured_minor, payment.refunded_minor) == (10_000, 2000)
    assert told() == ONCE
    assert ProviderEvent.objects.count() == len(posted) == 4
    assert set(MoneyCommand.objects.values_list("state", flat=True)) == {"succeeded"}


def test_book_read_earlier_and_applied_later_takes_nothing_back() -> None:
    begun = payments.begun_payment()
    ref = SandboxIntent.objects.get().ref
    old = gateways.gateway("sandbox").look_up(ref=ref, now=NOON)
    assert old is not None
    assert old.state is PaymentState.CREATED
    payments.settle()
    command = payments.capture_command(begun.id)
    services.send_command(command_id=command.id, now=NOON + MINUTE)
    payments.settle(now=NOON + 2 * MINUTE)
    before = queries.payment_row(begun.id)

    record.record_answer(
        record.locked_payment(begun.id), old, because="a slow worker", now=before.updated_at
    )

    assert queries.payment_row(begun.id) == before
    assert told() == ["payments.authorised", "payments.captured"]


def test_every_payment_of_a_nasty_day_ends_in_agreement_with_the_provider(
    misbehave: Misbehave,
) -> None:
    misbehave(NASTY)
    cards = ["tok_ok", "tok_ok", "tok_declined", "tok_lost_answer"]
    begun = [payments.begun_payment(card=cards[at % 4]) for at in range(60)]

    for minute in range(1, 30):
        now = NOON + minute * MINUTE
        services.send_open_commands(now=now)
        payments.settle(now=now)
        for payment in Payment.objects.filter(state="authorised"):
            if not payment.commands.filter(kind="capture").exists():
                command = payments.capture_command(payment.id)
                services.send_command(command_id=command.id, now=now)

    intents = {one.idempotency_key: one for one in SandboxIntent.objects.all()}
    assert len(intents) == len(begun)
    for row in begun:
        shown = queries.payment_row(row.id)
        intent = intents[f"auth:{row.purpose}:1"]
        assert shown.state.value == intent.state
        assert shown.captured.minor == intent.captured_minor
        assert shown.state in {PaymentState.CAPTURED, PaymentState.DECLINED}
    assert not MoneyCommand.objects.exclude(
        state__in=[CommandState.SUCCEEDED.value, CommandState.FAILED.value]
    ).exists()
    assert told().count("payments.captured") == 45
    assert told().count("payments.declined") == 15


def test_a_day_on_which_every_call_is_lost_is_made_up_for(misbehave: Misbehave) -> None:
    misbehave(Chaos(lost_before_percent=100))
    begun = payments.begun_payment()
    assert queries.commands_of(begun.id)[0].state is CommandState.UNKNOWN
    assert not SandboxIntent.objects.exists()

    misbehave(Chaos())
    services.send_open_commands(now=NOON + MINUTE)
    payments.settle(now=NOON + 2 * MINUTE)

    assert queries.payment_row(begun.id).state is PaymentState.AUTHORISED
    assert SandboxIntent.objects.count() == 1
    assert queries.commands_of(begun.id)[0].attempts == 2


def test_duplicates_are_really_delivered_twice_and_applied_once(misbehave: Misbehave) -> None:
    misbehave(Chaos(duplicate_percent=100, reorder_ms=1000))
    payments.begun_payment()

    payments.settle(now=NOON + MINUTE)

    assert SandboxEvent.objects.filter(delivered_at__isnull=False).count() == 2
    assert ProviderEvent.objects.count() == 1
    assert told() == ["payments.authorised"]
