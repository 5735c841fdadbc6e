"""The answer of the rights room: an outcome with every reason and the evidence it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bandstand.kernel.words import Ground
from bandstand.rights.rules.words import Outcome, ReasonCode


@dataclass(frozen=True, slots=True)
class RightsReason:
    """One thing in the way of a sale, in plain words, and what would take it away."""

    code: ReasonCode
    text: str
    cure: str
    ground: Ground
    outcome: Outcome = Outcome.DENY


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record a decision rests on."""

    kind: str
    id: str
    summary: str


@dataclass(frozen=True, slots=True)
class RightsVerdict:
    """
    Whether a seller may sell a variant in a market, with every reason at once.

    The verdict is the same at every instant before ``valid_until`` unless a fact changes.
    """

    outcome: Outcome
    reasons: tuple[RightsReason, ...]
    evidence: tuple[Evidence, ...]
    valid_until: datetime
    policy_version: str

    @property
    def codes(self) -> frozenset[ReasonCode]:
        return frozenset(reason.code for reason in self.reasons)


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the strictest outcome; allow if there is none."""
    return max(outcomes, key=lambda one: one.rank, default=Outcome.ALLOW)
