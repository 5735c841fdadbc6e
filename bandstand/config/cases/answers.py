"""What came of a question or an act, in the book's words, against what the book expects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from bandstand.config.cases.fields import CaseWordsError, instant_of
from bandstand.config.cases.world import World
from bandstand.gate.rules import DecisionRow
from bandstand.rights.rules import Outcome

CONTAINED: Final = frozenset({"reasons", "evidence", "notified", "told", "alerts"})
"""What is expected must all be there; more may be."""
INSTANTS: Final = frozenset({"decision_valid_until", "valid_until"})
LIMITS: Final = ("_max", "_max_ms", "_max_seconds")
"""What is expected is the most that may be found."""
MISSING: Final = "not observed"


@dataclass(frozen=True, slots=True)
class Words:
    """
    One state under the several names that a book may call it.

    The first is the shop's own and is what a report shows.
    """

    every: tuple[str, ...]

    def __str__(self) -> str:
        return self.every[0]


@dataclass
class Observed:
    """What was observed, by the names that an expectation may use."""

    facts: dict[str, Any] = field(default_factory=dict)
    exact: bool = False

    def note(self, **facts: object) -> "Observed":
        """Add what was observed."""
        self.facts.update(facts)
        return self

    def printed(self, names: Iterable[str]) -> dict[str, Any]:
        """Return what was observed under the names asked for, as JSON has it."""
        return {name: _plain(self.facts.get(name, MISSING)) for name in names}


def of_decision(decision: DecisionRow, *, world: World) -> Observed:
    """Return a decision in the book's words."""
    return of_decisions([decision], world=world)


def of_decisions(decisions: list[DecisionRow], *, world: World) -> Observed:
    """
    Return several decisions as one: a bundle is allowed only if every component is.

    The worst answer counts, every reason is told, and it stands as long as the shortest does.
    """
    blocking = [
        reason
        for decision in decisions
        for reason in decision.reasons
        if reason.outcome != Outcome.ALLOW.value
    ]
    return Observed(
        {
            "decision": max((one.result for one in decisions), key=lambda one: one.rank).value,
            "reasons": _once(reason.code for reason in blocking),
            "holds": sorted(_once(world.name_of_hold(one.about) for one in blocking if one.about)),
            "evidence": _once(
                world.name_of_grant(one.id)
                for decision in decisions
                for one in decision.evidence
                if one.kind == "grant"
            ),
            "decision_valid_until": min(one.valid_until for one in decisions),
            "grounds": _once(reason.ground for reason in blocking),
        }
    )


def differences(expected: Mapping[str, Any], observed: Observed) -> list[str]:
    """Return the names under which what was observed is not what is expected."""
    exact = bool(expected.get("reasons_exact", False))
    return [
        name
        for name, wanted in expected.items()
        if name != "reasons_exact" and not _agrees(name, wanted, observed=observed, exact=exact)
    ]


def as_expected(expected: Mapping[str, Any], observed: Observed) -> dict[str, Any]:
    """Return what was observed under the names that the expectation uses."""
    names = ["reasons" if one in {"reasons_absent", "reasons_exact"} else one for one in expected]
    if "decision" in expected:
        names.insert(1, "reasons")
    return observed.printed(dict.fromkeys(names))


def _agrees(name: str, wanted: object, *, observed: Observed, exact: bool) -> bool:
    if name == "reasons_absent":
        return not set(_texts(wanted)) & set(observed.facts.get("reasons", ()))
    if name not in observed.facts:
        return False
    found = observed.facts[name]
    if name in CONTAINED:
        mine, theirs = set(_texts(found)), set(_texts(wanted))
        return theirs == mine if exact and name == "reasons" else theirs <= mine
    if name in INSTANTS:
        return _is_instant(found, wanted, name=name)
    return _is_within(found, wanted) if name.endswith(LIMITS) else _is_same(found, wanted)


def _is_within(found: object, wanted: object) -> bool:
    """Say whether a figure is at most what is expected."""
    figures = (found, wanted)
    return all(isinstance(one, int | float) for one in figures) and float(str(found)) <= float(
        str(wanted)
    )


def _is_same(found: object, wanted: object) -> bool:
    if isinstance(found, Words):
        return str(wanted) in found.every
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        return all(name in found and _is_same(found[name], one) for name, one in wanted.items())
    if isinstance(found, list | tuple) or isinstance(wanted, list | tuple):
        return sorted(_texts(found)) == sorted(_texts(wanted))
    if isinstance(found, datetime):
        return _is_instant(found, wanted, name="instant")
    return found == wanted or (not isinstance(found, bool) and str(found) == str(wanted))


def _is_instant(found: object, wanted: object, *, name: str) -> bool:
    if not isinstance(found, datetime) or wanted is None:
        return found is wanted
    return found == instant_of(str(wanted), where=f"expect.{name}")


def _texts(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, Words):
        return [str(value)]
    if isinstance(value, list | tuple | set | frozenset):
        return [str(one) for one in value]
    return [str(value)]


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def check_expectation(expected: object, *, where: str) -> Mapping[str, Any]:
    """Return an expectation. Raises: CaseWordsError if it is none."""
    if not isinstance(expected, Mapping) or not expected:
        raise CaseWordsError(f"{where}: “expect” says nothing.")
    return expected
