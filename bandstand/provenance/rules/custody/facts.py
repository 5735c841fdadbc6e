"""What a custody check is given, and what it answers. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from bandstand.provenance.rules.captured import Role
from bandstand.provenance.rules.vocabulary import Action, EventType

SKEW: Final = timedelta(minutes=5)
EVENTS_MAX: Final = 2_000
LEVELS_MAX: Final = 8
OPERATOR: Final = ""
"""The sender of what the operator's own staff captured: they answer for what they looked at."""


class CustodyStatus(StrEnum):
    """What the events of a unit show."""

    COMPLETE = "complete"
    """An unbroken chain from a party with the brand's right to the last holder."""
    GAP = "gap"
    """Something is not said: a hand-over, a beginning, or by whom."""
    CONFLICT = "conflict"
    """Two things are said that cannot both be true."""
    NONE = "none"
    """Nobody said anything about the unit."""


class StepKind(StrEnum):
    """What happened to a unit."""

    MADE = "made"
    SHIPPED = "shipped"
    CALLED_OFF = "called_off"
    RECEIVED = "received"
    RETURNED = "returned"
    PACKED = "packed"
    UNPACKED = "unpacked"
    SEEN = "seen"
    SOLD = "sold"
    ENDED = "ended"
    TOLD = "told"
    """Said by somebody who has no part in it; it moves nothing."""


class FindingCode(StrEnum):
    """What stands against a unit."""

    GAP = "PROVENANCE_GAP"
    CONFLICT = "PROVENANCE_CONFLICT"
    STOLEN = "UNIT_STOLEN"
    RECALLED = "UNIT_RECALLED"
    SOLD = "UNIT_ALREADY_SOLD"
    OUTSIDE = "FIRST_SALE_OUTSIDE_EEA"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFact:
    """A party that events name: by its key, which is ours or its own identifier."""

    key: str
    name: str
    party_id: UUID | None = None
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RightFact:
    """That a party may put the brand's phones into the world, ``[from_at, until_at)``."""

    key: str
    from_at: datetime | None = None
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A business document that an event names."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFact:
    """One event, so far as it concerns a unit and the boxes it may be in."""

    id: str
    type: EventType
    at: datetime
    action: Action | None = None
    step: str = ""
    disposition: str = ""
    persists: tuple[str, ...] = ()
    unsets: tuple[str, ...] = ()
    sender: str = OPERATOR
    source_owner: str = ""
    source_holder: str = ""
    new_owner: str = ""
    new_holder: str = ""
    place: str = ""
    place_party: str = ""
    country: str = ""
    documents: tuple[Document, ...] = ()
    named: tuple[tuple[Role, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyFacts:
    """Everything that a custody check rests on."""

    names: frozenset[str]
    events: tuple[EventFact, ...]
    rights: tuple[RightFact, ...]
    parties: Mapping[str, PartyFact]
    at: datetime
    skew: timedelta = SKEW
    region: frozenset[str] = frozenset()
    region_name: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that stands against a unit, in plain words, and what would cure it."""

    code: FindingCode
    text: str
    cure: str
    event_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a unit's life, and who owns and holds it after."""

    at: datetime
    kind: StepKind
    event_id: str
    giver: str = ""
    taker: str = ""
    place: str = ""
    country: str = ""
    documents: tuple[Document, ...] = ()
    owner: str = ""
    holder: str = ""
    finding: Finding | None = None

    @property
    def ok(self) -> bool:
        """Say whether nothing stands against this step."""
        return self.finding is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """What the events of a unit show at an instant."""

    status: CustodyStatus
    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    first_sale_country: str = ""
    first_sale_at: datetime | None = None
    owner: PartyFact | None = None
    holder: PartyFact | None = None
    event_ids: tuple[str, ...] = ()
    turns: tuple[datetime, ...] = ()
    parties: Mapping[str, PartyFact] | None = None
    is_under_way: bool = False

    def name_of(self, key: str) -> str:
        """Return the name of a party of the steps."""
        found = (self.parties or {}).get(key)
        return found.name if found else key

    def codes(self) -> frozenset[FindingCode]:
        """Return the codes of everything that stands against the unit."""
        return frozenset(finding.code for finding in self.findings)
