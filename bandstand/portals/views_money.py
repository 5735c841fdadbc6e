"""A seller's money: what is theirs, the account it goes to, and the statements of each month."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.catalogue import queries as catalogue
from bandstand.kernel.errors import UnavailableError
from bandstand.parties import queries as parties
from bandstand.payouts import queries, services
from bandstand.payouts.services import NotProvenError
from bandstand.payouts.statement_desk import LINE_HEADS, statement_rows
from bandstand.plumbing.desk import exports
from bandstand.plumbing.desk.files import private_file
from bandstand.plumbing.desk.tables import Fact
from bandstand.portals.desk import Desk, sellers_only
from bandstand.portals.pages import seller_money as pages, seller_statements
from bandstand.portals.payout_forms import AccountForm, ConfirmForm

HERE = "/portals/seller/money/"


@sellers_only
def money(desk: Desk) -> HttpResponse:
    """Return the seller's balance and statement in the currency of the shop's home market."""
    currency = _currency()
    if desk.request.GET.get("format") == "csv":
        rows = pages.money_export(desk, currency=currency)
        return exports.csv_answer("statement", heads=pages.MONEY_HEADS, rows=rows)
    return desk.shown("console/listing.html", pages.money_page(desk, currency=currency))


@sellers_only
def account(desk: Desk) -> HttpResponse:
    """Say where payouts go, proven by the password of whoever says so."""
    currency = _currency()
    form = AccountForm(desk.request.POST or None)
    if desk.request.method == "POST" and form.is_valid():
        try:
            services.state_account(
                seller_id=desk.party.id,
                currency=currency,
                details=form.cleaned_data["details"],
                person_id=_person(desk),
                password=form.cleaned_data["password"],
                now=desk.now,
            )
        except NotProvenError as refused:
            form.add_error("password", refused.message)
        else:
            messages.success(desk.request, "Kept. You get a letter about it.")
            return HttpResponseRedirect(HERE)
    page = {
        "form": form,
        "facts": _facts(desk, currency=currency),
        "is_stopped": _is_stopped(desk, currency=currency),
        "currency": currency,
    }
    return desk.shown("portals/payout_account.html", page)


@sellers_only
def confirm_account(desk: Desk) -> HttpResponse:
    """Confirm a stopped account as it stands."""
    currency = _currency()
    row = queries.account_of(desk.party.id, currency=currency)
    if row is None or row.blocked_at is None:
        return HttpResponseRedirect(f"{HERE}account/")
    form = ConfirmForm(desk.request.POST or None)
    if desk.request.method == "POST" and form.is_valid():
        try:
            services.confirm_account(
                account_id=row.id,
                person_id=_person(desk),
                password=form.cleaned_data["password"],
                now=desk.now,
            )
        except NotProvenError as refused:
            form.add_error("password", refused.message)
        else:
            messages.success(desk.request, "Confirmed. The next run pays to it.")
            return HttpResponseRedirect(HERE)
    page = {
        "form_title": "Is this account right?",
        "form": form,
        "form_url": f"{HERE}account/confirm/",
        "form_button": "Yes, pay to it",
        "facts": _facts(desk, currency=currency),
    }
    return desk.shown("console/order_form.html", page)


@sellers_only
def statements(desk: Desk) -> HttpResponse:
    return desk.shown("console/listing.html", seller_statements.statements_page(desk))


@sellers_only
def statement(desk: Desk, statement: UUID) -> HttpResponse:
    found = queries.statement_page(statement, seller_id=desk.party.id)
    if desk.request.GET.get("format") == "csv":
        rows = statement_rows(found)
        return exports.csv_answer(f"statement-{found.row.number}", heads=LINE_HEADS, rows=rows)
    return desk.shown("console/listing.html", seller_statements.statement_page(found))


@sellers_only
def statement_pdf(desk: Desk, statement: UUID) -> HttpResponse:
    """Return a statement's paper to its own seller."""
    found = queries.statement_page(statement, seller_id=desk.party.id)
    drawn = services.statement_pdf(statement_id=statement, now=desk.now)
    if drawn is None:
        raise UnavailableError("This machine cannot draw PDFs; take the CSV instead.")
    return private_file(bytes(drawn.content), name=f"statement-{found.row.number}.pdf")


def _currency() -> str:
    return catalogue.market(parties.operator().home_market).currency


def _person(desk: Desk) -> UUID:
    assert desk.actor.person_id is not None  # noqa: S101 -- the desk is for people who signed in
    return desk.actor.person_id


def _is_stopped(desk: Desk, *, currency: str) -> bool:
    row = queries.account_of(desk.party.id, currency=currency)
    return row is not None and row.blocked_at is not None


def _facts(desk: Desk, *, currency: str) -> tuple[Fact, ...]:
    row = queries.account_of(desk.party.id, currency=currency)
    if row is None:
        return ()
    stopped = (Fact("Stopped because", row.blocked_reason),) if row.blocked_at else ()
    return (
        Fact("Payouts go to", row.masked),
        Fact("Held by", row.holder),
        Fact("May be paid to from", f"{row.usable_from:%-d %B %Y}"),
        *stopped,
    )
