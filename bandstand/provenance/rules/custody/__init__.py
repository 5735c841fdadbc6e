"""Custody: who had a unit, when and where, and whether that chain holds. Pure."""

from bandstand.provenance.rules.custody.check import check_custody
from bandstand.provenance.rules.custody.facts import (
    EVENTS_MAX,
    LEVELS_MAX,
    OPERATOR,
    SKEW,
    Custody,
    CustodyFacts,
    CustodyStatus,
    Document,
    EventFact,
    Finding,
    FindingCode,
    PartyFact,
    RightFact,
    Step,
    StepKind,
)

__all__ = [
    "EVENTS_MAX",
    "LEVELS_MAX",
    "OPERATOR",
    "SKEW",
    "Custody",
    "CustodyFacts",
    "CustodyStatus",
    "Document",
    "EventFact",
    "Finding",
    "FindingCode",
    "PartyFact",
    "RightFact",
    "Step",
    "StepKind",
    "check_custody",
]
