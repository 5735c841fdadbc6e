"""Tables on disk, read into lines that know their number, and rows written by their natural key."""

import csv
import io
import json
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.db import models

from bandstand.catalogue.rules import MalformedRowError
from bandstand.catalogue.services.reports import Outcome, Tally
from bandstand.kernel.errors import near_matches

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a table. ``row`` has every column of the header, as text."""

    number: int
    row: dict[str, str]


def csv_lines(path: Path, *, columns: Sequence[str], tally: Tally) -> list[Line]:
    """
    Return the lines of a CSV file that have as many fields as the header; the others are refused.

    A file whose header lacks one of ``columns`` is refused as a whole, naming near matches.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        tally.refuse(1, "The file is not UTF-8 text. Save it as CSV in UTF-8.")
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""))
    header = [name.strip().lower() for name in reader.fieldnames or []]
    reader.fieldnames = header
    missing = [name for name in columns if name not in header]
    if missing:
        tally.refuse(1, _missing_columns(missing, header))
        return []
    return list(_whole_lines(reader, tally))


def json_lines(path: Path, *, tally: Tally) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the objects of a file of one JSON object a line; blank lines count as nothing."""
    for number, text in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not text.strip():
            continue
        try:
            said = json.loads(text)
        except json.JSONDecodeError as error:
            tally.refuse(number, f"This is not JSON: {error.msg} at column {error.colno}.")
            continue
        if isinstance(said, dict):
            yield number, said
        else:
            tally.refuse(number, "A line is one JSON object in braces.")


@dataclass(kw_only=True)
class Keyed(Generic[M]):
    """
    Rows of one table by natural key: put what a file says, then write what is new or differs.

    ``stored`` starts as what the database has and grows with what is put.
    """

    model: type[M]
    stored: dict[Hashable, M]
    fresh: list[M] = field(default_factory=list)
    altered: dict[Hashable, M] = field(default_factory=dict)
    columns: set[str] = field(default_factory=set)
    _said: dict[Hashable, dict[str, Any]] = field(default_factory=dict)

    def put(self, key: Hashable, *, identity: dict[str, Any], facts: dict[str, Any]) -> Outcome:
        """
        Note what a line says of the row of a key.

        Raises: MalformedRowError if an earlier line of the same file says otherwise.
        """
        earlier = self._said.setdefault(key, facts)
        if earlier != facts:
            named = [name for name, value in facts.items() if earlier.get(name) != value]
            raise MalformedRowError(
                f"An earlier line says otherwise of the same thing ({', '.join(named)}). Keep one."
            )
        one = self.stored.get(key)
        if one is None:
            self.stored[key] = made = self.model(**identity, **facts)
            self.fresh.append(made)
            return Outcome.ADDED
        return self.alter(key, facts=facts)

    def alter(self, key: Hashable, *, facts: dict[str, Any]) -> Outcome:
        """Bring the row of a key up to date."""
        one = self.stored[key]
        differing = {name: value for name, value in facts.items() if getattr(one, name) != value}
        if not differing:
            return Outcome.UNCHANGED
        for name, value in differing.items():
            setattr(one, name, value)
        if one not in self.fresh:
            self.columns |= differing.keys()
            self.altered[key] = one
        return Outcome.CHANGED

    def write(self) -> None:
        """Write the new rows and those that differ."""
        self.model._default_manager.bulk_create(self.fresh)  # noqa: SLF001 -- Django's public name
        if self.altered:
            self.model._default_manager.bulk_update(  # noqa: SLF001 -- the same
                list(self.altered.values()), sorted(self.columns)
            )


def _whole_lines(reader: "csv.DictReader[str]", tally: Tally) -> Iterator[Line]:
    width = len(reader.fieldnames or [])
    for row in reader:
        given = [value for name, value in row.items() if name is not None and value is not None]
        extra = row.get(None) or []
        if len(given) + len(extra) != width:
            tally.refuse(
                reader.line_num,
                f"The line has {len(given) + len(extra)} fields, the header {width}."
                " Quote a field that has a comma in it.",
            )
            continue
        yield Line(number=reader.line_num, row={name: value.strip() for name, value in row.items()})


def _missing_columns(missing: list[str], header: list[str]) -> str:
    near = [match for name in missing for match in near_matches(name, header, limit=1)]
    hint = f" The header has {', '.join(near)}." if near else ""
    return f"The header lacks {', '.join(missing)}.{hint} Nothing of the file was used."
