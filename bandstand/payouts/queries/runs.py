"""Payout runs and payouts as the console and the seller see them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.money import Money
from bandstand.payouts.models import Payable, Payout, PayoutPolicy, PayoutRun
from bandstand.payouts.rules import PayableState, PayoutState, RunState


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """One payment to a seller."""

    id: UUID
    seller_id: UUID
    seller: str
    amount: Money
    state: PayoutState
    sent_at: datetime
    ended_at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """One payout run."""

    id: UUID
    currency: str
    state: RunState
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str
    payouts: int
    total: Money


@dataclass(frozen=True, slots=True)
class PayableRow:
    """A seller's share of one sale."""

    line_id: UUID
    amount: Money
    state: PayableState
    sold_at: datetime
    matured_at: datetime | None
    kept_back: Money
    kept_until: datetime | None


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """When sellers' money is paid out in a market, from an instant on."""

    market: str
    wait_days: int
    reserve_bps: int
    reserve_days: int
    minimum: Money
    source: str
    from_at: datetime


def runs() -> tuple[RunRow, ...]:
    """Return the payout runs, newest first, at most two hundred."""
    found = PayoutRun.objects.order_by("-proposed_at").prefetch_related("payouts")[:200]
    return tuple(_run(row) for row in found)


def run(run_id: UUID) -> RunRow | None:
    """Return one payout run."""
    found = PayoutRun.objects.filter(pk=run_id).prefetch_related("payouts").first()
    return None if found is None else _run(found)


def payouts_of_run(run_id: UUID) -> tuple[PayoutRow, ...]:
    """Return the payments of a run, by seller."""
    found = Payout.objects.filter(run=run_id).select_related("seller")
    return tuple(_payout(row) for row in found.order_by("seller__trading_name"))


def payouts_of_seller(seller_id: UUID) -> tuple[PayoutRow, ...]:
    """Return what was paid to a seller, newest first, at most two hundred."""
    found = Payout.objects.filter(seller=seller_id).select_related("seller")
    return tuple(_payout(row) for row in found.order_by("-sent_at")[:200])


def payables_of(seller_id: UUID, *, state: PayableState | None = None) -> tuple[PayableRow, ...]:
    """Return a seller's shares of sales, newest first, at most five hundred."""
    found = Payable.objects.filter(seller=seller_id).order_by("-sold_at")
    if state is not None:
        found = found.filter(state=state.value)
    return tuple(_payable(row) for row in found[:500])


def payout_policies() -> tuple[PolicyRow, ...]:
    """Return the terms of payout of every market, newest first in each."""
    found = PayoutPolicy.objects.select_related("market").order_by("market_id", "-from_at")
    return tuple(
        PolicyRow(
            row.market_id,
            row.wait_days,
            row.reserve_bps,
            row.reserve_days,
            Money(row.minimum_minor, row.market.currency),
            row.source,
            row.from_at,
        )
        for row in found
    )


def _run(row: PayoutRun) -> RunRow:
    paid = [one for one in row.payouts.all() if one.state != PayoutState.FAILED.value]
    return RunRow(
        id=row.id,
        currency=row.currency,
        state=RunState(row.state),
        proposed_at=row.proposed_at,
        proposed_by=row.proposed_by,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        payouts=len(row.payouts.all()),
        total=Money(sum(one.amount_minor for one in paid), row.currency),
    )


def _payout(row: Payout) -> PayoutRow:
    return PayoutRow(
        id=row.id,
        seller_id=row.seller_id,
        seller=row.seller.trading_name,
        amount=Money(row.amount_minor, row.currency),
        state=PayoutState(row.state),
        sent_at=row.sent_at,
        ended_at=row.ended_at,
        words=row.bank_reference or row.failure,
    )


def _payable(row: Payable) -> PayableRow:
    kept = 0 if row.reserve_released_at else row.reserve_minor
    return PayableRow(
        line_id=row.line_id,
        amount=Money(row.amount_minor, row.currency),
        state=PayableState(row.state),
        sold_at=row.sold_at,
        matured_at=row.matured_at,
        kept_back=Money(kept, row.currency),
        kept_until=row.reserve_until if kept else None,
    )
