"""What became of a book: a table for people, one JSON object for machines."""

from dataclasses import dataclass, field
from typing import Any, Final

TITLE_WIDTH: Final = 78


@dataclass(frozen=True, slots=True)
class CaseFinding:
    """
    What became of one case.

    ``notes`` names the words of the case that nobody read, so that nothing is passed over silently.
    """

    id: str
    kind: str
    title: str
    passed: bool
    expected: Any = None
    got: Any = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BookReport:
    """What became of every case that was run."""

    findings: tuple[CaseFinding, ...]
    notes: tuple[str, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> tuple[CaseFinding, ...]:
        return tuple(one for one in self.findings if not one.passed)

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command prints it."""
        return {
            "total": len(self.findings),
            "passed": len(self.findings) - len(self.failed),
            "failed": [
                {"id": one.id, "expected": one.expected, "got": one.got} for one in self.failed
            ],
        }

    def warnings(self) -> list[str]:
        """Return what a person should know beside the findings."""
        told = list(self.notes)
        told += [f"{one.id}: {note} was not read." for one in self.findings for note in one.notes]
        return told

    def lines(self) -> list[str]:
        """Return the report as a table, with the difference under each case that failed."""
        width = max((len(one.id) for one in self.findings), default=2)
        told = [line for one in self.findings for line in _case_lines(one, width=width)]
        passed = len(self.findings) - len(self.failed)
        told += ["", f"{passed} of {len(self.findings)} cases passed."]
        return told


def _case_lines(one: CaseFinding, *, width: int) -> list[str]:
    title = one.title if len(one.title) <= TITLE_WIDTH else f"{one.title[: TITLE_WIDTH - 1]}…"
    told = [f"{one.id:<{width}}  {'pass' if one.passed else 'FAIL'}  {title}"]
    if not one.passed:
        pad = " " * (width + 8)
        told += [f"{pad}expected  {one.expected}", f"{pad}got       {one.got}"]
    return told
