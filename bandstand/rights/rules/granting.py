"""
Whether a grant covers the sale, and if none does, everything that is near and what it lacks.

One candidate is refused for its own reasons. Of several none of which covers, that is said, with
the reasons of all of them; grants that fail alike are told once.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Final

from bandstand.rights.rules.chains import Chain, covers, trace
from bandstand.rights.rules.facts import GrantFact, PolicyFact, RightsFacts
from bandstand.rights.rules.findings import Findings
from bandstand.rights.rules.policies import policy_for
from bandstand.rights.rules.texts import chain_reason, evidence_of_grant, no_grant, none_covers
from bandstand.rights.rules.verdict import RightsReason
from bandstand.rights.rules.words import ReasonCode

NEAREST: Final = 5
"""How many near misses are kept as evidence; the reasons are told from all of them."""


def grant_findings(facts: RightsFacts, *, best: Chain | None, policy: PolicyFact) -> Findings:
    """Return the chain that covers the sale as evidence, or every near miss as reasons."""
    if not policy.needs_grant:
        return Findings()
    if best is None:
        return _near_misses(facts, policy=policy)
    evidence = tuple(evidence_of_grant(link, facts=facts) for link in reversed(best.links))
    return Findings(evidence=evidence, turns=(best.until,))


def best_chain(facts: RightsFacts, *, policy: PolicyFact) -> Chain | None:
    """Return the chain without fault that lasts longest, if there is one."""
    near = (
        trace(one, facts=facts, policy=policy) for one in _own(facts) if covers(one, facts=facts)
    )
    good = (chain for chain in near if not chain.faults)
    return max(
        good,
        key=lambda chain: (chain.until, chain.level.rank, str(chain.grant.id)),
        default=None,
    )


def needs_near_misses(facts: RightsFacts) -> bool:
    """Say whether grants that do not cover the sale have to be read, to tell what is missing."""
    policy = policy_for(facts)
    return policy.needs_grant and best_chain(facts, policy=policy) is None


def _own(facts: RightsFacts) -> list[GrantFact]:
    return [grant for grant in facts.grants if grant.grantee_id == facts.seller.id]


def _near_misses(facts: RightsFacts, *, policy: PolicyFact) -> Findings:
    own = _own(facts)
    left_out = facts.left_out.count if facts.left_out else 0
    told_elsewhere = tuple(
        RightsReason(one.code, one.text, one.cure, policy.ground) for one in facts.list_faults
    )
    if not own:
        return Findings(reasons=(no_grant(facts, ground=policy.ground), *told_elsewhere))
    kinds = _one_of_each_kind(own)
    chains = [trace(grant, facts=facts, policy=policy) for grant in kinds]
    reasons = list(_one_of_each(chains, facts=facts, policy=policy))
    if len(own) + left_out > 1:
        reasons.append(none_covers(len(own) + left_out, facts=facts, ground=policy.ground))
    looked_at = sorted(chains, key=lambda chain: (len(chain.faults), str(chain.grant.id)))
    return Findings(
        reasons=(*reasons, *told_elsewhere),
        evidence=tuple(
            evidence_of_grant(chain.grant, facts=facts) for chain in looked_at[:NEAREST]
        ),
        turns=tuple(_turns(kinds, facts=facts)),
    )


def _one_of_each_kind(own: list[GrantFact]) -> Collection[GrantFact]:
    # Grants of the same words fail alike; a seller with a thousand of them hears each fault once.
    kinds: dict[object, GrantFact] = {}
    for grant in own:
        kind = (grant.scope, grant.level, grant.issuer_brand_id, grant.parent_id, *_state(grant))
        kinds.setdefault(kind, grant)
    return kinds.values()


def _state(grant: GrantFact) -> tuple[object, ...]:
    return (
        grant.issuer_party_id,
        grant.from_at,
        grant.until_at,
        grant.revoked_at,
        grant.status_checked_at,
        grant.sell_off_until,
        grant.proof_faults,
        grant.delegate_depth,
    )


def _one_of_each(
    chains: list[Chain], *, facts: RightsFacts, policy: PolicyFact
) -> Iterator[RightsReason]:
    # The chain with the fewest faults speaks for a code first: it is the one a seller would mend.
    told: set[ReasonCode] = set()
    for chain in sorted(chains, key=_likeness):
        for fault in chain.faults:
            if fault.code not in told:
                told.add(fault.code)
                yield chain_reason(fault, facts=facts, policy=policy)


def _likeness(chain: Chain) -> tuple[int, datetime, datetime, str]:
    grant = chain.grant
    return len(chain.faults), grant.from_at, grant.until_at, grant.issuer_name


def _turns(kinds: Iterable[GrantFact], *, facts: RightsFacts) -> Iterator[datetime]:
    if facts.left_out is not None and facts.left_out.next_turn is not None:
        yield facts.left_out.next_turn
    links = (grant for grant in facts.grants if grant.grantee_id != facts.seller.id)
    for grant in (*kinds, *links):
        ends = (grant.from_at, grant.until_at, grant.revoked_at, grant.sell_off_until)
        yield from (end for end in ends if end is not None and end > facts.at)
