"""Plans at the operator's desk: look, pause, go on, propose a change, waive, charge off."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, money, operators_only
from bandstand.console.forms import hidden
from bandstand.console.pages import plan_life, plans as pages
from bandstand.console.plan_forms import PAUSES, PlanDeedForm, ProposeForm
from bandstand.credit import queries as credit_queries, services as credit
from bandstand.credit.queries import PlanMoney
from bandstand.credit.queries.changes import changes_of, previewed
from bandstand.credit.rules.hardship import ChangeRefusedError, ProposalState
from bandstand.credit.rules.pausing import PauseCause
from bandstand.credit.rules.standing import open_total
from bandstand.kernel.public_ids import IdKind, parse_id, print_id
from bandstand.money import Money
from bandstand.payments.services import collecting
from bandstand.plumbing.audit import record
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed, kept_fields
from bandstand.plumbing.desk.exports import csv_answer

BAD_INPUT = 422


@operators_only
def plans(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return csv_answer("plans", heads=pages.HEADS, rows=pages.plans_export(desk))
    return desk.shown("listing.html", pages.plans_page(desk))


@operators_only
def plan(desk: Desk, plan: str) -> HttpResponse:
    return desk.shown("plan.html", pages.plan_page(parse_id(IdKind.PLAN, plan), desk=desk))


@operators_only
def deed(desk: Desk, plan: str) -> HttpResponse:
    found = credit_queries.plan_money(parse_id(IdKind.PLAN, plan))
    posted = desk.request.POST if desk.request.method == "POST" else None
    form = PlanDeedForm(posted, changes=changes_of(found.plan_id))
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


@operators_only
def change(desk: Desk, plan: str) -> HttpResponse:
    """Propose another schedule, after a look at the old beside the new."""
    found = credit_queries.plan_money(parse_id(IdKind.PLAN, plan))
    posted = desk.request.POST if desk.request.method == "POST" else None
    initial = plan_life.asked_for(changes_of(found.plan_id), currency=found.currency)
    form = ProposeForm(posted, initial=initial, currency=found.currency)
    if posted is None or not form.is_valid():
        return _change_form(desk, found, form=form)
    try:
        preview = previewed(plan_id=found.plan_id, wish=form.wish(), now=desk.now)
    except ChangeRefusedError as refused:
        form.add_error(None, refused.message)
        return _change_form(desk, found, form=form)
    if not is_confirmed(desk.request):
        question = ConfirmPage(
            title="Propose this schedule?",
            text=f"{preview.words} The buyer gets a letter and decides on their plan’s page.",
            warning="Nothing changes before they accept it.",
            action_url=f"{_here(found)}change/",
            back_url=_here(found),
            button="Yes, propose it",
            fields=hidden(form),
        )
        return desk.shown("plan_change.html", plan_life.preview_page(question, preview))
    credit.propose_change(
        plan_id=found.plan_id,
        wish=form.wish(),
        reason=form.cleaned_data["reason"],
        actor=desk.actor.email,
        now=desk.now,
    )
    messages.success(desk.request, "Proposed. The buyer decides.")
    return HttpResponseRedirect(_here(found))


def _change_form(desk: Desk, found: PlanMoney, *, form: ProposeForm) -> HttpResponse:
    page = {
        "form_title": "Propose another schedule",
        "form": form,
        "form_url": f"{_here(found)}change/",
        "form_button": "Look at it",
        "facts": plan_life.wish_facts(changes_of(found.plan_id)),
    }
    return desk.shown("order_form.html", page, status=BAD_INPUT if form.errors else 200)


def _act(desk: Desk, found: PlanMoney, *, deed: str, reason: str) -> None:
    word, _, rest = deed.partition(":")
    if word in PAUSES:
        said = _pause(desk, found, cause=PAUSES[word], reason=reason)
    elif word == "resume":
        said = _resume(desk, found, which=rest)
    elif word == "waive":
        said = _waive(desk, found, number=int(rest), reason=reason)
    elif word == "refuse_change":
        said = _refuse(desk, found, answer=reason)
    else:
        lost = collecting.give_up(
            plan_id=found.plan_id, actor=desk.actor.email, reason=reason, now=desk.now
        )
        said = f"Charged off: {money(lost)} was given up."
    record(
        actor=desk.actor.email,
        action=f"plan.{word}",
        subject=print_id(IdKind.PLAN, found.plan_id),
        now=desk.now,
        reason=reason,
    )
    messages.success(desk.request, said)


def _pause(desk: Desk, found: PlanMoney, *, cause: PauseCause, reason: str) -> str:
    credit.pause_plan(
        plan_id=found.plan_id, reason=reason, actor=desk.actor.email, now=desk.now, cause=cause
    )
    return "Paused. No card is charged until it goes on."


def _resume(desk: Desk, found: PlanMoney, *, which: str) -> str:
    cause, _, about = which.partition(":")
    credit.resume_plan(
        plan_id=found.plan_id,
        now=desk.now,
        cause=PauseCause(cause) if cause else PauseCause.BY_HAND,
        about=about,
        actor=desk.actor.email,
    )
    is_paused = credit_queries.plan_money(found.plan_id).is_paused
    return "That reason is gone; another still holds." if is_paused else "It goes on."


def _waive(desk: Desk, found: PlanMoney, *, number: int, reason: str) -> str:
    waived = credit.waive_late_fee(
        plan_id=found.plan_id, number=number, reason=reason, actor=desk.actor.email, now=desk.now
    )
    return f"Taken back: {money(waived)}."


def _refuse(desk: Desk, found: PlanMoney, *, answer: str) -> str:
    waiting = changes_of(found.plan_id).proposal
    if waiting is None or waiting.state is not ProposalState.ASKED:
        return "The buyer asks for nothing any more."
    credit.refuse_change(
        proposal_id=waiting.id, answer=answer, actor=desk.actor.email, now=desk.now
    )
    return "The buyer is told why."


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
