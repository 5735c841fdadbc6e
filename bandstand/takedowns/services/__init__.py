"""Writes of takedowns: a notice and its end, the aftermath, and what is done on hearing news."""

from bandstand.takedowns.services.aftermath import (
    AftermathReport,
    AftermathStep,
    aftermath_steps,
    run_aftermath,
    sweep,
)
from bandstand.takedowns.services.hear import (
    hear_line_returned,
    hear_notice_in_force,
    hear_payment_moved,
    hear_refund_settled,
)
from bandstand.takedowns.services.notices import file_notice, lift_notice, preview

__all__ = [
    "AftermathReport",
    "AftermathStep",
    "aftermath_steps",
    "file_notice",
    "hear_line_returned",
    "hear_notice_in_force",
    "hear_payment_moved",
    "hear_refund_settled",
    "lift_notice",
    "preview",
    "run_aftermath",
    "sweep",
]
