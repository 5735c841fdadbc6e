"""A seller states who it is."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.parties import access, services, vault
from bandstand.parties.rules.files import MediaType
from bandstand.parties.rules.identity_specs import SPECS, FieldSpec, IdentityName
from bandstand.plumbing.desk.files import private_file
from bandstand.portals.desk import Desk, sellers_only
from bandstand.portals.identity_form import StateForm
from bandstand.portals.pages.identity import identity_page
from bandstand.takedowns.services.trader_duties import review_trader

HERE = "/portals/seller/identity/"


@sellers_only
def identity(desk: Desk) -> HttpResponse:
    if desk.request.method != "POST":
        return desk.shown("portals/identity.html", identity_page(desk))
    spec = _spec(desk.request.POST.get("field", ""))
    form = StateForm(desk.request.POST, desk.request.FILES, spec=spec)
    if not form.is_valid():
        return desk.shown("portals/identity.html", identity_page(desk, wrong=form), status=400)
    try:
        _state(desk, spec, form=form)
    except BadInputError as wrong:
        form.add_error("value", wrong.message)
        return desk.shown("portals/identity.html", identity_page(desk, wrong=form), status=400)
    review_trader(party_id=desk.party.id, now=desk.now)
    messages.success(desk.request, f"Stated: {spec.label}. A person checks it.")
    return HttpResponseRedirect(f"{HERE}#{spec.name.value}")


@sellers_only
def identity_file(desk: Desk, statement: UUID) -> HttpResponse:
    row = access.statement_for(desk.actor, statement)
    if not row.file_sha256:
        raise NotFoundError("This statement has no file.")
    ending = MediaType(row.media_type).extension
    return private_file(
        vault.fetch(row.file_sha256), name=f"{row.fact.name}-{row.file_sha256[:8]}.{ending}"
    )


def _spec(name: str) -> FieldSpec:
    if name not in SPECS:
        raise NotFoundError(f"“{name[:40]}” is not a field of your identity.")
    return SPECS[IdentityName(name)]


def _state(desk: Desk, spec: FieldSpec, *, form: StateForm) -> None:
    assert desk.actor.person_id is not None  # noqa: S101 -- sellers_only let them in
    value, source = form.cleaned_data["value"], form.cleaned_data["source"]
    if spec.is_file:
        services.show_identity_file(
            party_id=desk.party.id,
            name=spec.name,
            content=value.read(),
            file_name=value.name or "",
            source=source,
            person_id=desk.actor.person_id,
            now=desk.now,
        )
        return
    services.state_identity(
        party_id=desk.party.id,
        name=spec.name,
        text=value,
        source=source,
        person_id=desk.actor.person_id,
        now=desk.now,
    )
