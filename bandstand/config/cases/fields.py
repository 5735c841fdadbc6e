"""
The words of a case, asked for by name and kind; what nobody asked for is told.

A field that is not known must not be passed over in silence: each part remembers which of its words
were read, and the rest are told with the case.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from bandstand.kernel.errors import BadInputError, near_matches

SPAN: Final = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
T = TypeVar("T")


class CaseWordsError(BadInputError):
    """A word of a case that cannot be understood; the message names it."""

    code = "case_words"


class Part:
    """
    A mapping of a case with the place where it stands.

    Reading a word marks it; ``unread`` tells the rest, of this part and of those below it that were
    opened.
    """

    def __init__(self, words: object, *, where: str) -> None:
        if not isinstance(words, Mapping):
            raise CaseWordsError(f"{where}: expected named words, found {words!r}.")
        self._words: Mapping[str, Any] = {str(name): one for name, one in words.items()}
        self.where = where
        self._read: set[str] = set()
        self._below: dict[str, Part] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._words

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all words, read or not."""
        return tuple(self._words)

    def raw(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 -- whatever the book says
        """Return a word as the book has it."""
        self._read.add(name)
        return self._words.get(name, default)

    def first(self, *names: str) -> str | None:
        """Return which of several names for one thing the book uses."""
        return next((name for name in names if name in self._words), None)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text. Raises: CaseWordsError if it is missing and has no default."""
        found = self.raw(name)
        if found is None:
            if default is None:
                raise CaseWordsError(f"{self.where}: “{name}” is missing.")
            return default
        if isinstance(found, Mapping | list):
            raise CaseWordsError(f"{self.where}.{name}: expected one word, found {found!r}.")
        return str(found)

    def maybe(self, name: str) -> str | None:
        """Return a text, or nothing."""
        return self.text(name) if self.raw(name) is not None else None

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes or no."""
        found = self.raw(name)
        if found is None:
            return default
        if not isinstance(found, bool):
            raise CaseWordsError(f"{self.where}.{name}: expected true or false, found {found!r}.")
        return found

    def number(self, name: str, default: int) -> int:
        """Return a whole number."""
        found = self.raw(name, default)
        if isinstance(found, bool) or not isinstance(found, int):
            raise CaseWordsError(f"{self.where}.{name}: expected a whole number, found {found!r}.")
        return found

    def instant(self, name: str, default: datetime | None = None) -> datetime:
        """Return an instant. Raises: CaseWordsError if it is missing and has no default."""
        found = self.maybe_instant(name)
        if found is None and default is None:
            raise CaseWordsError(f"{self.where}: “{name}”, an instant, is missing.")
        return found or default  # type: ignore[return-value]  # one of them is there

    def maybe_instant(self, name: str) -> datetime | None:
        """Return an instant, or nothing."""
        found = self.maybe(name)
        return None if found is None else instant_of(found, where=f"{self.where}.{name}")

    def span(self, name: str, default: timedelta) -> timedelta:
        """Return a length of time, written as ISO 8601 has it: PT24H."""
        found = self.maybe(name)
        return default if found is None else span_of(found, where=f"{self.where}.{name}")

    def list_of(self, name: str) -> list[Any]:
        """Return a list; one word alone is a list of one."""
        found = self.raw(name)
        if found is None:
            return []
        return found if isinstance(found, list) else [found]

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(str(one) for one in self.list_of(name))

    def part(self, name: str) -> "Part":
        """Return the part of that name; an empty one if the book has none."""
        return self._opened(self.raw(name) or {}, where=f"{self.where}.{name}")

    def parts(self, name: str) -> list["Part"]:
        """Return a list of parts."""
        return [
            self._opened(one, where=f"{self.where}.{name}[{number}]")
            for number, one in enumerate(self.list_of(name), start=1)
        ]

    def named(self, name: str) -> dict[str, "Part"]:
        """Return a mapping of names to parts."""
        section = self.part(name)
        return {key: section.part(key) for key in section.names}

    def lists(self) -> dict[str, tuple[str, ...]]:
        """Return this part as names of lists of texts."""
        return {name: self.texts(name) for name in self.names}

    def nothing_more(self, *names: str) -> None:
        """Mark words that say nothing to the shop, such as a title."""
        self._read.update(names)

    def unread(self) -> list[str]:
        """Return the places of all words that nobody read."""
        mine = [f"{self.where}.{name}" for name in self._words if name not in self._read]
        return mine + [place for part in self._below.values() for place in part.unread()]

    def _opened(self, words: object, *, where: str) -> "Part":
        # Opened twice, a part is the same part: what was read of it stays read.
        return self._below.setdefault(where, Part(words, where=where))


def instant_of(text: str, *, where: str) -> datetime:
    """Read an instant; one without a zone is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CaseWordsError(
            f"{where}: “{text}” is not an instant. Write one like 2026-11-22T10:00:00Z."
        ) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def span_of(text: str, *, where: str) -> timedelta:
    """Read a length of time. Source: ISO 8601-1:2019, 5.5.2 (days, hours, minutes, seconds)."""
    found = SPAN.fullmatch(text)
    if found is None or not any(found.groups()):
        raise CaseWordsError(f"{where}: “{text}” is not a length of time. Write one like PT24H.")
    days, hours, minutes, seconds = (int(one or 0) for one in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def known(word: str, *, among: Mapping[str, T], what: str, where: str = "") -> T:
    """Return what a name stands for. Raises: CaseWordsError naming near matches."""
    if word in among:
        return among[word]
    raise CaseWordsError(unknown_text(word, among=among, what=what, where=where))


def unknown_text(word: str, *, among: Iterable[str], what: str, where: str = "") -> str:
    """Say that a name is not known, and which were meant perhaps."""
    every = [str(one) for one in among]
    near = near_matches(word, every)
    hint = f" Did you mean {' or '.join(near)}?" if near else f" Known: {', '.join(every)}."
    place = f"{where}: " if where else ""
    return f"{place}unknown {what} “{word}”.{hint if every else ''}"


def word_of(
    kind: Callable[[str], T], text: str, *, what: str, words: Iterable[str], where: str = ""
) -> T:
    """Return the member of a word list. Raises: CaseWordsError naming near matches."""
    try:
        return kind(text)
    except ValueError:
        raise CaseWordsError(unknown_text(text, among=words, what=what, where=where)) from None
