"""
One question to the gate with every fact it is judged on: judged, kept, and judged again later.

What is kept are the facts that the answer used. Judging them again gives the same answer for ever,
whatever has become of the records since.
"""

from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from bandstand.gate.rules.judgement import Judgement, judge
from bandstand.gate.rules.scope import HoldFact, Target, covers
from bandstand.gate.rules.verdict import WaiverFact
from bandstand.gate.rules.words import Activity
from bandstand.rights.rules import ListingFacts, RightsFacts, decide, decide_listing
from bandstand.rights.rules.frozen import freeze, thaw
from bandstand.rights.rules.used import used_facts, used_listing_facts

VERSION: Final = 1
"""The shape of a kept case; a later shape reads this one too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCase:
    """
    A question with its facts: of a sale, or of a listing whose variant is not known.

    ``version`` is the shape it is kept in.
    """

    activity: Activity
    target: Target
    sale: RightsFacts | None = None
    listing: ListingFacts | None = None
    holds: tuple[HoldFact, ...] = ()
    waivers: tuple[WaiverFact, ...] = ()
    unit_id: UUID | None = None
    version: int = VERSION


def judge_case(case: GateCase) -> Judgement:
    """Judge a case over its own facts and nothing else."""
    facts = case.sale or case.listing
    assert facts is not None  # noqa: S101 -- a case is about one of the two
    return judge(
        decide(case.sale) if case.sale else decide_listing(_listing(case)),
        activity=case.activity,
        target=case.target,
        holds=case.holds,
        waivers=case.waivers,
        now=facts.at,
    )


def kept(case: GateCase) -> dict[str, Any]:
    """Return a case as JSON, without the facts that its answer does not use."""
    used = replace(
        case,
        sale=used_facts(case.sale) if case.sale else None,
        listing=used_listing_facts(case.listing) if case.listing else None,
        holds=tuple(
            one
            for one in case.holds
            if case.activity in one.activities and covers(one.scope, case.target)
        ),
    )
    found: dict[str, Any] = freeze(used)
    return {**found, "version": case.version}


def case_of(plain: dict[str, Any]) -> GateCase:
    """
    Return the case that was kept.

    Raises: KeyError, TypeError or ValueError if the words are of no case.
    """
    return thaw(GateCase, plain)


def _listing(case: GateCase) -> ListingFacts:
    assert case.listing is not None  # noqa: S101 -- a case is about one of the two
    return case.listing
