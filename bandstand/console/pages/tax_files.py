"""The states' own files that count, and what the tax provider has yet to be told."""

from typing import Final

from bandstand.plumbing.desk.tables import (
    Cell,
    Column,
    Row,
    Table,
    number,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import time_cell
from bandstand.tax import queries
from bandstand.tax.rules import SstFileKind, Telling, TellingState

FILE_WORDS: Final = {SstFileKind.RATES: "Rates", SstFileKind.BOUNDARY: "Where each rate applies"}
TELLING_WORDS: Final = {Telling.RECORD: "That a sale was made", Telling.REVERSE: "That one ended"}


def files_table(*, zone: str) -> Table:
    """Return the Streamlined Sales Tax files that count."""
    return Table(
        caption="Files of the states",
        note="Load them with: bandstand tax load FILE --apply. A state needs both kinds",
        columns=plain_headings(
            Column("State"),
            Column("File"),
            Column("Lines", is_number=True),
            Column("Left out", is_number=True),
            Column("Loaded"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(one.state),
                    Cell(FILE_WORDS[one.kind], note=f"{one.name}, sha256 {one.sha256[:12]}…"),
                    number(f"{one.lines:,}"),
                    number(f"{one.refused:,}"),
                    time_cell(one.loaded_at, zone=zone),
                )
            )
            for one in queries.rate_files()
        ),
    )


def tellings_tables(*, zone: str) -> tuple[Table, ...]:
    """Return what the provider has yet to be told; no table while it knows everything."""
    rows = queries.tellings()
    if not rows:
        return ()
    table = Table(
        caption="The tax provider has yet to be told",
        note="Tried again by itself; what it refused needs a person at the provider’s own desk",
        columns=plain_headings(
            Column("What"), Column("State"), Column("Tries", is_number=True), Column("Since")
        ),
        rows=tuple(
            Row(
                (
                    Cell(TELLING_WORDS[one.telling], note=one.words),
                    pill("Refused", "bad")
                    if one.state is TellingState.REFUSED
                    else pill("Waiting", "part"),
                    number(one.tries),
                    time_cell(one.written_at, zone=zone),
                )
            )
            for one in rows
        ),
    )
    return (table,)
