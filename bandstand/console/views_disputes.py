"""Contested charges and refunds that failed: what a person does about each."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, operators_only
from bandstand.console.forms import reason_field
from bandstand.console.pages import disputes as contested, refunds as failed
from bandstand.payments import services
from bandstand.payments.rules import DebtChoice
from bandstand.payments.services.lost_debts import choose_debt


class EvidenceForm(forms.Form):
    """What was sent to the buyer's bank."""

    words = reason_field(
        label="What was sent?", hint="Send it on the provider's page first, then note it here."
    )


class DebtForm(forms.Form):
    """What becomes of the instalments that a lost charge had paid."""

    choice = forms.ChoiceField(
        label="What becomes of the debt?",
        choices=[(one.value, words) for one, words in contested.CHOICES.items()],
        widget=forms.RadioSelect,
        help_text="It can be said once. Owed again, the plan asks for it as it asked before.",
        error_messages={"required": "Choose one."},
    )


class AgainForm(forms.Form):
    """That a refund is asked for again."""

    sure = forms.BooleanField(
        label="Ask the provider for this refund again, under a new key",
        help_text="The failed one stays on record. Never more than was paid goes back.",
        error_messages={"required": "Tick the box to ask again."},
    )


@operators_only
def disputes(desk: Desk) -> HttpResponse:
    return desk.shown("listing.html", contested.disputes_page(desk))


@operators_only
def dispute(desk: Desk, dispute: UUID) -> HttpResponse:
    """Show a contested charge; note what was sent, or say what becomes of a debt that it leaves."""
    row, facts = contested.dispute_facts(dispute, desk=desk)
    form = (DebtForm if row.awaits_choice else EvidenceForm)(desk.request.POST or None)
    if desk.request.method == "POST" and form.is_valid():
        _write(desk, dispute, form=form)
        return HttpResponseRedirect(contested.HERE)
    page = {
        "form_title": f"Dispute {row.ref}",
        "form": form,
        "form_url": f"{contested.HERE}{dispute}/",
        "form_button": "Decide" if row.awaits_choice else "Note what was sent",
        "facts": facts,
    }
    return desk.shown("order_form.html", page)


@operators_only
def refunds(desk: Desk) -> HttpResponse:
    return desk.shown("listing.html", failed.refunds_page(desk))


@operators_only
def refund(desk: Desk, refund: UUID) -> HttpResponse:
    """Show a refund that failed; ask for it again."""
    row, facts = failed.refund_facts(refund, desk=desk)
    form = AgainForm(desk.request.POST or None)
    if desk.request.method == "POST" and form.is_valid():
        services.refund_again(refund_id=refund, actor=desk.actor.email, now=desk.now)
        messages.success(desk.request, "Asked again. It is told here if it fails once more.")
        return HttpResponseRedirect(failed.HERE)
    page = {
        "form_title": f"Refund {row.key}",
        "form": form,
        "form_url": f"{failed.HERE}{refund}/",
        "form_button": "Ask again",
        "facts": facts,
    }
    return desk.shown("order_form.html", page)


def _write(desk: Desk, dispute: UUID, *, form: forms.Form) -> None:
    if isinstance(form, DebtForm):
        choice = DebtChoice(form.cleaned_data["choice"])
        choose_debt(dispute_id=dispute, choice=choice, actor=desk.actor.email, now=desk.now)
        messages.success(desk.request, "Decided.")
        return
    services.note_evidence(
        dispute_id=dispute,
        words=form.cleaned_data["words"],
        actor=desk.actor.email,
        now=desk.now,
    )
    messages.success(desk.request, "Noted.")
