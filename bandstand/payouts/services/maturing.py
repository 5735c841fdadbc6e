"""Sellers' money becomes available when the buyer's window has closed, and later what was kept."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import services as ledger
from bandstand.money import Money
from bandstand.orders.models import Release
from bandstand.payouts.models import Payable, PayoutPolicy
from bandstand.payouts.queries import seller_key
from bandstand.payouts.rules import (
    Maturing,
    PayableState,
    mature_entries,
    release_entries,
    shares_of,
)
from bandstand.payouts.services.accounts import lock_seller, net_debt

BATCH: Final = 500


def mature_due(*, now: datetime) -> int:
    """
    Make available what no buyer can give back any more; return how many sales.

    Each sale in a transaction of its own, so that one that cannot move does not stop the rest. A
    market without payout terms keeps its sellers' money pending.
    """
    return sum(_mature(key, now=now) for key in _due(now=now))


def release_due(*, now: datetime) -> int:
    """Let go what was kept back long enough; return of how many sales."""
    waiting = Payable.objects.filter(
        state=PayableState.AVAILABLE.value,
        reserve_released_at=None,
        reserve_minor__gt=0,
        reserve_until__lte=now,
    )
    keys = list(waiting.order_by("reserve_until").values_list("pk", flat=True)[:BATCH])
    return sum(_release(key, now=now) for key in keys)


def _due(*, now: datetime) -> list[UUID]:
    due: list[UUID] = []
    for policy in _policies(now=now):
        delivered_by = now - timedelta(days=policy.wait_days)
        lines = Release.objects.filter(delivered_at__lte=delivered_by).values("line_id")
        pending = Payable.objects.filter(
            state=PayableState.PENDING.value,
            market_id=policy.market_id,
            line_id__in=lines,
        ).exclude(frozen_until__gt=now)
        due += pending.order_by("sold_at").values_list("pk", flat=True)[:BATCH]
    return due


def _policies(*, now: datetime) -> list[PayoutPolicy]:
    begun = PayoutPolicy.objects.filter(from_at__lte=now).order_by("market_id", "-from_at")
    return list(begun.distinct("market_id"))


@transaction.atomic
def _mature(payable_id: UUID, *, now: datetime) -> bool:
    known = Payable.objects.get(pk=payable_id)
    lock_seller(known.seller_id, currency=known.currency)
    payable = Payable.objects.select_for_update().get(pk=payable_id)
    is_frozen = payable.frozen_until is not None and payable.frozen_until > now
    if payable.state != PayableState.PENDING.value or is_frozen:
        return False
    policy = _policy_of(payable)
    amount = Money(payable.amount_minor, payable.currency)
    shares = shares_of(amount, reserve_bps=policy.reserve_bps)
    seller = seller_key(payable.seller_id)
    if amount.is_positive:
        ledger.post(
            idempotency_key=f"mature:{print_id(IdKind.LINE, payable.line_id)}",
            kind="mature",
            entries=mature_entries(Maturing(seller, shares)),
            effective_at=now,
            now=now,
        )
    payable.state, payable.matured_at = PayableState.AVAILABLE.value, now
    payable.reserve_minor = shares.reserve.minor
    payable.reserve_until = now + timedelta(days=policy.reserve_days)
    payable.save(update_fields=["state", "matured_at", "reserve_minor", "reserve_until"])
    net_debt(
        payable.seller_id,
        currency=payable.currency,
        key=f"net:mature:{print_id(IdKind.LINE, payable.line_id)}",
        now=now,
    )
    return True


@transaction.atomic
def _release(payable_id: UUID, *, now: datetime) -> bool:
    known = Payable.objects.get(pk=payable_id)
    lock_seller(known.seller_id, currency=known.currency)
    payable = Payable.objects.select_for_update().get(pk=payable_id)
    if payable.state != PayableState.AVAILABLE.value or payable.reserve_released_at is not None:
        return False
    line = print_id(IdKind.LINE, payable.line_id)
    ledger.post(
        idempotency_key=f"reserve:{line}",
        kind="reserve released",
        entries=release_entries(
            Money(payable.reserve_minor, payable.currency), seller=seller_key(payable.seller_id)
        ),
        effective_at=now,
        now=now,
    )
    payable.reserve_released_at = now
    payable.save(update_fields=["reserve_released_at"])
    net_debt(payable.seller_id, currency=payable.currency, key=f"net:reserve:{line}", now=now)
    return True


def _policy_of(payable: Payable) -> PayoutPolicy:
    # The terms on which it was sold; a sale before the first terms takes the first.
    told = PayoutPolicy.objects.filter(market_id=payable.market_id)
    begun = told.filter(Q(from_at__lte=payable.sold_at)).order_by("-from_at").first()
    return begun or told.order_by("from_at")[0]
