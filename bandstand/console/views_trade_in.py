"""Phones being traded in: the queue, the scan, the inspection, the way back, the money."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, money, operators_only
from bandstand.console.forms import hidden
from bandstand.console.pages import (
    trade_in as queue_pages,
    trade_in_money as money_pages,
    trade_in_one as one_pages,
)
from bandstand.console.trade_in_forms import (
    BackForm,
    DisposalForm,
    InspectForm,
    PayoutForm,
    ScanForm,
)
from bandstand.kernel.errors import DomainError, NotFoundError
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed
from bandstand.plumbing.desk.exports import csv_answer
from bandstand.plumbing.desk.tables import Fact
from bandstand.trade_in import access, queries, services
from bandstand.trade_in.queries import CreditPayoutRow, TradeInPage
from bandstand.trade_in.rules import DisposalKind, InspectionVerdict, Outcome

HERE = queue_pages.HERE
BAD_INPUT = 422
OUTCOMES = {
    Outcome.CREDIT: "It is credited",
    Outcome.REVALUE: "Its owner is asked to take less, or to have it back",
    Outcome.REFUSE: "It goes back to its owner, free",
}


@operators_only
def trade_ins(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        rows = queue_pages.queue_export(desk)
        return csv_answer("trade-ins", heads=queue_pages.HEADS, rows=rows)
    return desk.shown("listing.html", queue_pages.queue_page(desk))


@operators_only
def scan(desk: Desk) -> HttpResponse:
    form = ScanForm(desk.request.POST if desk.request.method == "POST" else None)
    if desk.request.method == "POST" and form.is_valid():
        try:
            reference = services.receive(
                scanned=form.cleaned_data["code"], actor=desk.actor.email, now=desk.now
            )
        except DomainError as refused:
            form.add_error("code", refused.message)
        else:
            messages.success(desk.request, f"{reference} is here.")
            return HttpResponseRedirect(f"{HERE}{reference}/")
    return _form(desk, form, title="Scan a phone", url=f"{HERE}scan/", button="It is here")


@operators_only
def trade_in(desk: Desk, reference: str) -> HttpResponse:
    return desk.shown("trade_in.html", one_pages.trade_in_page(_found(desk, reference), desk=desk))


@operators_only
def inspect(desk: Desk, reference: str) -> HttpResponse:
    found = _found(desk, reference)
    url = f"{HERE}{found.row.reference}/inspect/"
    given = desk.request.POST if desk.request.method == "POST" else None
    form = InspectForm(given, initial={"phone": found.row.variant_key})
    if given is None or not form.is_valid():
        return _form(desk, form, title=_looked_at(found), url=url, button="What does it come to?")
    try:
        seen = form.seen()
        if is_confirmed(desk.request):
            verdict = services.inspect(
                trade_in_id=found.row.id, seen=seen, actor=desk.actor.email, now=desk.now
            )
            messages.success(desk.request, f"{OUTCOMES[verdict.outcome]}.")
            return HttpResponseRedirect(f"{HERE}{found.row.reference}/")
        verdict = services.foresee(trade_in_id=found.row.id, seen=seen, now=desk.now)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _form(desk, form, title=_looked_at(found), url=url, button="What does it come to?")
    question = ConfirmPage(
        title=f"{OUTCOMES[verdict.outcome]}?",
        text="Nothing is written down yet. A phone is looked at once.",
        facts=_verdict_facts(found, verdict),
        action_url=url,
        back_url=url,
        button="Yes, write it down",
        fields=hidden(form),
        is_bad=verdict.outcome is Outcome.REFUSE,
    )
    return desk.shown("confirm.html", question)


@operators_only
def send_back(desk: Desk, reference: str) -> HttpResponse:
    found = _found(desk, reference)
    form = BackForm(desk.request.POST if desk.request.method == "POST" else None)
    if desk.request.method == "POST" and form.is_valid():
        services.send_back(
            trade_in_id=found.row.id,
            carrier=form.cleaned_data["carrier"],
            tracking=form.cleaned_data["tracking"],
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, "It is on its way back; its owner was told.")
        return HttpResponseRedirect(f"{HERE}{found.row.reference}/")
    url = f"{HERE}{found.row.reference}/back/"
    title = f"Send {found.row.reference} back"
    return _form(desk, form, title=title, url=url, button="It is on its way")


@operators_only
def dispose(desk: Desk, reference: str) -> HttpResponse:
    found = _found(desk, reference)
    url = f"{HERE}{found.row.reference}/gone/"
    given = desk.request.POST if desk.request.method == "POST" else None
    form = DisposalForm(given, currency=found.row.value.currency)
    title = f"{found.row.reference} leaves the stock"
    if given is None or not form.is_valid():
        return _form(desk, form, title=title, url=url, button="Look at it")
    if is_confirmed(desk.request):
        services.dispose(
            trade_in_id=found.row.id,
            kind=DisposalKind(form.cleaned_data["kind"]),
            proceeds=form.amount(),
            reason=form.cleaned_data["reason"],
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, "It has left the stock.")
        return HttpResponseRedirect(f"{HERE}stock/")
    question = ConfirmPage(
        title=f"{title}?",
        text="The books move now.",
        facts=(
            Fact("Phone", found.row.title),
            Fact("It cost", money(found.row.value)),
            Fact("It brought", money(form.amount())),
            Fact("To whom", form.cleaned_data["reason"]),
        ),
        action_url=url,
        back_url=f"{HERE}{found.row.reference}/",
        button="Yes, it is gone",
        fields=hidden(form),
    )
    return desk.shown("confirm.html", question)


@operators_only
def payouts(desk: Desk) -> HttpResponse:
    return desk.shown("listing.html", money_pages.payouts_page(desk))


@operators_only
def payout(desk: Desk, payout: UUID) -> HttpResponse:
    row = next((one for one in queries.open_payouts() if one.id == payout), None)
    if row is None:
        raise NotFoundError("There is no such payout, or it has ended.")
    given = desk.request.POST if desk.request.method == "POST" else None
    form = PayoutForm(given, deeds=money_pages.DEEDS[row.state])
    facts = money_pages.payout_facts(row)
    if given is not None and form.is_valid():
        if form.cleaned_data["deed"] == "show":
            account = services.show_account(payout_id=payout, actor=desk.actor.email, now=desk.now)
            facts += (
                Fact("Holder", account.holder),
                Fact("Routing number", account.routing or "none: an IBAN"),
                Fact("Account", account.number),
            )
        else:
            _move_payout(desk, row, form=form)
            return HttpResponseRedirect(f"{HERE}payouts/")
    page = {
        "form_title": f"{money(row.amount)} for {row.reference}",
        "form": form,
        "form_url": f"{HERE}payouts/{payout}/",
        "form_button": "Do it",
        "facts": facts,
    }
    return desk.shown("order_form.html", page, status=BAD_INPUT if form.errors else 200)


def _move_payout(desk: Desk, row: CreditPayoutRow, *, form: PayoutForm) -> None:
    actor, now = desk.actor.email, desk.now
    deed, words = form.cleaned_data["deed"], form.cleaned_data["words"]
    if deed == "propose":
        services.propose_payout(payout_id=row.id, actor=actor, now=now)
        messages.success(desk.request, "Proposed. Somebody else must confirm it.")
    elif deed == "confirm":
        services.confirm_payout(payout_id=row.id, actor=actor, now=now)
        messages.success(desk.request, "Confirmed. Order it at the bank, and record its answer.")
    elif deed == "turn_down":
        services.turn_down_payout(payout_id=row.id, reason=words, actor=actor, now=now)
        messages.success(desk.request, "Turned down; its owner was told why.")
    else:
        services.record_bank_answer(
            payout_id=row.id, is_paid=deed == "paid", words=words, actor=actor, now=now
        )
        messages.success(desk.request, "Recorded.")


def _found(desk: Desk, reference: str) -> TradeInPage:
    return queries.trade_in_page(access.trade_in_for(desk.actor, reference))


def _looked_at(found: TradeInPage) -> str:
    return f"Look at {found.row.reference}: {found.row.title}"


def _verdict_facts(found: TradeInPage, verdict: InspectionVerdict) -> tuple[Fact, ...]:
    facts = [Fact("Quoted", money(found.row.quoted)), Fact("It comes to", money(verdict.value))]
    return (*facts, *(Fact("Why", reason) for reason in verdict.reasons))


def _form(desk: Desk, form: forms.Form, *, title: str, url: str, button: str) -> HttpResponse:
    page = {
        "form_title": title,
        "form": form,
        "form_url": url,
        "form_button": button,
        "facts": (),
    }
    return desk.shown("order_form.html", page, status=BAD_INPUT if form.errors else 200)
