"""
Cases: a variant or capability, a network, a day and facts, with the verdict that is right.

    {"id": "T40", "capability": {"UMTS": [2, 5]}, "network": "310-410", "on": "2022-02-23",
     "facts": [], "expect": {"tier": ["none"], "calls": "no", "reasons": ["RAT_SUNSET"]}}

The facts of a case add to the stored ones. Every listed tier is right; every listed reason must be
among those given; any other answer must be equal, or one of a list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from bandstand.kernel.errors import DomainError
from bandstand.radio import fields
from bandstand.radio.capability import Capability
from bandstand.radio.capability_json import capability_from_json
from bandstand.radio.errors import RecordError
from bandstand.radio.facts import FactSet, facts_from_json
from bandstand.radio.fitting import fit, fit_by_name, fit_on_hosts
from bandstand.radio.policies import NO_POLICIES, PolicyFact
from bandstand.radio.profile import NetworkProfile
from bandstand.radio.verdict import Fit

ANSWER_FIELDS: Final = (
    "tier",
    "data",
    "calls",
    "emergency_calls",
    "sim",
    "nr",
    "coverage",
    "confidence",
    "as_of",
    "changes_on",
)


class VariantLookup(Protocol):
    """Where variants are found."""

    def by_code(self, key: str) -> Capability | None:
        """Return the variant of “Brand/Code”."""

    def by_name(self, key: str) -> tuple[Capability, ...]:
        """Return the variants of “Brand/Name”."""


class NetworkLookup(Protocol):
    """Where networks are found."""

    def profiles(self, key: str, on: date) -> tuple[NetworkProfile, ...]:
        """Return the profiles of a key on a day."""

    def with_facts(self, facts: FactSet) -> "NetworkLookup":
        """Return a look-up with facts added."""


@dataclass(frozen=True, kw_only=True)
class CaseReport:
    """How many cases came out right; each failure has id, expected and got."""

    total: int
    passed: int
    failed: tuple[dict[str, object], ...]

    def as_json(self) -> dict[str, object]:
        """Return the report in plain JSON values."""
        return {"total": self.total, "passed": self.passed, "failed": list(self.failed)}


def run_cases(
    cases: Iterable[Mapping[str, object]],
    *,
    variants: VariantLookup,
    networks: NetworkLookup,
    policies: Iterable[PolicyFact] = NO_POLICIES,
) -> CaseReport:
    """
    Return which cases come out right. A case that cannot be read fails with its error.

    ``policies`` are the stored ones; the facts of a case add to them.
    """
    stored = tuple(policies)
    total = 0
    failed: list[dict[str, object]] = []
    for case in cases:
        total += 1
        expected = case.get("expect")
        try:
            got = fit_of_case(case, variants=variants, networks=networks, policies=stored)
            wrong = _differences(expected, got)
        except DomainError as error:
            problem = {"error": error.code, "message": error.message}
            failed.append({"id": case.get("id"), "expected": expected, "got": problem})
            continue
        if wrong:
            failed.append({"id": case.get("id"), "expected": expected, "got": wrong})
    return CaseReport(total=total, passed=total - len(failed), failed=tuple(failed))


def fit_of_case(
    case: Mapping[str, object],
    *,
    variants: VariantLookup,
    networks: NetworkLookup,
    policies: Iterable[PolicyFact] = NO_POLICIES,
) -> Fit:
    """
    Return the verdict of a case. Its facts add to ``policies``, those that are stored.

    Raises: RecordError if the case names no phone, network or day, or a fact cannot be read.
    """
    on = fields.read_date("on", case.get("on"))
    key = str(case.get("network") or "")
    if on is None or not key:
        mend = "A case names a network (310-260) and a day (on, YYYY-MM-DD)."
        raise RecordError(field="on", value=case.get("on"), mend=mend)
    given = case.get("facts") or []
    if not isinstance(given, list):
        raise RecordError(field="facts", value=given, mend="Facts are a list of objects.")
    facts = facts_from_json(given)
    profiles = networks.with_facts(facts).profiles(key, on)
    rules = (*policies, *facts.policies)
    return _fit_of_phone(case, profiles, variants=variants, policies=rules, on=on)


def _fit_of_phone(
    case: Mapping[str, object],
    profiles: tuple[NetworkProfile, ...],
    *,
    variants: VariantLookup,
    policies: tuple[PolicyFact, ...],
    on: date,
) -> Fit:
    inline = case.get("capability")
    if isinstance(inline, Mapping):
        return fit_on_hosts(capability_from_json(inline), profiles, policies=policies, on=on)
    name = str(case.get("any_variant_of") or "")
    code = str(case.get("variant") or "")
    if not name and not code:
        mend = "A case has a variant (Brand/Code), any_variant_of (Brand/Name) or a capability."
        raise RecordError(field="variant", value=code, mend=mend)
    found = variants.by_code(code) if code else None
    named = variants.by_name(name or code)
    if found is not None or not named:
        return fit_on_hosts(found, profiles, policies=policies, on=on)
    if len(profiles) == 1:
        return fit_by_name(named, profiles[0], policies=policies, on=on)
    fits = [fit_by_name(named, one, policies=policies, on=on) for one in profiles]
    worst = min(fits, key=lambda one: one.tier.rank, default=None)
    return worst if worst is not None else fit(None, None, policies=policies, on=on)


def _differences(expected: object, got: Fit) -> dict[str, object]:
    """Return what came out otherwise than expected, by field; empty if all is right."""
    if not isinstance(expected, Mapping) or not expected:
        mend = "A case says what it expects, such as a tier."
        raise RecordError(field="expect", value=expected, mend=mend)
    known = {*ANSWER_FIELDS, "reasons", "not_reasons"}
    fields.refuse_unknown_fields(expected, known, what="An expectation")
    plain = got.as_json()
    codes = {code.value for code in got.codes}
    wrong: dict[str, object] = {}
    for field, value in expected.items():
        if field == "reasons":
            is_right = set(fields.read_words(field, value)) <= codes
        elif field == "not_reasons":
            is_right = not set(fields.read_words(field, value)) & codes
        else:
            is_right = _is_expected(value, plain[field])
        if not is_right:
            wrong[field] = sorted(codes) if field.endswith("reasons") else plain[field]
    return wrong


def _is_expected(expected: object, got: object) -> bool:
    if isinstance(expected, list):
        return any(_is_expected(one, got) for one in expected)
    if isinstance(expected, Mapping) and isinstance(got, Mapping):
        return all(_is_expected(value, got.get(key)) for key, value in expected.items())
    return expected == got
