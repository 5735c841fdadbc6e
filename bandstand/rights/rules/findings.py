"""What one part of a decision found: reasons against, evidence, when the answer may turn."""

from dataclasses import dataclass
from datetime import datetime

from bandstand.rights.rules.verdict import Evidence, RightsReason


@dataclass(frozen=True, slots=True)
class Findings:
    """The parts of a decision add up: all their reasons, all their evidence, the earliest turn."""

    reasons: tuple[RightsReason, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    turns: tuple[datetime, ...] = ()

    def and_also(self, *others: "Findings") -> "Findings":
        """Return these findings with the others' added."""
        parts = (self, *others)
        return Findings(
            reasons=tuple(reason for part in parts for reason in part.reasons),
            evidence=tuple(one for part in parts for one in part.evidence),
            turns=tuple(turn for part in parts for turn in part.turns),
        )
