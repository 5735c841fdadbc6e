"""A seller's own statements of closed months."""

from typing import Final

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
from bandstand.portals.desk import Desk, money

HERE: Final = "/portals/seller/money/statements/"
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
    lead = f"{sheet.month}, in {sheet.currency}."
    return statement_listing(found, here=HERE, lead=lead, buckets=BUCKETS)


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
