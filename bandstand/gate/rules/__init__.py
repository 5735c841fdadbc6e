"""The gate's words, the scope of a hold, and the pure judgement over every fact."""

from bandstand.gate.rules.case import GateCase, case_of, judge_case, kept
from bandstand.gate.rules.judgement import Judgement, judge, stale_reason, unreadable
from bandstand.gate.rules.scope import HoldFact, HoldScope, Lineage, Target, check_scope, covers
from bandstand.gate.rules.verdict import HOLD_ACTIVE, DecisionRow, GateReason, WaiverFact
from bandstand.gate.rules.words import Activity, Basis, HoldMove
from bandstand.rights.rules import Evidence, Outcome

__all__ = [
    "HOLD_ACTIVE",
    "Activity",
    "Basis",
    "DecisionRow",
    "Evidence",
    "GateCase",
    "GateReason",
    "HoldFact",
    "HoldMove",
    "HoldScope",
    "Judgement",
    "Lineage",
    "Outcome",
    "Target",
    "WaiverFact",
    "case_of",
    "check_scope",
    "covers",
    "judge",
    "judge_case",
    "kept",
    "stale_reason",
    "unreadable",
]
