"""
Hostile JSON, read strictly: size, depth, double keys and numbers that are none are refused.

Events keep their own text, letter by letter as they were sent, because what a sender signed or
hashed must be there to be checked again.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bandstand.provenance.rules.faults import DocumentRefusedError, Fault, TooLargeError

SPACE: Final = re.compile(r"[ \t\r\n]*")
ROOT: Final = "$"
ESCAPED: Final = "\\u"
DIGITS_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one document may hold."""

    size_max: int = 20 * 1024 * 1024
    depth_max: int = 32
    events_max: int = 10_000


def read_json(document: bytes, *, limits: Limits) -> tuple[str, Any]:
    """
    Return the text of a document and its value.

    Raises: DocumentRefusedError; TooLargeError beyond the limits.
    """
    if len(document) > limits.size_max:
        raise TooLargeError(
            [Fault(ROOT, f"The document is larger than {limits.size_max // 1024 // 1024} MB.")]
        )
    try:
        text = document.decode("utf-8-sig")
        value = _decoder.decode(text)
    except UnicodeDecodeError as wrong:
        raise refused(f"The document is not UTF-8: byte {wrong.start} cannot be read.") from wrong
    except RecursionError as wrong:
        raise TooLargeError([Fault(ROOT, _too_deep(limits))]) from wrong
    except json.JSONDecodeError as wrong:
        raise refused(
            f"The document is not JSON: {wrong.msg} at line {wrong.lineno}, column {wrong.colno}."
        ) from wrong
    except ValueError as wrong:
        raise refused(str(wrong)) from wrong
    _require_shape(value, limits=limits, has_escapes=ESCAPED in text)
    return text, value


def refused(message: str, *, path: str = ROOT) -> DocumentRefusedError:
    """Return the refusal of a whole document for one reason."""
    return DocumentRefusedError([Fault(path, message)])


def item_texts(text: str, *keys: str) -> list[str]:
    """Return the own text of each item of the array that a path of keys leads to."""
    at = _place(text, keys)
    return list(_items(text, at)) if text[at] == "[" else []


def member_text(text: str, *keys: str) -> str:
    """Return the own text of what a path of keys leads to."""
    at = _place(text, keys)
    return text[at : _plain.raw_decode(text, at)[1]]


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        double = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"The document has the key “{double[:80]}” twice in one object.")
    return made


def _number(text: str) -> int:
    if len(text) > DIGITS_MAX:
        raise ValueError(f"The document has a number of {len(text)} digits.")
    return int(text)


def _fraction(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")} or len(text) > DIGITS_MAX:
        raise ValueError(f"The document has the number {text[:40]}, which is too large to keep.")
    return value


def _no_number(text: str) -> float:
    raise ValueError(f"The document has {text}, which is no number of JSON.")


_decoder: Final = json.JSONDecoder(
    object_pairs_hook=_pairs,
    parse_int=_number,
    parse_float=_fraction,
    parse_constant=_no_number,
)
_plain: Final = json.JSONDecoder()


def _require_shape(value: object, *, limits: Limits, has_escapes: bool) -> None:
    waiting: list[tuple[object, int]] = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > limits.depth_max + 1:
            raise TooLargeError([Fault(ROOT, _too_deep(limits))])
        if isinstance(one, dict):
            waiting.extend((inner, depth + 1) for inner in one.values())
            if has_escapes:
                waiting.extend((key, depth) for key in one)
        elif isinstance(one, list):
            waiting.extend((inner, depth + 1) for inner in one)
        elif has_escapes and isinstance(one, str):
            _require_text(one)


def _require_text(text: str) -> None:
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise refused(f"The text “{text[:40]!a}” has a character that cannot be kept.")


def _too_deep(limits: Limits) -> str:
    return f"The document is nested deeper than {limits.depth_max} levels."


def _skip(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def _place(text: str, keys: tuple[str, ...]) -> int:
    """Return where the value that a path of keys leads to begins; the path is known to be there."""
    at = _skip(text, 0)
    for key in keys:
        at = _member(text, at, key=key)
    return at


def _member(text: str, at: int, *, key: str) -> int:
    at = _skip(text, at + 1)
    while True:
        name, at = _plain.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if name == key:
            return at
        _, at = _plain.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)


def _items(text: str, at: int) -> Iterator[str]:
    at = _skip(text, at + 1)
    while text[at] != "]":
        _, end = _plain.raw_decode(text, at)
        yield text[at:end]
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
