"""What paying late costs and when cards are tried: the operator's policies, market by market."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.catalogue import queries as catalogue
from bandstand.console.desk import Desk, operators_only
from bandstand.console.forms import hidden
from bandstand.console.pages import plan_policies as pages
from bandstand.console.plan_forms import CalendarForm, LateFeeForm
from bandstand.credit import services as credit
from bandstand.credit.rules import calendar, late_fees
from bandstand.credit.rules.calendar import CollectingPolicy, OnResume
from bandstand.credit.rules.late_fees import LateFeeTerms
from bandstand.kernel.errors import DomainError
from bandstand.money import parse_money
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed

HERE = "/console/plans/policies/"


@operators_only
def policies(desk: Desk) -> HttpResponse:
    return desk.shown("plan_policies.html", pages.policies_page(desk))


@operators_only
def late_fee(desk: Desk) -> HttpResponse:
    """Set what paying late costs, after a look at the words every new agreement will have."""
    posted = desk.request.POST if desk.request.method == "POST" else None
    form = LateFeeForm(posted)
    if posted is None or not form.is_valid():
        return _form(desk, form, title="What does paying late cost?", url=f"{HERE}fee/")
    try:
        terms = _terms(form)
        late_fees.require_sound(terms)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _form(desk, form, title="What does paying late cost?", url=f"{HERE}fee/")
    market = form.cleaned_data["market"]
    if is_confirmed(desk.request):
        credit.set_late_fee_policy(
            market=market,
            terms=terms,
            source=form.cleaned_data["source"],
            from_at=desk.now,
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, f"Set for {market}, for agreements from now on.")
        return HttpResponseRedirect(HERE)
    question = ConfirmPage(
        title="Put this into every agreement from now on?",
        text="What was agreed before stays as it was agreed. The operator answers for the caps of"
        " every state or country in this market.",
        facts=pages.late_fee_facts(
            terms, market=catalogue.market(market), source=form.cleaned_data["source"]
        ),
        action_url=f"{HERE}fee/",
        back_url=HERE,
        button="Yes, from now on",
        fields=hidden(form),
    )
    return desk.shown("confirm.html", question)


@operators_only
def collecting_calendar(desk: Desk) -> HttpResponse:
    """Set when cards are tried, after a look at the days it gives."""
    posted = desk.request.POST if desk.request.method == "POST" else None
    form = CalendarForm(posted)
    if posted is None or not form.is_valid():
        return _form(desk, form, title="When is a card tried?", url=f"{HERE}calendar/")
    policy, market = _policy(form), form.cleaned_data["market"]
    try:
        calendar.require_sound(policy)
        if is_confirmed(desk.request):
            credit.set_collecting_calendar(
                market=market, policy=policy, actor=desk.actor.email, now=desk.now
            )
            messages.success(desk.request, f"Set for {market} from {policy.from_on}.")
            return HttpResponseRedirect(HERE)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _form(desk, form, title="When is a card tried?", url=f"{HERE}calendar/")
    question = ConfirmPage(
        title="Collect so from that day on?",
        text="Due dates never move by it. What fell due before is collected as before.",
        facts=pages.calendar_facts(policy, market=market),
        action_url=f"{HERE}calendar/",
        back_url=HERE,
        button="Yes, from that day",
        fields=hidden(form),
    )
    return desk.shown("confirm.html", question)


def _terms(form: LateFeeForm) -> LateFeeTerms:
    said = form.cleaned_data
    currency = catalogue.market(said["market"]).currency
    return LateFeeTerms(
        grace_days=said["grace_days"],
        currency=currency,
        fixed_minor=parse_money(said["fixed"], currency).minor if said["fixed"] else 0,
        share_bps=int((said["share"] or 0) * 100),
        cap_minor=parse_money(said["cap"], currency).minor if said["cap"] else 0,
        cap_share_bps=int((said["cap_share"] or 0) * 100),
    )


def _policy(form: CalendarForm) -> CollectingPolicy:
    said = form.cleaned_data
    return CollectingPolicy(
        from_on=said["from_on"],
        tries=tuple(int(day) for day in said["tries"].split(",")),
        reminder=said["reminder"],
        charge_off=said["charge_off"],
        source=said["source"],
        skips_weekends=said["skips_weekends"],
        skips_holidays=said["skips_holidays"],
        on_resume=OnResume(said["on_resume"]),
    )


def _form(desk: Desk, form: LateFeeForm | CalendarForm, *, title: str, url: str) -> HttpResponse:
    page = {
        "form_title": title,
        "form": form,
        "form_url": url,
        "form_button": "Look at it",
        "facts": (),
    }
    return desk.shown("order_form.html", page, status=422 if form.errors else 200)
