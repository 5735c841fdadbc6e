"""A seller's own statements of closed months."""

from collections.abc import Iterable
from typing import Final

from bandstand.money import Money
from bandstand.payouts import queries
from bandstand.payouts.documents import sheet_of
from bandstand.payouts.queries import StatementPage, StatementRow
from bandstand.plumbing.desk.asking import Asking
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
    select,
)
from bandstand.plumbing.desk.words import time_cell
from bandstand.portals.desk import Desk, money

HERE: Final = "/portals/seller/money/statements/"
LINE_HEADS: Final = (
    "at", "kind", "what", "pending", "available", "kept_back", "you_owe", "yours", "currency",
)  # fmt: skip
BUCKETS: Final = ("Pending", "Available", "Kept back", "You owe", "Yours in all")


def statements_page(desk: Desk) -> Listing:
    """Return a seller's closed statements, by year."""
    asking = Asking.of(desk.request)
    every = queries.closed_statements(seller_id=desk.party.id)
    years = {str(row.month.year): str(row.month.year) for row in every}
    year = asking.word("year", known=years)
    rows = [row for row in every if not year or str(row.month.year) == year]
    return Listing(
        title="Statements",
        lead="Each month is closed the day after it ends, and never changed. What is found later"
        " makes a new statement that names the old one.",
        problems=tuple(asking.problems),
        filters=(select("year", "Year", values=years, chosen=year, any_label="Every year"),),
        table=Table(
            caption="Closed months",
            columns=plain_headings(
                Column("Statement"),
                Column("Month"),
                Column("Closing", is_number=True),
                Column("Closed"),
            ),
            rows=tuple(_row(row, zone=desk.zone) for row in rows),
        ),
        pages=ONE_PAGE,
        clear_url=HERE if year else "",
        action_url="/portals/seller/money/",
        action_label="Money today",
        empty_title="No month was closed yet",
        empty_text="Your statement appears here the day after a month ends.",
    )


def statement_page(found: StatementPage) -> Listing:
    """Return one closed statement with the same figures as its paper."""
    sheet = sheet_of(found.body)
    said = f"{sheet.month}, in {sheet.currency}."
    if sheet.replaces:
        said += f" It corrects and replaces {sheet.replaces}."
    if found.row.replaced_by:
        said += f" It was replaced by {found.row.replaced_by}."
    return Listing(
        title=f"Statement {sheet.number}",
        lead=said,
        stats=tuple(
            Stat(label, after, note=f"{before} before")
            for label, before, after in zip(BUCKETS, sheet.opening, sheet.closing, strict=True)
        ),
        table=_lines(found),
        sections=(
            Table(
                caption="The month in sums",
                note="A tax on the commission is not part of these figures",
                columns=plain_headings(Column("What"), Column("Amount", is_number=True)),
                rows=tuple(Row((Cell(label), number(said))) for label, said in sheet.summary),
            ),
        ),
        pages=ONE_PAGE,
        export_url=f"{HERE}{found.row.id}/?format=csv",
        action_url=f"{HERE}{found.row.id}/pdf/",
        action_label="PDF",
        empty_title="Nothing moved in this month",
        empty_text="What was there before is there still.",
    )


def statement_export(found: StatementPage) -> Iterable[tuple[object, ...]]:
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


def _row(row: StatementRow, *, zone: str) -> Row:
    succession = (
        f"replaces {row.replaces}" if row.replaces else "",
        f"replaced by {row.replaced_by}" if row.replaced_by else "",
    )
    return Row(
        (
            Cell(row.number, note=", ".join(part for part in succession if part)),
            Cell(f"{row.month:%B %Y}"),
            number(money(row.closing)),
            time_cell(row.closed_at, zone=zone),
        ),
        url=f"{HERE}{row.id}/",
    )


def _lines(found: StatementPage) -> Table:
    sheet = sheet_of(found.body)
    return Table(
        caption="Every movement",
        note=f"The days are those of {sheet.zone}",
        columns=plain_headings(
            Column("What"), Column("Day"), *(Column(label, is_number=True) for label in BUCKETS)
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
    parts = [words, *(f"{what} {said}" for what, said in details)]
    return " · ".join(part for part in parts if part)
