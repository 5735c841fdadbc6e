"""What can be done with sellers' money."""

from bandstand.payouts.services.closing import (
    ClosedMonth,
    close_due,
    close_month,
    close_seller_month,
    statement_pdf,
)
from bandstand.payouts.services.destinations import (
    NotProvenError,
    PayoutRouteError,
    block_account,
    confirm_account,
    set_payout_route,
    state_account,
)
from bandstand.payouts.services.files import RunFile, run_file
from bandstand.payouts.services.freezing import freeze_lines, thaw_lines
from bandstand.payouts.services.hear import hear_line_paid, hear_line_undone
from bandstand.payouts.services.maturing import mature_due, release_due
from bandstand.payouts.services.notices import apply_notice, apply_waiting, receive_webhook
from bandstand.payouts.services.policies import set_payout_policy
from bandstand.payouts.services.results import confirm_result, drop_result, propose_result
from bandstand.payouts.services.runs import confirm_run, discard_run, propose_run
from bandstand.payouts.services.sending import send_command, send_open_commands, watch_paid

__all__ = [
    "ClosedMonth",
    "NotProvenError",
    "PayoutRouteError",
    "RunFile",
    "apply_notice",
    "apply_waiting",
    "block_account",
    "close_due",
    "close_month",
    "close_seller_month",
    "confirm_account",
    "confirm_result",
    "confirm_run",
    "discard_run",
    "drop_result",
    "freeze_lines",
    "hear_line_paid",
    "hear_line_undone",
    "mature_due",
    "propose_result",
    "propose_run",
    "receive_webhook",
    "release_due",
    "run_file",
    "send_command",
    "send_open_commands",
    "set_payout_policy",
    "set_payout_route",
    "state_account",
    "statement_pdf",
    "thaw_lines",
    "watch_paid",
]
