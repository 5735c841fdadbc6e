import json

import pytest
from django.conf import settings
from django.test import Client

from bandstand.payments.gateways.sandbox_events import sign
from bandstand.payments.models import ProviderEvent
from bandstand.plumbing import clock

BODY = json.dumps({"id": "evt_1", "type": "payment.authorised", "data": {"ref": "sbx_1"}}).encode()


def signed(raw: bytes) -> dict[str, str]:
    headers = sign(raw, event_id="evt_1", secret=settings.SANDBOX_WEBHOOK_SECRET, now=clock.now())
    return {name: value for name, value in headers.items() if name != "content-type"}


def send(
    raw: bytes, headers: dict[str, str], *, gateway: str = "sandbox"
) -> tuple[int, dict[str, object]]:
    answer = Client(enforce_csrf_checks=True).post(
        f"/webhooks/payments/{gateway}", raw, content_type="application/json", headers=headers
    )
    return answer.status_code, json.loads(answer.content)


@pytest.mark.django_db
def test_signed_event_is_kept_once_and_taken_twice() -> None:
    first, second = send(BODY, signed(BODY)), send(BODY, signed(BODY))

    assert first == (202, {"new": True})
    assert second == (202, {"new": False})
    assert ProviderEvent.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("raw", "headers", "gateway", "status"),
    [
        (BODY + b" ", signed(BODY), "sandbox", 400),
        (BODY, {}, "sandbox", 400),
        (b"[]", signed(b"[]"), "sandbox", 400),
        (b"\xff", {"webhook-timestamp": "1"}, "sandbox", 400),
        (BODY, signed(BODY), "sandbax", 404),
    ],
)
def test_what_the_provider_did_not_sign_is_refused_and_not_kept(
    raw: bytes, headers: dict[str, str], gateway: str, status: int
) -> None:
    answered, problem = send(raw, headers, gateway=gateway)

    assert answered == status
    assert problem["status"] == status
    assert problem["detail"]
    assert not ProviderEvent.objects.exists()


@pytest.mark.django_db
def test_webhook_takes_only_post() -> None:
    assert Client().get("/webhooks/payments/sandbox").status_code == 405


def test_keys_are_public_and_hold_no_private_part() -> None:
    answer = Client().get("/.well-known/jwks.json")

    key = json.loads(answer.content)["keys"][0]
    assert key["crv"] == "Ed25519"
    assert "d" not in key
    assert "public" in answer["Cache-Control"]
