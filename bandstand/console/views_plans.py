"""Plans at the operator's desk: look, pause and resume, charge off after a second look."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, money, operators_only
from bandstand.console.pages import plans as pages
from bandstand.credit import queries as credit_queries, services as credit
from bandstand.credit.queries import PlanMoney
from bandstand.credit.rules.standing import open_total
from bandstand.kernel.public_ids import IdKind, parse_id, print_id
from bandstand.money import Money
from bandstand.payments.services import collecting
from bandstand.plumbing.audit import record
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed, kept_fields
from bandstand.plumbing.desk.exports import csv_answer


@operators_only
def plans(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return csv_answer("plans", heads=pages.HEADS, rows=pages.plans_export(desk))
    return desk.shown("listing.html", pages.plans_page(desk))


@operators_only
def plan(desk: Desk, plan: str) -> HttpResponse:
    return desk.shown("listing.html", pages.plan_page(parse_id(IdKind.PLAN, plan), desk=desk))


@operators_only
def deed(desk: Desk, plan: str) -> HttpResponse:
    found = credit_queries.plan_money(parse_id(IdKind.PLAN, plan))
    posted = desk.request.POST if desk.request.method == "POST" else None
    form = pages.PlanDeedForm(posted, is_paused=found.is_paused)
    if posted is not None and form.is_valid():
        if form.cleaned_data["deed"] == "charge_off" and not is_confirmed(desk.request):
            return desk.shown("confirm.html", _question(desk, found))
        _act(desk, found, deed=form.cleaned_data["deed"], reason=form.cleaned_data["reason"])
        return HttpResponseRedirect(_here(found))
    page = {
        "form_title": "What is done to this plan?",
        "form": form,
        "form_url": f"{_here(found)}deed/",
        "form_button": "Go on",
        "facts": (),
    }
    return desk.shown("order_form.html", page)


def _act(desk: Desk, found: PlanMoney, *, deed: str, reason: str) -> None:
    actor = desk.actor.email
    if deed == "pause":
        credit.pause_plan(plan_id=found.plan_id, reason=reason, actor=actor, now=desk.now)
        said = "Paused. No card is charged until it goes on."
    elif deed == "resume":
        credit.resume_plan(plan_id=found.plan_id, now=desk.now)
        said = "It goes on."
    else:
        lost = collecting.give_up(plan_id=found.plan_id, actor=actor, reason=reason, now=desk.now)
        said = f"Charged off: {money(lost)} was given up."
    record(
        actor=actor,
        action=f"plan.{deed}",
        subject=print_id(IdKind.PLAN, found.plan_id),
        now=desk.now,
        reason=reason,
    )
    messages.success(desk.request, said)


def _question(desk: Desk, found: PlanMoney) -> ConfirmPage:
    lost = money(Money(open_total(found.owed), found.currency))
    return ConfirmPage(
        title=f"Charge off {lost}?",
        text="The books give up what is open as a loss, and no card is charged any more.",
        warning="This cannot be taken back.",
        action_url=f"{_here(found)}deed/",
        back_url=_here(found),
        button="Yes, charge it off",
        fields=kept_fields(desk.request),
        is_bad=True,
    )


def _here(found: PlanMoney) -> str:
    return f"/console/plans/{print_id(IdKind.PLAN, found.plan_id)}/"
