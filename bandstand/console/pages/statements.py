"""Sellers' statements of closed months, for staff."""

from collections.abc import Iterable
from typing import Final

from bandstand.console.desk import Desk, money
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

HERE: Final = "/console/payouts/statements/"
LINE_HEADS: Final = (
    "at", "kind", "what", "pending", "available", "kept_back", "you_owe", "yours", "currency",
)  # fmt: skip
BUCKETS: Final = ("Pending", "Available", "Kept back", "Owes us", "In all")


def statements_page(desk: Desk) -> Listing:
    """Return the closed statements, by month and seller."""
    asking = Asking.of(desk.request)
    every = queries.closed_statements()
    months = {f"{row.month:%Y-%m}": f"{row.month:%B %Y}" for row in every}
    sellers = {str(row.seller_id): row.seller for row in every}
    month = asking.word("month", known=months)
    seller = asking.word("seller", known=sellers)
    rows = [
        row
        for row in every
        if (not month or f"{row.month:%Y-%m}" == month)
        and (not seller or str(row.seller_id) == seller)
    ]
    return Listing(
        title="Statements",
        lead="A month is closed the day after it ends. What is found later makes a new statement"
        " that names the old one.",
        problems=tuple(asking.problems),
        filters=(
            select("month", "Month", values=months, chosen=month, any_label="Every month"),
            select("seller", "Seller", values=sellers, chosen=seller, any_label="Every seller"),
        ),
        table=statement_table(rows, here=HERE, zone=desk.zone, names_seller=True),
        pages=ONE_PAGE,
        clear_url=HERE if month or seller else "",
        empty_title="No month was closed yet",
        empty_text="Statements appear here the day after a month ends.",
    )


def statement_table(
    rows: Iterable[StatementRow], *, here: str, zone: str, names_seller: bool
) -> Table:
    """Return closed statements as a table."""
    whose = (Column("Seller"),) if names_seller else ()
    return Table(
        caption="Closed months",
        columns=plain_headings(
            Column("Statement"),
            *whose,
            Column("Month"),
            Column("Closing", is_number=True),
            Column("Closed"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(row.number, note=_succession(row)),
                    *((Cell(row.seller),) if names_seller else ()),
                    Cell(f"{row.month:%B %Y}"),
                    number(money(row.closing)),
                    time_cell(row.closed_at, zone=zone),
                ),
                url=f"{here}{row.id}/",
            )
            for row in rows
        ),
    )


def statement_page(found: StatementPage, *, here: str) -> Listing:
    """Return one closed statement with the same figures as its paper."""
    sheet = sheet_of(found.body)
    return Listing(
        title=f"Statement {sheet.number}",
        lead=f"{sheet.month}, {sheet.seller['trades_as']}, in {sheet.currency}."
        + (f" It corrects and replaces {sheet.replaces}." if sheet.replaces else "")
        + (f" It was replaced by {found.row.replaced_by}." if found.row.replaced_by else ""),
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
        export_url=f"{here}{found.row.id}/?format=csv",
        action_url=f"{here}{found.row.id}/pdf/",
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


def _lines(found: StatementPage) -> Table:
    sheet = sheet_of(found.body)
    return Table(
        caption="Every movement",
        note=f"The days are those of {sheet.zone}",
        columns=plain_headings(
            Column("What"),
            Column("Day"),
            *(Column(label, is_number=True) for label in BUCKETS),
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


def _succession(row: StatementRow) -> str:
    said = (
        f"replaces {row.replaces}" if row.replaces else "",
        f"replaced by {row.replaced_by}" if row.replaced_by else "",
    )
    return ", ".join(part for part in said if part)
