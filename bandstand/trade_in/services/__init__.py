"""Writes of trade-in: values and terms, quotes, the phone's way, money."""

from bandstand.trade_in.services.crediting import apply_credit, hear_line_paid, hear_line_undone
from bandstand.trade_in.services.disposing import dispose
from bandstand.trade_in.services.inspecting import Seen, foresee, inspect, take_value
from bandstand.trade_in.services.paying_out import (
    ask_payout,
    confirm_payout,
    propose_payout,
    record_bank_answer,
    show_account,
    turn_down_payout,
)
from bandstand.trade_in.services.quoting import GradeNotTakenError, PhoneBusyError, quote
from bandstand.trade_in.services.sending import (
    OrderNotFitError,
    accept,
    note_sent,
    receive,
    send_back,
    withdraw,
)
from bandstand.trade_in.services.sweeping import sweep_trade_ins
from bandstand.trade_in.services.values import (
    ValuePreview,
    import_values,
    set_trade_in_terms,
)

__all__ = [
    "GradeNotTakenError",
    "OrderNotFitError",
    "PhoneBusyError",
    "Seen",
    "ValuePreview",
    "accept",
    "apply_credit",
    "ask_payout",
    "confirm_payout",
    "dispose",
    "foresee",
    "hear_line_paid",
    "hear_line_undone",
    "import_values",
    "inspect",
    "note_sent",
    "propose_payout",
    "quote",
    "receive",
    "record_bank_answer",
    "send_back",
    "set_trade_in_terms",
    "show_account",
    "sweep_trade_ins",
    "take_value",
    "turn_down_payout",
    "withdraw",
]
