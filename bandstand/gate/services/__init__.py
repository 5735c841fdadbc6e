"""
What the gate does: decide, hold, lift by two, waive.

Lock order, for everybody: rows of facts first, then anchors in one sorted step, then the row
``display``. A hold takes one anchor and waits for nothing else but that row while it has it.
"""

from bandstand.gate.services.custody import hear_custody_changed
from bandstand.gate.services.decide import may
from bandstand.gate.services.explain import Explanation, explain_offer
from bandstand.gate.services.holds import confirm_provisional, place_hold
from bandstand.gate.services.requests import (
    confirm_lift,
    confirm_widening,
    propose_lift,
    propose_widening,
    refuse_request,
    withdraw_request,
)
from bandstand.gate.services.turning import turn_holds
from bandstand.gate.services.waive import waive, withdraw_waiver

__all__ = [
    "Explanation",
    "confirm_lift",
    "confirm_provisional",
    "confirm_widening",
    "explain_offer",
    "hear_custody_changed",
    "may",
    "place_hold",
    "propose_lift",
    "propose_widening",
    "refuse_request",
    "turn_holds",
    "waive",
    "withdraw_request",
    "withdraw_waiver",
]
