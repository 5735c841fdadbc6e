"""
The sandbox's report of what moved: charges with fees, refunds, disputes, and payouts two days on.

Everything follows from the book and the day, so the same report can be written twice. What is left
of a day is paid out two days later; a balance below nothing waits until it is above. One payout in
twenty comes back from the bank a day after, and its money is paid out again.
Source of the form: Stripe, itemised balance report (read 2026-11-22).
"""

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from bandstand.money import Money
from bandstand.payments.gateways import sandbox_book, sandbox_disputes
from bandstand.payments.models import SandboxIntent, SandboxOperation
from bandstand.payments.rules import CommandKind, DisputeState, OperationState

FEE_BPS: Final = 290
FEE_FIXED_MINOR: Final = 30
DISPUTE_FEE_MINOR: Final = 1500
PAYS_OUT_AFTER: Final = timedelta(days=2)
BOUNCES_AFTER: Final = timedelta(days=1)
ONE_IN: Final = 20
HEADS: Final = (
    "balance_transaction_id",
    "created_utc",
    "currency",
    "gross",
    "fee",
    "net",
    "reporting_category",
    "source_id",
    "payment_intent_id",
    "automatic_payout_id",
    "description",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One movement of the sandbox's balance."""

    id: str
    at: datetime
    kind: str
    gross: Money
    fee: Money
    source: str = ""
    payment: str = ""
    payout: str = ""
    description: str = ""


def report(*, until: datetime) -> str:
    """Return what moved before an instant, as CSV in the order in which it moved."""
    moved = sorted(_movements(until=until), key=lambda one: (one.at, one.id))
    lines = sorted([*moved, *_payouts(moved, until=until)], key=lambda one: (one.at, one.id))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADS)
    writer.writerows(_cells(line) for line in lines)
    return out.getvalue()


def fee_of(amount: Money) -> Money:
    """Return what the sandbox keeps of a charge: 2.9 % and thirty minor units, rounded up."""
    share = -(-amount.minor * FEE_BPS // 10_000)
    return Money(min(share + FEE_FIXED_MINOR, amount.minor), amount.currency)


def _movements(*, until: datetime) -> Iterator[Line]:
    done = SandboxOperation.objects.filter(
        state=OperationState.SUCCEEDED.value, settles_at__lt=until
    ).exclude(kind=CommandKind.VOID.value)
    for operation in done.select_related("intent").order_by("settles_at", "ref"):
        yield _operation(operation)
        if operation.kind == CommandKind.CAPTURE.value:
            yield from _disputed(operation.intent, until=until)
    came_back = SandboxOperation.objects.filter(
        state=OperationState.FAILED.value, returns_at__isnull=False, settles_at__lt=until
    )
    for operation in came_back.select_related("intent").order_by("settles_at", "ref"):
        yield from _returned(operation, until=until)


def _operation(operation: SandboxOperation) -> Line:
    intent = operation.intent
    amount = Money(operation.amount_minor, intent.currency)
    is_charge = operation.kind == CommandKind.CAPTURE.value
    return Line(
        id=f"txn_{operation.ref}",
        at=operation.settles_at,
        kind="charge" if is_charge else "refund",
        gross=amount if is_charge else -amount,
        fee=fee_of(amount) if is_charge else Money(0, intent.currency),
        source=operation.ref,
        payment=intent.ref,
        description=sandbox_book.command_key(operation.idempotency_key),
    )


def _returned(operation: SandboxOperation, *, until: datetime) -> Iterator[Line]:
    out = _operation(operation)
    yield out
    if operation.returns_at is not None and operation.returns_at < until:
        yield replace(
            out,
            id=f"{out.id}_returned",
            at=operation.returns_at,
            kind="refund_failure",
            gross=-out.gross,
        )


def _disputed(intent: SandboxIntent, *, until: datetime) -> Iterator[Line]:
    nothing = Money(0, intent.currency)
    for dispute in sandbox_disputes.disputes_of(intent, now=until):
        opened = Line(
            id=f"txn_{dispute.ref}_taken",
            at=dispute.opened_at,
            kind="dispute",
            gross=-dispute.amount,
            fee=Money(DISPUTE_FEE_MINOR, intent.currency),
            source=dispute.ref,
            payment=intent.ref,
            description="dispute",
        )
        yield opened
        if dispute.state is DisputeState.WON:
            yield Line(
                id=f"txn_{dispute.ref}_returned",
                at=dispute.opened_at + sandbox_disputes.DECIDED_AFTER,
                kind="dispute_reversal",
                gross=dispute.amount,
                fee=nothing,
                source=dispute.ref,
                payment=intent.ref,
                description="dispute won",
            )


def _payouts(moved: Iterable[Line], *, until: datetime) -> Iterator[Line]:
    by_day: dict[tuple[str, date], int] = defaultdict(int)
    for line in moved:
        day = line.at.date() + PAYS_OUT_AFTER
        by_day[(line.gross.currency, day)] += (line.gross - line.fee).minor
    for currency in sorted({currency for currency, _ in by_day}):
        days = {day: minor for (of, day), minor in by_day.items() if of == currency}
        yield from _payouts_of(days, currency=currency, until=until)


def _payouts_of(days: dict[date, int], *, currency: str, until: datetime) -> Iterator[Line]:
    balance, returned = 0, 0
    day = min(days)
    while _noon(day) < until:
        balance += days.get(day, 0) + returned
        returned = 0
        if balance > 0:
            paid = Money(balance, currency)
            ref = f"sbp_{currency.lower()}_{day:%Y%m%d}"
            yield _payout(ref, -paid, at=_noon(day), kind="payout")
            balance = 0
            bounces_at = _noon(day) + BOUNCES_AFTER - timedelta(hours=1)
            if _bounces(ref):
                returned = paid.minor
                if bounces_at < until:
                    yield _payout(ref, paid, at=bounces_at, kind="payout_reversal")
        day += timedelta(days=1)


def _payout(ref: str, gross: Money, *, at: datetime, kind: str) -> Line:
    return Line(
        id=f"txn_{ref}_{kind}",
        at=at,
        kind=kind,
        gross=gross,
        fee=Money(0, gross.currency),
        source=ref,
        payout=ref,
        description="sandbox payout" if kind == "payout" else "the bank sent it back",
    )


def _bounces(ref: str) -> bool:
    digest = hashlib.sha256(ref.encode()).digest()
    return int.from_bytes(digest[:4], "big") % ONE_IN == 0


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def _cells(line: Line) -> tuple[str, ...]:
    return (
        line.id,
        line.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        line.gross.currency.lower(),
        str(line.gross.major),
        str(line.fee.major),
        str((line.gross - line.fee).major),
        line.kind,
        line.source,
        line.payment,
        line.payout,
        line.description,
    )
