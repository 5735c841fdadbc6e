"""Sellers' statements of closed months, for staff."""

from collections.abc import Iterable
from typing import Final

from bandstand.console.desk import Desk, money
from bandstand.payouts import queries
from bandstand.payouts.documents import sheet_of
from bandstand.payouts.queries import StatementPage, StatementRow
from bandstand.payouts.statement_desk import statement_listing
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Listing,
    Row,
    Table,
    number,
    plain_headings,
    select,
)
from bandstand.plumbing.desk.words import time_cell

HERE: Final = "/console/payouts/statements/"
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


def statement_page(found: StatementPage) -> Listing:
    """Return one closed statement with the same figures as its paper."""
    sheet = sheet_of(found.body)
    lead = f"{sheet.month}, {sheet.seller['trades_as']}, in {sheet.currency}."
    return statement_listing(found, here=HERE, lead=lead, buckets=BUCKETS)


def _succession(row: StatementRow) -> str:
    said = (
        f"replaces {row.replaces}" if row.replaces else "",
        f"replaced by {row.replaced_by}" if row.replaced_by else "",
    )
    return ", ".join(part for part in said if part)
