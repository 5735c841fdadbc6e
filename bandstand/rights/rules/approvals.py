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
from bandstand.rights.rules.verdict import Evidence, RightsReason
from bandstand.rights.rules.words import ApprovalScheme, ApprovalState, Outcome, ReasonCode

GOOD: Final = frozenset({ApprovalState.GRANTED, ApprovalState.CONDITIONAL})


def approval_findings(facts: RightsFacts) -> Findings:
    """Judge the approvals of the variant in the market; equipment without radio needs none."""
    if not facts.subject.is_radio:
        return Findings()
    turns = tuple(turn for one in facts.approvals for turn in _turns(one, facts.at))
    ordered = sorted(facts.approvals, key=lambda one: (one.reference, one.scheme, one.state))
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
    if good and all(one.state is ApprovalState.CONDITIONAL for one in good):
        yield _conditional(good[0], facts)
    if good and all(_lacks_person(one) for one in good):
        yield _no_responsible_person(good[0])


def _lacks_person(approval: ApprovalFact) -> bool:
    return approval.scheme is ApprovalScheme.RED and not approval.responsible_person


def _missing(facts: RightsFacts, *, because: str = "") -> RightsReason:
    return RightsReason(
        ReasonCode.APPROVAL_MISSING,
        f"{facts.subject.name} has no equipment approval for {facts.market.name}.{because}",
        f"An approval of this exact hardware for {facts.market.name} is recorded.",
        Ground.LAW,
    )


def _limited(approval: ApprovalFact, facts: RightsFacts) -> RightsReason:
    return RightsReason(
        ReasonCode.APPROVAL_LIMITED,
        f"The regulator has limited approval {approval.reference} of {facts.subject.name} in "
        f"{facts.market.name}.",
        "The regulator takes the limit back, or another hardware version is offered.",
        Ground.LAW,
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


def _expired(approval: ApprovalFact, facts: RightsFacts) -> RightsReason:
    return RightsReason(
        ReasonCode.APPROVAL_EXPIRED,
        f"Approval {approval.reference} of {facts.subject.name} in {facts.market.name} has ended.",
        "A renewed approval is recorded.",
        Ground.LAW,
    )


def _no_responsible_person(approval: ApprovalFact) -> RightsReason:
    return RightsReason(
        ReasonCode.RESPONSIBLE_PERSON_MISSING,
        f"Approval {approval.reference} names no responsible person in the European Union.",
        "The responsible person's name and address are recorded.",
        Ground.LAW,
    )


def _turns(approval: ApprovalFact, at: datetime) -> list[datetime]:
    return [turn for turn in (approval.from_at, approval.until_at) if turn and turn > at]
