"""One payout, a seller's account, and the way a currency is paid: what staff see and decide."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, operators_only
from bandstand.console.pages import payout_runs, payouts as pages
from bandstand.console.payout_forms import BlockForm, ResultForm, RouteForm
from bandstand.kernel.errors import NotFoundError
from bandstand.payouts import queries, services
from bandstand.payouts.gateways import gateway
from bandstand.payouts.queries import AccountRow, PayoutRow
from bandstand.payouts.rules import CAME_BACK, FileForm
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed
from bandstand.plumbing.desk.tables import Fact
from bandstand.plumbing.desk.words import time_cell

HERE = "/console/payouts/"


@operators_only
def payout(desk: Desk, payout: UUID) -> HttpResponse:
    """Show a payout; where people bring the bank's answer, take it from the first of two."""
    row = queries.payout(payout)
    readings = queries.open_readings(payout_id=payout)
    if readings:
        return HttpResponseRedirect(f"{HERE}{payout}/answer/")
    facts = payout_runs.payout_facts(row, desk=desk)
    by_hand = not row.gateway or gateway(row.gateway).is_by_hand
    if row.state in CAME_BACK or not by_hand:
        return desk.shown("payout.html", {"title": _title(row), "facts": facts, "back": HERE})
    form = ResultForm(desk.request.POST or None)
    if desk.request.method == "POST" and form.is_valid():
        services.propose_result(
            payout_id=payout,
            move=form.move,
            words=form.cleaned_data["words"],
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, "Noted. It counts when a colleague has read the same.")
        return HttpResponseRedirect(HERE)
    page = {
        "form_title": "What did the bank say?",
        "form": form,
        "form_url": f"{HERE}{payout}/",
        "form_button": "Note it",
        "facts": facts,
    }
    return desk.shown("order_form.html", page)


@operators_only
def answer(desk: Desk, payout: UUID) -> HttpResponse:
    """Ask the second person whether the bank says what the first has read."""
    row = queries.payout(payout)
    reading = next(iter(queries.open_readings(payout_id=payout)), None)
    if reading is None:
        return HttpResponseRedirect(f"{HERE}{payout}/")
    if desk.request.method == "POST" and desk.request.POST.get("drop") == "yes":
        services.drop_result(result_id=reading.id, actor=desk.actor.email, now=desk.now)
        messages.success(desk.request, "Dropped. Nothing has moved.")
        return HttpResponseRedirect(f"{HERE}{payout}/")
    if desk.request.method == "POST" and is_confirmed(desk.request):
        state = services.confirm_result(result_id=reading.id, actor=desk.actor.email, now=desk.now)
        messages.success(desk.request, f"Recorded: {payout_runs.PAYOUT_WORDS[state][0].lower()}.")
        return HttpResponseRedirect(HERE)
    is_mine = reading.proposed_by.casefold() == desk.actor.email.casefold()
    question = {
        "title": f"{payout_runs.MOVE_WORDS[reading.move]}?",
        "text": "You read it. A colleague reads it too; you can drop it."
        if is_mine
        else f"{reading.proposed_by} read: {reading.words}. Look at the bank's own words.",
        "facts": payout_runs.payout_facts(row, desk=desk),
        "action_url": f"{HERE}{payout}/answer/",
        "back_url": HERE,
        "button": "Yes, I read the same",
        "is_mine": is_mine,
    }
    return desk.shown("payout_confirm.html", question)


@operators_only
def account(desk: Desk, account: UUID) -> HttpResponse:
    """Show a seller's account, masked; stop payouts to it."""
    row = next((one for one in _current() if one.id == account), None)
    if row is None:
        raise NotFoundError("There is no such account, or another took its place.")
    facts = _account_facts(row, desk=desk)
    form = BlockForm(desk.request.POST or None)
    if desk.request.method == "POST" and form.is_valid():
        services.block_account(
            account_id=account,
            reason=form.cleaned_data["reason"],
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, "Stopped. The seller was written to.")
        return HttpResponseRedirect(HERE)
    if row.blocked_at is not None:
        return desk.shown("payout.html", {"title": "Account", "facts": facts, "back": HERE})
    page = {
        "form_title": "Stop payouts to this account?",
        "form": form,
        "form_url": f"{HERE}accounts/{account}/",
        "form_button": "Stop them",
        "facts": facts,
    }
    return desk.shown("order_form.html", page)


@operators_only
def route(desk: Desk) -> HttpResponse:
    """Say by which way sellers are paid in a currency from now on."""
    known = pages.currencies() or (desk.request.GET.get("currency", "USD")[:3],)
    form = RouteForm(desk.request.POST or None, currencies=known)
    if desk.request.method == "POST" and form.is_valid():
        if not is_confirmed(desk.request):
            return desk.shown("confirm.html", _route_question(form))
        services.set_payout_route(
            currency=form.cleaned_data["currency"],
            gateway=form.cleaned_data["gateway"],
            form=FileForm(form.cleaned_data["form"]),
            debtor=form.cleaned_data["account"],
            cooling_days=form.cleaned_data["cooling_days"],
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, "Set. Runs confirmed from now on go this way.")
        return HttpResponseRedirect(HERE)
    page = {
        "form_title": "How sellers are paid",
        "form": form,
        "form_url": f"{HERE}route/",
        "form_button": "Look at it",
        "facts": (),
    }
    return desk.shown("order_form.html", page)


def _route_question(form: RouteForm) -> ConfirmPage:
    told = form.cleaned_data
    account = told["account"]
    return ConfirmPage(
        title=f"Pay sellers in {told['currency']} this way?",
        text="Runs confirmed from now on go this way; earlier ones stay as they are.",
        facts=(
            Fact("By", gateway(told["gateway"]).label),
            Fact("File", told["form"]),
            Fact("From", f"{account.holder}, {account.masked}" if account else "–"),
            Fact("A changed account waits", f"{told['cooling_days']} days"),
        ),
        action_url=f"{HERE}route/",
        back_url=HERE,
        button="Yes, set it",
        fields=tuple(
            (name, str(told.get(name) or ""))
            for name in ("currency", "gateway", "form", "debtor", "iban", "cooling_days")
        ),
    )


def _current() -> list[AccountRow]:
    return [row for _, row in queries.accounts_stated()]


def _account_facts(row: AccountRow, *, desk: Desk) -> tuple[Fact, ...]:
    others = queries.others_with(row.id)
    facts = [
        Fact("Account", row.masked),
        Fact("Held by", row.holder),
        Fact("Currency", row.currency),
        Fact("Stated by", row.stated_by),
        Fact("Stated", time_cell(row.stated_at, zone=desk.zone).text),
        Fact("May be paid to from", time_cell(row.usable_from, zone=desk.zone).text),
    ]
    if row.blocked_at is not None:
        facts.append(Fact("Stopped because", row.blocked_reason))
    if others:
        facts.append(Fact("Also given by", ", ".join(others)))
    return tuple(facts)


def _title(row: PayoutRow) -> str:
    return f"Payout to {row.seller}"
