"""The outcome of checking published examples against this room."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Miss:
    """A published figure that was not reproduced, or a row that could not be read."""

    id: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Check:
    """
    One row checked.

    ``is_exact`` says that every printed decimal agrees; a row may pass without it where the
    publisher's own last digit is off by less than the tolerance.
    """

    id: str
    expected: str
    got: str
    is_passed: bool
    is_exact: bool


@dataclass(frozen=True, slots=True)
class VectorReport:
    """How many examples were checked, how many agree, and which do not."""

    total: int
    passed: int
    exact: int
    failed: tuple[Miss, ...]

    @property
    def is_clean(self) -> bool:
        return self.total > 0 and not self.failed

    def as_json(self) -> dict[str, object]:
        """Return the report as plain values, for a command that prints JSON."""
        return {
            "total": self.total,
            "passed": self.passed,
            "exact": self.exact,
            "failed": [
                {"id": miss.id, "expected": miss.expected, "got": miss.got} for miss in self.failed
            ],
        }


def report_of(checks: Iterable[Check]) -> VectorReport:
    """Sum up checked rows."""
    done = tuple(checks)
    missed = tuple(
        Miss(check.id, check.expected, check.got) for check in done if not check.is_passed
    )
    return VectorReport(
        total=len(done),
        passed=len(done) - len(missed),
        exact=sum(check.is_exact for check in done),
        failed=missed,
    )


def decimals_of(number: Decimal) -> int:
    """Return how many decimals a number is written with."""
    written = number.as_tuple().exponent
    return max(0, -written) if isinstance(written, int) else 0
