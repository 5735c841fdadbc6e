"""The books of the shop: facts, ledger, audit log."""

from django.http import HttpResponse

from bandstand.console.desk import Desk, operators_only
from bandstand.console.pages import ledger as books, quality as facts
from bandstand.plumbing.desk.exports import csv_answer


@operators_only
def quality(desk: Desk) -> HttpResponse:
    if _wants_csv(desk):
        return csv_answer("facts", heads=facts.QUALITY_HEADS, rows=facts.quality_export())
    return desk.shown("listing.html", facts.quality_page(desk))


@operators_only
def ledger(desk: Desk) -> HttpResponse:
    if _wants_csv(desk):
        return csv_answer("trial-balance", heads=books.TRIAL_HEADS, rows=books.trial_export())
    return desk.shown("listing.html", books.trial_page())


@operators_only
def journal(desk: Desk) -> HttpResponse:
    if _wants_csv(desk):
        return csv_answer("journal", heads=books.JOURNAL_HEADS, rows=books.journal_export(desk))
    return desk.shown("listing.html", books.journal_page(desk))


@operators_only
def account(desk: Desk) -> HttpResponse:
    if _wants_csv(desk):
        return csv_answer("account", heads=books.STATEMENT_HEADS, rows=books.account_export(desk))
    return desk.shown("listing.html", books.account_page(desk))


@operators_only
def audit(desk: Desk) -> HttpResponse:
    if _wants_csv(desk):
        return csv_answer("audit-log", heads=facts.AUDIT_HEADS, rows=facts.audit_export(desk))
    return desk.shown("listing.html", facts.audit_page(desk))


def _wants_csv(desk: Desk) -> bool:
    return desk.request.GET.get("format") == "csv"
