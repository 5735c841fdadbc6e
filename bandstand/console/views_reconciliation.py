"""Providers' money: reconciliation, matching by hand, and contested charges."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, operators_only
from bandstand.console.forms import reason_field
from bandstand.console.pages import disputes as contested, reconciliation as pages
from bandstand.payments import services
from bandstand.payments.queries import Bucket
from bandstand.plumbing.desk.exports import csv_answer


class MatchForm(forms.Form):
    """Which movement of ours a provider's movement is, and why."""

    reason = reason_field(label="Why are they the same?", hint="It stands in the audit log.")

    def __init__(self, *arguments: object, choices: list[tuple[str, str]]) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]  # Django's own arguments
        self.fields["move"] = forms.ChoiceField(
            label="Our movement",
            choices=choices,
            widget=forms.RadioSelect,
            help_text="Only movements of the same amount can be chosen.",
            error_messages={"required": "Choose the movement that it is."},
        )
        self.order_fields(["move", "reason"])


class EvidenceForm(forms.Form):
    """What was sent to the buyer's bank."""

    words = reason_field(
        label="What was sent?", hint="Send it on the provider's page first, then note it here."
    )


@operators_only
def reconciliation(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        rows = pages.reconciliation_export(desk)
        return csv_answer("reconciliation", heads=pages.HEADS, rows=rows)
    return desk.shown("listing.html", pages.reconciliation_page(desk))


@operators_only
def movement(desk: Desk, movement: UUID) -> HttpResponse:
    """Show a provider's movement; match it with one of ours by hand."""
    row, facts = pages.movement_facts(movement, desk=desk)
    choices = pages.match_choices(movement, desk=desk)
    if row.bucket is not Bucket.THEIRS_ONLY or not choices:
        return _facts(desk, title=row.ref, facts=facts, is_open=row.bucket is Bucket.THEIRS_ONLY)
    form = MatchForm(desk.request.POST or None, choices=choices)
    if desk.request.method == "POST" and form.is_valid():
        services.match_by_hand(
            row_id=movement,
            move_id=UUID(form.cleaned_data["move"]),
            reason=form.cleaned_data["reason"],
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, "Matched.")
        return HttpResponseRedirect(pages.HERE)
    page = {
        "form_title": row.ref,
        "form": form,
        "form_url": f"{pages.HERE}{movement}/",
        "form_button": "Match them",
        "facts": facts,
    }
    return desk.shown("order_form.html", page)


@operators_only
def disputes(desk: Desk) -> HttpResponse:
    return desk.shown("listing.html", contested.disputes_page(desk))


@operators_only
def dispute(desk: Desk, dispute: UUID) -> HttpResponse:
    """Show a contested charge and what to send; note what was sent."""
    row, facts = contested.dispute_facts(dispute, desk=desk)
    form = EvidenceForm(desk.request.POST or None)
    if desk.request.method == "POST" and form.is_valid():
        services.note_evidence(
            dispute_id=dispute,
            words=form.cleaned_data["words"],
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, "Noted.")
        return HttpResponseRedirect(contested.HERE)
    page = {
        "form_title": f"Dispute {row.ref}",
        "form": form,
        "form_url": f"{contested.HERE}{dispute}/",
        "form_button": "Note what was sent",
        "facts": facts,
    }
    return desk.shown("order_form.html", page)


def _facts(desk: Desk, *, title: str, facts: tuple[object, ...], is_open: bool) -> HttpResponse:
    page = {
        "title": title,
        "facts": facts,
        "words": "Nothing of ours is open for this amount. If the provider is right, its books tell"
        " of money that the shop does not know of: ask the provider, or restore what is missing."
        if is_open
        else "",
    }
    return desk.shown("movement.html", page)
