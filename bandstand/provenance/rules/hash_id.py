"""
The hash id of an event: one name for one content, whoever computes it and however it is written.

It proves that an event was not altered on the way from somebody we trust; it proves nothing about
who that is.

Source: GS1 CBV 2.0, section 8.9 (event hash id), by its published algorithm (canonical property
order and rules 1 to 24; read 2026-11-22). Where the published program and the text differ the text
holds: lists of transactions, sources and destinations stand in their place with the type behind
the value, and a truth value is written true or false.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from bandstand.provenance.rules.ids import canonical
from bandstand.provenance.rules.reading import read_instant
from bandstand.provenance.rules.vocabulary import (
    COMPONENTS,
    DISPOSITIONS,
    MEASURES,
    SIDES,
    STEPS,
    TRANSACTIONS,
    VOCABULARIES,
    Vocabulary,
    WordRefusedError,
    read_word,
    web_word,
)

NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
TIMES: Final = frozenset({"eventTime", "time", "startTime", "endTime"})
IGNORED: Final = frozenset(
    {"@context", "type", "eventID", "recordTime", "errorDeclaration", "comment", "rdfs:comment"}
)
METADATA: Final = (
    "time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData",
    "dataProcessingMethod", "bizRules",
)  # fmt: skip
REPORT: Final = (
    "type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "time",
    "microorganism", "chemicalSubstance", "value", "component", "stringValue", "booleanValue",
    "hexBinaryValue", "uriValue", "minValue", "maxValue", "meanValue", "sDev", "percRank",
    "percValue", "uom", "coordinateReferenceSystem",
)  # fmt: skip
QUANTITY: Final = ("epcClass", "quantity", "uom")
WORDS: Final[Mapping[str, Vocabulary]] = {
    "bizStep": STEPS,
    "disposition": DISPOSITIONS,
    "set": DISPOSITIONS,
    "unset": DISPOSITIONS,
}
TYPED: Final[Mapping[str, tuple[str, Vocabulary]]] = {
    "bizTransactionList": ("bizTransaction", TRANSACTIONS),
    "sourceList": ("source", SIDES),
    "destinationList": ("destination", SIDES),
}
ORDER: Final = (
    "eventTime", "eventTimeZoneOffset", "certificationInfo", "epcList", "parentID", "inputEPCList",
    "childEPCs", "quantityList", "childQuantityList", "inputQuantityList", "outputEPCList",
    "outputQuantityList", "action", "transformationID", "bizStep", "disposition",
    "persistentDisposition", "readPoint", "bizLocation", "bizTransactionList", "sourceList",
    "destinationList", "sensorElementList", "ilmd",
)  # fmt: skip
INNER: Final[Mapping[str, tuple[str, ...]]] = {
    "readPoint": ("id",),
    "bizLocation": ("id",),
    "persistentDisposition": ("set", "unset"),
}
HALF: Final = timedelta(microseconds=500)


def hash_id_of(event: Mapping[str, Any], *, prefixes: Mapping[str, str]) -> str:
    """Return the hash id of an event that was read without fault."""
    digest = hashlib.sha256(pre_hash(event, prefixes=prefixes).encode()).hexdigest()
    return f"ni:///sha-256;{digest}?ver=CBV2.0"


def pre_hash(event: Mapping[str, Any], *, prefixes: Mapping[str, str]) -> str:
    """Return the text that the hash is taken of."""
    kind = str(event["type"]).removeprefix("epcis:").removeprefix("https://ref.gs1.org/epcis/")
    parts = [f"eventType={kind}"]
    parts += [_field(key, event[key], prefixes=prefixes) for key in ORDER if key in event]
    extensions = {
        key: value for key, value in event.items() if key not in ORDER and key not in IGNORED
    }
    return "".join([*parts, *_extensions(extensions, prefixes)])


def _field(key: str, value: Any, *, prefixes: Mapping[str, str]) -> str:  # noqa: ANN401 -- JSON
    if key == "ilmd":
        return key + "".join(_extensions(value, prefixes))
    if key in INNER:
        return key + _fields(value, INNER[key], prefixes=prefixes)
    if isinstance(value, list) and key != "certificationInfo":
        return key + "".join(sorted(_item(key, one, prefixes=prefixes) for one in value))
    return _fields({key: value}, (key,), prefixes=prefixes)


def _item(key: str, one: Any, *, prefixes: Mapping[str, str]) -> str:  # noqa: ANN401 -- JSON
    if key in TYPED:
        return _typed(one, key, prefixes=prefixes)
    if key == "sensorElementList":
        return _sensor(one, prefixes)
    if isinstance(one, dict):
        return "quantityElement" + _fields(one, QUANTITY, prefixes=prefixes)
    return f"epc={_value('epc', one, prefixes=prefixes)}"


def _fields(
    value: Mapping[str, Any], order: tuple[str, ...], *, prefixes: Mapping[str, str]
) -> str:
    """Return fields in their order, then what the object has of extensions."""
    parts: list[str] = []
    for key in order:
        if key in value:
            items = value[key] if isinstance(value[key], list) else [value[key]]
            parts += sorted(_plain(key, one, prefixes=prefixes) for one in items)
    extensions = {key: one for key, one in value.items() if key not in order}
    return "".join([*parts, *_extensions(extensions, prefixes)])


def _plain(key: str, value: Any, *, prefixes: Mapping[str, str]) -> str:  # noqa: ANN401 -- JSON
    if isinstance(value, dict):
        return key + "".join(_extensions(value, prefixes))
    return f"{key}={_value(key, value, prefixes=prefixes)}"


def _typed(one: Mapping[str, Any], key: str, *, prefixes: Mapping[str, str]) -> str:
    name, vocabulary = TYPED[key]
    said = f"{name}={_value(name, one[name], prefixes=prefixes)}"
    if "type" not in one:
        return said
    word = web_word(read_word(one["type"], vocabulary), vocabulary)
    return f"{said}type={_expanded(word, prefixes)}"


def _sensor(element: Mapping[str, Any], prefixes: Mapping[str, str]) -> str:
    metadata = element.get("sensorMetadata")
    said = "sensorMetadata" + _fields(metadata, METADATA, prefixes=prefixes) if metadata else ""
    reports = sorted(
        "sensorReport" + _fields(one, REPORT, prefixes=prefixes) for one in element["sensorReport"]
    )
    extensions = {
        key: one for key, one in element.items() if key not in {"sensorMetadata", "sensorReport"}
    }
    return "".join(["sensorElement", said, *reports, *_extensions(extensions, prefixes)])


def _extensions(value: Mapping[str, Any], prefixes: Mapping[str, str]) -> list[str]:
    return sorted(_extension_texts(value, prefixes))


def _extension_texts(value: Mapping[str, Any], prefixes: Mapping[str, str]) -> Iterator[str]:
    for key, said in value.items():
        if key in IGNORED:
            continue
        name = _extension_name(key, prefixes)
        for one in said if isinstance(said, list) else [said]:
            if isinstance(one, dict):
                yield name + "".join(_extensions(one, prefixes))
            else:
                text = _value(key, one, prefixes=prefixes)
                yield f"{name}={text}" if text else name


def _extension_name(key: str, prefixes: Mapping[str, str]) -> str:
    prefix, colon, local = key.partition(":")
    if colon and prefix in prefixes:
        return f"{{{prefixes[prefix]}}}{local}"
    return key


def _value(key: str, value: Any, *, prefixes: Mapping[str, str]) -> str:  # noqa: ANN401 -- JSON
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(repr(value))
    text = str(value if value is not None else "").strip()
    if key in WORDS:
        return _expanded(web_word(read_word(text, WORDS[key]), WORDS[key]), prefixes)
    return _text(key, text, prefixes=prefixes)


def _text(key: str, text: str, *, prefixes: Mapping[str, str]) -> str:
    if key in TIMES:
        return _time(text)
    if NUMBER.fullmatch(text):
        return _number(text)
    return _uri(key, text, prefixes=prefixes)


def _uri(key: str, text: str, *, prefixes: Mapping[str, str]) -> str:
    if ":" in text:
        return canonical(_web(_expanded(text, prefixes)))
    if key in {"type", "exception"}:
        return MEASURES + text
    return COMPONENTS + text if key == "component" else text


def _web(text: str) -> str:
    """Return a word of GS1's in its web form, and everything else as it is."""
    for vocabulary in VOCABULARIES:
        if text.startswith(vocabulary.urn):
            try:
                return web_word(read_word(text, vocabulary), vocabulary)
            except WordRefusedError:
                return text
    return text


def _expanded(text: str, prefixes: Mapping[str, str]) -> str:
    prefix, colon, local = text.partition(":")
    if colon and prefix in prefixes and not local.startswith("//"):
        return prefixes[prefix] + local
    return text


def _number(text: str) -> str:
    written = format(Decimal(text), "f")
    short = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if short in {"-0", ""} else short


def _time(text: str) -> str:
    instant = read_instant(text)
    if instant is None:
        return text
    near = instant + HALF
    return (near - timedelta(microseconds=near.microsecond % 1000)).strftime(
        "%Y-%m-%dT%H:%M:%S."
    ) + f"{near.microsecond // 1000:03}Z"
