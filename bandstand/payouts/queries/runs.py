"""Payout runs and payouts as the console and the seller see them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money
from bandstand.payouts.models import (
    Payable,
    Payout,
    PayoutMoveRecord,
    PayoutPolicy,
    PayoutResult,
    PayoutRun,
)
from bandstand.payouts.rules import (
    CAME_BACK,
    CommandKind,
    CommandState,
    PayableState,
    PayoutMove,
    PayoutState,
    RunState,
)

MONTHS_SHOWN: Final = 12
LATE: Final = timedelta(days=5)
"""After how long a payout that is still on its way needs a person."""
CALL_WORDS: Final[Mapping[CommandState, str]] = MappingProxyType(
    {
        CommandState.WRITTEN: "not sent yet",
        CommandState.SENT: "sent",
        CommandState.UNKNOWN: "no answer came; it is asked after",
        CommandState.PAID: "done",
        CommandState.FAILED: "refused",
        CommandState.RETURNED: "came back",
    }
)


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
    gateway: str
    account: str
    call: str
    """Where the call that pays it stands, in the gateway's words if it waits."""


@dataclass(frozen=True, slots=True)
class PayoutMoveRow:
    """One move of a payout."""

    move: PayoutMove
    at: datetime
    actor: str
    words: str


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """What one person read of the bank's answer, waiting for a second."""

    id: UUID
    payout_id: UUID
    move: PayoutMove
    words: str
    proposed_at: datetime
    proposed_by: str


@dataclass(frozen=True, slots=True)
class MonthSum:
    """What was paid out in a month."""

    month: date
    total: Money
    payouts: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """One payout run."""

    id: UUID
    currency: str
    state: RunState
    gateway: str
    by_state: dict[PayoutState, int]
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
    return tuple(_payout(row) for row in _payouts(run=run_id).order_by("seller__trading_name"))


def payout(payout_id: UUID) -> PayoutRow:
    """
    Return one payment to a seller.

    Raises: NotFoundError.
    """
    found = _payouts(pk=payout_id).first()
    if found is None:
        raise NotFoundError("There is no such payout. Check the address.")
    return _payout(found)


def moves_of(payout_id: UUID) -> tuple[PayoutMoveRow, ...]:
    """Return what became of a payout, oldest first."""
    found = PayoutMoveRecord.objects.filter(payout=payout_id).order_by("moved_at", "id")
    return tuple(
        PayoutMoveRow(PayoutMove(one.move), one.moved_at, one.actor, one.reason) for one in found
    )


def open_readings(*, payout_id: UUID | None = None) -> tuple[ReadingRow, ...]:
    """Return what one person read of banks' answers and a second has not, oldest first."""
    found = PayoutResult.objects.filter(decided_at=None).order_by("proposed_at", "id")
    if payout_id is not None:
        found = found.filter(payout=payout_id)
    return tuple(
        ReadingRow(
            one.id, one.payout_id, PayoutMove(one.move), one.words, one.proposed_at, one.proposed_by
        )
        for one in found
    )


def stuck_payouts(*, now: datetime) -> tuple[PayoutRow, ...]:
    """Return payouts that have been on their way for days, oldest first."""
    late = _payouts(state=PayoutState.SENT.value, sent_at__lte=now - LATE)
    return tuple(_payout(row) for row in late.order_by("sent_at", "id"))


def paid_by_month(*, currency: str, now: datetime) -> tuple[MonthSum, ...]:
    """Return what arrived at sellers in each of the last twelve months, oldest first."""
    months = [now.date().replace(day=1)]
    while len(months) < MONTHS_SHOWN:
        months.append((months[-1] - timedelta(days=1)).replace(day=1))
    paid = Payout.objects.filter(
        state=PayoutState.PAID.value, currency=currency, sent_at__date__gte=months[-1]
    )
    rows = (
        paid.annotate(month=TruncMonth("sent_at", tzinfo=UTC))
        .values_list("month")
        .annotate(total=Sum("amount_minor"), count=Count("id"))
    )
    found = {month.date(): (int(total), count) for month, total, count in rows}
    return tuple(
        MonthSum(month, Money(found.get(month, (0, 0))[0], currency), found.get(month, (0, 0))[1])
        for month in reversed(months)
    )


def payouts_of_seller(seller_id: UUID) -> tuple[PayoutRow, ...]:
    """Return what was paid to a seller, newest first, at most two hundred."""
    return tuple(_payout(row) for row in _payouts(seller=seller_id).order_by("-sent_at")[:200])


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
    kept = [one for one in row.payouts.all() if PayoutState(one.state) not in CAME_BACK]
    return RunRow(
        id=row.id,
        currency=row.currency,
        state=RunState(row.state),
        gateway=row.gateway,
        by_state=dict(Counter(PayoutState(one.state) for one in row.payouts.all())),
        proposed_at=row.proposed_at,
        proposed_by=row.proposed_by,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        payouts=len(row.payouts.all()),
        total=Money(sum(one.amount_minor for one in kept), row.currency),
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
        words=row.failure or row.bank_reference,
        gateway=row.gateway,
        account=row.account.masked if row.account else "",
        call=_call_words(row),
    )


def _call_words(row: Payout) -> str:
    """Return where the call that pays a payout stands; nothing once the payout has ended."""
    sent = [one for one in row.commands.all() if one.kind == CommandKind.SEND.value]
    if row.state != PayoutState.SENT.value or not sent:
        return ""
    return CALL_WORDS[CommandState(sent[0].state)] if not sent[0].failure else sent[0].failure


def _payouts(**wanted: object) -> QuerySet[Payout]:
    found = Payout.objects.filter(**wanted).select_related("seller", "account")
    return found.prefetch_related("commands")


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
