"""Keys at a brand's desk: registered, looked at, revoked."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.plumbing.desk.confirming import (
    ConfirmPage,
    is_confirmed,
    kept_fields,
    wants_to_edit,
)
from bandstand.plumbing.desk.frame import status_of
from bandstand.plumbing.desk.tables import Fact, Stat
from bandstand.portals.desk import Desk, brands_only
from bandstand.portals.key_forms import KeyForm, RevokeKeyForm, midnight
from bandstand.portals.pages import keys as pages
from bandstand.rights.queries.keys import KeyRow, signed_grants
from bandstand.rights.rules.credentials.key_files import pasted_public_key
from bandstand.rights.services import keys as services


@brands_only
def keys(desk: Desk) -> HttpResponse:
    return desk.shown("console/listing.html", pages.keys_page(desk))


@brands_only
def new_key(desk: Desk) -> HttpResponse:
    if desk.request.method != "POST":
        return _new_key_shown(desk, KeyForm(actor=desk.actor))
    form = KeyForm(desk.request.POST, actor=desk.actor)
    if not form.is_valid():
        return _new_key_shown(desk, form, status=400)
    until = form.cleaned_data["until"]
    try:
        services.add_key(
            jwk=pasted_public_key(form.cleaned_data["key"]),
            brand_id=UUID(form.cleaned_data["brand"]),
            until_at=midnight(until) if until else None,
            source="brand portal",
            actor=desk.actor.email,
            now=desk.now,
        )
    except (BadInputError, RefusedError) as refused:
        form.add_error("key", refused.message)
        form.forget_key()
        return _new_key_shown(desk, form, status=status_of(refused)[0])
    messages.success(desk.request, "The key is registered. You can sign grants with it.")
    return HttpResponseRedirect(pages.KEYS_URL)


@brands_only
def key(desk: Desk, key: UUID) -> HttpResponse:
    row = pages.own_key(key, desk=desk)
    if desk.request.method != "POST":
        return desk.shown("portals/key.html", pages.key_page(key, desk=desk))
    form = RevokeKeyForm(desk.request.POST)
    if not form.is_valid() or wants_to_edit(desk.request):
        page = pages.key_page(key, desk=desk, form=form)
        return desk.shown("portals/key.html", page, status=400 if form.errors else 200)
    if not is_confirmed(desk.request):
        return desk.shown("console/confirm.html", _question(desk, row, form=form))
    services.revoke_key(
        key_id=key,
        reason=form.cleaned_data["reason"],
        compromised=form.cleaned_data["compromised"],
        actor=desk.actor.email,
        now=desk.now,
    )
    messages.success(desk.request, "Revoked. Nothing that it signed counts any more.")
    return HttpResponseRedirect(f"{pages.KEYS_URL}{key}/")


def _new_key_shown(desk: Desk, form: KeyForm, *, status: int = 200) -> HttpResponse:
    return desk.shown("portals/key_form.html", pages.NewKeyPage(form), status=status)


def _question(desk: Desk, row: KeyRow, *, form: RevokeKeyForm) -> ConfirmPage:
    killed = signed_grants(row.id)
    sellers = sorted({one.grantee_name for one in killed})
    return ConfirmPage(
        title=f"Revoke the key {row.kid}?",
        text="From the moment you confirm, every grant below stops counting, and no order can be "
        "placed that rests on one. A key that is revoked stays revoked.",
        facts=(
            Fact("Why", form.cleaned_data["reason"]),
            Fact(
                "Somebody else may have signed with it",
                "yes: nothing it signed ever counted" if form.cleaned_data["compromised"] else "no",
            ),
            Fact("Sellers", ", ".join(sellers) or "none"),
        ),
        stats=(
            Stat("Grants that die", str(len(killed)), kind="bad" if killed else ""),
            Stat("Sellers", str(len(sellers))),
        ),
        action_url=f"{pages.KEYS_URL}{row.id}/",
        back_url=f"{pages.KEYS_URL}{row.id}/",
        button="Yes, revoke it for good",
        fields=kept_fields(desk.request),
        is_bad=True,
        can_edit=True,
    )
