"""Facts of the right to sell, entered by hand: form, preview of the offers they turn, history."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, operators_only
from bandstand.console.pages import rights_facts as pages
from bandstand.console.pages.facts import FactPage
from bandstand.console.rights_terms_forms import FORMS
from bandstand.kernel.errors import DomainError, NotFoundError, near_matches
from bandstand.offers.services.foreseeing import foresee
from bandstand.parties import queries as parties
from bandstand.plumbing.desk import exports
from bandstand.plumbing.desk.confirming import is_confirmed, kept_fields, wants_to_edit
from bandstand.plumbing.desk.files import private_file
from bandstand.plumbing.desk.frame import status_of
from bandstand.rights import services
from bandstand.rights.queries.on_record import FactKind
from bandstand.rights.services.labels import open_label_photo

WRITES: Final = MappingProxyType[FactKind, Callable[..., UUID]](
    {
        FactKind.APPROVAL: services.record_approval,
        FactKind.CERTIFICATION: services.record_certification,
        FactKind.PROTECTION: services.record_protection,
        FactKind.DIFFERENCE: services.record_difference,
        FactKind.NAME: services.name_brand,
        FactKind.POLICY: services.set_policy,
    }
)


@operators_only
def facts(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return exports.csv_answer("rights-facts", heads=pages.HEADS, rows=pages.facts_export(desk))
    return desk.shown("listing.html", pages.facts_page(desk))


@operators_only
def fact(desk: Desk, *, kind: str, fact: UUID) -> HttpResponse:
    return desk.shown("rights_fact.html", pages.fact_page(_kind(kind), fact, desk=desk))


@operators_only
def label_file(desk: Desk, label: UUID) -> HttpResponse:
    photo = open_label_photo(label_id=label, actor=desk.actor.email, now=desk.now)
    return private_file(photo.content, name=photo.name)


@operators_only
def new_fact(desk: Desk, kind: str) -> HttpResponse:
    named = _kind(kind)
    if named not in FORMS:
        raise NotFoundError("Labels are shown by their sellers, not entered here.")
    form = FORMS[named](desk.request.POST or None, initial=_initial(desk))
    page = FactPage(
        title=f"Enter {pages.ONE_OF[named]}",
        lead="You see which offers it turns before anything is kept.",
        action_url=f"{pages.ROOM}new/{named}/",
        back_url=f"{pages.ROOM}?kind={named}",
        form=form,
        groups=form.groups,
    )
    if desk.request.method != "POST" or not form.is_valid() or wants_to_edit(desk.request):
        return desk.shown("fact_form.html", page, status=400 if form.errors else 200)
    return _entered(desk, page, kind=named, words=form.words)


def _entered(desk: Desk, page: FactPage, *, kind: FactKind, words: dict[str, Any]) -> HttpResponse:
    """Show what would turn, and record it once that was seen."""
    said = {"actor": desk.actor.email, "now": desk.now}
    try:
        if not is_confirmed(desk.request):
            # The shelf is judged as of now, so a fact that begins later is tried as of now too.
            tried = {**words, **_as_of_now(words, desk=desk)}
            asked = pages.question(
                foresee(lambda: WRITES[kind](**tried, **said), now=desk.now),
                page=page,
                facts=pages.words_of(words),
                fields=kept_fields(desk.request),
            )
            return desk.shown("confirm.html", asked)
        fact_id = WRITES[kind](**words, **said)
    except DomainError as refused:
        page.form.add_error(None, refused.message)
        return desk.shown("fact_form.html", page, status=status_of(refused)[0])
    messages.success(desk.request, "On record. Offers that rest on it are asked about again.")
    return HttpResponseRedirect(f"{pages.ROOM}{kind}/{fact_id}/")


def _as_of_now(words: dict[str, Any], *, desk: Desk) -> dict[str, Any]:
    begins, ends = words.get("from_at"), words.get("until_at")
    if begins is None or begins <= desk.now:
        return {}
    is_short = ends is not None and ends <= desk.now
    return {"from_at": desk.now, **({"until_at": None} if is_short else {})}


def _kind(text: str) -> FactKind:
    """
    Return the kind that an address names.

    Raises: NotFoundError naming near matches.
    """
    known = [one.value for one in FactKind]
    if text in known:
        return FactKind(text)
    near = near_matches(text, known)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise NotFoundError(f"“{text[:40]}” is no kind of fact.{hint}")


def _initial(desk: Desk) -> dict[str, object]:
    # What an address names is only what the form begins with.
    asked = desk.request.GET
    named = {name: asked[name] for name in ("phone", "brand") if name in asked}
    home = parties.operator().home_market
    return {"from_date": desk.now.date().isoformat(), "market": home, **named}
