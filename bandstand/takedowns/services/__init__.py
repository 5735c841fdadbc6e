"""Writes of takedowns: a notice and its end, the aftermath, and what is done on hearing news."""

from bandstand.takedowns.services.aftermath import (
    AftermathReport,
    AftermathStep,
    aftermath_steps,
    run_aftermath,
    sweep,
)
from bandstand.takedowns.services.hear import (
    hear_hold_expired,
    hear_hold_lifted,
    hear_hold_placed,
    hear_line_returned,
    hear_notice_in_force,
    hear_payment_moved,
    hear_refund_settled,
)
from bandstand.takedowns.services.notices import (
    end_notice,
    file_notice,
    preview,
    propose_notice_end,
)

__all__ = [
    "AftermathReport",
    "AftermathStep",
    "aftermath_steps",
    "end_notice",
    "file_notice",
    "hear_hold_expired",
    "hear_hold_lifted",
    "hear_hold_placed",
    "hear_line_returned",
    "hear_notice_in_force",
    "hear_payment_moved",
    "hear_refund_settled",
    "preview",
    "propose_notice_end",
    "run_aftermath",
    "sweep",
]
