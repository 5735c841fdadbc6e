"""Fields of an untrusted JSON object, read by type; what is wrong is noted with its place."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, TypeVar

from bandstand.kernel.errors import near_matches
from bandstand.rights.rules.lists.domains import DomainNameError, normal_domain
from bandstand.rights.rules.lists.words import EVERY, NAMES_MAX, PROBLEMS_MAX, TEXT_MAX, ListProblem

Word = TypeVar("Word", bound=StrEnum)
INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)", re.ASCII
)
YEARS: Final = range(2000, 2200)
COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
COUNTRY_MENDS: Final = {"UK": "GB", "USA": "US"}
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
EXTENSION_MARKS: Final = ("x-", "x_", "_", "$")


class Fields:
    """One JSON object at a place of a document."""

    def __init__(
        self,
        value: dict[str, Any],
        *,
        path: str,
        problems: list[ListProblem],
        known: frozenset[str],
    ) -> None:
        self.value = value
        self.path = path
        self.problems = problems
        for name in value:
            if name not in known and not name.startswith(EXTENSION_MARKS):
                near = near_matches(name[:60], sorted(known), limit=1)
                hint = f" Did you mean {near[0]}?" if near else ""
                self.warn(name, f"is not a field of this format and is ignored.{hint}")

    def wrong(self, name: str, text: str) -> None:
        """Note what is wrong with a field."""
        self._note(name, text, is_warning=False)

    def warn(self, name: str, text: str) -> None:
        """Note what is odd about a field and spoils nothing."""
        self._note(name, text, is_warning=True)

    def text(self, name: str, *, needed: bool = False, most: int = TEXT_MAX) -> str:
        """Return a text; empty if it is absent or wrong."""
        value = self._given(name, needed=needed)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(name, f"is {_kind(value)}; it must be text.")
            return ""
        if len(value) > most or (needed and not value.strip()):
            self.wrong(name, f"must have 1 to {most} characters.")
            return ""
        return value.strip()

    def word(self, name: str, words: type[Word], *, unless: Word) -> Word:
        """Return one of a few words."""
        text = self.text(name)
        if not text:
            return unless
        found = next((word for word in words if word.value == text), None)
        if found is None:
            self.wrong(name, _not_a_word(text, words))
            return unless
        return found

    def number(
        self, name: str, *, least: int, most: int, needed: bool = False, unless: int = 0
    ) -> int:
        """Return a whole number within bounds."""
        value = self._given(name, needed=needed)
        if value is None:
            return unless
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.wrong(name, f"must be a whole number from {least} to {most}.")
            return unless
        return value

    def flag(self, name: str) -> bool:
        """Return true or false; false if it is absent."""
        value = self._given(name)
        if value is not None and not isinstance(value, bool):
            self.wrong(name, f"is {_kind(value)}; it must be true or false.")
        return value is True

    def instant(self, name: str, *, needed: bool = False) -> datetime | None:
        """Return an instant in UTC."""
        text = self.text(name, needed=needed)
        if not text:
            return None
        found = _instant(text)
        if found is None:
            self.wrong(
                name, f"is “{text[:40]}”; write an instant such as 2026-11-22T06:00:00Z (RFC 3339)."
            )
        return found

    def domain(self, name: str, *, needed: bool = False) -> str:
        """Return a domain in its one written form."""
        text = self.text(name, needed=needed)
        if not text:
            return ""
        try:
            normal = normal_domain(text)
        except DomainNameError as refused:
            self.wrong(name, refused.message)
            return ""
        if normal != text.lower():
            self.warn(name, f"“{text}” has letters beyond a to z; it is read as {normal}.")
        return normal

    def texts(self, name: str, *, needed: bool = False) -> tuple[str, ...]:
        """Return a list of texts, each once."""
        value = self._given(name, needed=needed)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.wrong(name, f"is {_kind(value)}; it must be a list of texts.")
            return ()
        if len(value) > NAMES_MAX or (needed and not value):
            self.wrong(name, f"must name 1 to {NAMES_MAX} things.")
            return ()
        return tuple(dict.fromkeys(self._each_text(name, value)))

    def words(self, name: str, words: type[Word], *, unless: tuple[Word, ...]) -> tuple[Word, ...]:
        """Return a list of a few words."""
        texts = self.texts(name)
        known = {word.value: word for word in words}
        for text in texts:
            if text not in known:
                self.wrong(name, _not_a_word(text, words))
        return tuple(known[text] for text in texts if text in known) or unless

    def countries(self, name: str = "countries") -> tuple[str, ...]:
        """Return ISO 3166 countries in two capital letters, or “*”."""
        texts = self.texts(name, needed=True)
        for text in texts:
            if text in COUNTRY_MENDS:
                self.wrong(name, f"has “{text}”; write {COUNTRY_MENDS[text]}.")
            elif text != EVERY and not COUNTRY.fullmatch(text):
                self.wrong(name, f"has “{text[:20]}”; write two capital letters, or “*” for all.")
        return texts

    def fields(self, name: str, *, known: frozenset[str]) -> "Fields | None":
        """Return an object within this one."""
        value = self._given(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.wrong(name, f"is {_kind(value)}; it must be an object.")
            return None
        return Fields(value, path=f"{self.path}.{name}", problems=self.problems, known=known)

    def entries(self, name: str, *, most: int, known: frozenset[str]) -> Iterator["Fields"]:
        """Yield the objects of a list within this one."""
        value = self._given(name)
        if value is None:
            return
        if not isinstance(value, list):
            self.wrong(name, f"is {_kind(value)}; it must be a list of objects.")
            return
        if len(value) > most:
            self.wrong(name, f"has {len(value)} entries; at most {most} are read.")
            return
        for at, one in enumerate(value):
            path = f"{self.path}.{name}[{at}]"
            if isinstance(one, dict):
                yield Fields(one, path=path, problems=self.problems, known=known)
            else:
                self.problems.append(ListProblem(path, f"is {_kind(one)}; it must be an object."))

    def _each_text(self, name: str, value: list[Any]) -> Iterator[str]:
        for at, one in enumerate(value):
            if not isinstance(one, str) or not 0 < len(one.strip()) <= TEXT_MAX:
                self.wrong(f"{name}[{at}]", f"must be a text of 1 to {TEXT_MAX} characters.")
            else:
                yield one.strip()

    def _given(self, name: str, *, needed: bool = False) -> Any:  # noqa: ANN401 -- whatever stands there
        value = self.value.get(name)
        if value is None and (needed or name in self.value):
            self.wrong(name, "is missing." if needed else "is null; leave it out instead.")
        return value

    def _note(self, name: str, text: str, *, is_warning: bool) -> None:
        # An error is never crowded out by warnings, or a spoiled list would count as whole.
        if not is_warning or len(self.problems) < PROBLEMS_MAX:
            shown = name[:60].encode("ascii", "backslashreplace").decode()
            self.problems.append(ListProblem(f"{self.path}.{shown}", text, is_warning))


def _instant(text: str) -> datetime | None:
    if not INSTANT.fullmatch(text) or int(text[:4]) not in YEARS:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None


def _not_a_word(text: str, words: type[StrEnum]) -> str:
    known = [word.value for word in words]
    near = near_matches(text[:60], known, limit=1)
    hint = f" Did you mean “{near[0]}”?" if near else ""
    return f"has “{text[:40]}”, which is none of {', '.join(known)}.{hint}"


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    kinds = {bool: "true or false", str: "text", list: "a list", type(None): "null"}
    return kinds.get(type(value), "a number")
