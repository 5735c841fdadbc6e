"""
One event, read field by field against what its type asks for.

Source: GS1 EPCIS 2.0, section 7.4 (event types and their fields), as published in the JSON schema
(read 2026-11-22).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from bandstand.kernel.errors import near_matches
from bandstand.provenance.rules.captured import CapturedEvent, Declaration, Role, Term
from bandstand.provenance.rules.faults import Fault
from bandstand.provenance.rules.hash_id import hash_id_of
from bandstand.provenance.rules.ids import Level
from bandstand.provenance.rules.namespaces import read_context
from bandstand.provenance.rules.reading import OFFSET, UNIT_OF_MEASURE, Reader
from bandstand.provenance.rules.sensors import check_sensor_element
from bandstand.provenance.rules.vocabulary import (
    ACTION_NAMES,
    DISPOSITIONS,
    REASONS,
    SIDES,
    STEPS,
    TRANSACTIONS,
    TYPE_NAMES,
    Action,
    EventType,
)

LISTS: Final[Mapping[EventType, Mapping[str, Role]]] = {
    EventType.OBJECT: {"epcList": Role.EPC, "quantityList": Role.EPC_CLASS},
    EventType.TRANSACTION: {"epcList": Role.EPC, "quantityList": Role.EPC_CLASS},
    EventType.AGGREGATION: {"childEPCs": Role.CHILD, "childQuantityList": Role.CHILD_CLASS},
    EventType.ASSOCIATION: {"childEPCs": Role.CHILD, "childQuantityList": Role.CHILD_CLASS},
    EventType.TRANSFORMATION: {
        "inputEPCList": Role.INPUT,
        "inputQuantityList": Role.INPUT_CLASS,
        "outputEPCList": Role.OUTPUT,
        "outputQuantityList": Role.OUTPUT_CLASS,
    },
}
"""In which lists an event of a type names its things."""
COMMON: Final = frozenset(
    {
        "@context",
        "type",
        "eventID",
        "eventTime",
        "recordTime",
        "eventTimeZoneOffset",
        "certificationInfo",
        "errorDeclaration",
        "bizStep",
        "disposition",
        "persistentDisposition",
        "readPoint",
        "bizLocation",
        "bizTransactionList",
        "sourceList",
        "destinationList",
        "sensorElementList",
        "comment",
        "rdfs:comment",
    }
)
OWN: Final[Mapping[EventType, frozenset[str]]] = {
    EventType.OBJECT: frozenset({"action", "ilmd"}),
    EventType.TRANSACTION: frozenset({"action", "parentID"}),
    EventType.AGGREGATION: frozenset({"action", "parentID"}),
    EventType.ASSOCIATION: frozenset({"action", "parentID"}),
    EventType.TRANSFORMATION: frozenset({"transformationID", "ilmd"}),
}
WITH_PARENT: Final = frozenset({EventType.AGGREGATION, EventType.ASSOCIATION})
COUNTRY_KEYS: Final = ("cbvmda:countryCode", "urn:epcglobal:cbv:mda:countryCode")
COUNTRY: Final = re.compile(r"[A-Z]{2}")
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}([T ].*)?")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def read_event(
    value: Mapping[str, Any],
    *,
    body: str,
    path: str,
    prefixes: Mapping[str, str],
) -> tuple[CapturedEvent | None, list[Fault]]:
    """Return an event and no fault, or None and what is wrong with it."""
    faults: list[Fault] = []
    known = {**prefixes, **read_context(value.get("@context"), path=path, faults=faults)}
    reader = Reader(value, path, faults, known)
    kind = _event_type(reader)
    if kind is None:
        return None, faults
    event = _read(reader, kind, body=body)
    reader.close(COMMON | OWN[kind] | LISTS[kind].keys())
    if faults:
        return None, faults
    hash_id = hash_id_of(value, prefixes=known)
    return replace(event, hash_id=hash_id, event_id=event.event_id or hash_id), []


def _read(reader: Reader, kind: EventType, *, body: str) -> CapturedEvent:
    action = _action(reader, kind)
    at = reader.instant("eventTime", is_required=True)
    reader.instant("recordTime")
    offset = reader.text("eventTimeZoneOffset", is_required=True)
    if offset and not OFFSET.fullmatch(offset):
        reader.fault("eventTimeZoneOffset", f"“{offset[:20]}” is not an offset such as +02:00.")
    terms = tuple(_terms(reader, kind))
    _check_what(reader, kind, action=action)
    for element in reader.objects("sensorElementList"):
        check_sensor_element(element)
    _check_certification(reader)
    _check_ilmd(reader, action=action)
    persists, unsets = _persistent(reader)
    read_point, _ = _place(reader, "readPoint")
    biz_location, country = _place(reader, "bizLocation")
    declaration = _declaration(reader)
    return CapturedEvent(
        type=kind,
        event_id=reader.uri("eventID"),
        hash_id="",
        at=at or EPOCH,
        time_zone_offset=offset,
        action=action,
        step=reader.word("bizStep", vocabulary=STEPS),
        disposition=reader.word("disposition", vocabulary=DISPOSITIONS),
        persists=persists,
        unsets=unsets,
        read_point=read_point,
        biz_location=biz_location,
        country=country or _place(reader, "readPoint", is_quiet=True)[1],
        transformation_id=reader.uri("transformationID"),
        terms=terms,
        declaration=declaration,
        body=body,
        prefixes=reader.prefixes,
    )


def _event_type(reader: Reader) -> EventType | None:
    said = reader.text("type", is_required=True)
    if not said:
        return None
    name = said.removeprefix("epcis:").removeprefix("https://ref.gs1.org/epcis/")
    if name in TYPE_NAMES:
        return EventType(name)
    near = near_matches(name, [one.value for one in EventType])
    reader.fault(
        "type", f"“{said[:60]}” is not a type of event; use {' or '.join(near or list(EventType))}."
    )
    return None


def _action(reader: Reader, kind: EventType) -> Action | None:
    if kind is EventType.TRANSFORMATION:
        return None
    said = reader.text("action", is_required=True)
    if said in ACTION_NAMES:
        return Action(said)
    if said:
        reader.fault("action", f"“{said[:20]}” is not an action; use ADD, OBSERVE or DELETE.")
    return None


def _terms(reader: Reader, kind: EventType) -> Iterator[Term]:
    for key, role in LISTS[kind].items():
        if key.endswith("QuantityList") or key == "quantityList":
            yield from _quantities(reader, key, role=role)
        else:
            for one in reader.identifiers(key, level=Level.INSTANCE):
                yield Term(role, one.uri, serial=one.serial)
    parent = reader.text("parentID", is_required=_needs_parent(reader, kind))
    found = reader.identifier("parentID", parent) if parent else None
    if found is not None:
        yield Term(Role.PARENT, found.uri, serial=found.serial)
    for row in reader.objects("bizTransactionList"):
        named = row.word("type", vocabulary=TRANSACTIONS)
        yield Term(Role.TRANSACTION, row.uri("bizTransaction", is_required=True), kind=named)
        row.close(("type", "bizTransaction"), has_extensions=False)
    yield from _sides(reader, "source", role=Role.SOURCE)
    yield from _sides(reader, "destination", role=Role.DESTINATION)


def _quantities(reader: Reader, key: str, *, role: Role) -> Iterator[Term]:
    for one in reader.objects(key):
        text = one.text("epcClass", is_required=True)
        found = one.identifier("epcClass", text) if text else None
        if found is not None and one.is_level("epcClass", found, level=Level.CLASS):
            yield Term(role, found.uri)
        one.numbers("quantity")
        unit = one.text("uom")
        if unit and not UNIT_OF_MEASURE.fullmatch(unit):
            one.fault("uom", f"“{unit[:20]}” is not a unit of UN/ECE Rec 20, such as KGM.")
        one.close(("epcClass", "quantity", "uom"), has_extensions=False)


def _sides(reader: Reader, name: str, *, role: Role) -> Iterator[Term]:
    for one in reader.objects(f"{name}List"):
        kind = one.word("type", vocabulary=SIDES, is_required=True)
        yield Term(role, one.uri(name, is_required=True), kind=kind)
        one.close(("type", name), has_extensions=False)


def _needs_parent(reader: Reader, kind: EventType) -> bool:
    if kind is EventType.ASSOCIATION:
        return True
    return kind is EventType.AGGREGATION and reader.value.get("action") in {"ADD", "DELETE"}


def _check_what(reader: Reader, kind: EventType, *, action: Action | None) -> None:
    lists = LISTS[kind]
    has_sensors = bool(reader.value.get("sensorElementList")) and "readPoint" in reader.value
    takes_all_out = kind in WITH_PARENT and action is Action.DELETE
    if kind is EventType.TRANSACTION and not reader.items("bizTransactionList"):
        reader.fault("bizTransactionList", "is missing; a TransactionEvent names its documents.")
    if kind is EventType.TRANSFORMATION and "transformationID" not in reader.value:
        _check_both_sides(reader)
    elif not (has_sensors or takes_all_out or any(reader.items(key) for key in lists)):
        names = " or ".join(lists)
        reader.fault(
            next(iter(lists)), f"is missing; the event names nothing. Give {names}, or sensor data."
        )


def _check_both_sides(reader: Reader) -> None:
    for side in ("input", "output"):
        if not (reader.items(f"{side}EPCList") or reader.items(f"{side}QuantityList")):
            reader.fault(
                f"{side}EPCList",
                f"is missing; give {side}EPCList or {side}QuantityList, or a transformationID.",
            )


def _check_certification(reader: Reader) -> None:
    said = reader.value.get("certificationInfo")
    if said is None or isinstance(said, str):
        reader.uri("certificationInfo")
        return
    items = said if isinstance(said, list) else [said]
    for at, item in enumerate(items):
        place = f"certificationInfo[{at}]"
        if isinstance(item, str):
            reader.identifier(place, item)
        elif isinstance(item, dict):
            _check_details(Reader(item, f"{reader.path}.{place}", reader.faults, reader.prefixes))
        else:
            reader.fault(place, "must be a URI or an object.")


def _check_details(details: Reader) -> None:
    details.close(())
    for key, value in details.value.items():
        inner = details.object(key) if isinstance(value, dict) else None
        if inner is not None:
            _check_details(inner)
        elif key.endswith("Date") and not (isinstance(value, str) and DAY.fullmatch(value)):
            details.fault(key, f"“{str(value)[:40]}” is not a date such as 2026-11-22.")


def _check_ilmd(reader: Reader, *, action: Action | None) -> None:
    ilmd = reader.object("ilmd")
    if ilmd is None:
        return
    if action in {Action.OBSERVE, Action.DELETE}:
        reader.fault("ilmd", f"cannot stand in an event whose action is {action}.")
    ilmd.close(())


def _persistent(reader: Reader) -> tuple[tuple[str, ...], tuple[str, ...]]:
    said = reader.object("persistentDisposition")
    if said is None:
        return (), ()
    found = {}
    for key in ("set", "unset"):
        words = [
            said.word_of(f"{key}[{at}]", str(one), vocabulary=DISPOSITIONS)
            for at, one in enumerate(said.items(key))
        ]
        found[key] = tuple(word for word in words if word)
    said.close(("set", "unset"), has_extensions=False)
    return found["set"], found["unset"]


def _place(reader: Reader, key: str, *, is_quiet: bool = False) -> tuple[str, str]:
    """Return a place and the country its extension names; quietly if it was read before."""
    heard: list[Fault] = []
    asked = Reader(reader.value, reader.path, heard if is_quiet else reader.faults, reader.prefixes)
    place = asked.object(key)
    if place is None:
        return "", ""
    uri = place.uri("id", is_required=True)
    place.close(("id",))
    said = next((place.value[name] for name in COUNTRY_KEYS if name in place.value), "")
    if said and not (isinstance(said, str) and COUNTRY.fullmatch(said)):
        place.fault(COUNTRY_KEYS[0], "must be two capital letters of ISO 3166.")
    return uri, said if isinstance(said, str) else ""


def _declaration(reader: Reader) -> Declaration | None:
    said = reader.object("errorDeclaration")
    if said is None:
        return None
    at = said.instant("declarationTime", is_required=True)
    reason = said.word("reason", vocabulary=REASONS)
    ids = said.identifiers("correctiveEventIDs")
    said.close(("declarationTime", "reason", "correctiveEventIDs"))
    return Declaration(at=at or EPOCH, reason=reason, corrective_ids=tuple(one.uri for one in ids))
