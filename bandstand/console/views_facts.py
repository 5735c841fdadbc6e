"""Facts entered by hand: a claim about a phone, a network's band, a switch-off, a rule."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.catalogue import access, queries as catalogue, services
from bandstand.catalogue.queries import NetworkRow
from bandstand.catalogue.queries.rulebook import KIND_WORDS
from bandstand.catalogue.rules import CatalogueNotFoundError, did_you_mean
from bandstand.catalogue.services import FactPreview
from bandstand.console.desk import Desk, operators_only
from bandstand.console.fact_forms import (
    PARTS_OF,
    BandForm,
    ClaimForm,
    EndRuleForm,
    FactForm,
    FieldGroup,
    RuleForm,
    SwitchOffForm,
)
from bandstand.console.pages import facts as pages
from bandstand.console.pages.facts import FactPage
from bandstand.kernel.errors import DomainError, near_matches
from bandstand.plumbing.desk.confirming import is_confirmed, kept_fields, wants_to_edit
from bandstand.plumbing.desk.frame import status_of
from bandstand.plumbing.desk.tables import Fact

ROOM = "/console/quality/"


@operators_only
def networks(desk: Desk) -> HttpResponse:
    access.require_data_steward(desk.actor)
    return desk.shown("listing.html", pages.networks_page())


@operators_only
def find(desk: Desk) -> HttpResponse:
    access.require_data_steward(desk.actor)
    return desk.shown("listing.html", pages.phones_page(desk))


@operators_only
def network(desk: Desk, network: str) -> HttpResponse:
    access.require_data_steward(desk.actor)
    return desk.shown("network.html", pages.network_page(_network(network), desk=desk))


@operators_only
def enter_claim(desk: Desk, slug: str) -> HttpResponse:
    page = catalogue.variant_page(slug)
    row = access.variant_to_edit(desk.actor, page.variant.id)
    form = ClaimForm(desk.request.POST or None, initial=_initial(desk))
    here = FactPage(
        title=f"Enter a claim about {row.title}",
        lead=f"What one source says of {row.code or 'this version'}. Nothing is overwritten: "
        "sources that disagree stay side by side until somebody settles it.",
        action_url=f"{ROOM}{slug}/enter/",
        back_url=f"{ROOM}{slug}/",
        form=form,
        groups=form.groups,
    )
    return _entered(
        desk,
        here,
        form=form,
        preview=lambda: services.preview_claims(
            variant_id=row.id, entry=form.entry, actor=desk.actor.email, now=desk.now
        ),
        enter=lambda: services.enter_claims(
            variant_id=row.id, entry=form.entry, actor=desk.actor.email, now=desk.now
        ),
    )


@operators_only
def enter_band(desk: Desk, network: UUID) -> HttpResponse:
    access.require_data_steward(desk.actor)
    row = _required(str(network))
    form = BandForm(desk.request.POST or None, initial=_initial(desk))
    here = _page_of(row, form=form, path="band/", title=f"A band of {row.name}")
    words: dict[str, Any] = {"network_id": row.id, "actor": desk.actor.email, "now": desk.now}
    return _entered(
        desk,
        here,
        form=form,
        preview=lambda: services.preview_band(entry=form.entry, **words),
        enter=lambda: services.enter_band(entry=form.entry, **words),
    )


@operators_only
def enter_end(desk: Desk, network: UUID) -> HttpResponse:
    access.require_data_steward(desk.actor)
    row = _required(str(network))
    form = SwitchOffForm(desk.request.POST or None, initial=_initial(desk))
    here = _page_of(row, form=form, path="end/", title=f"A switch-off of {row.name}")
    words: dict[str, Any] = {"network_id": row.id, "actor": desk.actor.email, "now": desk.now}
    return _entered(
        desk,
        here,
        form=form,
        preview=lambda: services.preview_switch_off(entry=form.entry, **words),
        enter=lambda: services.enter_switch_off(entry=form.entry, **words),
    )


@operators_only
def enter_rule(desk: Desk, network: str) -> HttpResponse:
    access.require_data_steward(desk.actor)
    row, kind = _network(network), desk.request.GET.get("kind", "")
    if kind not in PARTS_OF:
        near = near_matches(kind, list(PARTS_OF))
        raise CatalogueNotFoundError(f"“{kind}” is no kind of rule.{did_you_mean(near)}")
    form = RuleForm(desk.request.POST or None, kind=kind, initial=_initial(desk))
    where = row.name if row else pages.EVERY_NETWORK
    here = _page_of(row, form=form, path=f"rule/?kind={kind}", title=f"A rule of {where}")
    key = row.id if row else None
    return _entered(
        desk,
        here,
        form=form,
        preview=lambda: services.preview_policy(
            entry=form.entry(key), actor=desk.actor.email, now=desk.now
        ),
        enter=lambda: services.enter_policy(
            entry=form.entry(key), actor=desk.actor.email, now=desk.now
        ),
        facts=(Fact("Rule", KIND_WORDS[kind]),),
    )


@operators_only
def end_rule(desk: Desk, rule: UUID) -> HttpResponse:
    access.require_data_steward(desk.actor)
    form = EndRuleForm(desk.request.POST or None)
    here = FactPage(
        title="End a rule",
        lead="It stays on record with its dates; fits are found anew.",
        action_url=f"{ROOM}rules/{rule}/end/",
        back_url=f"{ROOM}networks/",
        form=form,
        groups=(FieldGroup("The end", "", tuple(form)),),
    )
    if desk.request.method != "POST" or not form.is_valid():
        return desk.shown("fact_form.html", here, status=400 if form.errors else 200)
    try:
        services.end_policy(
            policy_id=rule,
            last_day=form.cleaned_data["last_day"],
            reason=form.cleaned_data["reason"],
            actor=desk.actor.email,
            now=desk.now,
        )
    except DomainError as refused:
        form.add_error(None, refused.message)
        return desk.shown("fact_form.html", here, status=status_of(refused)[0])
    messages.success(desk.request, "The rule has an end; fits were found anew.")
    return HttpResponseRedirect(here.back_url)


def _entered(
    desk: Desk,
    page: FactPage,
    *,
    form: FactForm,
    preview: Callable[[], FactPreview],
    enter: Callable[[], object],
    facts: tuple[Fact, ...] = (),
) -> HttpResponse:
    """Ask, show what would change, and enter it once that was seen."""
    if desk.request.method != "POST" or not form.is_valid() or wants_to_edit(desk.request):
        return desk.shown("fact_form.html", page, status=400 if form.errors else 200)
    try:
        if not is_confirmed(desk.request):
            asked = pages.question(
                preview(),
                title=f"{page.title}?",
                facts=(*facts, Fact("Source", form.cleaned_data["source"])),
                page=page,
                fields=kept_fields(desk.request),
            )
            return desk.shown("confirm.html", asked)
        enter()
    except DomainError as refused:
        form.add_error(None, refused.message)
        return desk.shown("fact_form.html", page, status=status_of(refused)[0])
    messages.success(desk.request, "Entered; the fits were found anew.")
    return HttpResponseRedirect(page.back_url)


def _page_of(row: NetworkRow | None, *, form: FactForm, path: str, title: str) -> FactPage:
    back = f"{ROOM}networks/{row.id if row else 'every'}/"
    return FactPage(
        title=title,
        lead="You see which fits change before anything is kept.",
        action_url=f"{back}{path}",
        back_url=back,
        form=form,
        groups=form.groups,
    )


def _initial(desk: Desk) -> dict[str, object]:
    return {"read_on": desk.now.date().isoformat()}


def _network(text: str) -> NetworkRow | None:
    return None if text == "every" else _required(text)


def _required(text: str) -> NetworkRow:
    """
    Return the network that an address names.

    Raises: CatalogueNotFoundError.
    """
    found = {str(one.id): one for one in catalogue.networks()}.get(text)
    if found is None:
        raise CatalogueNotFoundError("There is no such network. Choose one from the list.")
    return found
