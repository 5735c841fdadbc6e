"""
GS1 Digital Links, read into GS1 keys.

Any domain may carry one; what counts is the path. A path that only looks like one (a number behind
``/01/`` that is no GTIN by length) is a web address of its own.

Source: GS1 Digital Link URI Syntax 1.2, sections 4.3 to 4.11 and 5 (short names); from general
knowledge, checked 2026-11-22 against the published event hash examples.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bandstand.provenance.rules.keys import (
    GTIN_DIGITS,
    GsKey,
    MalformedKeyError,
    gtin_key,
    place_key,
    plain_key,
    require_check,
)
from bandstand.provenance.rules.percent import escaped, unescaped

SHORT: Final[Mapping[str, str]] = {
    "gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017",
    "gsrn": "8018", "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402",
    "grai": "8003", "giai": "8004", "cpv": "22", "lot": "10", "ser": "21",
}  # fmt: skip
BODY: Final[Mapping[str, re.Pattern[str]]] = {
    "00": re.compile(r"\d{18}"),
    "01": re.compile(r"\d{8}|\d{12,14}"),
    "253": re.compile(r"\d{13}.{0,17}"),
    "255": re.compile(r"\d{13}\d{0,12}"),
    "401": re.compile(r"\d{6}.{1,24}"),
    "402": re.compile(r"\d{17}"),
    "414": re.compile(r"\d{13}"),
    "417": re.compile(r"\d{13}"),
    "8003": re.compile(r"\d{14}.{0,16}"),
    "8004": re.compile(r"\d{4}.{1,26}"),
    "8006": re.compile(r"\d{18}"),
    "8010": re.compile(r"\d{4}.{1,26}"),
    "8017": re.compile(r"\d{18}"),
    "8018": re.compile(r"\d{18}"),
}
NAMES: Final[Mapping[str, str]] = {
    "00": "SSCC", "01": "GTIN", "402": "GSIN", "414": "GLN", "417": "GLN", "8017": "GSRN",
    "8018": "GSRN", "253": "GDTI", "255": "GCN", "8003": "GRAI", "8006": "ITIP",
}  # fmt: skip
QUALIFIERS: Final[Mapping[str, tuple[str, ...]]] = {
    # The finest first: with a serial, the lot says nothing more.
    "01": ("21", "235", "10"),
    "8006": ("21", "10"),
    "414": ("254",),
    "8010": ("8011",),
}
QUALIFIER_MAX: Final[Mapping[str, int]] = {"21": 20, "10": 20, "254": 20, "235": 28, "8011": 12}
DROPPED: Final = "22"
HOST_PARTS: Final = 3
CHECKED_DIGITS: Final[Mapping[str, int]] = {"253": 13, "255": 13, "8003": 14, "8006": 14}


@dataclass(frozen=True, slots=True)
class Link:
    """The parts of a Digital Link that identify: a key, and its finest qualifier if it has one."""

    identifier: str
    body: str
    qualifier: str
    value: str


def read_link(text: str) -> GsKey | None:
    """
    Return the key that a web address stands for; None if it is no Digital Link.

    Raises: MalformedKeyError if it is one and its key is wrong.
    """
    path = re.split(r"[?#]", text, maxsplit=1)[0].rstrip("/").split("/")[HOST_PARTS:]
    for at in range(len(path) - 1):
        identifier = SHORT.get(path[at], path[at])
        shape = BODY.get(identifier)
        if shape is None:
            continue
        body = unescaped(path[at + 1])
        if body is None or not shape.fullmatch(body):
            if text.startswith("https://id.gs1.org/"):
                raise MalformedKeyError(f"“{path[at + 1][:80]}” is not a value of /{path[at]}/.")
            continue
        code, value = _qualifiers(identifier, path[at + 2 :])
        return _key(Link(identifier, body, code, value))
    return None


def _qualifiers(identifier: str, rest: list[str]) -> tuple[str, str]:
    """Return the finest qualifier behind a key and its value; empty if there is none."""
    if len(rest) % 2:
        raise MalformedKeyError(f"ends in “{rest[-1][:80]}” without a value.")
    said: dict[str, str] = {}
    for name, value in zip(rest[::2], rest[1::2], strict=True):
        code = SHORT.get(name, name)
        raw = unescaped(value)
        if code not in {*QUALIFIERS.get(identifier, ()), DROPPED} or code in said:
            raise MalformedKeyError(f"has “/{name}/”, which cannot stand behind /{identifier}/.")
        if raw is None or len(raw) > QUALIFIER_MAX.get(code, 20):
            raise MalformedKeyError(f"“{value[:80]}” is not a value of /{name}/.")
        said[code] = raw
    finest = next((code for code in QUALIFIERS.get(identifier, ()) if code in said), "")
    return finest, said.get(finest, "")


def _key(link: Link) -> GsKey:
    if link.identifier == "01":
        gtin = require_check(link.body.zfill(GTIN_DIGITS), name="GTIN")
        return gtin_key(gtin, qualifier=link.qualifier, value=link.value)
    checked = CHECKED_DIGITS.get(link.identifier, len(link.body))
    if link.identifier in NAMES:
        require_check(link.body[:checked], name=NAMES[link.identifier])
    return MAKERS.get(link.identifier, _whole)(link)


def _whole(link: Link) -> GsKey:
    return plain_key(link.identifier, escaped(link.body))


def _serialised(link: Link) -> GsKey:
    is_class = len(link.body) == CHECKED_DIGITS[link.identifier]
    return plain_key(link.identifier, escaped(link.body), level="class" if is_class else "instance")


def _qualified(link: Link) -> GsKey:
    body = escaped(link.body)
    if not link.qualifier:
        return plain_key(link.identifier, body, level="class")
    level = "class" if link.qualifier == "10" else "instance"
    tail = f"{body}/{link.qualifier}/{escaped(link.value)}"
    return plain_key(link.identifier, tail, level=level)


MAKERS: Final[Mapping[str, Callable[[Link], GsKey]]] = {
    "414": lambda link: place_key(link.body, extension=link.value),
    "417": lambda link: plain_key("417", link.body, level="party"),
    "253": _serialised,
    "255": _serialised,
    "8003": _serialised,
    "8006": _qualified,
    "8010": _qualified,
}
