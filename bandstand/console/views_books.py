"""The books of the shop: facts, ledger, audit log."""

from django.http import HttpResponse

from bandstand.console.desk import Desk, operators_only
from bandstand.console.pages import quality as facts
from bandstand.console.pages.books import accounts, journal as journals, trial
from bandstand.plumbing.desk.exports import csv_answer


@operators_only
def quality(desk: Desk) -> HttpResponse:
    if _wants_csv(desk):
        return csv_answer("facts", heads=facts.QUALITY_HEADS, rows=facts.quality_export())
    return desk.shown("listing.html", facts.quality_page(desk))


@operators_only
def ledger(desk: Desk) -> HttpResponse:
    if _wants_csv(desk):
        return csv_answer("trial-balance", heads=trial.TRIAL_HEADS, rows=trial.trial_export(desk))
    return desk.shown("listing.html", trial.trial_page(desk))


@operators_only
def journal(desk: Desk) -> HttpResponse:
    if _wants_csv(desk):
        rows = journals.journal_export(desk)
        return csv_answer("journal", heads=journals.JOURNAL_HEADS, rows=rows)
    return desk.shown("listing.html", journals.journal_page(desk))


@operators_only
def transfer(desk: Desk, *, transfer: str) -> HttpResponse:
    return desk.shown("listing.html", journals.transfer_page(desk, transfer=transfer))


@operators_only
def account(desk: Desk) -> HttpResponse:
    if _wants_csv(desk):
        rows = accounts.account_export(desk)
        return csv_answer("account", heads=accounts.STATEMENT_HEADS, rows=rows)
    return desk.shown("listing.html", accounts.account_page(desk))


@operators_only
def party(desk: Desk) -> HttpResponse:
    return desk.shown("listing.html", accounts.party_page(desk))


@operators_only
def audit(desk: Desk) -> HttpResponse:
    if _wants_csv(desk):
        return csv_answer("audit-log", heads=facts.AUDIT_HEADS, rows=facts.audit_export(desk))
    return desk.shown("listing.html", facts.audit_page(desk))


def _wants_csv(desk: Desk) -> bool:
    return desk.request.GET.get("format") == "csv"
