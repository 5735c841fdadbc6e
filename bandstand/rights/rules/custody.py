"""What the record of a unit's way says of its sale: gaps, contradictions, theft, first sale."""

from collections.abc import Iterator
from typing import Final

from bandstand.kernel.words import Ground
from bandstand.rights.rules.facts import CustodyFact, CustodyFlag, PolicyFact, RightsFacts
from bandstand.rights.rules.findings import Findings
from bandstand.rights.rules.reasons import REASONS, tell
from bandstand.rights.rules.verdict import Evidence, RightsReason
from bandstand.rights.rules.words import (
    Condition,
    CustodyNeed,
    CustodyStatus,
    Outcome,
    ReasonCode,
)

STATUS_CODES: Final = frozenset({ReasonCode.PROVENANCE_GAP, ReasonCode.PROVENANCE_CONFLICT})
WORDS: Final = {
    CustodyStatus.COMPLETE: "complete from its maker",
    CustodyStatus.GAP: "with a gap",
    CustodyStatus.CONFLICT: "contradictory",
    CustodyStatus.NONE: "not on record",
}


def custody_findings(facts: RightsFacts, policy: PolicyFact, *, is_granted: bool) -> Findings:
    """Judge the way of the unit, or the weakest way among an offer's units."""
    custody = facts.custody or CustodyFact(CustodyStatus.NONE, units=0)
    reasons = (
        *_status_reasons(custody, facts=facts, policy=policy),
        *_flag_reasons(custody, facts=facts, is_granted=is_granted),
    )
    return Findings(reasons=reasons, evidence=_evidence(custody), turns=custody.turns)


def _status_reasons(
    custody: CustodyFact, *, facts: RightsFacts, policy: PolicyFact
) -> Iterator[RightsReason]:
    is_needed = policy.needs_custody is CustodyNeed.COMPLETE
    if custody.status is CustodyStatus.CONFLICT:
        # Where custody is not asked for, a contradiction still means that a person has to look.
        outcome = Outcome.DENY if is_needed else Outcome.REVIEW
        code = ReasonCode.PROVENANCE_CONFLICT
        yield _status_reason(code, custody, facts=facts, outcome=outcome, ground=policy.ground)
    elif is_needed and custody.status is not CustodyStatus.COMPLETE:
        code = ReasonCode.PROVENANCE_GAP
        yield _status_reason(code, custody, facts=facts, outcome=Outcome.DENY, ground=policy.ground)


def _status_reason(
    code: ReasonCode, custody: CustodyFact, *, facts: RightsFacts, outcome: Outcome, ground: Ground
) -> RightsReason:
    found = next((one for one in custody.flags if one.code is code), None)
    if found is not None:
        return RightsReason(code, found.text, found.cure, ground, outcome)
    of_units = f" for {custody.weak} of {custody.units} units" if custody.units > 1 else ""
    return tell(
        code,
        outcome=outcome,
        ground=ground,
        subject=facts.subject.name,
        seller=facts.seller.name,
        units=of_units,
    )


def _flag_reasons(
    custody: CustodyFact, *, facts: RightsFacts, is_granted: bool
) -> Iterator[RightsReason]:
    for flag in custody.flags:
        if flag.code not in STATUS_CODES and _counts(flag, facts=facts, is_granted=is_granted):
            sheet = REASONS[flag.code]
            yield RightsReason(flag.code, flag.text, flag.cure, sheet.ground, sheet.outcome)


def _counts(flag: CustodyFlag, *, facts: RightsFacts, is_granted: bool) -> bool:
    if flag.code is ReasonCode.FIRST_SALE_OUTSIDE_EEA:
        return not is_granted  # a brand that grants this sale consents to it
    is_new = facts.condition is Condition.NEW
    # A later step of a sale finds the sale itself on record.
    return flag.code is not ReasonCode.UNIT_ALREADY_SOLD or (is_new and facts.sold_at is None)


def _evidence(custody: CustodyFact) -> tuple[Evidence, ...]:
    if not custody.event_ids:
        return ()
    summary = f"Custody {WORDS[custody.status]}: {len(custody.event_ids)} events on record."
    return (Evidence("custody", custody.event_ids[-1], summary),)
