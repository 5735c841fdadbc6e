"""
A sale is undone: the line, its plan, its unit and its money, in one transaction.

The buyer comes first: what they paid is owed to them the moment the line ends, and stays on the
books as owed until the refund has settled.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.credit import services as credit
from bandstand.credit.services import CancelledPlan
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.offers import services as offers
from bandstand.orders import letters
from bandstand.orders.events import LineCancelled, LineReturned
from bandstand.orders.models import OrderLine
from bandstand.orders.rules import ENDED, LineMove, LineState
from bandstand.orders.services.capturing import has_capture, recapture
from bandstand.orders.services.ending import void_if_possible
from bandstand.orders.services.moves import lock_line, move_line
from bandstand.orders.services.posting import post_unwinding, refund_key
from bandstand.payments import queries as payment_queries, services as payments
from bandstand.plumbing import outbox
from bandstand.promotions import services as promotions
from bandstand.tax import services as tax

REFUND_REASON_MAX = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class UndoneLine:
    """What was done for the buyer of a line that ended."""

    line_id: UUID
    was: LineState
    """Where the line stood before; where it stands now if it had ended already."""
    is_new: bool
    refund_key: str
    """The key of the refund; empty if nothing was taken."""
    refund: Money | None
    is_void_claimed: bool
    plan: CancelledPlan | None


@transaction.atomic
def cancel_line(
    *, line_id: UUID, reason: str, actor: str, now: datetime, posting_key: str = ""
) -> UndoneLine:
    """
    Cancel a line that has not left the house; a line that has ended is reported as it stands.

    Unpaid: its money is let go. Paid: the sale is unwound in the ledger under ``posting_key`` (by
    default ``cancel:<line>``) and what was captured is refunded. Either way its plan ends, its
    unit goes back on the shelf or is set apart, and the buyer gets a letter.
    Lock: the order, then the line's row.
    Raises: LineMoveRefusedError once it was released: then it is returned.
    """
    line = lock_line(line_id)
    if LineState(line.state) in ENDED:
        return _standing(line)
    before = move_line(line, LineMove.CANCEL, actor=actor, now=now, reason=reason)
    offers.take_back_unit(unit_id=line.unit_id, actor=actor, now=now, reason=reason)
    undone = _undo(
        line,
        before=before,
        reason=reason,
        actor=actor,
        posting_key=posting_key or f"cancel:{print_id(IdKind.LINE, line.id)}",
        now=now,
    )
    letters.write_line_cancelled(
        line, reason=reason, refund=undone.refund, has_plan=undone.plan is not None, now=now
    )
    outbox.emit(
        LineCancelled(
            line_id=str(line.id),
            order_id=str(line.order_id),
            reason=reason,
            refund_key=undone.refund_key,
        ),
        now=now,
    )
    return undone


@transaction.atomic
def return_line(
    *, line_id: UUID, reason: str, actor: str, now: datetime, posting_key: str = ""
) -> UndoneLine:
    """
    Take a phone back from its buyer; its unit is set apart until somebody has looked at it.

    Lock: the order, then the line's row.
    Raises: LineMoveRefusedError before it was released.
    """
    line = lock_line(line_id)
    if LineState(line.state) in ENDED:
        return _standing(line)
    before = move_line(line, LineMove.RETURN, actor=actor, now=now, reason=reason)
    offers.quarantine_unit(unit_id=line.unit_id, now=now, reason=reason, actor=actor)
    undone = _undo(
        line,
        before=before,
        reason=reason,
        actor=actor,
        posting_key=posting_key or f"return:{print_id(IdKind.LINE, line.id)}",
        now=now,
    )
    outbox.emit(
        LineReturned(
            line_id=str(line.id),
            order_id=str(line.order_id),
            reason=reason,
            refund_key=undone.refund_key,
        ),
        now=now,
    )
    return undone


def refund_line(line: OrderLine, *, amount: Money, reason: str, now: datetime) -> str:
    """Claim the refund of what a line's buyer paid by card and return its key."""
    key = refund_key(line.id)
    if line.order.payment_id is None:
        return ""
    payments.claim_refund(
        payment_id=line.order.payment_id,
        key=key,
        amount=amount,
        order_line_id=line.id,
        reason=reason[:REFUND_REASON_MAX],
        now=now,
    )
    return key


def _undo(
    line: OrderLine,
    *,
    before: LineState,
    reason: str,
    actor: str,
    posting_key: str,
    now: datetime,
) -> UndoneLine:
    plan = credit.cancel_plan(order_line_id=line.id, reason=reason, actor=actor, now=now)
    tax.void_line(line_id=line.id, reason=reason, now=now)
    key, refund, is_void_claimed = "", None, False
    if before is LineState.COMMITTED:
        is_void_claimed = _let_go(line, now=now)
    else:
        post_unwinding(line, plan=plan, idempotency_key=posting_key, now=now)
        refund = payment_queries.captured_by_line([line.id]).get(line.id)
    promotions.undo_credits(order_line_id=line.id, now=now)
    if refund is not None:
        key = refund_line(line, amount=refund, reason=reason, now=now)
    return UndoneLine(
        line_id=line.id,
        was=before,
        is_new=True,
        refund_key=key,
        refund=refund,
        is_void_claimed=is_void_claimed,
        plan=plan,
    )


def _let_go(line: OrderLine, *, now: datetime) -> bool:
    """Let go the money of an unpaid line; what others of its order still need is claimed anew."""
    order = line.order
    if order.payment_id is None:
        return False
    if not order.lines.filter(state=LineState.COMMITTED.value).exists():
        return void_if_possible(order.payment_id, now=now)
    if not has_capture(order.payment_id):
        recapture(order_id=order.id, now=now)
    return False


def _standing(line: OrderLine) -> UndoneLine:
    asked = payment_queries.refund_by_key(refund_key(line.id))
    return UndoneLine(
        line_id=line.id,
        was=LineState(line.state),
        is_new=False,
        refund_key="" if asked is None else asked.key,
        refund=None if asked is None else asked.amount,
        is_void_claimed=False,
        plan=None,
    )
