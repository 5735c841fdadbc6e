"""Hearing from providers: keep the event once, answer, then read their book and catch up."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from bandstand.kernel.errors import NotFoundError
from bandstand.payments import gateways, rules
from bandstand.payments.gateways.port import ProviderNotice
from bandstand.payments.models import MoneyCommand, ProviderEvent
from bandstand.payments.rules import CommandKind, GatewayAnswer
from bandstand.payments.services import record
from bandstand.payments.services.card_setups import hear_setup
from bandstand.plumbing import jobs

logger = structlog.get_logger(__name__)

APPLY = "bandstand.payments.tasks.apply_event"
APPLY_WAITING = "bandstand.payments.tasks.apply_waiting"
FOREIGN = "not a payment of this shop"


def receive_webhook(
    *, gateway_name: str, raw: bytes, headers: Mapping[str, str], now: datetime
) -> bool:
    """
    Keep a provider's signed event and queue it; return whether it is new. Nothing moves yet.

    Raises: WebhookRefusedError if it is not signed by the provider; CardNumberRefusedError;
        UnknownGatewayError.
    """
    return bool(receive_webhooks(gateway_name=gateway_name, letters=[(raw, headers)], now=now))


def receive_webhooks(
    *, gateway_name: str, letters: Sequence[tuple[bytes, Mapping[str, str]]], now: datetime
) -> int:
    """
    Keep many signed events, all of them or none, and queue them; return how many are new.

    Raises: as ``receive_webhook``, for the first that is refused.
    """
    gateway = gateways.gateway(gateway_name)
    notices = [gateway.verify_webhook(raw, headers, now=now) for raw, headers in letters]
    # What is kept is looked through; a provider's own body may hold long numbers that are no cards.
    for notice in notices:
        rules.require_no_card_number(where="webhook", text=json.dumps(notice.payload))
    return len(_keep(gateway_name, notices, now=now))


@transaction.atomic
def _keep(gateway_name: str, notices: Sequence[ProviderNotice], *, now: datetime) -> list[UUID]:
    """Write events that are not kept yet, and the job that applies them; return the new ones."""
    rows = {
        notice.event_id: ProviderEvent(
            gateway=gateway_name,
            event_id=notice.event_id,
            kind=notice.kind[:60],
            payload={"ref": notice.ref, "body": notice.payload},
            received_at=now,
        )
        # In one order everywhere, so that two pages that share events wait and never deadlock.
        for notice in sorted(notices, key=lambda one: one.event_id)
    }
    ProviderEvent.objects.bulk_create(rows.values(), ignore_conflicts=True)
    made = ProviderEvent.objects.filter(pk__in=[row.pk for row in rows.values()])
    new = list(made.values_list("id", flat=True))
    if len(new) == 1:
        jobs.defer(APPLY, event_id=str(new[0]))
    elif new:
        jobs.defer(APPLY_WAITING)
    return new


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
    if hear_setup(gateway_name=event.gateway, ref=event.payload["ref"], now=now):
        ProviderEvent.objects.filter(pk=event_id).update(applied_at=now, last_error="")
        return True
    answer = gateways.gateway(event.gateway).look_up(ref=event.payload["ref"], now=now)
    return _apply(event, answer, now=now)


@transaction.atomic
def _apply(event: ProviderEvent, answer: GatewayAnswer | None, *, now: datetime) -> bool:
    attempt = _attempt(event.gateway, answer)
    if attempt is not None and answer is not None:
        payment = record.locked_payment(attempt.payment_id)
        record.record_answer(payment, answer, because=f"event {event.event_id}", now=now)
    else:
        # Another shop may share the provider's account; its events are kept and left alone.
        event.last_error = FOREIGN
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
