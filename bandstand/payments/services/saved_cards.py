"""
Saved cards: kept when a payment or a setup saved one, told of when they end, removed when asked.

Only what the provider calls the card is kept, and what its owner knows it by.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from bandstand.credit import services as credit
from bandstand.credit.queries.mandates import plans_charging
from bandstand.payments import events, gateways
from bandstand.payments.gateways.port import GatewayBusyError, GatewaySilentError
from bandstand.payments.models import MoneyCommand, Payment, SavedCard
from bandstand.payments.rules import CommandKind, GatewayAnswer, PaymentState
from bandstand.payments.rules.cards import (
    CardOwner,
    ProviderCard,
    SavedCardNotFoundError,
    card_words,
    is_expiring,
    require_keepable,
)
from bandstand.plumbing import audit, jobs, outbox

FORGET: Final = "bandstand.payments.tasks.forget_card"

logger = structlog.get_logger(__name__)


def keep_card_of(payment: Payment, answer: GatewayAnswer, *, now: datetime) -> None:
    """
    Keep the card that a captured payment saved, if its buyer agreed to it at the time.

    Lock: the caller holds the payment's row.
    """
    if answer.card is None or payment.state != PaymentState.CAPTURED.value:
        return
    asked = MoneyCommand.objects.filter(
        payment=payment, kind=CommandKind.AUTHORISE.value, key=answer.key
    ).first()
    if asked is None or not asked.request.get("saves_card"):
        return
    owner = CardOwner(key=asked.request["card_owner"], email=asked.request["card_email"])
    keep_card(
        answer.card,
        gateway=payment.gateway,
        owner=owner,
        purpose=payment.purpose,
        payment=payment,
        now=now,
    )


def keep_card(
    card: ProviderCard,
    *,
    gateway: str,
    owner: CardOwner,
    purpose: str,
    now: datetime,
    payment: Payment | None = None,
) -> SavedCard:
    """
    Keep a card once, and announce it.

    Raises: CardRefusedError; CardNumberRefusedError.
    """
    require_keepable(card)
    kept, is_new = SavedCard.objects.get_or_create(
        gateway=gateway,
        method_ref=card.method,
        defaults={
            "customer_ref": card.customer,
            "brand": card.brand[:20],
            "last_four": card.last_four,
            "expires_year": card.expires_year,
            "expires_month": card.expires_month,
            "owner": owner.key,
            "owner_email": owner.email,
            "payment": payment,
            "saved_at": now,
        },
    )
    if is_new:
        outbox.emit(events.CardSaved(card_id=str(kept.id), purpose=purpose), now=now)
    return kept


@transaction.atomic
def remove_card(
    *, card_id: UUID, owners: Collection[str], actor: str, now: datetime
) -> tuple[UUID, ...]:
    """
    Remove a saved card; return the plans that are not charged by themselves any more.

    The provider is told by a job, again until it has heard.
    Raises: SavedCardNotFoundError, alike for another owner's card.
    Lock: takes the card's row, then those of the plans, in order.
    """
    found = SavedCard.objects.select_for_update().filter(
        pk=card_id, owner__in=owners, removed_at=None
    )
    card = found.first()
    if card is None:
        raise SavedCardNotFoundError("There is no such saved card; it may be removed already.")
    card.removed_at = now
    card.save(update_fields=["removed_at"])
    plans = plans_charging(card.token)
    for plan_id in plans:
        credit.revoke_mandate(plan_id=plan_id, now=now)
    audit.record(
        actor=actor, action="card.remove", subject=f"card:{card.id}", now=now, card=words_of(card)
    )
    jobs.defer(FORGET, card_id=str(card.id))
    return plans


def forget_card(*, card_id: UUID, now: datetime) -> bool:
    """
    Tell the provider to forget a removed card; return whether it has.

    The call is outside any transaction; one that is not answered is made again by the sweep.
    """
    card = SavedCard.objects.filter(pk=card_id, removed_at__isnull=False, forgotten_at=None).first()
    if card is None:
        return False
    try:
        gateways.gateway(card.gateway).forget_card(
            customer=card.customer_ref, method=card.method_ref, now=now
        )
    except (GatewaySilentError, GatewayBusyError):
        logger.warning("payments.card_not_forgotten", card_id=str(card_id))
        return False
    SavedCard.objects.filter(pk=card_id).update(forgotten_at=now)
    return True


def forget_removed(*, now: datetime, limit: int = 200) -> int:
    """Tell providers of removed cards that they have not heard of; return how many now have."""
    left = SavedCard.objects.filter(removed_at__isnull=False, forgotten_at=None)
    ids = list(left.order_by("removed_at", "id").values_list("id", flat=True)[:limit])
    return sum(forget_card(card_id=card_id, now=now) for card_id in ids)


@transaction.atomic
def tell_expiring(*, now: datetime) -> int:
    """
    Announce the cards that end within a month and are charged for a plan, each once.

    Return how many plans were told of. Lock: takes the cards' rows, passing over locked ones.
    """
    told = 0
    untold = SavedCard.objects.select_for_update(skip_locked=True).filter(
        removed_at=None, told_expiring_at=None, expires_year__lte=now.year + 1
    )
    for card in untold.order_by("id"):
        if not is_expiring(year=card.expires_year, month=card.expires_month, today=now.date()):
            continue
        for plan_id in plans_charging(card.token):
            outbox.emit(
                events.CardExpiring(
                    card_id=str(card.id), plan_id=str(plan_id), words=words_of(card)
                ),
                now=now,
            )
            told += 1
        card.told_expiring_at = now
        card.save(update_fields=["told_expiring_at"])
    return told


def words_of(card: SavedCard) -> str:
    """Return a saved card as its owner knows it."""
    return card_words(
        brand=card.brand,
        last_four=card.last_four,
        year=card.expires_year,
        month=card.expires_month,
    )
