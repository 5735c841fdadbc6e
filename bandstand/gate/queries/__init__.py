"""Reads of the gate: what it stands at, which holds there are, and what they cover."""

from bandstand.gate.queries.anchors import anchors_of, display_epoch, epochs_of, target_of
from bandstand.gate.queries.covering import covering_hold
from bandstand.gate.queries.decisions import (
    decision_at,
    decision_of,
    decision_row,
    epochs_of_sale,
    frozen_case,
    last_decision,
    live_waivers,
    unit_row,
    units_in_stock,
)
from bandstand.gate.queries.holds import (
    hold_count,
    hold_for_offer,
    hold_row,
    holds,
    holds_over,
    standing_holds,
)
from bandstand.gate.queries.requests import (
    HoldRequestRow,
    open_request_count,
    open_requests,
    request_row,
    requests_of,
)
from bandstand.gate.queries.rows import DatabaseNow, HoldRow

__all__ = [
    "DatabaseNow",
    "HoldRequestRow",
    "HoldRow",
    "anchors_of",
    "covering_hold",
    "decision_at",
    "decision_of",
    "decision_row",
    "display_epoch",
    "epochs_of",
    "epochs_of_sale",
    "frozen_case",
    "hold_count",
    "hold_for_offer",
    "hold_row",
    "holds",
    "holds_over",
    "last_decision",
    "live_waivers",
    "open_request_count",
    "open_requests",
    "request_row",
    "requests_of",
    "standing_holds",
    "target_of",
    "unit_row",
    "units_in_stock",
]
