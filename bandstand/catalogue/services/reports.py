"""What a load did, line by line, and what it refused and why."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Outcome(StrEnum):
    """What became of a line."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A line that was not used; ``reason`` says what is wrong and how to mend it."""

    file: str
    line: int
    reason: str

    def as_json(self) -> dict[str, object]:
        """Return the refusal in plain JSON values."""
        return {"file": self.file, "line": self.line, "reason": self.reason}


@dataclass(frozen=True, kw_only=True)
class LoadReport:
    """What a load of tables did. The counts are lines of the files."""

    added: int
    changed: int
    unchanged: int
    refused: tuple[Refusal, ...]
    run_id: UUID
    fits: int
    """How many stored fits were written because facts changed."""

    def as_json(self) -> dict[str, object]:
        """Return the report in plain JSON values."""
        return {
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "refused": [one.as_json() for one in self.refused],
            "run_id": str(self.run_id),
            "fits": self.fits,
        }


@dataclass(kw_only=True)
class Tally:
    """Counts the lines of one file as they are read."""

    file: str
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    refusals: list[Refusal] = field(default_factory=list)

    def count(self, outcome: Outcome) -> None:
        """Note what became of a line."""
        self.counts[outcome] += 1

    def refuse(self, line: int, reason: str) -> None:
        """Note that a line was not used, and why."""
        self.counts[Outcome.REFUSED] += 1
        self.refusals.append(Refusal(file=self.file, line=line, reason=reason))

    def as_json(self) -> dict[str, object]:
        """Return the counts of the file."""
        return {"file": self.file, **{one.value: number for one, number in self.counts.items()}}


def strongest(*outcomes: Outcome) -> Outcome:
    """Return what became of a line of several parts: added, else changed, else unchanged."""
    for one in (Outcome.ADDED, Outcome.CHANGED):
        if one in outcomes:
            return one
    return Outcome.UNCHANGED
