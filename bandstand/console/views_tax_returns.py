"""Returns to authorities, step by step, and where the operator is registered."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, operators_only
from bandstand.console.forms import hidden
from bandstand.console.pages import tax_returns as pages
from bandstand.kernel.errors import BadInputError, DomainError
from bandstand.plumbing import clock
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed
from bandstand.plumbing.desk.exports import csv_answer
from bandstand.plumbing.desk.tables import Fact
from bandstand.tax import queries, services
from bandstand.tax.rules import FilingPeriod, ReturnMove, ReturnState

HERE: Final = pages.HERE


class RegistrationForm(forms.Form):
    """How the operator stands with an authority."""

    authority = forms.CharField(
        label="Authority", max_length=20, help_text="A state or country, such as US-IL or DE."
    )
    number = forms.CharField(label="Registration number", max_length=60)
    is_facilitator = forms.BooleanField(
        label="The marketplace facilitator law there makes us collect for our sellers",
        required=False,
    )
    period = forms.ChoiceField(
        label="Returns", choices=[(one.value, words) for one, words in pages.PERIOD_WORDS.items()]
    )
    from_date = forms.DateField(
        label="From", widget=forms.DateInput(attrs={"type": "date"}), help_text="As 2026-07-01."
    )
    source = forms.CharField(
        label="Where this is written", max_length=300, help_text="The certificate or letter."
    )


class ReferenceForm(forms.Form):
    """The reference that proves a step."""

    reference = forms.CharField(label="Reference", max_length=200)


@operators_only
def returns(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        rows = pages.return_export(queries.returns())
        return csv_answer("tax-returns", heads=pages.HEADS, rows=rows)
    return desk.shown("listing.html", pages.returns_page(desk))


@operators_only
def tax_return(desk: Desk, tax_return: UUID) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        row = queries.return_row(tax_return)
        name = f"tax-return-{row.authority}-{row.from_date}"
        return csv_answer(name, heads=pages.HEADS, rows=pages.return_export([row]))
    return desk.shown("listing.html", pages.return_page(tax_return, desk=desk))


@operators_only
def prepare(desk: Desk) -> HttpResponse:
    given = desk.request.POST if desk.request.method == "POST" else desk.request.GET
    authority, currency = given.get("authority", ""), given.get("currency", "")
    if not authority:
        return HttpResponseRedirect(HERE)  # the list names what can be prepared
    today = clock.day_in(desk.zone, at=desk.now)
    coming = next(
        (
            one
            for one in queries.next_returns(today=today, zone=desk.zone)
            if (one.authority, one.currency) == (authority, currency)
        ),
        None,
    )
    if coming is None:
        raise BadInputError(f"Nothing was collected for “{authority[:20]}” in {currency[:3]}.")
    if desk.request.method == "POST" and is_confirmed(desk.request):
        made = services.prepare_return(
            authority=authority,
            currency=currency,
            zone=desk.zone,
            today=today,
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, "Prepared. Somebody else files it.")
        return HttpResponseRedirect(f"{HERE}{made}/")
    question = ConfirmPage(
        title="Prepare this return?",
        text="Its figures are taken from the ledger and kept. No money moves.",
        facts=pages.coming_facts(coming, desk=desk),
        action_url=f"{HERE}prepare/",
        back_url=HERE,
        button="Yes, prepare it",
        fields=(("authority", authority), ("currency", currency)),
    )
    return desk.shown("confirm.html", question)


@operators_only
def step(desk: Desk, *, tax_return: UUID, move: str) -> HttpResponse:
    """Take one step of a return: file, pay or drop it."""
    wanted = ReturnMove(move)
    row = queries.return_row(tax_return)
    title, button, label = pages.STEP_WORDS[wanted]
    form = ReferenceForm(desk.request.POST if desk.request.method == "POST" else None)
    form.fields["reference"].label = label
    url = f"{HERE}{row.id}/{wanted.value}/"
    if desk.request.method != "POST" or not form.is_valid():
        return _form(desk, form, title=title, url=url, facts=pages.step_facts(row))
    if is_confirmed(desk.request):
        try:
            _take(wanted, return_id=row.id, reference=form.cleaned_data["reference"], desk=desk)
        except DomainError as refused:
            form.add_error(None, refused.message)
            return _form(desk, form, title=title, url=url, facts=pages.step_facts(row))
        state = queries.return_row(row.id).state
        messages.success(desk.request, f"{pages.RETURN_WORDS[state][0]}.")
        gone = state is ReturnState.DROPPED
        return HttpResponseRedirect(HERE if gone else f"{HERE}{row.id}/")
    question = ConfirmPage(
        title=title,
        text="It is kept with your name and cannot be taken back.",
        facts=(*pages.step_facts(row), Fact(label, form.cleaned_data["reference"])),
        action_url=url,
        back_url=f"{HERE}{row.id}/",
        button=button,
        fields=hidden(form),
    )
    return desk.shown("confirm.html", question)


@operators_only
def new_registration(desk: Desk) -> HttpResponse:
    form = RegistrationForm(desk.request.POST if desk.request.method == "POST" else None)
    title, url = "Where are you registered?", "/console/tax/registrations/new/"
    if desk.request.method != "POST" or not form.is_valid():
        return _form(desk, form, title=title, url=url)
    said = form.cleaned_data
    if is_confirmed(desk.request):
        try:
            services.register(
                authority=said["authority"],
                number=said["number"],
                is_facilitator=said["is_facilitator"],
                period=FilingPeriod(said["period"]),
                from_date=said["from_date"],
                source=said["source"],
                actor=desk.actor.email,
                now=desk.now,
            )
        except DomainError as refused:
            form.add_error(None, refused.message)
            return _form(desk, form, title=title, url=url)
        messages.success(desk.request, f"Registered with {said['authority'].upper()}.")
        return HttpResponseRedirect(HERE)
    question = ConfirmPage(
        title="Is this right?",
        text="Returns of periods that begin from then on go by it. It is never changed: a later"
        " statement takes its place.",
        facts=(
            Fact("Authority", said["authority"].upper()),
            Fact("Number", said["number"]),
            Fact("As", "Marketplace facilitator" if said["is_facilitator"] else "Retailer"),
            Fact("Returns", pages.PERIOD_WORDS[FilingPeriod(said["period"])]),
            Fact("From", f"{said['from_date']:%-d %B %Y}"),
            Fact("Written in", said["source"]),
        ),
        action_url=url,
        back_url=HERE,
        button="Yes, keep it",
        fields=hidden(form),
    )
    return desk.shown("confirm.html", question)


def _take(move: ReturnMove, *, return_id: UUID, reference: str, desk: Desk) -> None:
    email, now = desk.actor.email, desk.now
    takes: Mapping[ReturnMove, Callable[[], None]] = {
        ReturnMove.FILE: lambda: services.file_return(
            return_id=return_id, reference=reference, actor=email, now=now
        ),
        ReturnMove.PAY: lambda: services.pay_return(
            return_id=return_id, reference=reference, actor=email, now=now
        ),
        ReturnMove.DROP: lambda: services.drop_return(
            return_id=return_id, reason=reference, actor=email, now=now
        ),
    }
    takes[move]()


def _form(
    desk: Desk, form: forms.Form, *, title: str, url: str, facts: tuple[Fact, ...] = ()
) -> HttpResponse:
    page = {
        "form_title": title,
        "form": form,
        "form_url": url,
        "form_button": "Look at it",
        "facts": facts,
    }
    return desk.shown("order_form.html", page, status=422 if form.errors else 200)
