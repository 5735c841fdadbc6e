"""
Equipment authorisation: radio equipment is sold only where the place of delivery has approved this
hardware.

An approval that is limited or revoked stops sales from that instant even if another approval still
stands, because a regulator's later word beats an earlier one. A conditional approval goes to a
person.

Source: 47 CFR 2.803 (marketing of radio frequency devices), Directive 2014/53/EU, Article 5 and
Regulation (EU) 2019/1020, Article 4 (responsible person) (read 2026-11-22).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bandstand.kernel.words import Ground
from bandstand.rights.rules.facts import ApprovalFact, RightsFacts
from bandstand.rights.rules.findings import Findings
from bandstand.rights.rules.reasons import tell
from bandstand.rights.rules.requirements import (
    COVERED_LIST,
    EPREL,
    RESPONSIBLE_PERSON,
    schemes_of,
)
from bandstand.rights.rules.verdict import Evidence, RightsReason
from bandstand.rights.rules.words import (
    ApprovalScheme,
    ApprovalState,
    Condition,
    Outcome,
    ReasonCode,
)

GOOD: Final = frozenset({ApprovalState.GRANTED, ApprovalState.CONDITIONAL})


def approval_findings(facts: RightsFacts) -> Findings:
    """Judge the approvals of the variant in the market; equipment without radio needs none."""
    if not facts.subject.is_radio:
        return Findings()
    counted = [one for one in facts.approvals if one.scheme in schemes_of(facts.market)]
    turns = tuple(turn for one in counted for turn in _turns(one, facts.at))
    ordered = sorted(counted, key=lambda one: (one.reference, one.scheme, one.state))
    begun = [one for one in ordered if one.from_at is None or one.from_at <= facts.at]
    live = [one for one in begun if one.until_at is None or facts.at < one.until_at]
    return Findings(
        reasons=tuple(_reasons(live, begun=begun, facts=facts)),
        evidence=tuple(
            Evidence("approval", str(one.id), f"{one.scheme.upper()} {one.reference}: {one.state}")
            for one in live
        ),
        turns=turns,
    )


def _reasons(
    live: list[ApprovalFact], *, begun: list[ApprovalFact], facts: RightsFacts
) -> Iterator[RightsReason]:
    stopped = [one for one in live if one.state is ApprovalState.LIMITED]
    revoked = [one for one in live if one.state is ApprovalState.REVOKED]
    good = [one for one in live if one.state in GOOD]
    ended = [one for one in begun if one not in live or one.state is ApprovalState.EXPIRED]
    if stopped:
        yield _limited(stopped[0], facts)
    if revoked:
        yield _missing(facts, because=f" Approval {revoked[0].reference} was revoked.")
    if not good and not stopped and not revoked:
        yield _expired(ended[-1], facts) if ended else _missing(facts)
    if good:
        yield from _flaws(good, facts)


def _flaws(good: list[ApprovalFact], facts: RightsFacts) -> Iterator[RightsReason]:
    if all(one.state is ApprovalState.CONDITIONAL for one in good):
        yield _conditional(good[0], facts)
    if all(_lacks_person(one, facts) for one in good):
        yield tell(ReasonCode.RESPONSIBLE_PERSON_MISSING, reference=good[0].reference)
    if all(_lacks_eprel(one, facts) for one in good):
        yield tell(ReasonCode.EPREL_MISSING, subject=facts.subject.name)
    if all(_is_after_the_list(one, facts) for one in good):
        yield _listed_kind(good[0], facts)


def _lacks_person(approval: ApprovalFact, facts: RightsFacts) -> bool:
    # A CE mark that Great Britain recognises asks for nobody in the Union there.
    is_ruled = "ukca" not in facts.market.regimes and facts.at >= RESPONSIBLE_PERSON.from_at
    return approval.scheme is ApprovalScheme.RED and is_ruled and not approval.responsible_person


def _lacks_eprel(approval: ApprovalFact, facts: RightsFacts) -> bool:
    is_new = facts.condition is Condition.NEW
    is_ruled = EPREL.rules(facts.subject, market=facts.market, at=facts.at)
    was_earlier = approval.placed_at is not None and approval.placed_at < EPREL.from_at
    return is_new and is_ruled and not was_earlier and not approval.eprel


def _is_after_the_list(approval: ApprovalFact, facts: RightsFacts) -> bool:
    is_ruled = COVERED_LIST.rules(facts.subject, market=facts.market, at=facts.at)
    return is_ruled and approval.from_at is not None and approval.from_at >= COVERED_LIST.from_at


def _missing(facts: RightsFacts, *, because: str = "") -> RightsReason:
    return tell(
        ReasonCode.APPROVAL_MISSING,
        because=because,
        subject=facts.subject.name,
        market=facts.market.name,
    )


def _limited(approval: ApprovalFact, facts: RightsFacts) -> RightsReason:
    return tell(
        ReasonCode.APPROVAL_LIMITED,
        reference=approval.reference,
        subject=facts.subject.name,
        market=facts.market.name,
    )


def _conditional(approval: ApprovalFact, facts: RightsFacts) -> RightsReason:
    return RightsReason(
        ReasonCode.APPROVAL_LIMITED,
        f"Approval {approval.reference} of {facts.subject.name} in {facts.market.name} carries "
        "conditions that a person must check.",
        "The operator checks the conditions and records the answer.",
        Ground.LAW,
        Outcome.REVIEW,
    )


def _listed_kind(approval: ApprovalFact, facts: RightsFacts) -> RightsReason:
    return RightsReason(
        ReasonCode.APPROVAL_LIMITED,
        f"Approval {approval.reference} of {facts.subject.name} was granted after new models of "
        "foreign-made routers and hotspots were put on the FCC's Covered List.",
        "The operator checks where it is made and on what ground it was approved, and records it.",
        Ground.LAW,
        Outcome.REVIEW,
    )


def _expired(approval: ApprovalFact, facts: RightsFacts) -> RightsReason:
    return tell(
        ReasonCode.APPROVAL_EXPIRED,
        reference=approval.reference,
        subject=facts.subject.name,
        market=facts.market.name,
    )


def _turns(approval: ApprovalFact, at: datetime) -> list[datetime]:
    return [turn for turn in (approval.from_at, approval.until_at) if turn and turn > at]
