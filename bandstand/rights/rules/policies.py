"""
Which row of the marketplace's policy rules a sale: the nearest category, then the named market.

What is not written in a row is decided by ``STRICT``: a grant at list level and an approval.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from bandstand.kernel.words import Ground
from bandstand.rights.rules.facts import PolicyFact, RightsFacts
from bandstand.rights.rules.findings import Findings
from bandstand.rights.rules.spans import is_on, turns_of
from bandstand.rights.rules.verdict import Evidence
from bandstand.rights.rules.words import CustodyNeed, GrantLevel

STRICT_VERSION: Final = "strict"


def policy_for(facts: RightsFacts) -> PolicyFact:
    """
    Return the policy row that rules a sale: the nearest category wins, then the row naming the
    market.

    Between equals the later one wins. Without a row the strict policy rules.
    """
    rows = [row for row in facts.policies if _rules_here(row, facts) and is_on(row, facts.at)]
    return max(rows, key=lambda row: _closeness(row, facts), default=_strict(facts))


def policy_findings(facts: RightsFacts, policy: PolicyFact) -> Findings:
    """Name the policy row as evidence, and say when another one takes over."""
    turns = tuple(
        turn
        for row in facts.policies
        if _rules_here(row, facts)
        for turn in turns_of(row, facts.at)
    )
    if policy.version == STRICT_VERSION:
        return Findings(turns=turns)
    summary = (
        f"Marketplace policy {policy.version}: {policy.condition} goods need {_needs(policy)}."
    )
    return Findings(evidence=(Evidence("policy", str(policy.id), summary),), turns=turns)


def _needs(policy: PolicyFact) -> str:
    needs = [f"grant at level {policy.min_level} or better" if policy.needs_grant else "no grant"]
    if policy.needs_custody is CustodyNeed.COMPLETE:
        needs.append("a complete record of custody")
    if policy.needs_network_cert:
        needs.append("a host network's certification")
    return " and ".join(needs)


def _strict(facts: RightsFacts) -> PolicyFact:
    return PolicyFact(
        id=UUID(int=0),
        market=None,
        category_id=None,
        condition=facts.condition,
        needs_grant=True,
        min_level=GrantLevel.LIST,
        needs_approval=True,
        ground=Ground.TERMS,
        version=STRICT_VERSION,
        from_at=facts.at,
    )


def _rules_here(row: PolicyFact, facts: RightsFacts) -> bool:
    return (
        row.condition is facts.condition
        and row.market in {None, facts.market.code}
        and (row.category_id is None or row.category_id in facts.subject.category_path)
    )


def _closeness(row: PolicyFact, facts: RightsFacts) -> tuple[int, bool, datetime, str]:
    path = facts.subject.category_path
    nearness = 0 if row.category_id is None else len(path) - path.index(row.category_id)
    return nearness, row.market is not None, row.from_at, row.version
