"""
Hostile bytes to a JSON value: size, depth, duplicate keys, numbers and text are all bounded.

Source: RFC 8259, sections 4, 8.1 and 9; RFC 7493 (I-JSON), sections 2.2 and 2.3, which require
unique names and whole numbers within 2^53 (read 2026-11-22).
"""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from bandstand.rights.rules.lists.words import (
    BYTES_MAX,
    DEPTH_MAX,
    PROBLEMS_MAX,
    SEQUENCE_MAX,
    ListProblem,
)

DIGITS_MAX: Final = 17
_TOKENS: Final = re.compile(rb'\\.|["\[\]{}]', re.DOTALL)
"""An escape, which hides what it escapes; a quote; a bracket. One pass, no backtracking."""
_INVISIBLE: Final = frozenset(
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b"
    "\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u3164\ufeff\uffa0"
)


class UnreadableError(ValueError):
    """Bytes that are no acceptable JSON at all."""


class Named(dict[str, Any]):
    """A JSON object that remembers which names it was given twice."""

    repeated: tuple[str, ...] = ()


class Refused:
    """Stands for a number that no list may hold."""

    def __init__(self, text: str) -> None:
        self.text = text[:40]


def read_json(body: bytes, *, bytes_max: int = BYTES_MAX) -> tuple[Any, tuple[ListProblem, ...]]:
    """
    Return the value of a JSON document, and what is wrong with its form.

    Raises: UnreadableError if there is no value to speak of.
    """
    if len(body) > bytes_max:
        raise UnreadableError(f"The document has {len(body)} bytes; at most {bytes_max} are read.")
    text = _text(body)
    _require_shallow(body)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_named,
            parse_int=_whole,
            parse_float=Refused,
            parse_constant=Refused,
        )
    except (ValueError, RecursionError) as wrong:
        raise UnreadableError(f"The document is not JSON: {wrong}.") from wrong
    return value, tuple(islice(_faults(value, "$"), PROBLEMS_MAX))


def _text(body: bytes) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        raise UnreadableError("The document begins with a byte order mark. Save it without one.")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise UnreadableError(f"The document is not UTF-8 at byte {wrong.start}.") from wrong


def _require_shallow(body: bytes) -> None:
    # Counted before parsing, because a parser may run out of stack on what it is meant to refuse.
    depth, is_text = 0, False
    for token in _TOKENS.finditer(body):
        mark = token[0]
        if mark == b'"':
            is_text = not is_text
        elif is_text:
            continue
        elif mark in b"[{":
            depth += 1
            if depth > DEPTH_MAX:
                raise UnreadableError(f"The document is nested deeper than {DEPTH_MAX} levels.")
        elif mark in b"]}":
            depth -= 1


def _named(pairs: list[tuple[str, Any]]) -> Named:
    named = Named(pairs)
    if len(named) != len(pairs):
        seen: set[str] = set()
        repeated = [name for name, _ in pairs if name in seen or seen.add(name)]  # type: ignore[func-returns-value]  # add() returns None, which is no
        named.repeated = tuple(dict.fromkeys(repeated))
    return named


def _whole(text: str) -> int | Refused:
    if len(text) > DIGITS_MAX or abs(int(text)) > SEQUENCE_MAX:
        return Refused(text)
    return int(text)


def _faults(value: object, path: str) -> Iterator[ListProblem]:
    if isinstance(value, Named):
        for name in value.repeated:
            yield ListProblem(f"{path}.{name[:60]}", "is given twice; which one counts is unclear.")
        for name, one in value.items():
            yield from _text_faults(name, f"{path}.{name[:60]}")
            yield from _faults(one, f"{path}.{name[:60]}")
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from _faults(one, f"{path}[{at}]")
    elif isinstance(value, str):
        yield from _text_faults(value, path)
    elif isinstance(value, Refused):
        yield ListProblem(path, f"is {value.text}; only whole numbers up to 2^53 - 1 are allowed.")


def _text_faults(text: str, path: str) -> Iterator[ListProblem]:
    if text.isascii() and text.isprintable():
        return
    shown = path.encode("ascii", "backslashreplace").decode()
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        yield ListProblem(shown, "holds half of a character (a lone surrogate).")
    elif any(letter < " " or letter == "\x7f" for letter in text):
        yield ListProblem(shown, "holds a control character.")
    elif any(letter in _INVISIBLE for letter in text):
        yield ListProblem(shown, "holds an invisible or direction-changing character.")
