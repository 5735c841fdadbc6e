"""
Reading JSON that a stranger wrote: no duplicate keys, no floats, no depth, no hidden letters.

Two readers of one document must not disagree on what it says, so whatever JSON leaves open is
refused, and so is text that shows one thing and holds another.

Sources: RFC 8259, section 4 (names should be unique), RFC 7493, section 2 (I-JSON); Unicode
    Standard Annex 31, section 2.3 (format controls); all read 2026-11-22.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from bandstand.rights.rules.credentials.words import malformed

DEPTH_MAX: Final = 12
MEMBERS_MAX: Final = 20_000
DIGITS_MAX: Final = 16
HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that a name never needs: controls, format marks, surrogates, unassigned."""
STRING: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
BRACKET: Final = re.compile(r"[\[\]{}]")


def strict_object(raw: bytes, *, what: str) -> dict[str, Any]:
    """
    Return the one JSON object that the bytes are.

    Raises: CredentialFaultError naming what is wrong with them.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError as wrong:
        raise malformed(f"{what} is not UTF-8 text.") from wrong
    if _depth(text) > DEPTH_MAX:
        raise malformed(f"{what} is nested more than {DEPTH_MAX} deep.")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_refuse_number,
            parse_float=_refuse_number,
            parse_int=_whole,
        )
    except ValueError as wrong:
        raise malformed(f"{what} is not JSON: {wrong}.") from wrong
    if not isinstance(value, dict):
        raise malformed(f"{what} is not a JSON object.")
    _check_members(value, what=what)
    return value


def require_plain_text(text: str, *, what: str) -> str:
    """
    Return a text as it is if it shows all it holds.

    Raises: CredentialFaultError for controls, invisible marks and denormalised letters.
    """
    if text.isascii() and text.isprintable():
        return text
    hidden = next((letter for letter in text if unicodedata.category(letter) in HIDDEN), None)
    if hidden is not None:
        raise malformed(f"{what} holds an invisible character (U+{ord(hidden):04X}).")
    if unicodedata.normalize("NFC", text) != text:
        raise malformed(f"{what} is not in Unicode's composed form (NFC).")
    return text


def _depth(text: str) -> int:
    """Return how deep brackets nest outside strings, without recursion."""
    deepest = depth = 0
    for bracket in BRACKET.finditer(STRING.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name “{name[:40]}” appears twice")
        found[name] = value
    return found


def _whole(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        raise ValueError(f"a number has more than {DIGITS_MAX} digits")
    return int(digits)


def _refuse_number(written: str) -> NoReturn:
    raise ValueError(f"{written[:20]} is not a whole number")


def _check_members(value: Mapping[str, Any], *, what: str) -> None:
    seen, waiting = 0, list[Any]([value])
    while waiting:
        one = waiting.pop()
        seen += 1
        if seen > MEMBERS_MAX:
            raise malformed(f"{what} has more than {MEMBERS_MAX} members.")
        if isinstance(one, str):
            require_plain_text(one, what=f"A text of {what[0].lower()}{what[1:]}")
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list):
            waiting += one
