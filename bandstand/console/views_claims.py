"""What sources say of one variant, and settling what they disagree about."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.catalogue import access, queries as catalogue, services
from bandstand.catalogue.queries import VariantPage
from bandstand.console.desk import Desk, operators_only
from bandstand.console.forms import ReasonForm
from bandstand.console.pages.claims import claims_page, disputed


class SettleForm(ReasonForm):
    """Which claim stands, and why."""

    def __init__(self, *arguments: object, page: VariantPage) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]  # Django's own arguments
        self.fields["claim"] = forms.ChoiceField(
            label="Which claim stands?",
            choices=disputed(page),
            widget=forms.RadioSelect,
            help_text="The others about the same thing stay in the history and no longer count.",
            error_messages={"required": "Choose the claim that stands."},
        )
        self.order_fields(["claim", "reason"])


@operators_only
def claims(desk: Desk, slug: str) -> HttpResponse:
    page = catalogue.variant_page(slug)
    row = access.variant_to_edit(desk.actor, page.variant.id)
    if desk.request.method != "POST":
        return desk.shown(
            "claims.html", claims_page(page, form=SettleForm(page=page), zone=desk.zone)
        )
    form = SettleForm(desk.request.POST, page=page)
    if not form.is_valid():
        return desk.shown("claims.html", claims_page(page, form=form, zone=desk.zone), status=400)
    kind, _, key = form.cleaned_data["claim"].partition(":")
    settle = services.settle_bands if kind == "bands" else services.settle_answer
    with transaction.atomic():
        settle(
            claim_id=UUID(key),
            actor=desk.actor.email,
            reason=form.cleaned_data["reason"],
            now=desk.now,
        )
        services.recompute_fits(now=desk.now, variant_ids=[row.id])
    messages.success(desk.request, f"Settled for {row.title}; its fits were found anew.")
    return HttpResponseRedirect(f"/console/quality/{slug}/")
