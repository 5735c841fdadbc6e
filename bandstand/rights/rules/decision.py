"""
The pure decision: may this seller sell this variant here, in this condition, now?

Everything is evaluated, so that a seller sees all that is missing at once; deny beats review beats
allow. What is not written in a policy row is decided by ``STRICT``: a grant at list level and an
approval.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bandstand.kernel.words import Ground
from bandstand.rights.rules.approvals import approval_findings
from bandstand.rights.rules.chains import Chain, covers, trace
from bandstand.rights.rules.facts import (
    GrantFact,
    PolicyFact,
    RightsFacts,
    StatementFact,
)
from bandstand.rights.rules.findings import Findings
from bandstand.rights.rules.texts import chain_reason, evidence_of_grant, no_grant, none_covers
from bandstand.rights.rules.verdict import Evidence, RightsReason, RightsVerdict, worst
from bandstand.rights.rules.words import ChannelStatus, GrantLevel, ReasonCode

DECISION_LIFE: Final = timedelta(hours=24)
STRICT_VERSION: Final = "strict"


def decide(facts: RightsFacts) -> RightsVerdict:
    """Decide over frozen facts, with every reason, the evidence, and how long the answer holds."""
    policy = policy_for(facts)
    findings = _seller_findings(facts).and_also(
        _channel_findings(facts, policy),
        _grant_findings(facts, policy),
        approval_findings(facts) if policy.needs_approval else Findings(),
        _policy_findings(facts, policy),
    )
    reasons = _in_order(findings.reasons)
    return RightsVerdict(
        outcome=worst(reason.outcome for reason in reasons),
        reasons=reasons,
        evidence=findings.evidence,
        valid_until=min([facts.at + DECISION_LIFE, *findings.turns]),
        policy_version=policy.version,
    )


def policy_for(facts: RightsFacts) -> PolicyFact:
    """
    Return the policy row that rules a sale: the nearest category wins, then the row naming the
    market.

    Between equals the later one wins. Without a row the strict policy rules.
    """
    rows = [row for row in facts.policies if _rules_here(row, facts) and _is_on(row, facts.at)]
    return max(rows, key=lambda row: _closeness(row, facts), default=_strict(facts))


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


def _policy_findings(facts: RightsFacts, policy: PolicyFact) -> Findings:
    turns = [
        row_turn
        for row in facts.policies
        if _rules_here(row, facts)
        for row_turn in _turns(row, facts.at)
    ]
    if policy.version == STRICT_VERSION:
        return Findings(turns=tuple(turns))
    need = f"grant at level {policy.min_level} or better" if policy.needs_grant else "no grant"
    summary = f"Marketplace policy {policy.version}: {policy.condition} goods need {need}."
    return Findings(evidence=(Evidence("policy", str(policy.id), summary),), turns=tuple(turns))


def _seller_findings(facts: RightsFacts) -> Findings:
    seller, reasons = facts.seller, list[RightsReason]()
    if seller.verified_at is None or seller.verified_at > facts.at:
        reasons.append(
            RightsReason(
                ReasonCode.SELLER_NOT_VERIFIED,
                f"{seller.name} has not been verified as a seller.",
                "The operator verifies the seller's identity.",
                Ground.TERMS,
            )
        )
    if seller.suspended_at is not None and seller.suspended_at <= facts.at:
        reasons.append(
            RightsReason(
                ReasonCode.SELLER_SUSPENDED,
                f"{seller.name} is suspended from selling.",
                "The operator reinstates the seller.",
                Ground.TERMS,
            )
        )
    turns = [at for at in (seller.verified_at, seller.suspended_at) if at and at > facts.at]
    return Findings(reasons=tuple(reasons), turns=tuple(turns))


def _channel_findings(facts: RightsFacts, policy: PolicyFact) -> Findings:
    if not policy.needs_grant:
        # What a brand says of its channels is about first sales; resale of its goods is not its
        # to forbid.
        return Findings()
    told = [one for one in facts.statements if _is_about(one, facts)]
    closed = [one for one in told if _closes(one) and _is_on(one, facts.at)]
    return Findings(
        reasons=tuple(_no_channel(one, facts) for one in closed),
        evidence=tuple(
            Evidence("statement", str(one.id), f"{one.brand_name}: {one.status} ({one.source})")
            for one in sorted(told, key=lambda one: (one.from_at, one.brand_name))
            if _is_on(one, facts.at)
        ),
        turns=tuple(turn for one in told for turn in _turns(one, facts.at)),
    )


def _no_channel(statement: StatementFact, facts: RightsFacts) -> RightsReason:
    return RightsReason(
        ReasonCode.BRAND_NO_CHANNEL_IN_MARKET,
        f"{statement.brand_name} says that nobody is authorised to sell this kind of device new in "
        f"{facts.market.name} ({statement.source}).",
        f"{statement.brand_name} publishes another statement.",
        Ground.TERMS,
    )


def _is_about(statement: StatementFact, facts: RightsFacts) -> bool:
    path = facts.subject.brand_path
    of_brand = statement.brand_id == path[0] or (
        statement.include_sub_brands and statement.brand_id in path
    )
    of_kind = statement.category_id is None or statement.category_id in facts.subject.category_path
    return of_brand and of_kind and statement.market == facts.market.code


def _closes(statement: StatementFact) -> bool:
    return statement.status is ChannelStatus.NO_AUTHORISED_CHANNEL


def _grant_findings(facts: RightsFacts, policy: PolicyFact) -> Findings:
    if not policy.needs_grant:
        return Findings()
    own = [grant for grant in facts.grants if grant.grantee_id == facts.seller.id]
    near = [
        trace(one, facts=facts, min_level=policy.min_level)
        for one in own
        if covers(one, facts=facts)
    ]
    good = [chain for chain in near if not chain.faults]
    if good:
        best = max(good, key=lambda chain: (chain.until, chain.level.rank, str(chain.grant.id)))
        evidence = tuple(evidence_of_grant(link, facts=facts) for link in reversed(best.links))
        return Findings(evidence=evidence, turns=(best.until,))
    return _near_misses(own, facts=facts, policy=policy)


def _near_misses(own: list[GrantFact], *, facts: RightsFacts, policy: PolicyFact) -> Findings:
    if not own:
        return Findings(reasons=(no_grant(facts, ground=policy.ground),))
    chains = [trace(grant, facts=facts, min_level=policy.min_level) for grant in own]
    reasons = list(_one_of_each(chains, facts=facts, ground=policy.ground))
    if len(own) > 1:
        reasons.append(none_covers(len(own), facts=facts, ground=policy.ground))
    looked_at = sorted(chains, key=lambda chain: (len(chain.faults), str(chain.grant.id)))
    return Findings(
        reasons=tuple(reasons),
        evidence=tuple(
            evidence_of_grant(chain.grant, facts=facts) for chain in looked_at[:NEAREST]
        ),
        turns=tuple(turn for grant in facts.grants for turn in _grant_turns(grant, facts.at)),
    )


NEAREST: Final = 5
"""How many near misses are kept as evidence; the reasons are told from all of them."""


def _one_of_each(
    chains: list[Chain], *, facts: RightsFacts, ground: Ground
) -> Iterator[RightsReason]:
    # The chain with the fewest faults speaks for a code first: it is the one a seller would mend.
    told: set[ReasonCode] = set()
    for chain in sorted(chains, key=_likeness):
        for fault in chain.faults:
            if fault.code not in told:
                told.add(fault.code)
                yield chain_reason(fault, facts=facts, ground=ground)


def _likeness(chain: Chain) -> tuple[int, datetime, datetime, str]:
    grant = chain.grant
    return len(chain.faults), grant.from_at, grant.until_at, grant.issuer_name


def _grant_turns(grant: GrantFact, at: datetime) -> Iterator[datetime]:
    ends = (grant.from_at, grant.until_at, grant.revoked_at, grant.sell_off_until)
    return (end for end in ends if end is not None and end > at)


def _in_order(reasons: Iterable[RightsReason]) -> tuple[RightsReason, ...]:
    return tuple(sorted(reasons, key=lambda one: (-one.outcome.rank, one.code.position, one.text)))


def _is_on(row: PolicyFact | StatementFact, at: datetime) -> bool:
    return row.from_at <= at and (row.until_at is None or at < row.until_at)


def _turns(row: PolicyFact | StatementFact, at: datetime) -> list[datetime]:
    return [turn for turn in (row.from_at, row.until_at) if turn is not None and turn > at]
