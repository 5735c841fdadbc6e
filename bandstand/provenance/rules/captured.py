"""An event as it was captured: what, when, where, why; and its own text, word for word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bandstand.provenance.rules.vocabulary import Action, EventType


class Role(StrEnum):
    """In which field of an event a term stands."""

    EPC = "epc"
    PARENT = "parent"
    CHILD = "child"
    INPUT = "input"
    OUTPUT = "output"
    EPC_CLASS = "epc_class"
    CHILD_CLASS = "child_class"
    INPUT_CLASS = "input_class"
    OUTPUT_CLASS = "output_class"
    SOURCE = "source"
    DESTINATION = "destination"
    TRANSACTION = "transaction"


@dataclass(frozen=True, slots=True)
class Term:
    """One identifier of an event, in its canonical form, and in which role it stands there."""

    role: Role
    value: str
    kind: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """That an event captured before is wrong, and which events are right instead."""

    at: datetime
    reason: str
    corrective_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedEvent:
    """One event that was read without fault."""

    type: EventType
    event_id: str
    hash_id: str
    at: datetime
    time_zone_offset: str
    action: Action | None
    step: str
    disposition: str
    persists: tuple[str, ...]
    unsets: tuple[str, ...]
    read_point: str
    biz_location: str
    country: str
    transformation_id: str
    terms: tuple[Term, ...]
    declaration: Declaration | None
    body: str
    prefixes: Mapping[str, str]
