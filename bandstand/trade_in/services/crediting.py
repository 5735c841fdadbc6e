"""
The value of a phone becomes its owner's: on the books, then off their plan.

What a plan does not owe any more, and all of it where the phone was bought outright, stays owed to
the owner and is paid to their bank account. It is never refunded to the card: a refund uses up what
a later undoing of the sale must be able to give back.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.credit import queries as credit_queries, services as credit
from bandstand.credit.rules import PlanState
from bandstand.credit.services.crediting import CreditGoesTo, credit_entries as plan_entries
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import services as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.orders.events import LineCancelled, LinePaid, LineReturned
from bandstand.orders.models import OrderLine
from bandstand.orders.rules import ENDED, LineState
from bandstand.plumbing.clock import day_in
from bandstand.trade_in import letters
from bandstand.trade_in.models import TradeIn
from bandstand.trade_in.rules import TradeInMove, TradeInState, credit_entries
from bandstand.trade_in.services.moving import locked, move_trade_in


def give_credit(trade_in: TradeIn, *, move: TradeInMove, actor: str, now: datetime) -> None:
    """
    Credit the value that stands, once, and take it off the plan if there is one to take it off.

    Lock: the caller holds the trade-in; takes the plan's row.
    """
    trade_in.credited_at = now
    move_trade_in(trade_in, move, actor=actor, now=now, changed=["value_minor", "credited_at"])
    ledger.post(
        idempotency_key=f"trade_in:{trade_in.reference}",
        kind="trade_in",
        entries=credit_entries(
            Money(trade_in.value_minor, trade_in.currency),
            phone=trade_in.reference,
            line=line_key(trade_in),
        ),
        effective_at=now,
        now=now,
        memo=f"{trade_in.reference} {trade_in.variant}"[:300],
    )
    _apply(trade_in, now=now)
    letters.write_credited(trade_in, now=now)


@transaction.atomic
def apply_credit(*, trade_in_id: UUID, now: datetime) -> bool:
    """
    Take a credit off a plan that has begun since; return whether it was.

    Lock: the trade-in, then the plan.
    """
    trade_in = locked(trade_in_id)
    if trade_in.state != TradeInState.CREDITED.value:
        return False
    return _apply(trade_in, now=now)


def hear_line_paid(event: LinePaid, now: datetime) -> None:
    """Take off the plan what was credited before the plan had begun."""
    waiting = TradeIn.objects.filter(
        line_id=UUID(event.line_id), state=TradeInState.CREDITED.value, applied_at=None
    )
    for trade_in_id in waiting.order_by("id").values_list("id", flat=True):
        apply_credit(trade_in_id=trade_in_id, now=now)


@transaction.atomic
def hear_line_undone(event: LineCancelled | LineReturned, now: datetime) -> None:
    """
    Note that the value of a traded-in phone outlives the sale it was traded in for.

    The undoing itself has put what the credit had paid back on what we owe the owner.
    Lock: each trade-in of the line, in id order.
    """
    rows = TradeIn.objects.filter(line_id=UUID(event.line_id), state=TradeInState.CREDITED.value)
    for trade_in_id in rows.order_by("id").values_list("id", flat=True):
        trade_in = locked(trade_in_id)
        if trade_in.kept_minor == trade_in.applied_minor:
            continue
        trade_in.kept_minor = trade_in.applied_minor
        trade_in.save(update_fields=["kept_minor"])
        letters.write_kept(trade_in, now=now)


def line_key(trade_in: TradeIn) -> str:
    """Return the key of the owner's credit account: the order line it is for."""
    assert trade_in.line_id is not None  # noqa: S101 -- the database demands it of a credit
    return print_id(IdKind.LINE, trade_in.line_id)


def _apply(trade_in: TradeIn, *, now: datetime) -> bool:
    """Take a credit off its plan, once; return whether any of it was."""
    line = OrderLine.objects.get(trade_ins=trade_in.pk)
    plan = credit_queries.plan_page(line.id)
    is_waiting = plan is not None and plan.state is PlanState.AGREED
    has_payout = trade_in.payouts.exists()
    if trade_in.applied_at or plan is None or is_waiting or has_payout:
        return False
    if LineState(line.state) in ENDED or plan.state is not PlanState.ACTIVE:
        return False
    recorded = credit.record_credit(
        plan_id=plan.id,
        key=f"trade_in:{trade_in.reference}",
        amount=Money(trade_in.value_minor, trade_in.currency),
        on=day_in(trade_in.market.time_zone, at=now),
        now=now,
        label=f"Phone traded in, {trade_in.reference}",
        account=AccountCode.CUSTOMER_CREDIT,
        account_key=line_key(trade_in),
        to=CreditGoesTo.LAST,
    )
    applied = Money(trade_in.value_minor, trade_in.currency) - recorded.surplus
    if applied.is_positive:
        ledger.post(
            idempotency_key=f"trade_in_applied:{trade_in.reference}",
            kind="trade_in_applied",
            entries=plan_entries(
                recorded, account=AccountCode.CUSTOMER_CREDIT, account_key=line_key(trade_in)
            ),
            effective_at=now,
            now=now,
            memo=f"{trade_in.reference} to {print_id(IdKind.PLAN, plan.id)}",
        )
    trade_in.applied_minor, trade_in.applied_at = applied.minor, now
    trade_in.save(update_fields=["applied_minor", "applied_at"])
    return applied.is_positive
