"""Reads of the gate: what it stands at, which holds there are, and what they cover."""

from bandstand.gate.queries.anchors import anchors_of, display_epoch, epochs_of, target_of
from bandstand.gate.queries.covering import covering_hold
from bandstand.gate.queries.decisions import (
    decision_of,
    decision_row,
    last_decision,
    live_waivers,
    unit_words,
)
from bandstand.gate.queries.holds import (
    hold_count,
    hold_for_offer,
    hold_row,
    holds,
    standing_holds,
)
from bandstand.gate.queries.rows import DatabaseNow, HoldRow

__all__ = [
    "DatabaseNow",
    "HoldRow",
    "anchors_of",
    "covering_hold",
    "decision_of",
    "decision_row",
    "display_epoch",
    "epochs_of",
    "hold_count",
    "hold_for_offer",
    "hold_row",
    "holds",
    "last_decision",
    "live_waivers",
    "standing_holds",
    "target_of",
    "unit_words",
]
