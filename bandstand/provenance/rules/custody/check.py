"""
The custody check: what the events of one unit show.

Sources: GS1 EPCIS 2.0, sections 7.3.4 (source and destination), 7.3.6 (error declaration), 7.4; GS1
CBV 2.0, sections 7.1 and 7.2 (what steps and dispositions mean), from their published artefacts
(read 2026-11-22). First sale: Regulation (EU) 2017/1001, article 15 (exhaustion counts goods put on
the market in the Union by the proprietor or with its consent; extended to the EEA by Annex XVII of
the EEA Agreement), from general knowledge of the text; not re-read.
"""

from bandstand.provenance.rules.custody.facts import (
    EVENTS_MAX,
    OPERATOR,
    Custody,
    CustodyFacts,
    CustodyStatus,
    EventFact,
    Finding,
    FindingCode,
    Step,
    StepKind,
)
from bandstand.provenance.rules.custody.moves import MOVES
from bandstand.provenance.rules.custody.reading import BOXING, in_order, kind_of
from bandstand.provenance.rules.custody.walk import Walk


def check_custody(facts: CustodyFacts) -> Custody:
    """Return what the events of a unit show; the order of capture does not matter."""
    horizon = facts.at + facts.skew
    known = [event for event in facts.events if event.at <= horizon]
    turns = tuple(sorted(event.at for event in facts.events if event.at > horizon))
    walk = Walk(facts)
    for event in in_order(known[:EVENTS_MAX], skew=facts.skew):
        _walk(walk, event)
    findings = (*walk.findings, *_standing(walk))
    return Custody(
        status=_status(walk.steps, findings),
        steps=tuple(walk.steps),
        findings=findings,
        first_sale_country=walk.first_sale[0] if walk.first_sale else "",
        first_sale_at=walk.first_sale[1] if walk.first_sale else None,
        owner=facts.parties.get(walk.owner),
        holder=facts.parties.get(walk.holder),
        event_ids=tuple(step.event_id for step in walk.steps),
        turns=turns,
        parties=facts.parties,
        is_under_way=walk.under_way is not None,
    )


def _walk(walk: Walk, event: EventFact) -> None:
    if event.type in BOXING:
        MOVES[kind_of(event)](walk, event)
    elif walk.reaches(event):
        MOVES[kind_of(event)](walk, event)
        _flag(walk, event)


def _flag(walk: Walk, event: EventFact) -> None:
    """Keep who says that the unit is stolen or recalled; only they, or above, take it back."""
    who = event.sender
    counts = who == OPERATOR or who in walk.parties or walk.has_right(who, at=event.at)
    if not counts:
        return
    if "stolen" in {event.disposition, *event.persists}:
        walk.stolen_by = walk.stolen_by or (who, event.id)
    elif "stolen" in event.unsets and _may_unsay(walk, event, said=walk.stolen_by):
        walk.stolen_by = None
    if "recalled" in {event.disposition, *event.persists}:
        walk.recalled_by = walk.recalled_by or (who, event.id)
    elif "recalled" in event.unsets and _may_unsay(walk, event, said=walk.recalled_by):
        walk.recalled_by = None


def _may_unsay(walk: Walk, event: EventFact, *, said: tuple[str, str] | None) -> bool:
    own = said is not None and event.sender == said[0]
    return own or event.sender == OPERATOR or walk.has_right(event.sender, at=event.at)


def _standing(walk: Walk) -> list[Finding]:
    """Return what stands against the unit as it is now."""
    found = []
    if walk.stolen_by:
        found.append(
            Finding(
                code=FindingCode.STOLEN,
                text=f"{_who(walk, walk.stolen_by[0])} says it is stolen.",
                cure="Hold the phone and ask whoever said so; only they or the brand take it back.",
                event_ids=(walk.stolen_by[1],),
            )
        )
    if walk.recalled_by:
        found.append(
            Finding(
                code=FindingCode.RECALLED,
                text=f"{_who(walk, walk.recalled_by[0])} says it is recalled.",
                cure="Send it back as the recall says; it may not be sold.",
                event_ids=(walk.recalled_by[1],),
            )
        )
    if walk.is_sold:
        found.append(
            Finding(
                code=FindingCode.SOLD,
                text="It was sold to a buyer and never came back.",
                cure="Add its return, or do not offer it.",
                event_ids=(walk.is_sold,),
            )
        )
    if walk.is_ended:
        found.append(
            Finding(
                code=FindingCode.CONFLICT,
                text="It was taken out of the world: destroyed, disposed of or decommissioned.",
                cure="Declare that event an error if the phone is there.",
                event_ids=(walk.is_ended,),
            )
        )
    return [*found, *_first_sale(walk), *_cut(walk)]


def _first_sale(walk: Walk) -> list[Finding]:
    region, first = walk.facts.region, walk.first_sale
    if not region or first is None or not first[0] or first[0] in region:
        return []
    return [
        Finding(
            code=FindingCode.OUTSIDE,
            text=f"It was first sold in {first[0]}, outside {walk.facts.region_name}.",
            cure="Show the brand's consent to its sale here.",
        )
    ]


def _cut(walk: Walk) -> list[Finding]:
    if not walk.facts.is_cut and len(walk.facts.events) <= EVENTS_MAX:
        return []
    return [
        Finding(
            code=FindingCode.GAP,
            text="There are more events or boxes around it than can be followed.",
            cure="Staff must look at its events; declare the wrong ones errors.",
        )
    ]


def _status(steps: list[Step], findings: tuple[Finding, ...]) -> CustodyStatus:
    codes = {finding.code for finding in findings}
    if FindingCode.CONFLICT in codes:
        return CustodyStatus.CONFLICT
    if FindingCode.GAP in codes:
        return CustodyStatus.GAP
    is_told = any(step.kind is not StepKind.TOLD for step in steps)
    return CustodyStatus.COMPLETE if is_told else CustodyStatus.NONE


def _who(walk: Walk, key: str) -> str:
    return walk.name(key) if key else "The operator"
