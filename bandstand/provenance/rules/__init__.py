"""The pure core of provenance: identifiers, vocabulary, documents, custody."""

from bandstand.provenance.rules.captured import CapturedEvent, Declaration, Role, Term
from bandstand.provenance.rules.custody import (
    Custody,
    CustodyFacts,
    CustodyStatus,
    EventFact,
    Finding,
    FindingCode,
    PartyFact,
    RightFact,
    Step,
    StepKind,
    check_custody,
)
from bandstand.provenance.rules.faults import (
    CaptureNotFoundError,
    DocumentRefusedError,
    EventConflictError,
    Fault,
    QueryRefusedError,
    TooLargeError,
)
from bandstand.provenance.rules.ids import (
    Identifier,
    Level,
    MalformedIdentifierError,
    UnitIds,
    canonical,
    imei_uri,
    names_of,
    read_identifier,
    unit_ids_of,
)
from bandstand.provenance.rules.json_text import Limits
from bandstand.provenance.rules.parse import ReadEvent, read_document
from bandstand.provenance.rules.vocabulary import Action, EventType
from bandstand.provenance.rules.words import IdentitySource, JobState, OnError, Scope

__all__ = [
    "Action",
    "CaptureNotFoundError",
    "CapturedEvent",
    "Custody",
    "CustodyFacts",
    "CustodyStatus",
    "Declaration",
    "DocumentRefusedError",
    "EventConflictError",
    "EventFact",
    "EventType",
    "Fault",
    "Finding",
    "FindingCode",
    "Identifier",
    "IdentitySource",
    "JobState",
    "Level",
    "Limits",
    "MalformedIdentifierError",
    "OnError",
    "PartyFact",
    "QueryRefusedError",
    "ReadEvent",
    "RightFact",
    "Role",
    "Scope",
    "Step",
    "StepKind",
    "Term",
    "TooLargeError",
    "UnitIds",
    "canonical",
    "check_custody",
    "imei_uri",
    "names_of",
    "read_document",
    "read_identifier",
    "unit_ids_of",
]
