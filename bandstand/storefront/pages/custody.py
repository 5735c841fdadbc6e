"""
Where a phone comes from, for shoppers: roles, countries and months.

Whom a seller buys from is its trade secret, and so are prices and the numbers of documents: none of
them is on this page. The operator's staff see them on the unit's own page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from bandstand.provenance.queries import Custody
from bandstand.provenance.rules import CustodyStatus, FindingCode, Step, StepKind

SENTENCES: Final = {
    CustodyStatus.COMPLETE: "We have an unbroken record of this phone from its maker to here.",
    CustodyStatus.GAP: "Part of this phone's way from its maker to here is not recorded.",
    CustodyStatus.CONFLICT: "The records about this phone contradict each other.",
    CustodyStatus.NONE: "We have no record of this phone's way from its maker to here.",
}
KINDS: Final = {
    CustodyStatus.COMPLETE: "good",
    CustodyStatus.GAP: "part",
    CustodyStatus.CONFLICT: "bad",
    CustodyStatus.NONE: "",
}
SHOWN: Final = {
    StepKind.MADE: "Made",
    StepKind.RECEIVED: "Received",
    StepKind.RETURNED: "Came back",
    StepKind.SOLD: "Sold before",
}


@dataclass(frozen=True, slots=True)
class PublicStep:
    """One step, as ``components/custody.html`` takes it, without names or papers."""

    what: str
    who: str
    where: str
    when_iso: str
    when_text: str
    state: str
    finding: str
    documents: str = ""


@dataclass(frozen=True, slots=True)
class CustodyPanel:
    """What ``storefront/parts/custody.html`` says."""

    sentence: str
    kind: str
    steps: tuple[PublicStep, ...]


def custody_panel(found: Custody, *, seller_id: UUID) -> CustodyPanel:
    """Return what shoppers may read of one phone's custody."""
    shown = [step for step in found.steps if step.kind in SHOWN]
    return CustodyPanel(
        sentence=SENTENCES[found.status],
        kind=KINDS[found.status],
        steps=tuple(_step(step, found=found, seller_id=seller_id) for step in shown),
    )


def weakest_panel(found: Sequence[Custody], *, seller_id: UUID) -> CustodyPanel | None:
    """Return the panel of the weakest of several phones: an offer is as good as its worst unit."""
    order = list(CustodyStatus)
    worst = max(found, key=lambda one: order.index(one.status), default=None)
    return None if worst is None else custody_panel(worst, seller_id=seller_id)


def _step(step: Step, *, found: Custody, seller_id: UUID) -> PublicStep:
    code = step.finding.code if step.finding else None
    state = {None: "ok", FindingCode.GAP: "gap"}.get(code, "conflict")
    told = {"ok": "", "gap": "Not recorded how it came here.", "conflict": "Records disagree here."}
    return PublicStep(
        what=SHOWN[step.kind],
        who=_role(step, found=found, seller_id=seller_id),
        where=step.country or _country(step, found=found),
        when_iso=f"{step.at:%Y-%m}",
        when_text=f"{step.at:%B %Y}",
        state=state,
        finding=told[state],
    )


def _role(step: Step, *, found: Custody, seller_id: UUID) -> str:
    if step.kind is StepKind.MADE:
        return "the maker"
    taker = (found.parties or {}).get(step.taker)
    return "this seller" if taker and taker.party_id == seller_id else "a trader"


def _country(step: Step, *, found: Custody) -> str:
    taker = (found.parties or {}).get(step.taker)
    return taker.country if taker else ""
