"""The verdict of a variant on a network on a date, as a value."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bandstand.kernel.words import Answer, Certainty
from bandstand.radio.reasons import Reason, ReasonCode


class Tier(StrEnum):
    """How well a variant works on a network, in one word."""

    FULL = "full"
    """Every primary band of the network's yardstick technology, and calls."""
    GOOD = "good"
    """A primary band, while another primary or a coverage band is missing."""
    LIMITED = "limited"
    """Only secondary or limited bands, only a part of a band, or only an older technology."""
    UNKNOWN = "unknown"
    """The evidence does not decide."""
    DATA_ONLY = "data_only"
    """Data works, calls do not."""
    VOICE_2G_ONLY = "voice_2g_only"
    """Calls over 2G and nothing else worth the name."""
    NONE = "none"
    """No technology that both sides have is on the air; or no calls, and nobody knows of data."""
    BLOCKED = "blocked"
    """The radio may fit; a rule of the carrier or the law refuses the phone."""

    @property
    def rank(self) -> int:
        """Order tiers: 0 is the worst. Unknown ranks below every tier in which calls work well."""
        return TIER_RANK[self]


WORST_FIRST: Final = (
    Tier.BLOCKED,
    Tier.NONE,
    Tier.VOICE_2G_ONLY,
    Tier.DATA_ONLY,
    Tier.UNKNOWN,
    Tier.LIMITED,
    Tier.GOOD,
    Tier.FULL,
)
TIER_RANK: Final = {tier: rank for rank, tier in enumerate(WORST_FIRST)}
ANSWER_RANK: Final = {Answer.NO: 0, Answer.UNKNOWN: 1, Answer.YES: 2}

NO_TECHNOLOGY: Final = "none"
UNKNOWN_TECHNOLOGY: Final = "unknown"


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """
    The share of a network's primary bands that the variant has, below and above 1 GHz.

    Units: whole per cent, rounded down; None where the network has no such primary band.
    """

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, kw_only=True)
class NrAnswer:
    """Whether 5G works standalone (SA) and anchored on 4G (NSA)."""

    sa: Answer = Answer.UNKNOWN
    nsa: Answer = Answer.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Fit:
    """The verdict: one tier, five answers, reasons with the evidence of both sides."""

    tier: Tier
    data: str
    """The newest technology that carries data (“LTE”), “none” or “unknown”."""
    calls: Answer
    emergency_calls: Answer
    sim: Answer
    nr: NrAnswer
    coverage: Coverage
    reasons: tuple[Reason, ...]
    confidence: Certainty
    as_of: date
    changes_on: date | None
    """The next day on which any fact behind this verdict changes; until then it stands."""

    @property
    def codes(self) -> tuple[ReasonCode, ...]:
        """The reason codes, most important first."""
        return tuple(reason.code for reason in self.reasons)

    def as_json(self) -> dict[str, object]:
        """Return the verdict in plain JSON values, without floating-point numbers."""
        return {
            "tier": self.tier.value,
            "data": self.data,
            "calls": self.calls.value,
            "emergency_calls": self.emergency_calls.value,
            "sim": self.sim.value,
            "nr": {"sa": self.nr.sa.value, "nsa": self.nr.nsa.value},
            "coverage": {"low": self.coverage.low, "high": self.coverage.high},
            "reasons": [reason.as_json() for reason in self.reasons],
            "confidence": self.confidence.value,
            "as_of": self.as_of.isoformat(),
            "changes_on": self.changes_on.isoformat() if self.changes_on else None,
        }


def worse(first: Answer, second: Answer) -> Answer:
    """Return the worse of two answers: no, then unknown, then yes."""
    return first if ANSWER_RANK[first] <= ANSWER_RANK[second] else second


def better(first: Answer, second: Answer) -> Answer:
    """Return the better of two answers."""
    return second if worse(first, second) is first else first
