"""Grants at a brand's desk: drafted, signed with the brand's own key, taken back."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.kernel.canonical import canonical_bytes
from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.plumbing.desk.confirming import (
    ConfirmPage,
    is_confirmed,
    kept_fields,
    wants_to_edit,
)
from bandstand.plumbing.desk.tables import Fact, Stat
from bandstand.portals.desk import Desk, brands_only, key_of
from bandstand.portals.key_forms import GrantForm, RevokeForm
from bandstand.portals.pages import issuing as pages
from bandstand.portals.pages.keys import own_brands
from bandstand.rights.queries import credentials
from bandstand.rights.queries.credentials import IssuedGrant
from bandstand.rights.rules.credentials import Fault, FaultCode, open_envelope
from bandstand.rights.rules.credentials.strict_json import strict_object
from bandstand.rights.services import revoke_grant
from bandstand.rights.services.credentials import judge_credential, present_credential

NOT_THIS = Fault(
    FaultCode.MALFORMED,
    "This is not the grant above with a signature.",
    "Sign the text of this page, or draft the grant anew.",
)


@brands_only
def grants(desk: Desk) -> HttpResponse:
    return desk.shown("console/listing.html", pages.grants_page(desk))


@brands_only
def new_grant(desk: Desk) -> HttpResponse:
    if desk.request.method != "POST":
        return _form_shown(desk, pages.grant_form(desk))
    form = pages.grant_form(desk, desk.request.POST)
    if not form.is_valid():
        return _form_shown(desk, form, status=400)
    return desk.shown("portals/sign.html", pages.drafted(form))


@brands_only
def sign(desk: Desk) -> HttpResponse:
    """Take the signed grant, judge it, and record it; a wrong signature is told and not kept."""
    if desk.request.method != "POST":
        return HttpResponseRedirect(f"{pages.GRANTS_URL}new/")
    signing_input = desk.request.POST.get("signing_input", "").strip()
    compact = desk.request.POST.get("credential", "").strip()
    page = pages.sign_page(signing_input)
    fault = _fault(desk, compact, signing_input=signing_input)
    if fault is not None:
        wrong = pages.sign_page(page.signing_input, fault=fault)
        return desk.shown("portals/sign.html", wrong, status=400)
    presented = present_credential(
        compact=compact, presented_by=desk.party.id, actor=desk.actor.email, now=desk.now
    )
    if presented.grant_id is None:
        wrong = pages.sign_page(signing_input, fault=presented.fault)
        return desk.shown("portals/sign.html", wrong, status=400)
    messages.success(desk.request, "Signed and recorded. The seller's offers can rest on it now.")
    return HttpResponseRedirect(f"{pages.GRANTS_URL}{print_id(IdKind.GRANT, presented.grant_id)}/")


@brands_only
def draft(desk: Desk) -> HttpResponse:
    """Return what is to be signed as a file, for those who sign with the command line."""
    signing_input = desk.request.POST.get("signing_input", "").strip()
    envelope = open_envelope(f"{signing_input}.")
    claims = canonical_bytes(strict_object(envelope.payload, what="The draft"))
    return HttpResponse(
        claims,
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="grant.json"'},
    )


@brands_only
def grant(desk: Desk, grant: str) -> HttpResponse:
    grant_id = key_of(IdKind.GRANT, grant)
    if desk.request.method != "POST":
        return desk.shown("portals/grant.html", pages.grant_page(grant_id, desk=desk))
    row = credentials.issued_grant(grant_id, brand_ids=own_brands(desk))
    form = RevokeForm(desk.request.POST)
    if not form.is_valid() or wants_to_edit(desk.request):
        page = pages.grant_page(grant_id, desk=desk, form=form)
        return desk.shown("portals/grant.html", page, status=400 if form.errors else 200)
    if not is_confirmed(desk.request):
        return desk.shown("console/confirm.html", _question(desk, row, form=form))
    reason = form.cleaned_data["reason"]
    revoke_grant(grant_id=grant_id, reason=reason, actor=desk.actor.email, now=desk.now)
    messages.success(desk.request, "Revoked. No order can rest on it any more.")
    return HttpResponseRedirect(f"{pages.GRANTS_URL}{grant}/")


def _fault(desk: Desk, compact: str, *, signing_input: str) -> Fault | None:
    if not compact.startswith(f"{signing_input}."):
        return NOT_THIS
    try:
        found = judge_credential(compact=compact, now=desk.now)
    except (BadInputError, RefusedError) as refused:
        return Fault(FaultCode.MALFORMED, refused.message, "")
    return found.proof


def _form_shown(desk: Desk, form: GrantForm, *, status: int = 200) -> HttpResponse:
    return desk.shown("portals/grant_form.html", form, status=status)


def _question(desk: Desk, row: IssuedGrant, *, form: RevokeForm) -> ConfirmPage:
    stopped = pages.resting_offers(row)
    here = f"{pages.GRANTS_URL}{print_id(IdKind.GRANT, row.id)}/"
    return ConfirmPage(
        title=f"Revoke {row.grantee_name}'s grant?",
        text="From the moment you confirm, no order can be placed that rests on it or on a grant "
        "below it. A revoked grant stays revoked; you can sign another.",
        warning="" if stopped else "No offer on the shelf rests on it today.",
        facts=(
            Fact("Why", form.cleaned_data["reason"]),
            Fact("Offers", ", ".join(one.title for one in stopped[:5]) or "none"),
        ),
        stats=(
            Stat("Offers that stop", str(len(stopped)), kind="bad" if stopped else ""),
            Stat("Grants below it", str(row.sub_grants)),
        ),
        action_url=here,
        back_url=here,
        button="Yes, revoke it for good",
        fields=kept_fields(desk.request),
        is_bad=True,
        can_edit=True,
    )
