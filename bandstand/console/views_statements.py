"""Sellers' statements of closed months."""

from uuid import UUID

from django.http import HttpResponse

from bandstand.console.desk import Desk, operators_only
from bandstand.console.pages import statements as pages
from bandstand.kernel.errors import UnavailableError
from bandstand.payouts import queries, services
from bandstand.payouts.statement_desk import LINE_HEADS, statement_rows
from bandstand.plumbing.desk.exports import csv_answer
from bandstand.plumbing.desk.files import private_file


@operators_only
def statements(desk: Desk) -> HttpResponse:
    return desk.shown("listing.html", pages.statements_page(desk))


@operators_only
def statement(desk: Desk, statement: UUID) -> HttpResponse:
    found = queries.statement_page(statement)
    if desk.request.GET.get("format") == "csv":
        rows = statement_rows(found)
        return csv_answer(f"statement-{found.row.number}", heads=LINE_HEADS, rows=rows)
    return desk.shown("listing.html", pages.statement_page(found))


@operators_only
def statement_pdf(desk: Desk, statement: UUID) -> HttpResponse:
    """Return the statement's paper."""
    found = queries.statement_page(statement)
    drawn = services.statement_pdf(statement_id=statement, now=desk.now)
    if drawn is None:
        raise UnavailableError("This machine cannot draw PDFs; take the CSV instead.")
    return private_file(bytes(drawn.content), name=f"statement-{found.row.number}.pdf")
