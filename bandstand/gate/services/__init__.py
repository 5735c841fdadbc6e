"""
What the gate does: decide, hold, lift, waive.

Lock order, for everybody: rows of facts first, then anchors in one sorted step, then the row
``display``. A hold takes one anchor and waits for nothing else but that row while it has it.
"""

from bandstand.gate.services.decide import may
from bandstand.gate.services.holds import lift_hold, place_hold, turn_holds
from bandstand.gate.services.waive import waive, withdraw_waiver

__all__ = ["lift_hold", "may", "place_hold", "turn_holds", "waive", "withdraw_waiver"]
