"""Hearing from providers: keep the event once, answer, then read their book and catch up."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from bandstand.kernel.errors import NotFoundError
from bandstand.payments import gateways, rules
from bandstand.payments.gateways.port import GatewaySilentError
from bandstand.payments.models import MoneyCommand, ProviderEvent
from bandstand.payments.rules import CommandKind, GatewayAnswer
from bandstand.payments.services import record
from bandstand.plumbing import jobs

logger = structlog.get_logger(__name__)

APPLY = "bandstand.payments.tasks.apply_event"


def receive_webhook(
    *, gateway_name: str, raw: bytes, headers: Mapping[str, str], now: datetime
) -> bool:
    """
    Keep a provider's signed event and queue it; return whether it is new. Nothing moves yet.

    Raises: WebhookRefusedError if it is not signed by the provider; CardNumberRefusedError;
        UnknownGatewayError.
    """
    notice = gateways.gateway(gateway_name).verify_webhook(raw, headers, now=now)
    # What is kept is looked through; a provider's own body may hold long numbers that are no cards.
    rules.require_no_card_number(where="webhook", text=json.dumps(notice.payload))
    with transaction.atomic():
        event, is_new = ProviderEvent.objects.get_or_create(
            gateway=gateway_name,
            event_id=notice.event_id,
            defaults={
                "kind": notice.kind[:60],
                "payload": {"ref": notice.ref, "body": notice.payload},
                "received_at": now,
            },
        )
        if is_new:
            jobs.defer(APPLY, event_id=str(event.id))
    return is_new


def apply_event(*, event_id: UUID, now: datetime) -> bool:
    """
    Ask the provider what is true now and catch up with it; return whether this call did it.

    The event itself is only a knock on the door, so late, double and reordered ones do no harm.
    Raises: NotFoundError; GatewaySilentError if the provider does not answer.
    """
    event = ProviderEvent.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFoundError("There is no provider event by that id.", event_id=str(event_id))
    if event.applied_at is not None:
        return False
    answer = gateways.gateway(event.gateway).look_up(ref=event.payload["ref"], now=now)
    return _apply(event, answer, now=now)


def apply_waiting(*, now: datetime, limit: int = 1000) -> int:
    """
    Apply every event that waits, oldest first; return how many were applied.

    One whose provider does not answer is left for the next sweep.
    """
    waiting = ProviderEvent.objects.filter(applied_at=None).order_by("received_at", "id")
    ids = list(waiting.values_list("id", flat=True)[:limit])
    return sum(_apply_or_leave(event_id, now=now) for event_id in ids)


def _apply_or_leave(event_id: UUID, *, now: datetime) -> bool:
    try:
        return apply_event(event_id=event_id, now=now)
    except GatewaySilentError as silent:
        ProviderEvent.objects.filter(pk=event_id).update(last_error=silent.message[:300])
        return False


@transaction.atomic
def _apply(event: ProviderEvent, answer: GatewayAnswer | None, *, now: datetime) -> bool:
    attempt = _attempt(event.gateway, answer)
    if attempt is not None and answer is not None:
        payment = record.locked_payment(attempt.payment_id)
        record.record_answer(payment, answer, because=f"event {event.event_id}", now=now)
    else:
        # Another shop may share the provider's account; its events are kept and left alone.
        event.last_error = "not a payment of this shop"
        logger.warning("payments.foreign_event", event_id=event.event_id)
    event.applied_at = now
    event.save(update_fields=["applied_at", "last_error"])
    return True


def _attempt(gateway_name: str, answer: GatewayAnswer | None) -> MoneyCommand | None:
    if answer is None:
        return None
    return MoneyCommand.objects.filter(
        key=answer.key, kind=CommandKind.AUTHORISE.value, payment__gateway=gateway_name
    ).first()
