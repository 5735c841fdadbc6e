"""
EPC URNs, read into GS1 keys.

Each scheme is a row: how many digits company prefix and reference have together, and how the key is
made of them. A pattern with ``*`` in place of the serial names the class.

Source: GS1 EPC Tag Data Standard 2.0, section 6.3 (pure identity URIs), 7 (correspondence with GS1
keys) and 8 (patterns); from general knowledge, checked 2026-11-22 against the published examples.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bandstand.provenance.rules.keys import (
    BASE,
    GsKey,
    MalformedKeyError,
    check_digit,
    gtin_key,
    place_key,
    plain_key,
)
from bandstand.provenance.rules.percent import escaped, unescaped

URN: Final = re.compile(r"urn:epc:(id|class|idpat):([a-z]+):(.+)")
DIGITS: Final = re.compile(r"[0-9]*")
PREFIX_DIGITS: Final = range(6, 13)
SERIAL_MAX: Final = 20
LONG_MAX: Final = 30
STAR: Final = "*"
WITHOUT_CHECK: Final = frozenset({"adi", "usdod", "bic", "imovn"})
"""Schemes of others (aerospace, defence, shipping): kept as they are written."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One URN scheme: its parts, the digits of prefix and reference, and how a key is made."""

    parts: int
    digits: int | None
    make: Callable[[tuple[str, ...]], GsKey]
    serial_max: int = SERIAL_MAX


def read_urn(text: str) -> GsKey | None:
    """
    Return the key that an EPC URN stands for; None for a scheme that is no GS1 key.

    Raises: MalformedKeyError.
    """
    found = URN.fullmatch(text)
    if found is None:
        raise MalformedKeyError(f"“{text[:80]}” is not an EPC URN.")
    kind, scheme, body = found[1], found[2], found[3]
    if scheme in WITHOUT_CHECK:
        return None
    row = SCHEMES.get(scheme)
    is_class = scheme == "lgtin"
    if row is None or is_class != (kind == "class"):
        raise MalformedKeyError(f"“urn:epc:{kind}:{scheme}” is not a scheme that EPCIS knows.")
    parts = body.split(".", row.parts - 1)
    if len(parts) != row.parts:
        raise MalformedKeyError(f"has {len(parts)} parts where {scheme} has {row.parts}.")
    return row.make(_checked(parts, row, scheme=scheme, is_pattern=kind == "idpat"))


def _checked(parts: list[str], row: Scheme, *, scheme: str, is_pattern: bool) -> tuple[str, ...]:
    prefix, reference, rest = parts[0], parts[1], parts[2:]
    if not DIGITS.fullmatch(prefix) or len(prefix) not in PREFIX_DIGITS:
        raise MalformedKeyError(f"“{prefix}” is not a GS1 company prefix of 6 to 12 digits.")
    if row.digits is None:
        reference = _serial(reference, maximum=LONG_MAX - len(prefix))
    elif not DIGITS.fullmatch(reference) or len(prefix) + len(reference) != row.digits:
        raise MalformedKeyError(
            f"company prefix and reference of {scheme} must have {row.digits} digits together, "
            f"not {len(prefix) + len(reference)}."
        )
    if is_pattern and (not rest or rest[-1] != STAR):
        raise MalformedKeyError("is a pattern without * for the serial.")
    read = [
        one if is_pattern and one == STAR else _serial(one, maximum=row.serial_max) for one in rest
    ]
    return (prefix, reference, *read)


def _serial(text: str, *, maximum: int) -> str:
    raw = unescaped(text)
    if raw is None or len(raw) > maximum:
        raise MalformedKeyError(
            f"“{text[:80]}” is not a serial of at most {maximum} characters that GS1 keys may hold."
        )
    return raw


def _gtin(prefix: str, reference: str) -> str:
    digits = reference[0] + prefix + reference[1:]
    return digits + check_digit(digits)


def _with_check(*parts: str) -> str:
    digits = "".join(parts)
    return digits + check_digit(digits)


def _sgtin(p: tuple[str, ...]) -> GsKey:
    gtin = _gtin(p[0], p[1])
    return gtin_key(gtin) if p[2] == STAR else gtin_key(gtin, qualifier="21", value=p[2])


def _upui(p: tuple[str, ...]) -> GsKey:
    gtin = _gtin(p[0], p[1])
    return gtin_key(gtin) if p[2] == STAR else gtin_key(gtin, qualifier="235", value=p[2])


def _sscc(p: tuple[str, ...]) -> GsKey:
    return plain_key("00", _with_check(p[1][0], p[0], p[1][1:]))


def _serialised(identifier: str, *, lead: str = "") -> Callable[[tuple[str, ...]], GsKey]:
    def make(p: tuple[str, ...]) -> GsKey:
        body = _with_check(lead, p[0], p[1])
        if p[2] == STAR:
            return plain_key(identifier, body, level="class")
        return plain_key(identifier, body + escaped(p[2]))

    return make


def _joined(identifier: str) -> Callable[[tuple[str, ...]], GsKey]:
    return lambda p: plain_key(identifier, p[0] + escaped(p[1]))


def _numbered(identifier: str, *, level: str = "instance") -> Callable[[tuple[str, ...]], GsKey]:
    return lambda p: plain_key(identifier, _with_check(p[0], p[1]), level=level)


def _cpi(p: tuple[str, ...]) -> GsKey:
    body = p[0] + escaped(p[1])
    if p[2] == STAR:
        return plain_key("8010", body, level="class")
    return plain_key("8010", f"{body}/8011/{escaped(p[2])}")


def _itip(p: tuple[str, ...]) -> GsKey:
    body = _gtin(p[0], p[1]) + p[2] + p[3]
    if p[4] == STAR:
        return plain_key("8006", body, level="class")
    return GsKey(f"{BASE}/8006/{body}/21/{escaped(p[4])}", "instance")


SCHEMES: Final[Mapping[str, Scheme]] = {
    "sgtin": Scheme(3, 13, _sgtin),
    "lgtin": Scheme(3, 13, lambda p: gtin_key(_gtin(p[0], p[1]), qualifier="10", value=p[2])),
    "upui": Scheme(3, 13, _upui, serial_max=28),
    "itip": Scheme(5, 13, _itip),
    "sscc": Scheme(2, 17, _sscc),
    "sgln": Scheme(3, 12, lambda p: place_key(_with_check(p[0], p[1]), extension=p[2])),
    "pgln": Scheme(2, 12, _numbered("417", level="party")),
    "grai": Scheme(3, 12, _serialised("8003", lead="0"), serial_max=16),
    "giai": Scheme(2, None, _joined("8004")),
    "gsrn": Scheme(2, 17, _numbered("8018")),
    "gsrnp": Scheme(2, 17, _numbered("8017")),
    "gdti": Scheme(3, 12, _serialised("253"), serial_max=17),
    "cpi": Scheme(3, None, _cpi, serial_max=12),
    "sgcn": Scheme(3, 12, _serialised("255"), serial_max=12),
    "ginc": Scheme(2, None, _joined("401")),
    "gsin": Scheme(2, 16, _numbered("402")),
}
