"""Applications for plans at the operator's desk: look, decide, and say to whom plans are lent."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.catalogue import queries as catalogue
from bandstand.console.credit_forms import DecideApplicationForm, EligibilityForm
from bandstand.console.desk import Desk, operators_only
from bandstand.console.pages import applications as pages, eligibility as policy_pages
from bandstand.credit.queries.applications import application_page, foreseen, waiting_decision
from bandstand.credit.queries.eligibility import PolicyRow, policy_on
from bandstand.credit.rules.eligibility import EligibilityPolicy, require_policy
from bandstand.credit.services.deciding import decide_application, reasons_to_give
from bandstand.credit.services.eligibility_policies import set_eligibility_policy
from bandstand.kernel.errors import DomainError
from bandstand.plumbing.desk.confirming import (
    ConfirmPage,
    is_confirmed,
    kept_fields,
    wants_to_edit,
)
from bandstand.plumbing.desk.exports import csv_answer

LOOKED_BACK: Final = timedelta(days=30)
BAD_INPUT: Final = 422


@operators_only
def applications(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return csv_answer("applications", heads=pages.HEADS, rows=pages.applications_export(desk))
    return desk.shown("listing.html", pages.applications_page(desk))


@operators_only
def application(desk: Desk, application: UUID) -> HttpResponse:
    found = application_page(application)
    return desk.shown("application.html", pages.application_view(found, desk=desk))


@operators_only
def decide(desk: Desk, application: UUID) -> HttpResponse:
    found = application_page(application)
    reasons = reasons_to_give(waiting_decision(application))
    posted = desk.request.POST if desk.request.method == "POST" else None
    form = DecideApplicationForm(posted, reasons=reasons)
    if posted is not None and form.is_valid():
        said = form.cleaned_data
        try:
            decide_application(
                application_id=application,
                is_approved=said["verdict"] == "approve",
                reasons=said["reasons"],
                words=said["words"],
                actor=desk.actor.email,
                now=desk.now,
            )
        except DomainError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(desk.request, "Decided. The buyer has a letter.")
            return HttpResponseRedirect(f"{pages.HERE}{application}/")
    page = {
        "form_title": f"Lend on {found.row.title}?",
        "form": form,
        "form_url": f"{pages.HERE}{application}/decide/",
        "form_button": "Decide",
        "facts": pages.application_view(found, desk=desk).facts,
    }
    return desk.shown("order_form.html", page, status=BAD_INPUT if form.errors else 200)


@operators_only
def policies(desk: Desk) -> HttpResponse:
    return desk.shown("listing.html", policy_pages.policies_page(desk))


@operators_only
def new_policy(desk: Desk) -> HttpResponse:
    posted = desk.request.POST if desk.request.method == "POST" else None
    choices = policy_pages.market_choices()
    market = desk.request.GET.get("market", "") or choices[0][0]
    form = EligibilityForm(
        posted,
        markets=choices,
        initial=EligibilityForm.begun(market, policy_on(market=market, at=desk.now)),
    )
    if posted is None or wants_to_edit(desk.request) or not form.is_valid():
        return _policy_form(desk, form)
    currency = catalogue.market(form.cleaned_data["market"]).currency
    try:
        policy = form.policy(currency=currency, now=desk.now)
        require_policy(policy)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _policy_form(desk, form)
    if not is_confirmed(desk.request):
        return desk.shown("confirm.html", _question(desk, policy))
    set_eligibility_policy(policy=policy, actor=desk.actor.email, now=desk.now)
    messages.success(desk.request, f"Plans in {policy.market} are lent by it from now on.")
    return HttpResponseRedirect(pages.POLICY)


def _question(desk: Desk, policy: EligibilityPolicy) -> ConfirmPage:
    counts = foreseen(policy, since=desk.now - LOOKED_BACK)
    looked = sum(counts.values())
    return ConfirmPage(
        title=f"Lend by this policy in {policy.market}?",
        text=f"It counts from now on; what was decided stays decided. Of the {looked} applications"
        " of the last 30 days, these would get:"
        if looked
        else "It counts from now on; what was decided stays decided. There was no application in"
        " the last 30 days to try it on.",
        facts=policy_pages.policy_facts(PolicyRow(policy, desk.actor.email, desk.now)),
        stats=policy_pages.foreseen_table(counts),
        action_url=f"{pages.POLICY}new/",
        back_url=pages.POLICY,
        button="Yes, from now on",
        fields=kept_fields(desk.request),
        can_edit=True,
    )


def _policy_form(desk: Desk, form: EligibilityForm) -> HttpResponse:
    page = {
        "form_title": "To whom are plans lent?",
        "form": form,
        "form_url": f"{pages.POLICY}new/",
        "form_button": "Look at what it would do",
        "facts": (),
    }
    return desk.shown("order_form.html", page, status=BAD_INPUT if form.errors else 200)
