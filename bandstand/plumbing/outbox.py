"""
The outbox: what happened is written in the transaction that made it happen, and told afterwards.

A room emits an event it defines in its own ``events.py``; ``config.wiring`` says who hears it.
Delivery is at least once and each handler is idempotent. Handlers run in one transaction with the
mark that the event was delivered, so they write rows and defer jobs, and never call the network.

Whoever hears by the page gets many events of a kind at once, in one transaction. A page that fails
is told again one by one, so that one bad event does not keep the others back.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Protocol
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, QuerySet

from bandstand.plumbing import jobs
from bandstand.plumbing.models import OutboxEvent

logger = structlog.get_logger(__name__)
DELIVER_ONE: Final = "bandstand.plumbing.tasks.deliver_event"
DELIVER_WAITING: Final = "bandstand.plumbing.tasks.deliver_waiting"
PAGE: Final = 1000


class Event(Protocol):
    """A frozen dataclass of plain JSON values with a dotted ``KIND``."""

    KIND: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


Handler = Callable[[Any, datetime], None]
PageHandler = Callable[[Sequence[Any], datetime], None]
Concern = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class _Listener:
    handler: Handler | PageHandler
    tell_page: PageHandler
    hears_pages: bool
    about: Concern | None

    def concerns(self, event: Event) -> bool:
        return self.about is None or self.about(event)

    def tell(self, events: Sequence[Event], *, now: datetime) -> None:
        mine = [event for event in events if self.concerns(event)]
        if mine:
            self.tell_page(mine, now)


_heard: dict[str, tuple[type[Any], list[_Listener]]] = {}


def listen(event_type: type[Event], handler: Handler, *, about: Concern | None = None) -> None:
    """
    Have a handler called with every event of a type and the instant of delivery.

    ``about`` leaves out events that it says are not the handler's.
    """

    def tell_each(events: Sequence[Any], now: datetime) -> None:
        for event in events:
            handler(event, now)

    _listen(event_type, _Listener(handler, tell_each, hears_pages=False, about=about))


def listen_many(
    event_type: type[Event], handler: PageHandler, *, about: Concern | None = None
) -> None:
    """
    Have a handler called with many events of a type at once, in one transaction.

    An event that somebody else hears one by one is told to it alone.
    """
    _listen(event_type, _Listener(handler, handler, hears_pages=True, about=about))


def emit(event: Event, *, now: datetime) -> UUID:
    """Write an event, and the job that delivers it, in the caller's transaction."""
    row = OutboxEvent.objects.create(kind=event.KIND, payload=asdict(event), emitted_at=now)
    jobs.defer(DELIVER_ONE, event_id=str(row.id))
    return row.id


def emit_many(events: Sequence[Event], *, now: datetime) -> None:
    """Write events, and one job that delivers them all, in the caller's transaction."""
    if len(events) == 1:
        emit(events[0], now=now)
    elif events:
        OutboxEvent.objects.bulk_create(
            OutboxEvent(kind=event.KIND, payload=asdict(event), emitted_at=now) for event in events
        )
        jobs.defer(DELIVER_WAITING)


def deliver(event_id: UUID, *, now: datetime) -> bool:
    """
    Deliver one event to everyone who hears it; return whether this call did it.

    Lock: takes the event's row, skipping it if another worker has it.
    """
    try:
        return bool(_deliver_page([event_id], now=now))
    except Exception as error:
        _note_failure(event_id, error)
        raise


def deliver_waiting(*, now: datetime, limit: int = PAGE) -> int:
    """
    Deliver events that wait, oldest first; return how many were delivered.

    Events that failed before come after all others. If any fails, the others are delivered all the
    same and the first failure is raised at the end.
    Lock: takes the events' rows, skipping those that another worker has.
    """
    told, failures = 0, list[Exception]()
    for page in _pages(_waiting(limit)):
        told += _deliver_or_split(page, now=now, failures=failures)
    if failures:
        raise failures[0]
    return told


def _listen(event_type: type[Event], listener: _Listener) -> None:
    _, listeners = _heard.setdefault(event_type.KIND, (event_type, []))
    if listener.handler not in [one.handler for one in listeners]:
        listeners.append(listener)


def _waiting(limit: int) -> list[OutboxEvent]:
    waiting = OutboxEvent.objects.filter(delivered_at=None).order_by("emitted_at", "id")
    fresh = list(waiting.filter(attempts=0)[:limit])
    return fresh + list(waiting.filter(attempts__gt=0)[: limit - len(fresh)])


def _pages(rows: Iterable[OutboxEvent]) -> list[list[UUID]]:
    """Return what is told in one transaction each: pages of a kind, and events of their own."""
    pages: dict[str, list[UUID]] = defaultdict(list)
    alone: list[list[UUID]] = []
    for row in rows:
        if _is_for_pages(row) and not row.attempts:
            pages[row.kind].append(row.id)
        else:
            alone.append([row.id])
    return [*pages.values(), *alone]


def _is_for_pages(row: OutboxEvent) -> bool:
    event_type, listeners = _heard.get(row.kind, (None, []))
    if event_type is None:
        return True
    event = event_type(**row.payload)
    return all(one.hears_pages for one in listeners if one.concerns(event))


def _deliver_or_split(page: list[UUID], *, now: datetime, failures: list[Exception]) -> int:
    try:
        return _deliver_page(page, now=now)
    except Exception as error:
        if len(page) == 1:
            _note_failure(page[0], error)
            failures.append(error)
            return 0
        logger.warning("outbox.page_failed", events=len(page), exc_info=error)
        return sum(_deliver_or_split([one], now=now, failures=failures) for one in page)


@transaction.atomic
def _deliver_page(ids: Sequence[UUID], *, now: datetime) -> int:
    """Deliver events of one kind in one transaction with the mark that they were delivered."""
    rows = list(_free(ids).order_by("emitted_at", "id"))
    if not rows:
        return 0
    event_type, listeners = _heard.get(rows[0].kind, (None, []))
    events = [event_type(**row.payload) for row in rows] if event_type is not None else []
    for listener in listeners:
        listener.tell(events, now=now)
    OutboxEvent.objects.filter(pk__in=[row.pk for row in rows]).update(delivered_at=now)
    return len(rows)


def _free(ids: Sequence[UUID]) -> QuerySet[OutboxEvent]:
    rows = OutboxEvent.objects.select_for_update(skip_locked=True)
    return rows.filter(pk__in=ids, delivered_at=None)


def _note_failure(event_id: UUID, error: Exception) -> None:
    OutboxEvent.objects.filter(pk=event_id).update(
        attempts=F("attempts") + 1, last_error=repr(error)[:500]
    )
    logger.error("outbox.delivery_failed", event_id=str(event_id), exc_info=error)
