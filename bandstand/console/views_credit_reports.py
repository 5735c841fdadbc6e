"""Reports to credit bureaus at the operator's desk: policy, report, correction, dispute."""

from typing import Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.catalogue import queries as catalogue
from bandstand.console.desk import Desk, key_of, operators_only
from bandstand.console.forms import hidden
from bandstand.console.pages import credit_reports as pages
from bandstand.credit.queries import bureau as queries
from bandstand.credit.rules.bureau import BureauFormat, DisputeOutcome, ReportingTerms
from bandstand.credit.services import bureau, bureau_changes
from bandstand.kernel.errors import DomainError
from bandstand.kernel.public_ids import IdKind
from bandstand.orders.queries.credit_files import bureau_file
from bandstand.plumbing import clock
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed
from bandstand.plumbing.desk.tables import Fact
from bandstand.plumbing.desk.words import plural

HERE: Final = pages.HERE


class ReportPolicyForm(forms.Form):
    """Whether and how plans of a market are reported from now on."""

    market = forms.CharField(label="Market", max_length=3)
    is_on = forms.BooleanField(label="Plans of this market are reported", required=False)
    format = forms.ChoiceField(
        label="Format", choices=[(one.value, words) for one, words in pages.FORMAT_WORDS.items()]
    )
    furnisher = forms.CharField(label="Who reports", max_length=80)
    furnisher_id = forms.CharField(
        label="Your number with the bureau", max_length=20, required=False
    )
    needs_consent = forms.BooleanField(
        label="Only plans whose buyer agreed to it are reported", required=False, initial=True
    )
    sends_notice = forms.BooleanField(
        label="The buyer gets a letter with the first negative row", required=False, initial=True
    )
    dispute_days = forms.IntegerField(
        label="Days to answer a dispute", min_value=1, max_value=90, initial=30
    )
    source = forms.CharField(
        label="Where this is decided",
        max_length=300,
        help_text="The contract with the bureau, and the legal advice.",
    )

    def clean_market(self) -> str:
        code = str(self.cleaned_data["market"]).upper()
        try:
            catalogue.market(code)
        except DomainError as unknown:
            raise forms.ValidationError(unknown.message) from unknown
        return code


class MakeReportForm(forms.Form):
    """Of which market, as of which day."""

    market = forms.CharField(label="Market", max_length=3)
    as_of = forms.DateField(
        label="As of",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="The last day of a month that is over, as 2026-10-31.",
    )


class CorrectForm(forms.Form):
    """Why what was reported is computed again."""

    reason = forms.CharField(label="Reason", max_length=300)


class AnswerForm(forms.Form):
    """What the look into a dispute found."""

    outcome = forms.ChoiceField(
        label="Found",
        choices=[(one.value, words) for one, words in pages.OUTCOME_WORDS.items()],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label="Letter to the buyer", max_length=4000, widget=forms.Textarea(attrs={"rows": 6})
    )


@operators_only
def reports(desk: Desk) -> HttpResponse:
    return desk.shown("listing.html", pages.reports_page(desk))


@operators_only
def report(desk: Desk, report: UUID) -> HttpResponse:
    return desk.shown("listing.html", pages.report_page(report, desk=desk))


@operators_only
def report_file(desk: Desk, report: UUID) -> HttpResponse:  # noqa: ARG001 -- the door's signature
    """Return the file for the bureau."""
    name, lines = bureau_file(report)
    return HttpResponse(
        lines,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@operators_only
def plan_reports(desk: Desk, plan: str) -> HttpResponse:
    return desk.shown("listing.html", pages.plan_page(plan, desk=desk))


@operators_only
def policy(desk: Desk) -> HttpResponse:
    form = ReportPolicyForm(desk.request.POST if desk.request.method == "POST" else None)
    title, url = "Are plans reported to a credit bureau?", f"{HERE}policy/"
    if desk.request.method != "POST" or not form.is_valid():
        return _form(desk, form, title=title, url=url)
    said = dict(form.cleaned_data)
    terms = ReportingTerms(**{**said, "format": BureauFormat(said["format"])})
    if is_confirmed(desk.request):
        bureau.set_bureau_policy(
            terms=terms, from_at=desk.now, actor=desk.actor.email, now=desk.now
        )
        messages.success(desk.request, f"Set for {terms.market}, from now on.")
        return HttpResponseRedirect(HERE)
    question = ConfirmPage(
        title="Report plans so from now on?" if terms.is_on else "Report nothing from now on?",
        text="Credit bureaus decide what people may buy. What you tell them must be right.",
        facts=(
            Fact("Market", catalogue.market(terms.market).name),
            Fact("Reporting", "On" if terms.is_on else "Off"),
            Fact("Format", pages.FORMAT_WORDS[terms.format]),
            Fact("Consent of the buyer", "Needed" if terms.needs_consent else "Not needed"),
            Fact("Letter with the first negative row", "Yes" if terms.sends_notice else "No"),
            Fact("Disputes are answered within", f"{terms.dispute_days} days"),
            Fact("Decided", terms.source),
        ),
        action_url=url,
        back_url=HERE,
        button="Yes, from now on",
        fields=hidden(form),
    )
    return desk.shown("confirm.html", question)


@operators_only
def make(desk: Desk) -> HttpResponse:
    form = MakeReportForm(desk.request.POST if desk.request.method == "POST" else None)
    title, url = "Make a credit report", f"{HERE}make/"
    if desk.request.method != "POST" or not form.is_valid():
        return _form(desk, form, title=title, url=url)
    said = form.cleaned_data
    if is_confirmed(desk.request):
        try:
            made = bureau.make_report(
                market=said["market"].upper(),
                as_of=said["as_of"],
                zone=desk.zone,
                today=clock.day_in(desk.zone, at=desk.now),
                actor=desk.actor.email,
                now=desk.now,
            )
        except DomainError as refused:
            form.add_error(None, refused.message)
            return _form(desk, form, title=title, url=url)
        messages.success(
            desk.request, f"{plural(made.rows, 'plan')} reported, {made.left_out} left out."
        )
        return HttpResponseRedirect(f"{HERE}{made.id}/")
    question = ConfirmPage(
        title="Make this report?",
        text="It is made once and kept. Buyers with a first negative row get their letter now.",
        facts=(Fact("Market", said["market"].upper()), Fact("As of", said["as_of"].isoformat())),
        action_url=url,
        back_url=HERE,
        button="Yes, make it",
        fields=hidden(form),
    )
    return desk.shown("confirm.html", question)


@operators_only
def correct(desk: Desk, plan: str) -> HttpResponse:
    form = CorrectForm(desk.request.POST if desk.request.method == "POST" else None)
    url = f"{HERE}plans/{plan}/correct/"
    if desk.request.method != "POST" or not form.is_valid():
        return _form(desk, form, title="Compute it again", url=url)
    corrected = bureau_changes.correct_plan(
        plan_id=key_of(IdKind.PLAN, plan),
        zone=desk.zone,
        reason=form.cleaned_data["reason"],
        actor=desk.actor.email,
        now=desk.now,
    )
    said = (
        f"{plural(corrected, 'row')} corrected."
        if corrected
        else "Everything came out as it was told."
    )
    messages.success(desk.request, said)
    return HttpResponseRedirect(f"{HERE}plans/{plan}/")


@operators_only
def dispute(desk: Desk, dispute: UUID) -> HttpResponse:
    row = queries.dispute_row(dispute)
    form = AnswerForm(desk.request.POST if desk.request.method == "POST" else None)
    title, url = "Is the report wrong?", f"{HERE}disputes/{row.id}/"
    facts = pages.dispute_facts(row, desk=desk)
    if desk.request.method != "POST" or not form.is_valid():
        return _form(desk, form, title=title, url=url, facts=facts)
    outcome = DisputeOutcome(form.cleaned_data["outcome"])
    if is_confirmed(desk.request):
        corrected = bureau_changes.answer_dispute(
            dispute_id=row.id,
            outcome=outcome,
            answer=form.cleaned_data["answer"],
            zone=desk.zone,
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, f"Answered by letter; {plural(corrected, 'row')} corrected.")
        return HttpResponseRedirect(HERE)
    question = ConfirmPage(
        title="Answer so?",
        text="The buyer gets the letter at once, and what was reported is mended with it.",
        facts=(
            Fact("Found", pages.OUTCOME_WORDS[outcome]),
            Fact("Letter", form.cleaned_data["answer"]),
        ),
        action_url=url,
        back_url=HERE,
        button="Yes, send it",
        fields=hidden(form),
    )
    return desk.shown("confirm.html", question)


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
