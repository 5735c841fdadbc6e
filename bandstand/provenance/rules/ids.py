"""
Identifiers: an EPC URN and a GS1 Digital Link that name the same thing have one canonical form.

The canonical form is the constrained canonical Digital Link: ``https://id.gs1.org``, no query, the
finest level of identification only. An IMEI is ``urn:gsma:imei:TTTTTTTT-SSSSSS-0``. Whatever is
neither keeps its own spelling, so long as it is a URI in ASCII.

Sources: GS1 EPC Tag Data Standard 2.0, sections 6 and 7 (URN forms), and GS1 Digital Link URI
Syntax 1.2, section 4.11 (canonical form), by way of rules 17 and 18 of the CBV event hash (CBV 2.0,
section 8.9, published algorithm read 2026-11-22); check digits: GS1 General Specifications, section
7.9; IMEI URN: RFC 7254, section 4 (from general knowledge of the document).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from bandstand.kernel.errors import BadInputError
from bandstand.provenance.rules.digital_links import read_link
from bandstand.provenance.rules.keys import GsKey, MalformedKeyError, luhn_digit
from bandstand.provenance.rules.urns import read_urn

LENGTH_MAX: Final = 2000
URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[!-~]+")
IMEI_URN: Final = re.compile(r"urn:gsma:imei:(\d{8})-(\d{6})-(\d)(;.*)?", re.IGNORECASE)
IMEI: Final = re.compile(r"[0-9]{15}")
KNOWN_URN: Final = ("urn:epc:id:", "urn:epc:class:", "urn:epc:idpat:")
PLAIN_AI_21: Final = re.compile(r"https://id\.gs1\.org/01/(\d{14})/21/(.+)")


class Level(StrEnum):
    """What an identifier names: one thing, a kind of thing, a party, a place, or who knows."""

    INSTANCE = "instance"
    CLASS = "class"
    PARTY = "party"
    PLACE = "place"
    OTHER = "other"


class MalformedIdentifierError(BadInputError):
    """Something that cannot be an identifier."""

    code = "malformed_identifier"


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier in its canonical form; ``serial`` is set for one serialised item (SGTIN)."""

    uri: str
    level: Level
    serial: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitIds:
    """What one phone is known by: its IMEIs, the maker's serial, and its GTIN if that is known."""

    imeis: tuple[str, ...] = ()
    serial: str = ""
    gtin: str = ""


@lru_cache(maxsize=8192)
def read_identifier(text: str) -> Identifier:
    """
    Return an identifier in its canonical form.

    Raises: MalformedIdentifierError saying what is wrong with it.
    """
    if not URI.fullmatch(text):
        raise MalformedIdentifierError(_why_no_uri(text), given=text[:LENGTH_MAX])
    if len(text) > LENGTH_MAX:
        raise MalformedIdentifierError(f"is longer than {LENGTH_MAX} characters.")
    if imei := IMEI_URN.fullmatch(text):
        return _imei(imei[1] + imei[2], last=imei[3])
    try:
        key = _key(text)
    except MalformedKeyError as wrong:
        raise MalformedIdentifierError(wrong.message, given=text) from wrong
    if key is None:
        return Identifier(uri=text, level=Level.OTHER)
    return Identifier(uri=key.uri, level=Level(key.level), serial=key.serial)


@lru_cache(maxsize=8192)
def canonical(text: str) -> str:
    """Return the canonical form of an identifier, or the text itself if it has none."""
    try:
        return read_identifier(text).uri
    except MalformedIdentifierError:
        return text


def imei_uri(imei: str) -> str:
    """
    Return the canonical form of a printed IMEI of 15 digits.

    Raises: MalformedIdentifierError if it is none.
    """
    if not IMEI.fullmatch(imei) or luhn_digit(imei[:14]) != imei[14]:
        raise MalformedIdentifierError(f"“{imei}” is not an IMEI: 15 digits, the last a check.")
    return _imei(imei[:14], last=imei[14]).uri


def names_of(ids: UnitIds) -> frozenset[str]:
    """Return every canonical identifier that certainly names a unit."""
    named = {imei_uri(imei) for imei in ids.imeis}
    if ids.gtin:
        base = read_identifier(f"https://id.gs1.org/01/{ids.gtin}").uri
        serials = [*ids.imeis, *([ids.serial] if ids.serial else [])]
        named |= {canonical(f"{base}/21/{serial}") for serial in serials}
    return frozenset(named)


def unit_ids_of(uri: str) -> UnitIds | None:
    """Return what a canonical identifier says a unit is known by; None if it names no unit."""
    if imei := IMEI_URN.fullmatch(uri):
        body = imei[1] + imei[2]
        return UnitIds(imeis=(body + luhn_digit(body),))
    item = PLAIN_AI_21.fullmatch(uri)
    if item is None:
        return None
    serial = read_identifier(uri).serial
    is_imei = bool(IMEI.fullmatch(serial)) and luhn_digit(serial[:14]) == serial[14]
    return UnitIds(imeis=(serial,) if is_imei else (), serial=serial, gtin=item[1])


def _key(text: str) -> GsKey | None:
    if text.startswith(KNOWN_URN):
        return read_urn(text)
    if text.startswith(("https://", "http://")):
        return read_link(text)
    return None


def _imei(body: str, *, last: str) -> Identifier:
    # The last digit of the URN is a spare that networks send as 0; boxes print the check digit.
    if last not in {"0", luhn_digit(body)}:
        raise MalformedIdentifierError(f"is an IMEI with the wrong last digit “{last}”.")
    return Identifier(uri=f"urn:gsma:imei:{body[:8]}-{body[8:]}-0", level=Level.INSTANCE)


def _why_no_uri(text: str) -> str:
    strange = next((letter for letter in text if not "!" <= letter <= "~"), "")
    if strange:
        return f"holds the character U+{ord(strange):04X}, which no identifier has."
    return f"“{text[:80]}” is not a URI; write it with its scheme, as urn:… or https://…."
