"""What credit bureaus are told of a buyer's plan: seen, agreed to, disputed."""

from dataclasses import dataclass
from typing import Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bandstand.credit.queries import bureau as queries
from bandstand.credit.queries.bureau import RecordRow
from bandstand.credit.rules.bureau import DisputeOutcome, ReportStatus
from bandstand.credit.services import bureau, bureau_changes
from bandstand.kernel.errors import RefusedError
from bandstand.money import Money, format_money
from bandstand.plumbing import clock
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.shop import shop
from bandstand.storefront.views_plans import FoundPlan, find_plan

BAD_INPUT: Final = 422
STATUS_WORDS: Final = {
    ReportStatus.CURRENT: ("Paid as agreed", "good"),
    ReportStatus.PAST_DUE: ("Past due", "bad"),
    ReportStatus.SETTLED: ("Paid off", "good"),
    ReportStatus.CHARGED_OFF: ("Given up as a loss", "bad"),
    ReportStatus.DELETED: ("Deleted", "info"),
}
OUTCOME_WORDS: Final = {
    DisputeOutcome.VERIFIED: "We found it right as reported.",
    DisputeOutcome.CORRECTED: "You were right; we corrected it.",
    DisputeOutcome.DELETED: "You were right; we had it deleted.",
}


class ReportDisputeForm(forms.Form):
    """What is wrong."""

    words = forms.CharField(
        label="What is wrong?",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Say which month, and why. Name any proof you have.",
        error_messages={"required": "Say what is wrong, so that somebody can look into it."},
    )


@dataclass(frozen=True, slots=True)
class ReportedLine:
    """One row as its buyer reads it."""

    as_of: str
    status: str
    kind: str
    balance: str
    past_due: str


@dataclass(frozen=True, slots=True)
class DisputedLine:
    """What the buyer said was wrong, and what became of it."""

    words: str
    answer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditReportPage:
    """What bureaus are told of one plan."""

    title: str
    number: str
    order_url: str
    plan_url: str
    url: str
    lead: str
    lines: tuple[ReportedLine, ...]
    disputes: tuple[DisputedLine, ...]
    form: ReportDisputeForm | None
    asks_consent: bool
    has_consent: bool


@require_http_methods(["GET", "POST"])
@never_cache
@tells_refusals
def credit_report(request: HttpRequest, *, token: str, line: str) -> HttpResponse:
    found = find_plan(token, line)
    here = f"{found.url}report/"
    if request.method != "POST":
        return _shown(request, found)
    if "consent" in request.POST:
        is_given = request.POST["consent"] == "yes"
        bureau.say_consent(
            plan_id=found.money.plan_id,
            is_given=is_given,
            said_by=found.page.order.email,
            now=clock.now(),
        )
        messages.success(request, "Kept: from the next report on.")
        return redirect(here)
    form = ReportDisputeForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form=form, status=BAD_INPUT)
    try:
        bureau_changes.dispute_report(
            plan_id=found.money.plan_id,
            words=form.cleaned_data["words"],
            raised_by=found.page.order.email,
            now=clock.now(),
        )
    except RefusedError as refused:
        form.add_error(None, refused.message)
        return _shown(request, found, form=form, status=BAD_INPUT)
    messages.success(request, "We look into it and write to you. Until then it is marked disputed.")
    return redirect(here)


def _shown(
    request: HttpRequest,
    found: FoundPlan,
    *,
    form: ReportDisputeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    plan_id = found.money.plan_id
    kept = [one for one in queries.records_of(plan_id) if not one.is_replaced]
    disputes = queries.disputes(plan_id=plan_id)
    is_open = any(one.outcome is None for one in disputes)
    policy = queries.bureau_policy(shop().market.code, now=clock.now())
    is_on = policy is not None and policy.is_on
    page = CreditReportPage(
        title=found.line.title,
        number=found.page.order.number,
        order_url=found.page.link,
        plan_url=found.url,
        url=f"{found.url}report/",
        lead=_lead(kept, is_on=is_on),
        lines=tuple(_line(one) for one in kept),
        disputes=tuple(
            DisputedLine(
                one.words,
                f"We answer by {one.due_at:%-d %B %Y}."
                if one.outcome is None
                else f"{OUTCOME_WORDS[one.outcome]} {one.answer}",
            )
            for one in disputes
        ),
        form=(form or ReportDisputeForm()) if kept and not is_open else None,
        asks_consent=is_on and policy is not None and policy.needs_consent,
        has_consent=queries.consents([plan_id]).get(plan_id, False),
    )
    return page_shown(request, "credit_report.html", page=page, status=status)


def _lead(kept: list[RecordRow], *, is_on: bool) -> str:
    if kept:
        return (
            "This is what we told credit bureaus about this plan, as of the end of each month."
            " If it is wrong, tell us here; it costs nothing."
        )
    if is_on:
        return "Nothing was told to a credit bureau about this plan yet."
    return "We tell credit bureaus nothing about this plan."


def _line(one: RecordRow) -> ReportedLine:
    word, kind = STATUS_WORDS[one.row.status]
    locale = shop().locale
    return ReportedLine(
        as_of=f"{one.row.as_of:%-d %B %Y}",
        status=word,
        kind=kind,
        balance=format_money(Money(one.row.balance, one.row.currency), locale=locale),
        past_due=format_money(Money(one.row.past_due, one.row.currency), locale=locale),
    )
