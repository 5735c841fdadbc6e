"""The jobs, over a real local HTTP connection where the sandbox's postman needs one."""

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.test import override_settings

from bandstand.payments import gateways, queries, services, tasks
from bandstand.payments.gateways.port import GatewaySilentError, ProviderNotice
from bandstand.payments.gateways.sandbox import CALM, SandboxGateway
from bandstand.payments.models import MoneyCommand, ProviderEvent, SandboxEvent
from bandstand.payments.rules import CommandState, GatewayAnswer, PaymentState
from bandstand.plumbing import clock
from tests.factories import payments

pytestmark = pytest.mark.django_db

Taken = list[tuple[str, bytes, dict[str, str]]]


class Shop(HTTPServer):
    """A shop's front door that keeps what is posted to it and answers as told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Door)
        self.taken: Taken = []
        self.status = 200


class Door(BaseHTTPRequestHandler):
    server: Shop

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append((self.path, raw, dict(self.headers.items())))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the standard library's name
        """Stay quiet."""


@pytest.fixture
def shop() -> Iterator[Shop]:
    server = Shop()
    thread = Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    with override_settings(BASE_URL=f"http://127.0.0.1:{server.server_port}"):
        yield server
    server.shutdown()
    server.server_close()
    thread.join()


def heard(shop: Shop) -> list[ProviderNotice]:
    gateway = SandboxGateway()
    return [gateway.verify_webhook(raw, headers, now=clock.now()) for _, raw, headers in shop.taken]


def test_postman_posts_signed_bytes_when_the_event_is_due(shop: Shop) -> None:
    # A busy machine must not make it past before it is asked.
    soon = clock.now() + timedelta(seconds=1)
    payments.begun_payment(now=soon)
    event = SandboxEvent.objects.get()
    assert event.due_at > clock.now()

    tasks.deliver_sandbox_events(due_at=event.due_at.isoformat())

    assert [path for path, _, _ in shop.taken] == ["/webhooks/payments/sandbox"]
    assert [notice.event_id for notice in heard(shop)] == [event.event_id]
    event.refresh_from_db()
    assert event.delivered_at is not None


def test_event_due_much_later_is_put_off_and_not_posted(shop: Shop) -> None:
    late = clock.now() + payments.MINUTE
    payments.begun_payment(now=late)

    tasks.deliver_sandbox_events(due_at=late.isoformat())

    assert shop.taken == []
    assert SandboxEvent.objects.get().attempts == 0


def test_shop_that_answers_with_an_error_is_tried_again(shop: Shop) -> None:
    payments.begun_payment(now=clock.now() - payments.MINUTE)
    shop.status = 500

    tasks.deliver_sandbox_events()

    event = SandboxEvent.objects.get()
    assert event.delivered_at is None
    assert event.due_at > clock.now()
    assert "500" in event.last_error


def test_command_and_event_jobs_carry_a_payment_through(shop: Shop) -> None:
    begun = payments.begun_payment(now=clock.now() - payments.MINUTE)
    tasks.deliver_sandbox_events()
    for _, raw, headers in shop.taken:
        payments.hear(raw, headers, now=clock.now())

    tasks.apply_event(event_id=str(ProviderEvent.objects.get().id))
    command = payments.capture_command(begun.id)
    tasks.send_command(command_id=str(command.id))

    assert queries.payment_row(begun.id).state is PaymentState.AUTHORISED
    assert MoneyCommand.objects.get(pk=command.id).state == CommandState.SENT.value


def test_sweep_does_what_lost_jobs_did_not(shop: Shop) -> None:
    begun = payments.begun_payment(card="tok_lost_answer", now=clock.now() - payments.MINUTE)

    tasks.sweep(timestamp=0)

    assert queries.payment_row(begun.id).state is PaymentState.AUTHORISED
    assert len(shop.taken) == 1


class Mute(SandboxGateway):
    """A provider whose book cannot be read today."""

    def look_up(self, **_words: object) -> GatewayAnswer | None:
        raise GatewaySilentError("The provider does not answer.")


def test_event_whose_provider_is_silent_waits_for_the_next_sweep() -> None:
    begun = payments.begun_payment()
    gateways.register(Mute())
    try:
        payments.settle()
    finally:
        gateways.register(SandboxGateway(chaos=CALM))
    event = ProviderEvent.objects.get()
    assert event.applied_at is None
    assert "does not answer" in event.last_error

    assert services.apply_waiting(now=payments.NOON + 2 * payments.MINUTE) == 1
    assert queries.payment_row(begun.id).state is PaymentState.AUTHORISED
