"""Sellers: the list, one seller's identity, and the checks of its fields."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, operators_only
from bandstand.console.pages import review as queue, sellers as pages
from bandstand.console.review_forms import CheckForm
from bandstand.kernel.errors import DomainError, NotFoundError
from bandstand.parties import access, queries as parties, services, vault
from bandstand.parties.rules.files import MediaType
from bandstand.parties.rules.identity import CheckVerdict
from bandstand.parties.rules.identity_specs import SPECS, CheckMethod
from bandstand.plumbing import audit
from bandstand.plumbing.desk import exports
from bandstand.plumbing.desk.files import private_file
from bandstand.plumbing.desk.frame import status_of
from bandstand.takedowns.services.trader_duties import review_trader


@operators_only
def review(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return exports.csv_answer(
            "to-review", heads=queue.EXPORT_HEADS, rows=queue.review_export(desk)
        )
    return desk.shown("listing.html", queue.review_page(desk))


@operators_only
def sellers(desk: Desk) -> HttpResponse:
    return desk.shown("listing.html", pages.sellers_page(desk))


@operators_only
def seller(desk: Desk, slug: str) -> HttpResponse:
    return desk.shown("seller.html", pages.seller_page(slug, desk=desk))


@operators_only
def check(desk: Desk, statement: UUID) -> HttpResponse:
    row = access.statement_for(desk.actor, statement)
    here = f"/console/sellers/{row.party.slug}/"
    if desk.request.method != "POST":
        return HttpResponseRedirect(here)
    form = CheckForm(desk.request.POST, spec=SPECS[row.fact.name])
    if not form.is_valid():
        page = pages.seller_page(row.party.slug, desk=desk, wrong=form)
        return desk.shown("seller.html", page, status=400)
    try:
        _check(desk, statement, form=form)
    except DomainError as refused:
        field = str(refused.fields.get("field", ""))
        form.add_error(field if field in form.fields else None, refused.message)
        page = pages.seller_page(row.party.slug, desk=desk, wrong=form)
        return desk.shown("seller.html", page, status=status_of(refused)[0])
    review_trader(party_id=row.party.id, now=desk.now)
    messages.success(desk.request, f"Checked: {SPECS[row.fact.name].label}.")
    return HttpResponseRedirect(f"{here}#{row.fact.name}")


@operators_only
def admit(desk: Desk, slug: str) -> HttpResponse:
    party = parties.party_by_slug(slug)
    if desk.request.method == "POST":
        services.admit_seller(
            party_id=party.id, asked=pages.ASKED, actor=desk.actor.email, now=desk.now
        )
        messages.success(desk.request, f"{party.trading_name} is verified and may sell.")
    return HttpResponseRedirect(f"/console/sellers/{party.slug}/")


@operators_only
def statement_file(desk: Desk, statement: UUID) -> HttpResponse:
    row = access.statement_for(desk.actor, statement)
    if not row.file_sha256:
        raise NotFoundError("This statement has no file.")
    content = vault.fetch(row.file_sha256)
    audit.record(
        actor=desk.actor.email,
        action="identity.open",
        subject=f"statement:{statement}",
        now=desk.now,
        of=row.file_sha256,
    )
    ending = MediaType(row.media_type).extension
    return private_file(content, name=f"{row.fact.name}-{row.file_sha256[:8]}.{ending}")


def _check(desk: Desk, statement: UUID, *, form: CheckForm) -> None:
    assert desk.actor.person_id is not None  # noqa: S101 -- operators_only let them in
    services.check_identity(
        statement_id=statement,
        verdict=CheckVerdict(form.cleaned_data["verdict"]),
        method=CheckMethod(form.cleaned_data["method"]),
        source=form.cleaned_data["source"],
        reason=form.cleaned_data["reason"],
        person_id=desk.actor.person_id,
        now=desk.now,
    )
