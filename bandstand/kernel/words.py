"""Result words that several rooms speak."""

from enum import StrEnum


class Answer(StrEnum):
    """What is known about a question. Unknown is an answer; it never turns into yes."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """How far a fact may be trusted: high (primary source or several agree) to low (inferred)."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """Order certainties: 0 is the weakest."""
        return (Certainty.LOW, Certainty.MEDIUM, Certainty.HIGH).index(self)

    @classmethod
    def weakest(cls, *certainties: "Certainty") -> "Certainty":
        """Return the weakest link of a chain of facts; HIGH if the chain is empty."""
        return min(certainties, key=lambda one: one.rank, default=cls.HIGH)


class Ground(StrEnum):
    """Why something is refused or stopped: a law, or the marketplace's own published terms."""

    LAW = "law"
    TERMS = "terms"
