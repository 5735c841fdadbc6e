"""The sandbox is as hard as a real provider: keys that are forgotten, forged events, busy days."""

from datetime import timedelta

import pytest

from bandstand.payments import queries, services
from bandstand.payments.gateways import gateway, sandbox
from bandstand.payments.gateways.port import CaptureOrder, GatewayBusyError
from bandstand.payments.gateways.sandbox import CALM, NASTY, Chaos
from bandstand.payments.models import MoneyCommand, ProviderEvent, SandboxEvent, SandboxIntent
from bandstand.payments.rules import CommandState, PaymentState
from bandstand.payments.services import send
from tests.factories import payments
from tests.factories.payments import MINUTE, NOON, PRICE
from tests.payments.conftest import Misbehave

pytestmark = pytest.mark.django_db
TWO_DAYS = timedelta(days=2)


def lost_and_left() -> MoneyCommand:
    """Have a charge made whose answer was lost, and nobody look at it for two days."""
    begun = payments.begun_payment(card="tok_lost_answer")
    command = MoneyCommand.objects.get(payment_id=begun.id)
    assert command.state == CommandState.UNKNOWN.value
    assert SandboxIntent.objects.count() == 1
    return command


def test_old_unknown_charge_is_found_by_asking_and_made_once() -> None:
    command = lost_and_left()

    services.send_command(command_id=command.id, now=NOON + TWO_DAYS)

    assert SandboxIntent.objects.count() == 1
    assert queries.payment_row(command.payment_id).state is PaymentState.AUTHORISED


def test_without_asking_first_the_same_key_would_charge_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    command = lost_and_left()
    monkeypatch.setattr(send, "_learn", lambda *_, **__: None)

    services.send_command(command_id=command.id, now=NOON + TWO_DAYS)

    assert SandboxIntent.objects.count() == 2


def test_key_lives_for_a_day_and_not_longer() -> None:
    begun = payments.authorised_payment()
    ref = SandboxIntent.objects.get().ref
    order = CaptureOrder("cap:1", ref, PRICE)
    taken = gateway("sandbox").capture(order, now=NOON + MINUTE)
    same = gateway("sandbox").capture(order, now=NOON + MINUTE + timedelta(hours=23))

    assert (taken.is_replay, same.is_replay) == (False, True)
    found = gateway("sandbox").look_up(ref=ref, now=NOON + TWO_DAYS)
    assert found is not None
    assert found.operation("cap:1") is not None
    assert begun.captured.is_zero


def test_busy_call_did_nothing_and_is_sent_again_under_its_key(misbehave: Misbehave) -> None:
    misbehave(Chaos(busy_percent=100, busy_ms_max=5_000))
    begun = payments.begun_payment()
    command = MoneyCommand.objects.get(payment_id=begun.id)

    assert command.state == CommandState.WRITTEN.value
    assert command.wait_until is not None
    assert not SandboxIntent.objects.exists()
    assert services.send_open_commands(now=NOON) == 0

    misbehave(CALM)
    services.send_open_commands(now=NOON + MINUTE)
    payments.settle(now=NOON + 2 * MINUTE)
    assert SandboxIntent.objects.get().idempotency_key == command.key
    assert queries.payment_row(begun.id).state is PaymentState.AUTHORISED


def test_busy_provider_names_a_time_that_is_not_silence(misbehave: Misbehave) -> None:
    misbehave(Chaos(busy_percent=100, busy_ms_max=5_000))
    ref = SandboxIntent.objects.values_list("ref", flat=True).first() or "sbx_none"

    with pytest.raises(GatewayBusyError) as busy:
        gateway("sandbox").capture(CaptureOrder("cap:1", ref, PRICE), now=NOON)

    assert timedelta() < busy.value.after <= timedelta(seconds=5)


def test_forged_event_is_refused_and_the_right_one_taken(misbehave: Misbehave) -> None:
    misbehave(Chaos(forged_percent=100))
    begun = payments.begun_payment()
    refused: list[str] = []

    def door(raw: bytes, headers: dict[str, str]) -> None:
        try:
            payments.hear(raw, headers, now=NOON + MINUTE)
        except Exception as error:
            refused.append(type(error).__name__)
            raise

    for minute in range(1, 4):
        sandbox.deliver_due(now=NOON + minute * MINUTE, send=door)
    services.apply_waiting(now=NOON + 4 * MINUTE)

    assert refused == ["WebhookRefusedError"]
    assert ProviderEvent.objects.count() == 1
    assert SandboxEvent.objects.get().delivered_at is not None
    assert queries.payment_row(begun.id).state is PaymentState.AUTHORISED


def test_nasty_day_has_every_fault_and_a_calm_one_none() -> None:
    for name in ("busy_percent", "forged_percent", "duplicate_percent", "lost_after_percent"):
        assert getattr(NASTY, name) > 0
        assert getattr(CALM, name) == 0
        assert getattr(Chaos(), name) == 0
