"""Fields of an event, read one by one; what is wrong is collected with its path, not raised."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from bandstand.kernel.errors import BadInputError, near_matches
from bandstand.provenance.rules.faults import Fault
from bandstand.provenance.rules.ids import Identifier, Level, read_identifier
from bandstand.provenance.rules.vocabulary import OWN_WORD, Vocabulary, read_word

INSTANT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,12})?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
OFFSET: Final = re.compile(r"[+-]((0\d|1[0-3]):[0-5]\d|14:00)", re.ASCII)
UNIT_OF_MEASURE: Final = re.compile(r"[A-Z0-9]{2,3}", re.ASCII)
EMPTY: Final[Mapping[str, Any]] = {}


@dataclass(slots=True)
class Reader:
    """One JSON object, where it stands, and the faults found so far in its document."""

    value: Mapping[str, Any]
    path: str
    faults: list[Fault]
    prefixes: Mapping[str, str] = field(default_factory=dict)

    def fault(self, key: str, message: str) -> None:
        """Note what is wrong with a field."""
        self.faults.append(Fault(f"{self.path}.{key}", message))

    def text(self, key: str, *, is_required: bool = False) -> str:
        """Return a text field; empty if it is absent or wrong."""
        if key not in self.value:
            if is_required:
                self.fault(key, "is missing.")
            return ""
        value = self.value[key]
        if not isinstance(value, str) or not value.strip():
            self.fault(key, f"must be text, not {_said(value)}.")
            return ""
        return value

    def uri(self, key: str, *, is_required: bool = False) -> str:
        """Return a URI field, in its canonical form if it has one."""
        text = self.text(key, is_required=is_required)
        found = self.identifier(key, text) if text else None
        return found.uri if found else ""

    def identifier(self, key: str, text: str) -> Identifier | None:
        """Return the identifier that a text is; None, with a fault, if it is none."""
        try:
            return read_identifier(text)
        except BadInputError as wrong:
            self.fault(key, wrong.message)
            return None

    def word(self, key: str, *, vocabulary: Vocabulary, is_required: bool = False) -> str:
        """Return a field of the vocabulary by its short name."""
        text = self.text(key, is_required=is_required)
        return self.word_of(key, text, vocabulary=vocabulary) if text else ""

    def word_of(self, key: str, text: str, *, vocabulary: Vocabulary) -> str:
        """Return the short name of a word; empty, with a fault, if it is none."""
        try:
            return read_word(text, vocabulary)
        except BadInputError as wrong:
            self.fault(key, wrong.message)
            return ""

    def instant(self, key: str, *, is_required: bool = False) -> datetime | None:
        """Return an instant in UTC."""
        text = self.text(key, is_required=is_required)
        if not text:
            return None
        found = read_instant(text)
        if found is None:
            self.fault(key, f"“{text[:60]}” is not an instant such as 2026-11-22T12:00:00.000Z.")
        return found

    def numbers(self, *keys: str) -> None:
        """Check that fields are numbers where they are there."""
        for key in keys:
            value = self.value.get(key)
            if key in self.value and (
                isinstance(value, bool) or not isinstance(value, int | float)
            ):
                self.fault(key, f"must be a number, not {_said(value)}.")

    def objects(self, key: str) -> "Iterator[Reader]":
        """Return a reader for each object of a list."""
        for at, item in enumerate(self.items(key)):
            path = f"{self.path}.{key}[{at}]"
            if isinstance(item, dict):
                yield Reader(item, path, self.faults, self.prefixes)
            else:
                self.faults.append(Fault(path, f"must be an object, not {_said(item)}."))

    def object(self, key: str) -> "Reader | None":
        """Return a reader for one object; None if it is absent or wrong."""
        if key not in self.value:
            return None
        value = self.value[key]
        if isinstance(value, dict):
            return Reader(value, f"{self.path}.{key}", self.faults, self.prefixes)
        self.fault(key, f"must be an object, not {_said(value)}.")
        return None

    def items(self, key: str) -> list[Any]:
        """Return a list; empty if it is absent or wrong."""
        value = self.value.get(key, [])
        if isinstance(value, list):
            return value
        self.fault(key, f"must be a list, not {_said(value)}.")
        return []

    def identifiers(self, key: str, *, level: Level | None = None) -> list[Identifier]:
        """Return a list of identifiers, each of a level if GS1's rules give it one."""
        found = []
        for at, text in enumerate(self.items(key)):
            place = f"{key}[{at}]"
            if not isinstance(text, str):
                self.fault(place, f"must be an identifier, not {_said(text)}.")
                continue
            one = self.identifier(place, text)
            if one is not None and self.is_level(place, one, level=level):
                found.append(one)
        return found

    def is_level(self, key: str, one: Identifier, *, level: Level | None) -> bool:
        """Say whether an identifier has a level, or none that is known."""
        if level is None or one.level in {level, Level.OTHER}:
            return True
        told = {
            Level.INSTANCE: "must name one thing by its serial; a kind belongs in a quantity list",
            Level.CLASS: "must name a kind of thing; one thing belongs in an EPC list",
        }
        self.fault(key, f"{told[level]}: “{one.uri}” does not.")
        return False

    def close(self, known: Iterable[str], *, has_extensions: bool = True) -> None:
        """Note every field that is neither known nor an extension of a declared name space."""
        fields = frozenset(known)
        for key in self.value:
            if key not in fields and not (has_extensions and self._is_extension(key)):
                self._unknown(key, fields, has_extensions=has_extensions)

    def _is_extension(self, key: str) -> bool:
        prefix, colon, local = key.partition(":")
        is_address = prefix in {"http", "https", "urn"}
        return bool(colon and local and (is_address or prefix in self.prefixes))

    def _unknown(self, key: str, fields: frozenset[str], *, has_extensions: bool) -> None:
        prefix, colon, _ = key.partition(":")
        if colon and has_extensions:
            self.fault(key, f"“{prefix[:40]}” is not a name space declared in @context.")
            return
        near = near_matches(key, sorted(fields))
        hint = f" Did you mean {near[0]}?" if near else ""
        room = " An extension needs a name space." if has_extensions else ""
        self.fault(key, f"is not a field here.{room}{hint}")


def read_instant(text: str) -> datetime | None:
    """Return the instant in UTC that a text with an offset says; None if it says none."""
    if not INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_own_word(reader: Reader, key: str, *, is_required: bool = False) -> str:
    """Return a field that is a short name or a URI, unchecked by any list."""
    text = reader.text(key, is_required=is_required)
    if text and not (text.replace("_", "").isalnum() or OWN_WORD.fullmatch(text)):
        reader.fault(key, f"“{text[:60]}” is neither a name nor a URI.")
    return text


def _said(value: object) -> str:
    names = {bool: "yes or no", int: "a number", float: "a number", dict: "an object"}
    if value is None:
        return "null"
    if isinstance(value, str):
        return "an empty text" if not value.strip() else "text"
    return names.get(type(value), "a list")
