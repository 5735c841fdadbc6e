"""
Streamlined Sales Tax files as their states publish them: look first, then apply.

Files have up to a million lines and more, so they are read as a stream and copied into the
database; a file takes the place of the one of its kind loaded before for its state.
"""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction

from bandstand.plumbing import audit, locks
from bandstand.tax.models import RateFile, SstBoundary, SstRate
from bandstand.tax.rules import (
    SstBoundaryLine,
    SstFileKind,
    SstRateLine,
    TaxFileError,
    file_kind,
    read_boundary,
    read_rate,
)
from bandstand.tax.services.outcomes import LOCK

STEP: Final = 20_000
"""After how many lines progress is told."""
REFUSALS_KEPT: Final = 100
EXT_MAX: Final = 9999
RATE_COPY: Final = (
    "copy tax_sstrate (state, kind, code, intrastate_ppm, interstate_ppm, from_date, until_date)"
    " from stdin"
)
BOUNDARY_COPY: Final = (
    "copy tax_sstboundary (state, zip, kind, ext_low, ext_high, has_state, county, place,"
    " districts, from_date, until_date) from stdin"
)


@dataclass(frozen=True, slots=True)
class FileRefusal:
    """A line that was not used, and why."""

    line: int
    reason: str


@dataclass(kw_only=True)
class SstPreview:
    """What a file holds, and what loading it does, or did if ``is_applied``."""

    name: str
    kind: SstFileKind
    state: str
    lines: int = 0
    used: int = 0
    rows: int = 0
    refused: int = 0
    refusals: list[FileRefusal] = field(default_factory=list)
    earliest: date | None = None
    is_applied: bool = False

    def refuse(self, line: int, reason: str) -> None:
        """Count a line that is not used; the first of them are kept with their reasons."""
        self.refused += 1
        if len(self.refusals) < REFUSALS_KEPT:
            self.refusals.append(FileRefusal(line, reason))

    def as_json(self) -> dict[str, object]:
        """Return the preview in plain JSON values."""
        return {
            "applied": self.is_applied,
            "file": self.name,
            "kind": self.kind.value,
            "state": self.state,
            "lines": self.lines,
            "used": self.used,
            "rows": self.rows,
            "refused": self.refused,
            "refusals": [{"line": one.line, "reason": one.reason} for one in self.refusals],
        }


Rows = Iterator[tuple[Any, ...]]
Progress = Callable[[int], None]


def look_at_sst(
    *, lines: Iterable[str], name: str, on_progress: Progress | None = None
) -> SstPreview:
    """
    Read a rate or boundary file and say what it holds; nothing is written.

    Raises: TaxFileError if it is neither.
    """
    preview, rows, _ = _opened(lines, name=name, on_progress=on_progress)
    for _row in rows:
        pass
    return preview


@transaction.atomic
def load_sst(
    *,
    lines: Iterable[str],
    name: str,
    actor: str,
    now: datetime,
    leaves_out_refused: bool = False,
    on_progress: Progress | None = None,
) -> SstPreview:
    """
    Load a rate or boundary file in place of the one before; all of it or nothing.

    Lock: one load or import of rates at a time.
    Raises: TaxFileError if it is neither kind of file, or has refused lines and ``leaves_out_
        refused`` was not said.
    """
    locks.lock(LOCK)
    preview, rows, seal = _opened(lines, name=name, on_progress=on_progress)
    _copy(rows, preview=preview)
    if preview.refused and not leaves_out_refused:
        first = preview.refusals[0]
        raise TaxFileError(
            f"{preview.refused} lines were refused, the first on line {first.line}: {first.reason}"
            " Nothing was loaded. Mend the file, or say that they shall be left out."
        )
    if not preview.used:
        raise TaxFileError("The file holds no line that can be used. Nothing was loaded.")
    preview.is_applied = True
    row = RateFile.objects.create(
        state=preview.state,
        kind=preview.kind.value,
        name=name[:200],
        sha256=seal.hexdigest(),
        lines=preview.lines,
        used=preview.used,
        refused=preview.refused,
        loaded_at=now,
        loaded_by=actor,
    )
    audit.record(
        actor=actor,
        action="tax.file",
        subject=f"tax_file:{row.id}",
        now=now,
        state=preview.state,
        kind=preview.kind.value,
        used=str(preview.used),
        refused=str(preview.refused),
    )
    return preview


def _opened(
    lines: Iterable[str], *, name: str, on_progress: Progress | None
) -> tuple[SstPreview, Rows, "hashlib._Hash"]:
    """Return an empty preview, the rows that fill it as they are read, and the file's hash."""
    seal = hashlib.sha256()
    reader = csv.reader(_hashed(lines, seal=seal))
    numbered = ((reader.line_num, fields) for fields in reader if any(fields))
    first = next(numbered, None)
    if first is None:
        raise TaxFileError("The file is empty.")
    kind = file_kind(first[1])
    preview = SstPreview(name=name, kind=kind, state="")
    told = _chained(first, numbered, preview=preview, on_progress=on_progress)
    rows = _rate_rows(told, preview) if kind is SstFileKind.RATES else _where_rows(told, preview)
    return preview, rows, seal


def _hashed(lines: Iterable[str], *, seal: "hashlib._Hash") -> Iterator[str]:
    for at, line in enumerate(lines):
        seal.update(line.encode())
        yield line.removeprefix("\ufeff") if at == 0 else line


def _chained(
    first: tuple[int, list[str]],
    rest: Iterator[tuple[int, list[str]]],
    *,
    preview: SstPreview,
    on_progress: Progress | None,
) -> Iterator[tuple[int, list[str]]]:
    preview.lines = 1
    yield first
    for one in rest:
        preview.lines += 1
        if on_progress is not None and preview.lines % STEP == 0:
            on_progress(preview.lines)
        yield one


def _rate_rows(numbered: Iterator[tuple[int, list[str]]], preview: SstPreview) -> Rows:
    for number, fields in numbered:
        with _refusing(preview, number):
            one = read_rate(fields)
            _keep(one, preview=preview)
            preview.rows += 1
            yield (
                one.state,
                one.kind,
                one.code,
                one.intrastate_ppm,
                one.interstate_ppm,
                one.from_date,
                one.until_date,
            )


def _where_rows(numbered: Iterator[tuple[int, list[str]]], preview: SstPreview) -> Rows:
    seen: set[tuple[Any, ...]] = set()  # a street has many addresses and one set of rates
    for number, fields in numbered:
        with _refusing(preview, number):
            one = read_boundary(fields)
            _keep(one, preview=preview)
            for row in _spread(one):
                if one.kind == "A":
                    if row in seen:
                        continue
                    seen.add(row)
                preview.rows += 1
                yield row


def _spread(one: SstBoundaryLine) -> Rows:
    """Yield a range of codes as one row for each ZIP code in it."""
    for code in range(one.zip_low, one.zip_high + 1):
        yield (
            one.state,
            f"{code:05}",
            one.kind,
            one.ext_low if code == one.zip_low else 0,
            one.ext_high if code == one.zip_high else EXT_MAX,
            one.has_state,
            one.county,
            one.place,
            one.districts,
            one.from_date,
            one.until_date,
        )


def _keep(one: SstRateLine | SstBoundaryLine, *, preview: SstPreview) -> None:
    preview.state = preview.state or one.state
    if one.state != preview.state:
        raise TaxFileError(f"The line is of {one.state}, the file of {preview.state}.")
    preview.used += 1
    earliest = preview.earliest
    preview.earliest = one.from_date if earliest is None else min(earliest, one.from_date)


@contextmanager
def _refusing(preview: SstPreview, line: int) -> Iterator[None]:
    """Keep the reason of a refused line and go on with the next."""
    try:
        yield
    except TaxFileError as wrong:
        preview.refuse(line, wrong.message)


def _copy(rows: Rows, *, preview: SstPreview) -> None:
    """Copy the rows in place of those that the state's last file of this kind brought."""
    model, statement = (
        (SstRate, RATE_COPY) if preview.kind is SstFileKind.RATES else (SstBoundary, BOUNDARY_COPY)
    )
    first = next(rows, None)
    if first is None:
        return
    model.objects.filter(state=preview.state).delete()
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write_row(first)
        _write_all(copy, rows)


def _write_all(copy: Any, rows: Sequence[tuple[Any, ...]] | Rows) -> None:  # noqa: ANN401 -- psycopg's copy
    for row in rows:
        copy.write_row(row)
