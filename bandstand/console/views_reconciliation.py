"""Providers' money: reconciliation and matching by hand."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, operators_only
from bandstand.console.forms import reason_field
from bandstand.console.pages import reconciliation as pages
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


class UnmatchForm(forms.Form):
    """Why a match is taken apart."""

    reason = reason_field(
        label="Why are they not the same?", hint="Kept with the match, and in the audit log."
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
    if row.bucket is Bucket.MATCHED:
        return HttpResponseRedirect(f"{pages.HERE}{movement}/unmatch/")
    choices = pages.match_choices(movement, desk=desk)
    if not choices:
        return _facts(desk, title=row.ref, facts=facts)
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
def unmatch(desk: Desk, movement: UUID) -> HttpResponse:
    """Show a match; take it apart for a reason."""
    row, facts = pages.movement_facts(movement, desk=desk)
    if row.bucket is not Bucket.MATCHED:
        return HttpResponseRedirect(f"{pages.HERE}{movement}/")
    form = UnmatchForm(desk.request.POST or None)
    if desk.request.method == "POST" and form.is_valid():
        services.unmatch(
            row_id=movement,
            reason=form.cleaned_data["reason"],
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, "Taken apart. Only a person matches the two again.")
        return HttpResponseRedirect(f"{pages.HERE}{movement}/")
    page = {
        "form_title": row.ref,
        "form": form,
        "form_url": f"{pages.HERE}{movement}/unmatch/",
        "form_button": "Take the match apart",
        "facts": facts,
    }
    return desk.shown("order_form.html", page)


def _facts(desk: Desk, *, title: str, facts: tuple[object, ...]) -> HttpResponse:
    page = {
        "title": title,
        "facts": facts,
        "words": "Nothing of ours is open for this amount. If the provider is right, its books tell"
        " of money that the shop does not know of: ask the provider, or restore what is missing.",
    }
    return desk.shown("movement.html", page)
