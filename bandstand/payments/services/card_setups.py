"""
Saving a card without a charge, on the provider's page.

As with money, the row is written before the call, and what became of it is learnt by asking.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from bandstand.payments import gateways, rules
from bandstand.payments.gateways.port import (
    GatewayBusyError,
    GatewayRefusedError,
    GatewaySilentError,
    SetupOrder,
)
from bandstand.payments.models import CardSetup
from bandstand.payments.queries.cards import SetupRow, customer_of, setup_row
from bandstand.payments.rules.cards import CardOwner, SetupState
from bandstand.payments.rules.reports import SetupAnswer
from bandstand.payments.services.saved_cards import keep_card
from bandstand.plumbing.locks import lock

OPEN: Final = (SetupState.WRITTEN.value, SetupState.ASKED.value)
PAGE_LIVES: Final = timedelta(hours=23)
"""
How long a provider's page is led to again.

Source: Stripe, Checkout Session, ``expires_at``: 24 hours by default (known 2026-11-22, not
re-read).
"""
LEFT_AFTER: Final = timedelta(minutes=2)

logger = structlog.get_logger(__name__)


def begin_setup(
    *,
    purpose: str,
    owner: CardOwner,
    currency: str,
    return_url: str,
    metadata: Mapping[str, str],
    now: datetime,
) -> SetupRow:
    """
    Begin to save a card on the provider's page; the outcome comes by webhook.

    The same purpose is the same setup while its page is open. The row is written before the
    gateway is called, and the call is made outside any transaction.
    Raises: CardNumberRefusedError; GatewayRefusedError; GatewaySilentError or GatewayBusyError if
        no page came: begin again.
    """
    for where, text in (("return address", return_url), ("purpose", purpose)):
        rules.require_no_card_number(where=where, text=text)
    rules.require_no_card_numbers(metadata)
    setup = _write(purpose=purpose, owner=owner, return_url=return_url, now=now)
    if setup.action_url and now - setup.begun_at < PAGE_LIVES:
        return setup_row(setup.id)
    order = SetupOrder(
        key=setup.key,
        currency=currency,
        return_url=setup.return_url,
        customer=customer_of(owner.key, gateway=setup.gateway),
        metadata=dict(metadata),
    )
    try:
        answer = gateways.gateway(setup.gateway).begin_setup(order, now=now)
    except GatewayRefusedError as refused:
        _close(setup.id, failure=refused.code, now=now)
        raise
    record_setup(setup.id, answer, now=now)
    return setup_row(setup.id)


def hear_setup(*, gateway_name: str, ref: str, now: datetime) -> bool:
    """
    Catch up with the provider if a reference is a setup's; return whether it is.

    Raises: GatewaySilentError if the provider does not answer.
    """
    setup = CardSetup.objects.filter(gateway=gateway_name, provider_ref=ref).first()
    if setup is None or not ref:
        return False
    if setup.state in OPEN:
        answer = gateways.gateway(gateway_name).look_up_setup(ref=ref, now=now)
        if answer is not None:
            record_setup(setup.id, answer, now=now)
    return True


def setup_refs(refs: Iterable[str]) -> frozenset[str]:
    """Return those of a provider's references that are setups'."""
    wanted = {ref for ref in refs if ref}
    found = CardSetup.objects.filter(provider_ref__in=wanted)
    return frozenset(found.values_list("provider_ref", flat=True))


def resolve_setups(*, now: datetime, limit: int = 200) -> int:
    """Ask after setups whose news may be lost; close those whose page is gone; return how many."""
    left = CardSetup.objects.filter(state__in=OPEN, begun_at__lte=now - LEFT_AFTER)
    rows = list(left.order_by("begun_at", "id")[:limit])
    for setup in rows:
        try:
            _resolve(setup, now=now)
        except (GatewaySilentError, GatewayBusyError):
            logger.warning("payments.setup_not_answered", setup_id=str(setup.id))
    return len(rows)


@transaction.atomic
def record_setup(setup_id: UUID, answer: SetupAnswer, *, now: datetime) -> None:
    """
    Catch up with the provider's book on a setup; late and repeated news changes nothing.

    Lock: takes the setup's row.
    """
    setup = CardSetup.objects.select_for_update().get(pk=setup_id)
    if setup.state not in OPEN or setup.key != answer.key:
        return
    setup.state = answer.state.value
    setup.provider_ref = answer.ref
    setup.action_url = answer.action_url
    setup.failure = answer.failure[:60]
    if answer.state is SetupState.SUCCEEDED and answer.card is not None:
        owner = CardOwner(key=setup.owner, email=setup.owner_email)
        setup.card = keep_card(
            answer.card, gateway=setup.gateway, owner=owner, purpose=setup.purpose, now=now
        )
    if answer.state in {SetupState.SUCCEEDED, SetupState.FAILED}:
        setup.ended_at = now
    setup.save(update_fields=["state", "provider_ref", "action_url", "failure", "card", "ended_at"])


# Durable: a transaction around it would undo the row after the page was asked for.
@transaction.atomic(durable=True)
def _write(*, purpose: str, owner: CardOwner, return_url: str, now: datetime) -> CardSetup:
    lock(f"setup:{purpose}")
    setups = CardSetup.objects.filter(purpose=purpose)
    under_way = setups.filter(state__in=OPEN).first()
    if under_way is not None and now - under_way.begun_at < PAGE_LIVES:
        return under_way
    if under_way is not None:
        _close(under_way.id, failure="checkout_expired", now=now)
    return CardSetup.objects.create(
        key=f"setup:{purpose}:{setups.count() + 1}",
        purpose=purpose,
        gateway=gateways.default_name(),
        owner=owner.key,
        owner_email=owner.email,
        state=SetupState.WRITTEN.value,
        return_url=return_url,
        begun_at=now,
    )


def _resolve(setup: CardSetup, *, now: datetime) -> None:
    gateway = gateways.gateway(setup.gateway)
    answer = gateway.look_up_setup(ref=setup.provider_ref, key=setup.key, now=now)
    if answer is not None:
        record_setup(setup.id, answer, now=now)
    elif now - setup.begun_at >= PAGE_LIVES:
        _close(setup.id, failure="checkout_expired", now=now)


def _close(setup_id: UUID, *, failure: str, now: datetime) -> None:
    CardSetup.objects.filter(pk=setup_id, state__in=OPEN).update(
        state=SetupState.FAILED.value, failure=failure[:60], action_url="", ended_at=now
    )
