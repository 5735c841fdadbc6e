"""
What takedowns do when they hear news: begin an aftermath, or take the cases of a payment forward.

Each is idempotent, writes rows and defers jobs only, and asks the tables what is true rather than
believing the news.
"""

from datetime import datetime
from uuid import UUID

from bandstand.gate.events import HoldExpired, HoldLifted, HoldPlaced
from bandstand.gate.queries import hold_row
from bandstand.orders.events import LineReturned
from bandstand.orders.models import OrderLine
from bandstand.payments.events import (
    CaptureFailed,
    CaptureHeld,
    DisputeDecided,
    PaymentCaptured,
    PaymentVoided,
    RefundFailed,
    RefundSettled,
)
from bandstand.payments.models import DisputePart
from bandstand.payouts import services as payouts
from bandstand.plumbing import jobs
from bandstand.takedowns.events import NoticeInForce
from bandstand.takedowns.models import Case
from bandstand.takedowns.rules import AftermathExtent, aftermath_extent
from bandstand.takedowns.services.hold_ends import tell_hold_confirmed, tell_hold_expired
from bandstand.takedowns.services.notices import AFTERMATH_JOB, end_notice
from bandstand.takedowns.services.remedies import (
    ACTOR,
    advance_lines,
    take_back,
    take_up_again,
)


def hear_notice_in_force(event: NoticeInForce, now: datetime) -> None:  # noqa: ARG001 -- a handler's shape
    """Defer the aftermath of a notice, unless it waits already."""
    jobs.defer(AFTERMATH_JOB, once=f"aftermath:{event.hold_id}", hold_id=event.hold_id)


def hear_hold_placed(event: HoldPlaced, now: datetime) -> None:
    """Defer the aftermath of a hold that came into force, if what it stops has one."""
    tell_hold_confirmed(hold_id=UUID(event.hold_id), now=now)
    hold = hold_row(UUID(event.hold_id))
    extent = aftermath_extent(hold.activities, is_provisional=hold.is_provisional)
    if extent is not AftermathExtent.NONE:
        jobs.defer(AFTERMATH_JOB, once=f"aftermath:{event.hold_id}", hold_id=event.hold_id)


def hear_hold_lifted(event: HoldLifted, now: datetime) -> None:
    """End the notice that the lifted hold rests on; what it alone froze goes its way."""
    end_notice(hold_id=UUID(event.hold_id), now=now)
    others = Case.objects.filter(hold__lifted_at=None).values("line_id")
    freed = Case.objects.filter(hold_id=UUID(event.hold_id)).exclude(line_id__in=others)
    payouts.thaw_lines(line_ids=list(freed.values_list("line_id", flat=True)), actor=ACTOR, now=now)


def hear_hold_expired(event: HoldExpired, now: datetime) -> None:
    """Tell both sides that a hold ended by itself."""
    tell_hold_expired(hold_id=UUID(event.hold_id), now=now)


def hear_refund_settled(event: RefundSettled, now: datetime) -> None:
    """Mark the buyer of a refunded line as whole, with the proof."""
    if event.order_line_id:
        advance_lines(line_ids=[UUID(event.order_line_id)], now=now)


def hear_refund_failed(event: RefundFailed, now: datetime) -> None:
    """
    Take up the case of a buyer who had their money and lost it again.

    What failed is asked again by the sweep, in its own time: a bank that just refused would refuse.
    """
    if event.order_line_id:
        take_up_again(line_id=UUID(event.order_line_id), now=now)


def hear_dispute_decided(event: DisputeDecided, now: datetime) -> None:
    """Go on with the cases of a charge that the buyer's bank decided on."""
    parts = DisputePart.objects.filter(dispute_id=UUID(event.dispute_id))
    advance_lines(line_ids=list(parts.values_list("order_line_id", flat=True)), now=now)


def hear_payment_moved(
    event: PaymentCaptured | PaymentVoided | CaptureHeld | CaptureFailed, now: datetime
) -> None:
    """Take the cases of a payment forward: refund what came in late, settle what was let go."""
    lines = OrderLine.objects.filter(order__payment_id=UUID(event.payment_id))
    advance_lines(line_ids=list(lines.values_list("id", flat=True)), now=now)


def hear_line_returned(event: LineReturned, now: datetime) -> None:
    """Go on with the case of a buyer who sent their phone back."""
    take_back(line_id=UUID(event.line_id), now=now)
