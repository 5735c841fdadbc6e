"""Credentials at a seller's desk: presented, and what became of them in plain words."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.plumbing.desk.frame import status_of
from bandstand.portals.desk import Desk, sellers_only
from bandstand.portals.key_forms import PresentForm
from bandstand.portals.pages import credentials as pages
from bandstand.rights.rules.credentials import Fault
from bandstand.rights.services.credentials import present_credential


@sellers_only
def credentials(desk: Desk) -> HttpResponse:
    return desk.shown("console/listing.html", pages.credentials_page(desk))


@sellers_only
def present(desk: Desk) -> HttpResponse:
    if desk.request.method != "POST":
        return _shown(desk, PresentForm())
    form = PresentForm(desk.request.POST, desk.request.FILES)
    if not form.is_valid():
        return _shown(desk, form, status=400)
    try:
        presented = present_credential(
            compact=form.cleaned_data["credential"],
            presented_by=desk.party.id,
            actor=desk.actor.email,
            now=desk.now,
        )
    except (BadInputError, RefusedError) as refused:
        form.add_error("credential", refused.message)
        return _shown(desk, form, status=status_of(refused)[0])
    if presented.fault is not None:
        return _shown(desk, form, fault=presented.fault, status=400)
    messages.success(desk.request, "The credential is genuine and recorded.")
    for note in presented.notes:
        messages.info(desk.request, note)
    return HttpResponseRedirect(pages.CREDENTIALS_URL)


def _shown(
    desk: Desk, form: PresentForm, *, fault: Fault | None = None, status: int = 200
) -> HttpResponse:
    page = pages.present_page(form, fault=fault)
    return desk.shown("portals/present.html", page, status=status)
