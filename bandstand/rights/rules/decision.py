"""
The pure decision: may this seller sell this variant here, in this condition, now?

Everything is evaluated, so that a seller sees all that is missing at once; deny beats review beats
allow.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from bandstand.rights.rules.approvals import approval_findings
from bandstand.rights.rules.custody import custody_findings
from bandstand.rights.rules.facts import (
    ListingFacts,
    PolicyFact,
    RightsFacts,
    SellerFact,
    StatementFact,
)
from bandstand.rights.rules.findings import Findings
from bandstand.rights.rules.granting import best_chain, grant_findings
from bandstand.rights.rules.labels import label_findings, network_findings
from bandstand.rights.rules.listings import listing_findings, unknown_variant_findings
from bandstand.rights.rules.policies import STRICT_VERSION, policy_findings, policy_for
from bandstand.rights.rules.reasons import tell
from bandstand.rights.rules.spans import is_on, turns_of
from bandstand.rights.rules.verdict import Evidence, RightsReason, RightsVerdict, worst
from bandstand.rights.rules.words import ChannelStatus, Outcome, ReasonCode

DECISION_LIFE: Final = timedelta(hours=24)


def decide(facts: RightsFacts) -> RightsVerdict:
    """Decide over frozen facts, with every reason, the evidence, and how long the answer holds."""
    policy = policy_for(facts)
    best = best_chain(facts, policy=policy) if policy.needs_grant else None
    findings = _seller_findings(facts).and_also(
        listing_findings(facts),
        _channel_findings(facts, policy),
        grant_findings(facts, best=best, policy=policy),
        custody_findings(facts, policy, is_granted=best is not None),
        approval_findings(facts) if policy.needs_approval else Findings(),
        network_findings(facts, policy),
        label_findings(facts, policy),
        policy_findings(facts, policy),
    )
    return _verdict(findings, facts=facts, version=policy.version)


def decide_listing(facts: ListingFacts) -> RightsVerdict:
    """
    Decide over a listing whose variant is not known: a person looks at it, and it never sells.

    No grant is looked for, because nobody can say yet of what.
    """
    findings = _seller_findings(facts).and_also(unknown_variant_findings(facts))
    return _verdict(findings, facts=facts, version=STRICT_VERSION)


def judge_bundle(parts: Iterable[RightsVerdict]) -> Outcome:
    """
    Return whether a bundle may be sold: it is allowed only if every part of it is.

    An empty bundle sells nothing and is refused.
    """
    outcomes = [part.outcome for part in parts]
    return worst(outcomes) if outcomes else Outcome.DENY


def _verdict(
    findings: Findings, *, facts: RightsFacts | ListingFacts, version: str
) -> RightsVerdict:
    reasons = _in_order(findings.reasons)
    return RightsVerdict(
        outcome=worst(reason.outcome for reason in reasons),
        reasons=reasons,
        evidence=findings.evidence,
        valid_until=min([facts.at + DECISION_LIFE, *findings.turns]),
        policy_version=version,
    )


def _seller_findings(facts: RightsFacts | ListingFacts) -> Findings:
    seller = facts.seller
    turns = [at for at in (seller.verified_at, seller.suspended_at) if at and at > facts.at]
    return Findings(reasons=tuple(_seller_reasons(seller, facts)), turns=tuple(turns))


def _seller_reasons(
    seller: SellerFact, facts: RightsFacts | ListingFacts
) -> Iterator[RightsReason]:
    if seller.verified_at is None or seller.verified_at > facts.at:
        yield tell(ReasonCode.SELLER_NOT_VERIFIED, seller=seller.name)
    if seller.suspended_at is not None and seller.suspended_at <= facts.at:
        yield tell(ReasonCode.SELLER_SUSPENDED, seller=seller.name)


def _channel_findings(facts: RightsFacts, policy: PolicyFact) -> Findings:
    if not policy.needs_grant:
        # What a brand says of its channels is about first sales; resale of its goods is not its
        # to forbid.
        return Findings()
    told = [one for one in facts.statements if _is_about(one, facts)]
    closed = [one for one in told if _closes(one) and is_on(one, facts.at)]
    return Findings(
        reasons=tuple(_no_channel(one, facts) for one in closed),
        evidence=tuple(
            Evidence("statement", str(one.id), f"{one.brand_name}: {one.status} ({one.source})")
            for one in sorted(told, key=lambda one: (one.from_at, one.brand_name))
            if is_on(one, facts.at)
        ),
        turns=tuple(turn for one in told for turn in turns_of(one, facts.at)),
    )


def _no_channel(statement: StatementFact, facts: RightsFacts) -> RightsReason:
    return tell(
        ReasonCode.BRAND_NO_CHANNEL_IN_MARKET,
        brand=statement.brand_name,
        market=facts.market.name,
        source=statement.source,
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


def _in_order(reasons: Iterable[RightsReason]) -> tuple[RightsReason, ...]:
    return tuple(sorted(reasons, key=lambda one: (-one.outcome.rank, one.code.position, one.text)))
