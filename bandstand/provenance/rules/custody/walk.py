"""The walk along a unit's events: who owns and holds it, in which box, and what does not fit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from bandstand.provenance.rules.captured import Role
from bandstand.provenance.rules.custody.facts import (
    LEVELS_MAX,
    OPERATOR,
    CustodyFacts,
    EventFact,
    Finding,
    FindingCode,
    Step,
    StepKind,
)

ASK_BOTH = "Ask both for their own records; staff must settle which is true."


class Voice(Enum):
    """Who says it."""

    OWN = "own"
    """Whoever did it, or the operator's staff who looked at the papers."""
    OTHER_SIDE = "other side"
    """Somebody else who had or gets the unit: worth showing, not worth believing alone."""
    STRANGER = "stranger"
    """Somebody with no part in the chain; their word moves nothing."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """A unit under way."""

    giver: str
    taker: str
    new_owner: str
    event_id: str


@dataclass(slots=True)
class Walk:
    """Where a unit stands after the events walked so far."""

    facts: CustodyFacts
    owner: str = ""
    holder: str = ""
    under_way: Shipment | None = None
    is_begun: bool = False
    is_sold: str = ""
    is_ended: str = ""
    stolen_by: tuple[str, str] | None = None
    recalled_by: tuple[str, str] | None = None
    first_sale: tuple[str, datetime] | None = None
    boxes: dict[str, str] = field(default_factory=dict)
    parties: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def name(self, key: str) -> str:
        """Return the name by which pages call a party."""
        found = self.facts.parties.get(key)
        return found.name if found else (key or "somebody unnamed")

    def has_right(self, key: str, *, at: datetime) -> bool:
        """Say whether a party may put the brand's phones into the world at an instant."""
        return any(
            right.key == key
            and (right.from_at is None or right.from_at <= at)
            and (right.until_at is None or at < right.until_at)
            for right in self.facts.rights
        )

    def voice(self, event: EventFact, *, doer: str, other: str = "") -> Voice:
        """Return who says an event that a doer did, possibly to somebody."""
        if event.sender in {OPERATOR, doer}:
            return Voice.OWN
        knows = event.sender == other or event.sender in self.parties
        if knows or self.has_right(event.sender, at=event.at):
            return Voice.OTHER_SIDE
        return Voice.STRANGER

    def where(self) -> set[str]:
        """Return the unit's names and the boxes around it, as far as boxes may be nested."""
        inside = set(self.facts.names)
        edge = set(inside)
        for _ in range(LEVELS_MAX):
            edge = {self.boxes[one] for one in edge if one in self.boxes} - inside
            inside |= edge
        return inside

    def reaches(self, event: EventFact) -> bool:
        """Say whether an event is about the unit: itself, or a box it is in."""
        inside = self.where()
        return any(name in inside for role, name in event.named if role is not Role.PARENT)

    def gap(self, event: EventFact, text: str, *, cure: str) -> None:
        """Note that something is not said."""
        self._find(FindingCode.GAP, event, text=text, cure=cure)

    def conflict(self, event: EventFact, text: str, *, cure: str = ASK_BOTH) -> None:
        """Note that two things cannot both be true."""
        self._find(FindingCode.CONFLICT, event, text=text, cure=cure)

    def step(self, kind: StepKind, event: EventFact, *, giver: str = "", taker: str = "") -> None:
        """Note a step, with what was found against it."""
        found = next((one for one in self.findings if event.id in one.event_ids[:1]), None)
        self.steps.append(
            Step(
                at=event.at,
                kind=kind,
                event_id=event.id,
                giver=giver,
                taker=taker,
                place=event.place,
                country=event.country,
                documents=event.documents,
                owner=self.owner,
                holder=self.holder,
                finding=found,
            )
        )

    def _find(self, code: FindingCode, event: EventFact, *, text: str, cure: str) -> None:
        self.findings.append(Finding(code=code, text=text, cure=cure, event_ids=(event.id,)))

    def country_of(self, event: EventFact, *, taker: str) -> str:
        """Return the country in which somebody takes a unit over."""
        parties: Mapping[str, object] = self.facts.parties
        found = self.facts.parties[taker].country if taker in parties else ""
        return event.country or found
