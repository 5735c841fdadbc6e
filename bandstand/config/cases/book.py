"""A book of cases as a file, read strictly: a word misread is a case that proves nothing."""

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from bandstand.config.cases.fields import CaseWordsError, unknown_text

BYTES_MAX: Final = 4 * 1024 * 1024
KINDS: Final = ("decision", "sequence", "aftermath", "notice")
RUN_BY_DEFAULT: Final = ("decision", "sequence")
SECTIONS: Final = (
    "version",
    "policy",
    "markets",
    "brands",
    "sellers",
    "variants",
    "grants",
    "scenarios",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One case with its words as the book has them."""

    id: str
    kind: str
    title: str
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseBook:
    """The world that every case begins in, and the cases."""

    world: Mapping[str, Any]
    cases: tuple[Case, ...]
    unknown_sections: tuple[str, ...] = ()


class _Loader(yaml.SafeLoader):
    """
    Plain YAML 1.2 words: only true and false are yes and no, and an instant stays as written.

    With YAML 1.1's rules Norway's code NO is a “no”. A key that stands twice is refused.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 -- the loader's signature
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise CaseWordsError(
                    f"“{key}” stands twice, the second time on line {key_node.start_mark.line + 1}."
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"}
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def read_book(path: Path) -> CaseBook:
    """
    Read a book of cases.

    Raises: CaseWordsError naming the line or the case that is wrong.
    """
    if not path.is_file():
        raise CaseWordsError(f"There is no file {path}.")
    if path.stat().st_size > BYTES_MAX:
        raise CaseWordsError(f"{path} is larger than {BYTES_MAX} bytes; split it.")
    return book_of(path.read_text(encoding="utf-8"))


def book_of(text: str) -> CaseBook:
    """Read a book from its text. Raises: CaseWordsError."""
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 -- a SafeLoader with fewer words
    except yaml.YAMLError as error:
        raise CaseWordsError(f"The book is not YAML: {error}") from error
    if not isinstance(found, Mapping):
        raise CaseWordsError("The book is not a mapping of sections.")
    if str(found.get("version", 1)) != "1":
        raise CaseWordsError(f"Version {found['version']!r} of a book is not known; this reads 1.")
    scenarios = found.get("scenarios")
    if not isinstance(scenarios, list) or not scenarios:
        raise CaseWordsError("The book has no “scenarios”.")
    cases = tuple(_case(one, number=number) for number, one in enumerate(scenarios, start=1))
    _check_ids(cases)
    return CaseBook(
        world={name: found.get(name) or {} for name in SECTIONS if name != "scenarios"},
        cases=cases,
        unknown_sections=tuple(str(name) for name in found if name not in SECTIONS),
    )


def _case(words: object, *, number: int) -> Case:
    if not isinstance(words, Mapping) or "id" not in words:
        raise CaseWordsError(f"Scenario {number} has no id.")
    name, kind = str(words["id"]), str(words.get("kind", ""))
    if kind not in KINDS:
        raise CaseWordsError(unknown_text(kind, among=KINDS, what="kind of case", where=name))
    return Case(id=name, kind=kind, title=str(words.get("title", "")), words=words)


def _check_ids(cases: Sequence[Case]) -> None:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise CaseWordsError(f"The id {case.id} stands twice.")
        seen.add(case.id)
