"""Brands' published lists: faults, readings, and letting one count anew after a break-in."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, operators_only
from bandstand.console.forms import ReasonForm, hidden
from bandstand.console.pages import lists as pages
from bandstand.plumbing.desk import exports
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed
from bandstand.plumbing.desk.tables import Fact
from bandstand.rights.services.lists import restart_source


@operators_only
def lists(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return exports.csv_answer("lists", heads=pages.HEADS, rows=pages.lists_export(desk))
    return desk.shown("listing.html", pages.lists_page(desk))


@operators_only
def source(desk: Desk, source: UUID) -> HttpResponse:
    row = pages.source_of(source)
    return desk.shown("list.html", pages.source_page(row, desk=desk, form=ReasonForm()))


@operators_only
def restart(desk: Desk, source: UUID) -> HttpResponse:
    row, here = pages.source_of(source), f"{pages.ROOM}{source}/"
    if desk.request.method != "POST":
        return HttpResponseRedirect(here)
    form = ReasonForm(desk.request.POST)
    if not form.is_valid():
        return desk.shown("list.html", pages.source_page(row, desk=desk, form=form), status=400)
    if not is_confirmed(desk.request):
        question = ConfirmPage(
            title=f"Let the list of {row.brand_name} count anew?",
            text="The highest number we have seen is forgotten, so the next list that we read may "
            "have any number. Revocations stay for good. Grants stay until then.",
            warning="Do this only if the brand asked for it over a contact that you know.",
            facts=(
                Fact("List", row.url),
                Fact("Number forgotten", str(row.last_sequence or "none")),
                Fact("Reason", form.cleaned_data["reason"]),
            ),
            action_url=f"{here}restart/",
            back_url=here,
            button="Yes, let it count anew",
            fields=hidden(form),
            is_bad=True,
        )
        return desk.shown("confirm.html", question)
    restart_source(
        source_id=source,
        reason=form.cleaned_data["reason"],
        actor=desk.actor.email,
        now=desk.now,
    )
    messages.success(desk.request, "The list counts anew from the next reading.")
    return HttpResponseRedirect(here)
