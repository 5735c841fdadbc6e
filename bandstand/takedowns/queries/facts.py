"""The facts about affected lines that their next step rests on, read for many lines at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef

from bandstand.credit import rules as credit
from bandstand.credit.models import Plan, PlanPayment
from bandstand.orders.models import OrderLine
from bandstand.orders.rules import ENDED, LineState
from bandstand.payments.models import Capture, DisputePart, Payment, Refund
from bandstand.payments.rules import (
    BY_BANK,
    OPEN,
    UNDECIDED,
    CommandState,
    DisputeState,
    PaymentState,
)
from bandstand.takedowns.rules import LineFacts

OPEN_COMMANDS = frozenset(state.value for state in OPEN)
UNDECIDED_STATES = frozenset(state.value for state in UNDECIDED)


@dataclass
class _Money:
    captured_minor: int = 0
    is_capture_open: bool = False
    refund_asked_minor: int = 0
    refund_settled_minor: int = 0
    refunds_failed: int = 0
    charged_back_minor: int = 0
    is_contested: bool = False


def line_facts(line_ids: Iterable[UUID]) -> dict[UUID, LineFacts]:
    """Return the facts of each line, in seven queries however many lines there are."""
    wanted = list(line_ids)
    sibling = OrderLine.objects.filter(order=OuterRef("order")).exclude(pk=OuterRef("pk"))
    lines = (
        OrderLine.objects.filter(pk__in=wanted)
        .annotate(shares=Exists(sibling.exclude(state__in=[state.value for state in ENDED])))
        .values_list("id", "state", "order__payment_id", "shares")
    )
    money = _money(wanted)
    with_plan = _open_plans(wanted)
    found = list(lines)
    payments = _payment_states({payment_id for _, _, payment_id, _ in found if payment_id})
    return {
        line_id: LineFacts(
            line_state=LineState(state),
            payment_state=payments.get(payment_id) if payment_id else None,
            captured_minor=money[line_id].captured_minor,
            refund_asked_minor=money[line_id].refund_asked_minor,
            refund_settled_minor=money[line_id].refund_settled_minor,
            refunds_failed=money[line_id].refunds_failed,
            charged_back_minor=money[line_id].charged_back_minor,
            is_contested=money[line_id].is_contested,
            is_capture_open=money[line_id].is_capture_open,
            is_plan_open=line_id in with_plan,
            shares_payment=shares,
        )
        for line_id, state, payment_id, shares in found
    }


def _money(line_ids: list[UUID]) -> dict[UUID, _Money]:
    money: dict[UUID, _Money] = defaultdict(_Money)
    captures = Capture.objects.filter(order_line_id__in=line_ids)
    for line_id, amount, state in captures.values_list(
        "order_line_id", "amount_minor", "command__state"
    ):
        if state == CommandState.SUCCEEDED.value:
            money[line_id].captured_minor += amount
        elif state in OPEN_COMMANDS:
            money[line_id].is_capture_open = True
    # What was paid on the line's plan since is the buyer's too.
    instalments = PlanPayment.objects.filter(
        plan__order_line_id__in=line_ids, state=credit.AskState.PAID.value
    ).exclude(kind=credit.AskKind.CREDIT.value)
    for paid_line, amount in instalments.values_list("plan__order_line_id", "amount_minor"):
        money[paid_line].captured_minor += amount
    refunds = Refund.objects.filter(order_line_id__in=line_ids)
    for refunded_line, amount, settled_at, state, attempt in refunds.exclude(
        command__failure=BY_BANK
    ).values_list("order_line_id", "amount_minor", "settled_at", "command__state", "attempt"):
        of_line = money[refunded_line] if refunded_line else _Money()
        if state == CommandState.FAILED.value:
            # It was not made: it is asked for again, under another key.
            of_line.refunds_failed = max(of_line.refunds_failed, attempt)
            continue
        of_line.refund_asked_minor += amount
        of_line.refund_settled_minor += amount if settled_at else 0
    _add_disputes(money, line_ids)
    return money


def _add_disputes(money: dict[UUID, _Money], line_ids: list[UUID]) -> None:
    parts = DisputePart.objects.filter(order_line_id__in=line_ids)
    for line_id, amount, state in parts.values_list(
        "order_line_id", "amount_minor", "dispute__state"
    ):
        if state == DisputeState.LOST.value:
            money[line_id].charged_back_minor += amount
        elif state in UNDECIDED_STATES:
            money[line_id].is_contested = True


def _payment_states(payment_ids: set[UUID]) -> dict[UUID, PaymentState]:
    rows = Payment.objects.filter(pk__in=payment_ids).values_list("id", "state")
    return {payment_id: PaymentState(state) for payment_id, state in rows}


def _open_plans(line_ids: list[UUID]) -> frozenset[UUID]:
    ended = [state.value for state in credit.ENDED]
    rows = Plan.objects.filter(order_line_id__in=line_ids).exclude(state__in=ended)
    return frozenset(rows.values_list("order_line_id", flat=True))
