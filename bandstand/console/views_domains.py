"""A domain that looks like another's name: a person decides whether it may speak for its brand."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.catalogue import queries as catalogue
from bandstand.console.desk import Desk, operators_only
from bandstand.console.forms import reason_field
from bandstand.kernel.errors import NotFoundError
from bandstand.plumbing.desk.tables import Fact
from bandstand.plumbing.desk.words import instant_text
from bandstand.rights.queries.lists import DomainRow, domains_in_review
from bandstand.rights.services import domains as services


class DomainForm(forms.Form):
    """A person's yes or no to a domain."""

    verdict = forms.ChoiceField(
        label="Decision",
        choices=[
            ("confirm", "It is the brand's own: it counts once it is proved"),
            ("refuse", "It is another's: it never counts for this brand"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether it is the brand's own."},
    )
    reason = reason_field(label="Reason", hint="What you compared. It stands in the audit log.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainDesk:
    """What is claimed, what is known, and the form to decide."""

    title: str
    claimed: tuple[Fact, ...]
    known: tuple[Fact, ...]
    code_points: str
    action_url: str
    form: DomainForm


@operators_only
def domain(desk: Desk, domain: UUID) -> HttpResponse:
    row = next((one for one in domains_in_review() if one.id == domain), None)
    if row is None:
        raise NotFoundError("No such domain waits for a person. It may have been decided.")
    if desk.request.method != "POST":
        return desk.shown("domain.html", _page(row, form=DomainForm(), desk=desk))
    form = DomainForm(desk.request.POST)
    if not form.is_valid():
        return desk.shown("domain.html", _page(row, form=form, desk=desk), status=400)
    is_yes = form.cleaned_data["verdict"] == "confirm"
    decide = services.confirm_domain if is_yes else services.refuse_domain
    decide(
        domain_id=row.id,
        reason=form.cleaned_data["reason"],
        actor=desk.actor.email,
        now=desk.now,
    )
    said = "counts once it is proved" if is_yes else "never counts"
    messages.success(desk.request, f"Decided: {row.domain} {said} for {row.brand_name}.")
    return HttpResponseRedirect("/console/review/?kind=domain")


def _page(row: DomainRow, *, form: DomainForm, desk: Desk) -> DomainDesk:
    brand = next((one for one in catalogue.brands() if one.id == row.brand_id), None)
    return DomainDesk(
        title=row.domain,
        claimed=(
            Fact("Domain", row.domain),
            Fact("Claimed for", row.brand_name),
            Fact("Claimed", f"{instant_text(row.asked_at, zone=desk.zone)} by {row.asked_by}"),
        ),
        known=(
            Fact("It looks like", row.looks_like),
            Fact("The brand's name", brand.name if brand else row.brand_name),
            Fact(
                "Proof",
                f"shown {instant_text(row.proved_at, zone=desk.zone)}"
                if row.proved_at
                else "not shown yet",
            ),
            Fact("Last fault", row.last_fault or "none"),
        ),
        code_points=" ".join(f"U+{ord(letter):04X}" for letter in row.domain),
        action_url=f"/console/review/domains/{row.id}/",
        form=form,
    )
