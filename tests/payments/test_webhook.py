import base64
import hashlib
import hmac
import json
from datetime import timedelta
from uuid import uuid4

import pytest

from bandstand.kernel.errors import NotFoundError
from bandstand.payments import queries, rules, services
from bandstand.payments.gateways import sandbox
from bandstand.payments.gateways.port import WebhookRefusedError
from bandstand.payments.gateways.sandbox_events import sign
from bandstand.payments.models import ProviderEvent, SandboxEvent
from bandstand.payments.rules import PaymentState
from tests.factories import payments
from tests.factories.payments import MINUTE, NOON

pytestmark = pytest.mark.django_db

SECRET = "whsec_c2FuZGJveC1nYXRld2F5LXNlY3JldA=="  # noqa: S105 -- the documented default of the sandbox
BODY = json.dumps({"id": "evt_1", "type": "payment.authorised", "data": {"ref": "sbx_1"}}).encode()


def signed(raw: bytes = BODY, *, event_id: str = "evt_1") -> dict[str, str]:
    return sign(raw, event_id=event_id, secret=SECRET, now=NOON)


def receive(raw: bytes, headers: dict[str, str], *, late: timedelta = timedelta()) -> bool:
    return services.receive_webhook(
        gateway_name="sandbox", raw=raw, headers=headers, now=NOON + late
    )


def test_event_is_kept_once_however_often_it_comes() -> None:
    assert receive(BODY, signed())
    assert not receive(BODY, signed())
    assert ProviderEvent.objects.count() == 1


def test_signature_follows_the_published_scheme() -> None:
    headers = signed()
    content = f"evt_1.{int(NOON.timestamp())}.".encode() + BODY
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()

    assert headers["webhook-signature"] == f"v1,{expected}"


def test_names_of_headers_may_be_written_in_any_case() -> None:
    assert receive(BODY, {name.title(): value for name, value in signed().items()})


@pytest.mark.parametrize("late", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_five_minutes_either_way_are_tolerated(late: timedelta) -> None:
    assert receive(BODY, signed(), late=late)


@pytest.mark.parametrize("late", [timedelta(minutes=5, seconds=1), timedelta(days=-1)])
def test_event_signed_too_far_from_now_is_refused(late: timedelta) -> None:
    with pytest.raises(WebhookRefusedError, match="five minutes"):
        receive(BODY, signed(), late=late)

    assert not ProviderEvent.objects.exists()


@pytest.mark.parametrize("position", range(0, len(BODY), 7))
def test_any_changed_byte_breaks_the_signature(position: int) -> None:
    changed = bytearray(BODY)
    changed[position] ^= 1

    with pytest.raises(WebhookRefusedError):
        receive(bytes(changed), signed())

    assert not ProviderEvent.objects.exists()


def test_same_json_with_other_spaces_is_not_the_same_bytes() -> None:
    with pytest.raises(WebhookRefusedError):
        receive(json.dumps(json.loads(BODY), indent=1).encode(), signed())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", "evt_2"),
        ("webhook-timestamp", str(int(NOON.timestamp()) + 1)),
        ("webhook-timestamp", "yesterday"),
        ("webhook-timestamp", "9" * 30),
        ("webhook-signature", "v1,AAAA"),
        ("webhook-signature", ""),
        ("webhook-signature", "v1,é"),
    ],
)
def test_any_changed_header_is_refused(name: str, value: str) -> None:
    with pytest.raises(WebhookRefusedError):
        receive(BODY, signed() | {name: value})

    assert not ProviderEvent.objects.exists()


def test_one_good_signature_among_several_is_enough() -> None:
    headers = signed()
    headers["webhook-signature"] = f"v1,AAAA {headers['webhook-signature']}"

    assert receive(BODY, headers)


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"type": 1, "data": {"ref": 2}}', b"\xff"])
def test_signed_nonsense_is_refused(raw: bytes) -> None:
    headers = signed() if raw == b"\xff" else signed(raw)

    with pytest.raises(WebhookRefusedError):
        receive(raw, headers)


def test_card_number_in_a_webhook_is_not_kept() -> None:
    body = json.loads(BODY) | {"note": "4111 1111 1111 1111"}
    raw = json.dumps(body).encode()

    with pytest.raises(rules.CardNumberRefusedError):
        receive(raw, signed(raw))

    assert not ProviderEvent.objects.exists()


def test_event_of_another_shop_is_kept_and_left_alone() -> None:
    receive(BODY, signed())

    applied = services.apply_waiting(now=NOON)

    assert applied == 1
    event = ProviderEvent.objects.get()
    assert event.applied_at == NOON
    assert event.last_error == "not a payment of this shop"


def test_event_is_applied_once() -> None:
    begun = payments.begun_payment()
    sandbox.deliver_due(
        now=NOON + MINUTE, send=lambda raw, headers: payments.hear(raw, headers, now=NOON + MINUTE)
    )
    event = ProviderEvent.objects.get()

    first = services.apply_event(event_id=event.id, now=NOON + MINUTE)
    again = services.apply_event(event_id=event.id, now=NOON + 2 * MINUTE)

    assert (first, again) == (True, False)
    assert queries.payment_row(begun.id).state is PaymentState.AUTHORISED
    with pytest.raises(NotFoundError):
        services.apply_event(event_id=uuid4(), now=NOON)


def test_receiving_alone_moves_nothing() -> None:
    begun = payments.begun_payment()

    sandbox.deliver_due(
        now=NOON + MINUTE, send=lambda raw, headers: payments.hear(raw, headers, now=NOON + MINUTE)
    )

    assert queries.payment_row(begun.id).state is PaymentState.CREATED


def test_delivery_that_fails_is_tried_again_later() -> None:
    payments.begun_payment()
    taken: list[bytes] = []

    def broken(raw: bytes, headers: dict[str, str]) -> None:
        assert headers["webhook-id"]
        raise ConnectionError(raw)

    now = NOON + MINUTE
    assert sandbox.deliver_due(now=now, send=broken) == 0
    event = SandboxEvent.objects.get()
    assert event.delivered_at is None
    assert "ConnectionError" in event.last_error
    assert sandbox.deliver_due(now=now, send=lambda raw, _: taken.append(raw)) == 0
    assert sandbox.deliver_due(now=now + 10 * MINUTE, send=lambda raw, _: taken.append(raw)) == 1
    assert len(taken) == 1
    assert sandbox.deliver_due(now=now + 20 * MINUTE, send=lambda raw, _: taken.append(raw)) == 0


def test_nothing_is_delivered_before_it_is_due() -> None:
    payments.begun_payment()

    assert sandbox.deliver_due(now=NOON, send=payments.hear) == 0
