"""
The outbox: what happened is written in the transaction that made it happen, and told afterwards.

A room emits an event it defines in its own ``events.py``; ``config.wiring`` says who hears it.
Delivery is at least once and each handler is idempotent. Handlers run in one transaction with the
mark that the event was delivered, so they write rows and defer jobs, and never call the network.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

import structlog
from django.db import transaction

from bandstand.plumbing import jobs
from bandstand.plumbing.models import OutboxEvent

logger = structlog.get_logger(__name__)


class Event(Protocol):
    """A frozen dataclass of plain JSON values with a dotted ``KIND``."""

    KIND: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


Handler = Callable[[Any, datetime], None]
_heard: dict[str, tuple[type[Any], list[Handler]]] = {}


def listen(event_type: type[Event], handler: Handler) -> None:
    """Have a handler called with every event of a type and the instant of delivery."""
    _, handlers = _heard.setdefault(event_type.KIND, (event_type, []))
    if handler not in handlers:
        handlers.append(handler)


def emit(event: Event, *, now: datetime) -> UUID:
    """Write an event, and the job that delivers it, in the caller's transaction."""
    row = OutboxEvent.objects.create(kind=event.KIND, payload=asdict(event), emitted_at=now)
    jobs.defer("bandstand.plumbing.tasks.deliver_event", event_id=str(row.id))
    return row.id


def deliver(event_id: UUID, *, now: datetime) -> bool:
    """
    Deliver one event to everyone who hears it; return whether this call did it.

    Lock: takes the event's row, skipping it if another worker has it.
    """
    try:
        with transaction.atomic():
            return _deliver_locked(event_id, now=now)
    except Exception as error:
        _note_failure(event_id, error)
        raise


def deliver_waiting(*, now: datetime, limit: int = 1000) -> int:
    """Deliver every event that still waits, oldest first; return how many were delivered."""
    waiting = OutboxEvent.objects.filter(delivered_at=None).order_by("emitted_at", "id")
    return sum(deliver(row, now=now) for row in list(waiting.values_list("id", flat=True)[:limit]))


def _deliver_locked(event_id: UUID, *, now: datetime) -> bool:
    row = (
        OutboxEvent.objects.select_for_update(skip_locked=True)
        .filter(pk=event_id, delivered_at=None)
        .first()
    )
    if row is None:
        return False
    event_type, handlers = _heard.get(row.kind, (None, []))
    for handler in handlers:
        assert event_type is not None  # noqa: S101 -- there are handlers only where a type listens
        handler(event_type(**row.payload), now)
    row.delivered_at = now
    row.save(update_fields=["delivered_at"])
    return True


def _note_failure(event_id: UUID, error: Exception) -> None:
    row = OutboxEvent.objects.filter(pk=event_id).first()
    if row is not None:
        row.attempts += 1
        row.last_error = repr(error)[:500]
        row.save(update_fields=["attempts", "last_error"])
    logger.error("outbox.delivery_failed", event_id=str(event_id), exc_info=error)
