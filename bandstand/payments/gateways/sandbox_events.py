"""The sandbox provider's post: signed events, delivered when due and again until they are taken."""

import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db.models import F
from standardwebhooks.webhooks import Webhook

from bandstand.payments.gateways.port import ProviderNotice, WebhookRefusedError
from bandstand.payments.gateways.sandbox_chaos import Chaos
from bandstand.payments.models import SandboxEvent
from bandstand.plumbing import jobs

Send = Callable[[bytes, dict[str, str]], None]
TOLERANCE: Final = timedelta(minutes=5)
"""Source: Standard Webhooks specification 1.0.0, "Verifying webhooks": five minutes."""
LEASE: Final = timedelta(seconds=60)
BACKOFF_MAX: Final = timedelta(minutes=10)


def announce(*, event_id: str, kind: str, ref: str, due_at: datetime, chaos: Chaos) -> None:
    """Post an event for delivery; chaos may make it late or double."""
    body = json.dumps(
        {"id": event_id, "type": kind, "created": due_at.isoformat(), "data": {"ref": ref}}
    )
    for delay in chaos.delivery_delays(event_id):
        SandboxEvent.objects.create(event_id=event_id, body=body, due_at=due_at + delay)
        jobs.defer(
            "bandstand.payments.tasks.deliver_sandbox_events", due_at=(due_at + delay).isoformat()
        )


def deliver_due(*, secret: str, now: datetime, send: Send) -> int:
    """
    Deliver every event that is due, oldest first; return how many were taken.

    The event is leased, not locked, while it is sent: its receiver may write to the same tables.
    """
    due = SandboxEvent.objects.filter(delivered_at=None, due_at__lte=now).order_by("due_at", "id")
    return sum(_deliver(event, secret=secret, now=now, send=send) for event in list(due))


def sign(raw: bytes, *, event_id: str, secret: str, now: datetime) -> dict[str, str]:
    """Return the headers that prove a body is the provider's."""
    stamp = now.replace(microsecond=0)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(stamp.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, stamp, raw.decode()),
        "content-type": "application/json",
    }


def verify(raw: bytes, headers: Mapping[str, str], *, secret: str, now: datetime) -> ProviderNotice:
    """
    Return what a signed body says, after checking the signature over its very bytes.

    Raises: WebhookRefusedError.
    Source: Standard Webhooks specification 1.0.0 (read 2026-11-22).
    """
    names = {name.lower(): value for name, value in headers.items()}
    event_id, stamp, signatures = (
        names.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature")
    )
    _require_recent(stamp, now=now)
    expected = _expected(raw, event_id=event_id, stamp=int(stamp), secret=secret)
    if not any(hmac.compare_digest(expected, one.encode()) for one in signatures.split(" ")):
        raise WebhookRefusedError("The webhook is not signed with this shop's secret.")
    payload = _payload(raw)
    return ProviderNotice(
        event_id=event_id, kind=payload["type"], ref=payload["data"]["ref"], payload=payload
    )


def _deliver(event: SandboxEvent, *, secret: str, now: datetime, send: Send) -> bool:
    mine = SandboxEvent.objects.filter(pk=event.pk, delivered_at=None, due_at=event.due_at)
    if not mine.update(due_at=now + LEASE, attempts=F("attempts") + 1):
        return False
    raw = event.body.encode()
    try:
        send(raw, sign(raw, event_id=event.event_id, secret=secret, now=now))
    except Exception as error:  # noqa: BLE001 -- whatever went wrong at the receiver, it is sent again
        wait = min(LEASE * 2**event.attempts, BACKOFF_MAX)
        SandboxEvent.objects.filter(pk=event.pk).update(
            due_at=now + wait, last_error=repr(error)[:300]
        )
        return False
    SandboxEvent.objects.filter(pk=event.pk).update(delivered_at=now, last_error="")
    return True


def _require_recent(stamp: str, *, now: datetime) -> None:
    if not stamp.isdecimal():
        raise WebhookRefusedError("The webhook has no readable webhook-timestamp header.")
    try:
        signed_at = datetime.fromtimestamp(int(stamp), tz=UTC)
    except (OverflowError, ValueError, OSError) as refused:
        raise WebhookRefusedError("The webhook's timestamp is no instant.") from refused
    if abs(now - signed_at) > TOLERANCE:
        raise WebhookRefusedError("The webhook was signed more than five minutes away from now.")


def _expected(raw: bytes, *, event_id: str, stamp: int, secret: str) -> bytes:
    try:
        text = raw.decode()
    except UnicodeDecodeError as refused:
        raise WebhookRefusedError("The webhook's body is not UTF-8.") from refused
    return Webhook(secret).sign(event_id, datetime.fromtimestamp(stamp, tz=UTC), text).encode()


def _payload(raw: bytes) -> dict[str, Any]:
    try:
        payload = json.loads(raw)
        is_known = isinstance(payload["type"], str) and isinstance(payload["data"]["ref"], str)
    except (ValueError, KeyError, TypeError) as refused:
        raise WebhookRefusedError("The webhook's body is not an event of the sandbox.") from refused
    if not is_known:
        raise WebhookRefusedError("The webhook's body is not an event of the sandbox.")
    return dict(payload)
