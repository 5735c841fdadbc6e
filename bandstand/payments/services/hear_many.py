"""
Catching up with providers by the page: ask for many payments, then write down all that is news.

Events are leased while their provider is asked, so that two workers share the work; a worker that
is killed leaves its events to whoever comes after the lease.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from bandstand.kernel.errors import DomainError
from bandstand.payments import gateways
from bandstand.payments.gateways import many
from bandstand.payments.models import MoneyCommand, ProviderEvent
from bandstand.payments.rules import CommandKind, GatewayAnswer
from bandstand.payments.services import record
from bandstand.payments.services.card_setups import setup_refs
from bandstand.payments.services.hear import FOREIGN, apply_event
from bandstand.payments.services.record import News

logger = structlog.get_logger(__name__)
PAGE: Final = 1000
LEASE: Final = timedelta(seconds=30)
Answers = Mapping[str, many.Outcome | None]


def apply_waiting(*, now: datetime, limit: int = PAGE) -> int:
    """
    Apply events that wait, oldest first; return how many were applied.

    One whose provider does not answer, or that cannot be written down, says so and is left for the
    next sweep; it does not keep the others back.
    """
    leased = _take(now=now, limit=limit)
    of_setups = setup_refs(event.payload["ref"] for event in leased)
    single = [event.id for event in leased if event.payload["ref"] in of_setups]
    applied = sum(_apply_or_leave(event_id, now=now) for event_id in single)
    others = (event for event in leased if event.payload["ref"] not in of_setups)
    taken = sorted(others, key=lambda event: event.gateway)
    for name, group in groupby(taken, key=lambda event: event.gateway):
        events = list(group)
        refs = sorted({event.payload["ref"] for event in events})
        found = many.look_up_refs(gateways.gateway(name), refs, now=now)
        applied += _apply_page(events, dict(zip(refs, found, strict=True)), now=now)
    return applied


@transaction.atomic
def _take(*, now: datetime, limit: int) -> list[ProviderEvent]:
    """Lease a page of events, those that never failed first. Lock: skips what others have."""
    free = ProviderEvent.objects.select_for_update(skip_locked=True).filter(
        Q(taken_at=None) | Q(taken_at__lte=now - LEASE), applied_at=None
    )
    oldest = free.order_by("received_at", "id")
    taken = list(oldest.filter(last_error="")[:limit])
    taken += list(oldest.exclude(last_error="")[: limit - len(taken)])
    ProviderEvent.objects.filter(pk__in=[one.pk for one in taken]).update(taken_at=now)
    return taken


def _apply_page(events: Sequence[ProviderEvent], answers: Answers, *, now: datetime) -> int:
    known = [event for event in events if not isinstance(answers[event.payload["ref"]], Exception)]
    for event in events:
        silent = answers[event.payload["ref"]]
        if isinstance(silent, Exception):
            _leave(event.id, silent)
    try:
        return _apply_together(known, answers, now=now)
    except Exception:
        logger.exception("payments.page_of_events_failed", events=len(known))
        return sum(_apply_or_leave(event.id, now=now) for event in known)


@transaction.atomic
def _apply_together(events: Sequence[ProviderEvent], answers: Answers, *, now: datetime) -> int:
    """Catch up with a provider's book. Lock: takes the payments' rows, in id order."""
    by_ref = {ref: one for ref, one in answers.items() if isinstance(one, GatewayAnswer)}
    owners = _owners(events[0].gateway if events else "", [one.key for one in by_ref.values()])
    payments = record.locked_payments(owners.values())
    told: dict[str, News] = {}
    for event in events:
        answer = by_ref.get(event.payload["ref"])
        owner = None if answer is None else owners.get(answer.key)
        if answer is None or owner is None:
            # Another shop may share the provider's account; its events are kept and left alone.
            event.last_error = FOREIGN
            logger.warning("payments.foreign_event", event_id=event.event_id)
        else:
            told.setdefault(answer.ref, News(payments[owner], answer, f"event {event.event_id}"))
    record.record_answers(list(told.values()), now=now)
    _close(events, now=now)
    return len(events)


def _owners(gateway_name: str, keys: Sequence[str]) -> dict[str, UUID]:
    """Return the payments that authorisations were asked for, by the key of the command."""
    attempts = MoneyCommand.objects.filter(
        key__in=keys, kind=CommandKind.AUTHORISE.value, payment__gateway=gateway_name
    )
    return dict(attempts.values_list("key", "payment_id"))


def _close(events: Sequence[ProviderEvent], *, now: datetime) -> None:
    foreign = [event.pk for event in events if event.last_error == FOREIGN]
    ours = [event.pk for event in events if event.last_error != FOREIGN]
    ProviderEvent.objects.filter(pk__in=foreign).update(applied_at=now, last_error=FOREIGN)
    ProviderEvent.objects.filter(pk__in=ours).update(applied_at=now)


def _apply_or_leave(event_id: UUID, *, now: datetime) -> bool:
    try:
        return apply_event(event_id=event_id, now=now)
    except Exception as error:
        logger.exception("payments.event_failed", event_id=str(event_id))
        _leave(event_id, error)
        return False


def _leave(event_id: UUID, error: Exception) -> None:
    words = error.message if isinstance(error, DomainError) else repr(error)
    ProviderEvent.objects.filter(pk=event_id).update(last_error=words[:300], taken_at=None)
