"""Refunds that were refused or came back: who waits for what, and why."""

from typing import Final
from uuid import UUID

from bandstand.console.desk import Desk, money
from bandstand.console.pages.disputes import order_of
from bandstand.payments import queries
from bandstand.payments.queries import FailedRefundRow
from bandstand.plumbing.desk.tables import (
    ONE_PAGE,
    Cell,
    Column,
    Fact,
    Listing,
    Row,
    Stat,
    Table,
    number,
    pill,
    plain_headings,
)
from bandstand.plumbing.desk.words import time_cell

HERE: Final = "/console/refunds/"
FAILURES: Final = {
    "refund_rejected": "The provider refused it",
    "refund_returned": "It went through, and the buyer's bank sent it back",
    "charge_disputed": "The buyer contests the charge at their bank",
    "refund_exceeds_captured": "It is more than what is left of the charge",
}


def refunds_page(desk: Desk) -> Listing:
    """Return every refund that failed and was not asked for again, oldest first."""
    rows = queries.failed_refunds()
    came_back = sum(row.came_back_at is not None for row in rows)
    return Listing(
        title="Refunds that failed",
        lead="Money that buyers are owed and did not get. It stays on what we owe them.",
        stats=(
            Stat("Waiting", str(len(rows)), kind="bad" if rows else "good"),
            Stat("Came back", str(came_back)),
        ),
        table=Table(
            caption="Refunds that failed",
            columns=plain_headings(
                Column("Refund"),
                Column("What happened"),
                Column("Amount", is_number=True),
                Column("Tries", is_number=True),
                Column("Asked"),
            ),
            rows=tuple(_row(row, desk=desk) for row in rows),
        ),
        pages=ONE_PAGE,
        action_url="/console/disputes/",
        action_label="Disputes",
        empty_title="No refund failed",
        empty_text="One that a provider refuses, or that comes back, appears here at once.",
    )


def refund_facts(refund_id: UUID, *, desk: Desk) -> tuple[FailedRefundRow, tuple[Fact, ...]]:
    """Return a refund that failed, and what is known of it."""
    row = queries.failed_refund(refund_id)
    order = order_of(row.purpose)
    facts = [
        Fact("Refund", row.key),
        Fact("Amount", money(row.amount)),
        Fact("Why it was made", row.reason),
        Fact("What happened", failure_words(row.failure)),
        Fact("Try", str(row.attempt)),
        Fact("Asked", time_cell(row.asked_at, zone=desk.zone).text),
        Fact("Order", f"{order[0]}, at {order[1]}" if order else row.purpose),
    ]
    if row.came_back_at is not None:
        facts.append(Fact("Came back", time_cell(row.came_back_at, zone=desk.zone).text))
    return row, tuple(facts)


def failure_words(code: str) -> str:
    """Return why a refund failed, in words."""
    return FAILURES.get(code, code.replace("_", " ").capitalize())


def _row(row: FailedRefundRow, *, desk: Desk) -> Row:
    word = "Came back" if row.came_back_at else "Refused"
    return Row(
        (
            Cell(row.key, note=row.reason),
            pill(word, "bad"),
            number(money(row.amount)),
            number(str(row.attempt)),
            time_cell(row.came_back_at or row.asked_at, zone=desk.zone),
        ),
        url=f"{HERE}{row.id}/",
    )
