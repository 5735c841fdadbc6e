"""
Documents: an EPCISDocument, an EPCISQueryDocument, or one event by itself.

Source: GS1 EPCIS 2.0, sections 7.2 and 8.2 (documents), as published in the JSON schema (read
2026-11-22).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bandstand.provenance.rules.captured import CapturedEvent
from bandstand.provenance.rules.event_fields import read_event
from bandstand.provenance.rules.faults import DocumentRefusedError, Fault, TooLargeError
from bandstand.provenance.rules.json_text import (
    ROOT,
    Limits,
    item_texts,
    member_text,
    read_json,
    refused,
)
from bandstand.provenance.rules.namespaces import is_epcis_context, read_context
from bandstand.provenance.rules.reading import Reader, read_instant
from bandstand.provenance.rules.vocabulary import STANDARD_PREFIXES, TYPE_NAMES

DOCUMENT: Final = "EPCISDocument"
QUERY_DOCUMENT: Final = "EPCISQueryDocument"
VERSION: Final = "2.0"
HOMES: Final[Mapping[str, tuple[str, ...]]] = {
    DOCUMENT: ("epcisBody",),
    QUERY_DOCUMENT: ("epcisBody", "queryResults", "resultsBody"),
}
"""Where each kind of document keeps its events."""
HEADS: Final = frozenset(
    {
        "@context",
        "id",
        "type",
        "schemaVersion",
        "creationDate",
        "sender",
        "receiver",
        "instanceIdentifier",
        "epcisHeader",
        "epcisBody",
        "comment",
        "rdfs:comment",
    }
)


@dataclass(frozen=True, slots=True)
class EventText:
    """One event of a document, not yet read: its value, its own text, its path, its prefixes."""

    value: Any
    body: str
    path: str
    prefixes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """What came of one event of a document: the event, or what is wrong with it."""

    path: str
    event: CapturedEvent | None
    faults: tuple[Fault, ...]


def open_document(document: bytes, *, limits: Limits) -> tuple[EventText, ...]:
    """
    Return the events of a document, not yet read.

    Raises: DocumentRefusedError if it is no EPCIS document; TooLargeError beyond the limits.
    """
    text, value = read_json(document, limits=limits)
    if not isinstance(value, dict):
        raise refused("The document must be one JSON object.")
    faults: list[Fault] = []
    prefixes = {
        **STANDARD_PREFIXES,
        **read_context(value.get("@context"), path=ROOT, faults=faults),
    }
    kind = value.get("type")
    if kind in HOMES:
        _check_head(value, prefixes=prefixes, faults=faults)
        events = list(_events(value, text=text, prefixes=prefixes, faults=faults))
    else:
        _check_single(value, kind=kind, faults=faults)
        events = [EventText(value, text.strip("\ufeff \t\r\n"), ROOT, prefixes)]
    if faults:
        raise DocumentRefusedError(faults)
    if len(events) > limits.events_max:
        raise TooLargeError(
            [Fault(ROOT, f"The document has {len(events)} events; at most {limits.events_max}.")]
        )
    return tuple(events)


def read_event_text(one: EventText) -> ReadEvent:
    """Read one event of a document."""
    if not isinstance(one.value, dict):
        return ReadEvent(one.path, None, (Fault(one.path, "must be an object."),))
    event, faults = read_event(one.value, body=one.body, path=one.path, prefixes=one.prefixes)
    return ReadEvent(one.path, event, tuple(faults))


def read_document(document: bytes, *, limits: Limits | None = None) -> tuple[ReadEvent, ...]:
    """
    Read every event of a document.

    Raises: DocumentRefusedError if it is no EPCIS document.
    """
    opened = open_document(document, limits=limits or Limits())
    return tuple(read_event_text(one) for one in opened)


def _check_head(
    value: Mapping[str, Any], *, prefixes: Mapping[str, str], faults: list[Fault]
) -> None:
    head = Reader(value, ROOT, faults, prefixes)
    if not is_epcis_context(value.get("@context")):
        head.fault("@context", "must name the EPCIS context of GS1.")
    version = head.text("schemaVersion", is_required=True)
    if version and version.split(".")[:2] != VERSION.split("."):
        head.fault("schemaVersion", f"“{version[:20]}” is not version {VERSION}.")
    created = head.text("creationDate", is_required=True)
    if created and read_instant(created) is None:
        head.fault("creationDate", f"“{created[:60]}” is not an instant.")
    for key in ("sender", "receiver"):
        head.text(key)
    head.close(HEADS)


def _check_single(value: Mapping[str, Any], *, kind: object, faults: list[Fault]) -> None:
    if kind is None or ("epcisBody" in value and kind not in TYPE_NAMES):
        raise refused(
            f"must be {DOCUMENT}, {QUERY_DOCUMENT} or a type of event.", path=f"{ROOT}.type"
        )
    if not is_epcis_context(value.get("@context")):
        faults.append(Fault(f"{ROOT}.@context", "must name the EPCIS context of GS1."))


def _events(
    value: Mapping[str, Any], *, text: str, prefixes: Mapping[str, str], faults: list[Fault]
) -> Iterator[EventText]:
    keys = HOMES[value["type"]]
    home: Any = value
    for key in keys:
        home = home.get(key) if isinstance(home, dict) else None
    path = ".".join((ROOT, *keys))
    if not isinstance(home, dict):
        faults.append(Fault(path, "is missing."))
        return
    if isinstance(home.get("event"), dict):
        yield EventText(home["event"], member_text(text, *keys, "event"), f"{path}.event", prefixes)
        return
    events = home.get("eventList")
    if not isinstance(events, list) or not events:
        faults.append(Fault(f"{path}.eventList", "must be a list of at least one event."))
        return
    texts = item_texts(text, *keys, "eventList")
    for at, (one, body) in enumerate(zip(events, texts, strict=True)):
        yield EventText(one, body, f"{path}.eventList[{at}]", prefixes)
