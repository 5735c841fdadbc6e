"""Domains at a brand's or a seller's desk: added, explained, looked at."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from bandstand.kernel.errors import DomainError, RefusedError
from bandstand.parties.rules import Role
from bandstand.plumbing.desk.frame import status_of
from bandstand.portals.desk import Desk, brands_only, sellers_only
from bandstand.portals.domain_form import DomainForm
from bandstand.portals.pages import domains as pages
from bandstand.rights.rules.lists import DomainState
from bandstand.rights.services import domains as services

PAUSE: Final = timedelta(seconds=10)


def _domains(desk: Desk) -> HttpResponse:
    if desk.request.method != "POST":
        form = DomainForm(desk=desk)
        return desk.shown("portals/domains.html", pages.domains_page(desk, form=form))
    form = DomainForm(desk.request.POST, desk=desk)
    status = 400
    if form.is_valid():
        try:
            found = _ask(desk, form)
            return HttpResponseRedirect(f"{pages.BASE[desk.role]}{found}/")
        except DomainError as refused:
            form.add_error("domain", refused.message)
            status = status_of(refused)[0]
    return desk.shown("portals/domains.html", pages.domains_page(desk, form=form), status=status)


def _ask(desk: Desk, form: DomainForm) -> UUID:
    domain, actor = form.cleaned_data["domain"], desk.actor.email
    if desk.role is Role.SELLER:
        return services.ask_party_domain(
            party_id=desk.party.id, domain=domain, actor=actor, now=desk.now
        ).id
    return services.ask_domain(brand_id=form.brand_id, domain=domain, actor=actor, now=desk.now).id


def _domain(desk: Desk, domain: UUID) -> HttpResponse:
    return desk.shown("portals/domain.html", pages.domain_page(domain, desk=desk))


def _check(desk: Desk, domain: UUID) -> HttpResponse:
    row = pages.row_of(domain, desk=desk)
    if row.checked_at is not None and desk.now - row.checked_at < PAUSE:
        raise RefusedError("We looked a moment ago. Wait ten seconds and ask again.")
    look = services.check_party_domain if desk.role is Role.SELLER else services.check_domain
    found = look(domain_id=domain, now=desk.now)
    if found.state is DomainState.VERIFIED:
        messages.success(desk.request, "The proof was found. This domain is yours.")
    elif found.fault:
        messages.error(desk.request, "The proof was not found.")
    return HttpResponseRedirect(f"{pages.BASE[desk.role]}{domain}/")


brand_domains = brands_only(_domains)
brand_domain = brands_only(_domain)
check_brand_domain = require_POST(brands_only(_check))
seller_domains = sellers_only(_domains)
seller_domain = sellers_only(_domain)
check_seller_domain = require_POST(sellers_only(_check))
