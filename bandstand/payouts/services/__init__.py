"""What can be done with sellers' money."""

from bandstand.payouts.services.freezing import freeze_lines, thaw_lines
from bandstand.payouts.services.hear import hear_line_paid, hear_line_undone
from bandstand.payouts.services.maturing import mature_due, release_due
from bandstand.payouts.services.policies import set_payout_policy
from bandstand.payouts.services.runs import confirm_run, discard_run, propose_run, record_result

__all__ = [
    "confirm_run",
    "discard_run",
    "freeze_lines",
    "hear_line_paid",
    "hear_line_undone",
    "mature_due",
    "propose_run",
    "record_result",
    "release_due",
    "set_payout_policy",
    "thaw_lines",
]
