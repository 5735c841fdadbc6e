"""One closed statement as staff and its seller read it: the same figures, each in their words."""

from collections.abc import Iterable
from typing import Final

from bandstand.money import Money
from bandstand.payouts.documents import Sheet, sheet_of
from bandstand.payouts.queries import StatementPage
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Listing,
    Row,
    Stat,
    Table,
    number,
    plain_headings,
)

LINE_HEADS: Final = (
    "at", "kind", "what", "pending", "available", "kept_back", "you_owe", "yours", "currency",
)  # fmt: skip


def statement_listing(
    found: StatementPage, *, here: str, lead: str, buckets: tuple[str, ...]
) -> Listing:
    """
    Return one closed statement with the same figures as its paper.

    ``buckets`` are the reader's words for pending, available, kept back, owed, and all of it.
    """
    sheet = sheet_of(found.body)
    return Listing(
        title=f"Statement {sheet.number}",
        lead=lead + _succession(found, sheet),
        stats=tuple(
            Stat(label, after, note=f"{before} before")
            for label, before, after in zip(buckets, sheet.opening, sheet.closing, strict=True)
        ),
        table=_lines(sheet, buckets=buckets),
        sections=(
            Table(
                caption="The month in sums",
                note="A tax on the commission is not part of these figures",
                columns=plain_headings(Column("What"), Column("Amount", is_number=True)),
                rows=tuple(Row((Cell(label), number(said))) for label, said in sheet.summary),
            ),
        ),
        pages=ONE_PAGE,
        export_url=f"{here}{found.row.id}/?format=csv",
        action_url=f"{here}{found.row.id}/pdf/",
        action_label="PDF",
        empty_title="Nothing moved in this month",
        empty_text="What was there before is there still.",
    )


def statement_rows(found: StatementPage) -> Iterable[tuple[object, ...]]:
    """Yield a closed statement's movements, for a spreadsheet."""
    body, currency = found.body, found.row.currency
    told = (
        {"at": body["since"], "kind": "opening", "words": "", **body["opening"]},
        *body["lines"],
        {"at": body["until"], "kind": "closing", "words": "", **body["closing"]},
    )
    for line in told:
        buckets = [line[name] for name in ("pending", "available", "reserve", "owed")]
        amounts = (*buckets, sum(buckets[:3]) - buckets[3])
        majors = (Money(minor, currency).major for minor in amounts)
        yield (line["at"], line["kind"], line["words"], *majors, currency)


def _lines(sheet: Sheet, *, buckets: tuple[str, ...]) -> Table:
    return Table(
        caption="Every movement",
        note=f"The days are those of {sheet.zone}",
        columns=plain_headings(
            Column("What"),
            Column("Day"),
            *(Column(label, is_number=True) for label in buckets),
        ),
        rows=tuple(
            Row(
                (
                    Cell(line.what, note=_note(line.words, line.details)),
                    Cell(line.day),
                    number(line.pending),
                    number(line.available),
                    number(line.reserve),
                    number(line.owed),
                    number(line.worth),
                )
            )
            for line in sheet.lines
        ),
    )


def _note(words: str, details: tuple[tuple[str, str], ...]) -> str:
    return " · ".join((*((words,) if words else ()), *(f"{what} {said}" for what, said in details)))


def _succession(found: StatementPage, sheet: Sheet) -> str:
    replaces = f" It corrects and replaces {sheet.replaces}." if sheet.replaces else ""
    replaced = f" It was replaced by {found.row.replaced_by}." if found.row.replaced_by else ""
    return replaces + replaced
