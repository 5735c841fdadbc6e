"""What time does to trade-ins: reminders, lapses, the promise missed, silence."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from bandstand.credit.models import Plan
from bandstand.credit.rules import PlanState
from bandstand.trade_in import letters
from bandstand.trade_in.models import TradeIn
from bandstand.trade_in.queries.values import all_terms
from bandstand.trade_in.rules import TradeInMove, TradeInState, in_force, is_overdue
from bandstand.trade_in.services.crediting import apply_credit
from bandstand.trade_in.services.moving import SYSTEM, locked, move_trade_in

logger = structlog.get_logger(__name__)
PAGE: Final = 200
GRACE: Final = timedelta(days=7)
"""A phone that its owner says is on its way has a week more than its last day."""


def sweep_trade_ins(*, now: datetime) -> int:
    """
    Do what is due by now, each trade-in in a transaction of its own; return how many were moved.

    Run again, it does nothing again.
    """
    accepted, sent = TradeInState.ACCEPTED.value, TradeInState.SENT.value
    rows = TradeIn.objects.order_by("id").values_list("id", flat=True)
    running = Plan.objects.filter(state=PlanState.ACTIVE.value).values("order_line_id")
    unspent = rows.filter(state="credited", applied_at=None, payouts=None, line__in=running)
    due: tuple[tuple[Callable[..., bool], list[UUID]], ...] = (
        (_lapse_quote, list(rows.filter(state="quoted", quote_until__lte=now)[:PAGE])),
        (_lapse, list(rows.filter(state=accepted, arrive_by__lte=now)[:PAGE])),
        (_lapse, list(rows.filter(state=sent, arrive_by__lte=now - GRACE)[:PAGE])),
        (_fall_silent, list(rows.filter(state="revalued", answer_by__lte=now)[:PAGE])),
        (_apply_late, list(unspent[:PAGE])),
    )
    moved = sum(act(trade_in_id, now=now) for act, found in due for trade_in_id in found)
    return moved + _remind(now=now) + _tell_overdue(now=now)


@transaction.atomic
def _lapse_quote(trade_in_id: UUID, *, now: datetime) -> bool:
    trade_in = locked(trade_in_id)
    if trade_in.state != TradeInState.QUOTED.value:
        return False
    move_trade_in(trade_in, TradeInMove.LAPSE, actor=SYSTEM, now=now, reason="The quote ran out.")
    return True


@transaction.atomic
def _lapse(trade_in_id: UUID, *, now: datetime) -> bool:
    trade_in = locked(trade_in_id)
    if trade_in.state not in {TradeInState.ACCEPTED.value, TradeInState.SENT.value}:
        return False
    reason = "The phone did not come in time."
    move_trade_in(trade_in, TradeInMove.LAPSE, actor=SYSTEM, now=now, reason=reason)
    letters.write_lapsed(trade_in, now=now)
    return True


@transaction.atomic
def _fall_silent(trade_in_id: UUID, *, now: datetime) -> bool:
    trade_in = locked(trade_in_id)
    if trade_in.state != TradeInState.REVALUED.value:
        return False
    reason = "You did not answer in time, and silence is not a yes."
    move_trade_in(trade_in, TradeInMove.SILENCE, actor=SYSTEM, now=now, reason=reason)
    letters.write_return_due(trade_in, reason=reason, now=now)
    return True


def _apply_late(trade_in_id: UUID, *, now: datetime) -> bool:
    return apply_credit(trade_in_id=trade_in_id, now=now)


def _remind(*, now: datetime) -> int:
    """Write to owners whose last day comes near; each letter is written once by its key."""
    written = 0
    policies = all_terms()
    for trade_in in TradeIn.objects.select_related("line__order", "variant__model__brand").filter(
        state=TradeInState.ACCEPTED.value, arrive_by__gt=now
    ):
        terms = in_force(policies, market=trade_in.market_id, at=trade_in.state_at)
        if trade_in.arrive_by is not None and now >= terms.remind_at(trade_in.arrive_by):
            written += letters.write_reminder(trade_in, now=now)
    return written


def _tell_overdue(*, now: datetime) -> int:
    """Say so, to the owner and in the log, where the promise to look in time was missed."""
    written = 0
    for trade_in in TradeIn.objects.select_related("line__order", "variant__model__brand").filter(
        state=TradeInState.RECEIVED.value, inspect_by__lt=now
    ):
        if is_overdue(inspect_by=trade_in.inspect_by, now=now) and letters.write_guaranteed(
            trade_in, now=now
        ):
            logger.error("trade_in.inspection_overdue", reference=trade_in.reference)
            written += 1
    return written
