"""The post of the sandbox of payouts: signed events, delivered when due and until taken."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F

from bandstand.kernel.canonical import sha256_hex
from bandstand.payments.gateways.sandbox_chaos import Chaos
from bandstand.payments.gateways.sandbox_events import sign
from bandstand.payouts.models import SandboxPayoutEvent
from bandstand.plumbing import jobs

Send = Callable[[bytes, dict[str, str]], None]
DELIVER: Final = "bandstand.payouts.tasks.deliver_sandbox_events"
LEASE: Final = timedelta(seconds=60)
BACKOFF_MAX: Final = timedelta(minutes=10)


def announce(*, kind: str, ref: str, due_at: datetime, chaos: Chaos) -> None:
    """Post an event for delivery; chaos may make it late or double."""
    event_id = f"evt_{sha256_hex({'kind': kind, 'ref': ref})[:24]}"
    body = json.dumps(
        {"id": event_id, "type": kind, "created": due_at.isoformat(), "data": {"ref": ref}}
    )
    for delay in chaos.delivery_delays(event_id):
        SandboxPayoutEvent.objects.create(event_id=event_id, body=body, due_at=due_at + delay)
        jobs.defer(DELIVER, at=due_at + delay)


def deliver_due(*, secret: str, now: datetime, send: Send) -> int:
    """
    Deliver every event that is due, oldest first; return how many were taken.

    The event is leased, not locked, while it is sent: its receiver may write to the same tables.
    """
    due = SandboxPayoutEvent.objects.filter(delivered_at=None, due_at__lte=now)
    rows = list(due.order_by("due_at", "id"))
    return sum(_deliver(event, secret=secret, now=now, send=send) for event in rows)


def _deliver(event: SandboxPayoutEvent, *, secret: str, now: datetime, send: Send) -> bool:
    mine = SandboxPayoutEvent.objects.filter(pk=event.pk, delivered_at=None, due_at=event.due_at)
    if not mine.update(due_at=now + LEASE, attempts=F("attempts") + 1):
        return False
    raw = event.body.encode()
    try:
        send(raw, sign(raw, event_id=event.event_id, secret=secret, now=now))
    except Exception as error:  # noqa: BLE001 -- whatever went wrong at the receiver, it is sent again
        wait = min(LEASE * 2**event.attempts, BACKOFF_MAX)
        SandboxPayoutEvent.objects.filter(pk=event.pk).update(
            due_at=now + wait, last_error=repr(error)[:300]
        )
        return False
    SandboxPayoutEvent.objects.filter(pk=event.pk).update(delivered_at=now, last_error="")
    return True
