"""The sandbox provider's post: signed events, delivered when due and again until they are taken."""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from standardwebhooks.webhooks import Webhook

from bandstand.payments.gateways.port import ProviderNotice, WebhookRefusedError
from bandstand.payments.gateways.sandbox_chaos import Chaos
from bandstand.payments.models import SandboxEvent
from bandstand.plumbing import jobs

Letter = tuple[bytes, dict[str, str]]
Send = Callable[[bytes, dict[str, str]], None]
SendPage = Callable[[list[Letter]], object]
PAGE: Final = 1_000
TOLERANCE: Final = timedelta(minutes=5)
"""Source: Standard Webhooks specification 1.0.0, "Verifying webhooks": five minutes."""
FORGERS_SECRET: Final = "whsec_bm90LW91ci1zZWNyZXQtYXQtYWxs"  # noqa: S105 -- the forger's, and no secret
LEASE: Final = timedelta(seconds=60)
BACKOFF_MAX: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Told:
    """Something that the sandbox will tell of a payment, and when."""

    event_id: str
    kind: str
    ref: str
    due_at: datetime

    @property
    def body(self) -> str:
        """What is signed and sent."""
        told = {"ref": self.ref}
        made = self.due_at.isoformat()
        return json.dumps({"id": self.event_id, "type": self.kind, "created": made, "data": told})


def announce(*told: Told, chaos: Chaos) -> None:
    """
    Post events for delivery; chaos may make one late or double, or forge its first signature.

    One job delivers what falls due in the same second.
    """
    rows = [
        SandboxEvent(
            event_id=one.event_id,
            body=one.body,
            due_at=one.due_at + delay,
            is_forged=chaos.is_forged_first(one.event_id),
        )
        for one in told
        for delay in chaos.delivery_delays(one.event_id)
    ]
    SandboxEvent.objects.bulk_create(rows)
    last_of: dict[datetime, datetime] = {}
    for row in rows:
        second = row.due_at.replace(microsecond=0)
        last_of[second] = max(row.due_at, last_of.get(second, row.due_at))
    for due_at in last_of.values():
        jobs.defer("bandstand.payments.tasks.deliver_sandbox_events", due_at=due_at.isoformat())


def deliver_due(
    *, secret: str, now: datetime, send: Send, send_page: SendPage | None = None
) -> int:
    """
    Deliver every event that is due, oldest first; return how many were taken.

    Events are leased, not locked, while they are sent: their receiver may write to the same tables.
    A receiver that takes pages gets them whole; a page it refuses is sent again one by one.
    """
    taken = 0
    while leased := _lease(now=now):
        whole = [event for event in leased if not event.is_forged]
        done = _deliver_page(whole, secret=secret, now=now, send_page=send_page)
        rest = leased if not done else [event for event in leased if event.is_forged]
        done += [one.pk for one in rest if _deliver(one, secret=secret, now=now, send=send)]
        SandboxEvent.objects.filter(pk__in=done).update(delivered_at=now, last_error="")
        taken += len(done)
    return taken


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


@transaction.atomic
def _lease(*, now: datetime) -> list[SandboxEvent]:
    """Take a page of events that are due for a while. Lock: skips what another postman has."""
    waiting = SandboxEvent.objects.select_for_update(skip_locked=True)
    due = list(waiting.filter(delivered_at=None, due_at__lte=now).order_by("due_at", "id")[:PAGE])
    mine = SandboxEvent.objects.filter(pk__in=[event.pk for event in due])
    mine.update(due_at=now + LEASE, attempts=F("attempts") + 1)
    return due


def _deliver_page(
    events: list[SandboxEvent], *, secret: str, now: datetime, send_page: SendPage | None
) -> list[UUID]:
    """Send events as one page; return those that were taken: all of them, or none."""
    if send_page is None or not events:
        return []
    try:
        send_page([_letter(event, secret=secret, now=now) for event in events])
    except Exception:  # noqa: BLE001 -- whatever went wrong at the receiver, they are sent singly
        return []
    return [event.pk for event in events]


def _letter(event: SandboxEvent, *, secret: str, now: datetime) -> Letter:
    raw = event.body.encode()
    return raw, sign(raw, event_id=event.event_id, secret=secret, now=now)


def _deliver(event: SandboxEvent, *, secret: str, now: datetime, send: Send) -> bool:
    """Send one event that was leased; one that is not taken comes again later."""
    if event.is_forged:
        _forge(event, event.body.encode(), now=now, send=send)
        return False
    try:
        send(*_letter(event, secret=secret, now=now))
    except Exception as error:  # noqa: BLE001 -- whatever went wrong at the receiver, it is sent again
        wait = min(LEASE * 2**event.attempts, BACKOFF_MAX)
        SandboxEvent.objects.filter(pk=event.pk).update(
            due_at=now + wait, last_error=repr(error)[:300]
        )
        return False
    return True


def _forge(event: SandboxEvent, raw: bytes, *, now: datetime, send: Send) -> None:
    """Deliver an event with a signature that is not ours; the right one follows at once."""
    try:
        send(raw, sign(raw, event_id=event.event_id, secret=FORGERS_SECRET, now=now))
        said = "a broken signature was taken"
    except Exception as refused:  # noqa: BLE001 -- however the receiver refuses, it is right to
        said = repr(refused)[:300]
    SandboxEvent.objects.filter(pk=event.pk).update(is_forged=False, due_at=now, last_error=said)
    jobs.defer("bandstand.payments.tasks.deliver_sandbox_events", due_at=now.isoformat())


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
