"""Documents written here by hand in the standard's shape, and hostile ones."""

import copy
import json
from typing import Any

import pytest

from bandstand.provenance.rules import (
    DocumentRefusedError,
    EventType,
    Limits,
    Role,
    TooLargeError,
    read_document,
)
from tests.factories.provenance import MADE_AT, box, document, epc, event, packing, pgln

ALL: dict[str, Any] = {
    "eventID": "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",
    "recordTime": "2026-09-01T08:00:00Z",
    "certificationInfo": ["https://certs.example.org/1"],
    "disposition": "https://ref.gs1.org/cbv/Disp-in_progress",
    "persistentDisposition": {"set": ["completeness_verified"], "unset": ["stolen"]},
    "readPoint": {"id": "urn:epc:id:sgln:4099999.00011.0", "example:dock": "7"},
    "bizLocation": {"id": "urn:epc:id:sgln:4099999.00012.0", "cbvmda:countryCode": "DE"},
    "bizTransactionList": [{"type": "inv", "bizTransaction": "urn:example:inv:1"}],
    "quantityList": [
        {"epcClass": "urn:epc:class:lgtin:4099999.012345.L1", "quantity": 1.5, "uom": "KGM"}
    ],
    "sensorElementList": [
        {
            "sensorMetadata": {"time": "2026-09-01T08:00:00Z", "deviceID": "urn:example:d:1"},
            "sensorReport": [
                {"type": "Temperature", "value": 26.10, "uom": "CEL", "example:cv": "123"}
            ],
            "example:more": [{"example:measure": "0.987"}],
        }
    ],
    "example:note": {"inner": ["kept", "as", "sent"]},
}
TRANSFORMED = {
    "type": "TransformationEvent",
    "eventTime": "2026-09-01T08:00:00+02:00",
    "eventTimeZoneOffset": "+02:00",
    "inputEPCList": [epc("I1")],
    "outputQuantityList": [{"epcClass": "https://id.gs1.org/01/04012345987652"}],
    "ilmd": {"example:lot": "X"},
    "bizStep": "urn:epcglobal:cbv:bizstep:assembling",
}


def faults_of(raw: bytes) -> list[str]:
    try:
        read = read_document(raw)
    except DocumentRefusedError as refused:
        return [str(one) for one in refused.faults]
    return [str(fault) for one in read for fault in one.faults]


def changed(change: dict[str, Any], *, without: tuple[str, ...] = ()) -> list[str]:
    made = {**event("inspecting"), **change}
    return faults_of(document({key: one for key, one in made.items() if key not in without}))


def test_every_field_of_an_event_is_read_and_its_text_kept() -> None:
    raw = document(event("receiving", giver=pgln(1), taker=pgln(2), **ALL))

    (read,) = read_document(raw)

    assert read.faults == ()
    assert read.event is not None
    one = read.event
    assert (one.type, one.step, one.disposition) == (EventType.OBJECT, "receiving", "in_progress")
    assert (one.persists, one.unsets) == (("completeness_verified",), ("stolen",))
    assert (one.at, one.country) == (MADE_AT, "DE")
    assert one.event_id == ALL["eventID"]
    assert one.body.encode() in raw
    assert {(term.role, term.kind) for term in one.terms} == {
        (Role.EPC, ""),
        (Role.EPC_CLASS, ""),
        (Role.TRANSACTION, "inv"),
        (Role.SOURCE, "possessing_party"),
        (Role.SOURCE, "owning_party"),
        (Role.DESTINATION, "possessing_party"),
        (Role.DESTINATION, "owning_party"),
    }


def test_numbers_and_spaces_of_extensions_stay_letter_by_letter() -> None:
    plain = document({**event(), "example:n": 7})
    raw = plain.replace(b'"example:n": 7', b'"example:n" :  200.50 ')

    (read,) = read_document(raw)

    assert read.event is not None
    assert '"example:n" :  200.50 ' in read.event.body


def test_all_five_types_are_read() -> None:
    read = read_document(
        document(
            event(),
            packing(at=MADE_AT, parent=box(), children=[epc()]),
            {**packing(at=MADE_AT, parent=box(), children=[epc()]), "type": "AssociationEvent"},
            {
                **event(),
                "type": "TransactionEvent",
                "bizTransactionList": [{"bizTransaction": "urn:example:po:1"}],
            },
            TRANSFORMED,
        )
    )

    assert [one.event.type for one in read if one.event] == [
        EventType.OBJECT,
        EventType.AGGREGATION,
        EventType.ASSOCIATION,
        EventType.TRANSACTION,
        EventType.TRANSFORMATION,
    ]


@pytest.mark.parametrize("kind", ["list", "single", "alone", "query"])
def test_every_home_of_an_event_is_found(kind: str) -> None:
    one = {**event("inspecting"), "example:é": "ü"}
    whole = json.loads(document(one))
    if kind == "single":
        whole["epcisBody"] = {"event": one}
    elif kind == "alone":
        whole = {"@context": whole["@context"], **one}
    elif kind == "query":
        whole["type"] = "EPCISQueryDocument"
        whole["epcisBody"] = {"queryResults": {"resultsBody": {"eventList": [one]}}}

    (read,) = read_document(json.dumps(whole, indent=2, ensure_ascii=False).encode())

    assert read.event is not None
    assert json.loads(read.event.body)["example:é"] == "ü"


@pytest.mark.parametrize(
    ("change", "path", "why"),
    [
        ({"action": "WATCH"}, ".action", "use ADD, OBSERVE or DELETE"),
        ({"bizStep": "shiping"}, ".bizStep", "Did you mean shipping"),
        ({"bizStep": "urn:epcglobal:cbv:bizstep:flying"}, ".bizStep", "not a business step"),
        ({"disposition": "in_transport"}, ".disposition", "in_transit"),
        ({"eventTime": "2026-09-01 08:00"}, ".eventTime", "not an instant"),
        ({"eventTime": "2026-09-01T08:00:00"}, ".eventTime", "not an instant"),
        ({"eventTime": "2026-02-30T08:00:00Z"}, ".eventTime", "not an instant"),
        ({"eventTimeZoneOffset": "+15:00"}, ".eventTimeZoneOffset", "not an offset"),
        ({"epcList": []}, ".epcList", "names nothing"),
        ({"epcList": "urn:x:1"}, ".epcList", "must be a list"),
        ({"epcList": [7]}, ".epcList[0]", "not a number"),
        ({"epcList": ["https://id.gs1.org/01/04012345987652"]}, ".epcList[0]", "by its serial"),
        ({"quantityList": [{"epcClass": epc()}]}, ".quantityList[0].epcClass", "kind of thing"),
        ({"quantityList": [{"weight": 5}]}, ".quantityList[0].weight", "not a field"),
        ({"ilmd": {"example:a": 1}}, ".ilmd", "cannot stand"),
        ({"action": "ADD", "ilmd": {"soil": "x"}}, ".ilmd.soil", "name space"),
        ({"frobnicate": 1}, ".frobnicate", "needs a name space"),
        ({"exmaple:note": 1}, ".exmaple:note", "not a name space declared"),
        ({"readPoint": "urn:x:1"}, ".readPoint", "must be an object"),
        ({"sourceList": [{"type": "owner", "source": "urn:x:1"}]}, ".sourceList[0].type", "owner"),
        ({"sourceList": [{"type": "location"}]}, ".sourceList[0].source", "missing"),
        ({"errorDeclaration": {}}, ".errorDeclaration.declarationTime", "missing"),
        ({"sensorElementList": [{}]}, ".sensorElementList[0].sensorReport", "at least one"),
        ({"persistentDisposition": {"set": ["lost"]}}, ".persistentDisposition.set[0]", "lost"),
        ({"certificationInfo": 7}, ".certificationInfo[0]", "URI or an object"),
        ({"type": "ObjectEvents"}, ".type", "use ObjectEvent"),
        ({"type": "TransactionEvent"}, ".bizTransactionList", "missing"),
        ({"@context": {"a b": 1}}, ".@context[0].a b", "URI of a name space"),
    ],
)
def test_every_fault_names_its_field(change: dict[str, Any], path: str, why: str) -> None:
    found = changed(change)

    assert any(
        one.startswith(f"$.epcisBody.eventList[0]{path}: ") and why in one for one in found
    ), found


@pytest.mark.parametrize("missing", ["type", "eventTime", "eventTimeZoneOffset", "action"])
def test_mandatory_field_is_missed_by_name(missing: str) -> None:
    assert changed({}, without=(missing,)) == [f"$.epcisBody.eventList[0].{missing}: is missing."]


def test_all_faults_of_all_events_are_told_at_once() -> None:
    found = faults_of(
        document(event(action="NO", bizStep="no"), event(), event(eventTime="yesterday"))
    )

    assert [one.split(":")[0] for one in found] == [
        "$.epcisBody.eventList[0].action",
        "$.epcisBody.eventList[0].bizStep",
        "$.epcisBody.eventList[2].eventTime",
    ]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "not JSON"),
        (b"[]", "one JSON object"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"type": "EPCISDocument", "type": "EPCISDocument"}', "“type” twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "5000 digits"),
        (b'{"a": "\\u0000"}', "cannot be kept"),
        (b'{"a": "\\ud800"}', "cannot be kept"),
        (b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deeper than 32"),
        (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", "deeper than 32"),
        (b'{"type": "Shipment"}', "@context"),
        (b"{}", "type of event"),
    ],
)
def test_hostile_json_is_refused_with_its_reason(raw: bytes, why: str) -> None:
    with pytest.raises(DocumentRefusedError) as refused:
        read_document(raw)

    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"@context": []}, "$.@context"),
        ({"schemaVersion": "1.2"}, "$.schemaVersion"),
        ({"creationDate": "today"}, "$.creationDate"),
        ({"epcisBody": {}}, "$.epcisBody.eventList"),
        ({"epcisBody": 7}, "$.epcisBody"),
        ({"extra": 7}, "$.extra"),
    ],
)
def test_head_of_a_document_is_checked(change: dict[str, Any], path: str) -> None:
    found = faults_of(document(event(), **change))

    assert [one.split(": ")[0] for one in found] == [path]


def test_too_many_events_and_too_many_bytes_are_refused() -> None:
    raw = document(*[event() for _ in range(4)])

    with pytest.raises(TooLargeError, match="4 events; at most 3"):
        read_document(raw, limits=Limits(events_max=3))
    with pytest.raises(TooLargeError, match="larger than"):
        read_document(raw, limits=Limits(size_max=100))


def test_hash_id_is_the_same_however_an_event_is_written() -> None:
    one = event("receiving", giver=pgln(1), taker=pgln(2), **ALL)
    other = copy.deepcopy(one)
    other = dict(reversed(other.items()))
    other.update(
        bizStep="https://ref.gs1.org/cbv/BizStep-receiving",
        eventTime="2026-09-01T10:00:00.0000+02:00",
        recordTime="2026-10-01T08:00:00Z",
        eventID="urn:uuid:00000000-0000-4000-8000-000000000000",
    )
    canonical = read_document(document(event()))[0].event
    assert canonical is not None
    other["epcList"] = [canonical.terms[0].value]

    first, second = (read_document(document(each))[0].event for each in (one, other))

    assert first is not None
    assert second is not None
    assert first.hash_id == second.hash_id
    assert first.hash_id.startswith("ni:///sha-256;")


@pytest.mark.parametrize(
    "change",
    [
        {"disposition": "returned"},
        {"eventTimeZoneOffset": "+02:00"},
        {"example:note": {"inner": ["kept", "as", "changed"]}},
        {"epcList": [epc("A2")]},
    ],
)
def test_hash_id_changes_with_every_content(change: dict[str, Any]) -> None:
    one = event("receiving", **ALL)

    first, second = (read_document(document(each))[0].event for each in (one, {**one, **change}))

    assert first is not None
    assert second is not None
    assert first.hash_id != second.hash_id


def test_hash_id_of_a_simple_event_is_that_of_the_published_algorithm() -> None:
    plain = {
        "type": "ObjectEvent",
        "eventTime": "2020-04-01T15:00:00+01:00",
        "eventTimeZoneOffset": "+01:00",
        "epcList": ["urn:epc:id:sgtin:4012345.011111.9876"],
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "readPoint": {"id": "urn:epc:id:sgln:4012345.00005.0"},
    }
    (read,) = read_document(document(plain))

    assert read.event is not None
    assert read.event.hash_id == HASH_OF_PLAIN


HASH_OF_PLAIN = (
    "ni:///sha-256;0426cec22699ced4dc65db68020d40ece12277f7e1a74c0ae3ae50a5769b32e9?ver=CBV2.0"
)
