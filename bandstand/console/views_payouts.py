"""Sellers' money: what is owed, the runs that pay it, what the bank said, and the year's report."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, money, operators_only
from bandstand.console.forms import PayoutResultForm
from bandstand.console.pages import payouts as pages
from bandstand.kernel.errors import BadInputError, DomainError
from bandstand.money import Money
from bandstand.payouts import services
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed
from bandstand.plumbing.desk.exports import csv_answer

HERE = "/console/payouts/"
YEAR_DIGITS = 4


@operators_only
def payouts(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return csv_answer("sellers", heads=pages.SELLER_HEADS, rows=pages.sellers_export())
    return desk.shown("listing.html", pages.payouts_page(desk))


@operators_only
def new_run(desk: Desk) -> HttpResponse:
    """Begin a run in the one currency there is, or ask in which."""
    known = pages.currencies()
    currency = desk.request.POST.get("currency", known[0] if len(known) == 1 else "")
    if desk.request.method == "POST" and currency in known:
        try:
            run_id = services.propose_run(currency=currency, actor=desk.actor.email, now=desk.now)
        except DomainError as refused:
            messages.warning(desk.request, refused.message)
            return HttpResponseRedirect(HERE)
        return HttpResponseRedirect(f"{HERE}runs/{run_id}/")
    question = ConfirmPage(
        title="Begin a payout run?",
        text="You see what it would pay before any money moves.",
        action_url=f"{HERE}new/",
        back_url=HERE,
        button=f"Begin a run in {known[0]}" if known else "Begin",
        fields=(("currency", known[0]),) if known else (),
    )
    return desk.shown("confirm.html", question)


@operators_only
def run(desk: Desk, run: UUID) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return csv_answer(f"payouts-{run}", heads=pages.BANK_HEADS, rows=pages.run_export(run))
    return desk.shown("listing.html", pages.run_page(run, desk=desk))


@operators_only
def confirm_run(desk: Desk, run: UUID) -> HttpResponse:
    found, total, facts = pages.run_facts(run, desk=desk)
    back = f"{HERE}runs/{run}/"
    if desk.request.method == "POST" and desk.request.POST.get("drop") == "yes":
        services.discard_run(run_id=run, actor=desk.actor.email, now=desk.now)
        messages.success(desk.request, "Dropped. Nothing has moved.")
        return HttpResponseRedirect(HERE)
    if desk.request.method == "POST" and is_confirmed(desk.request):
        seen = desk.request.POST.get("total", "")
        if not seen.isdecimal():
            raise BadInputError("The total that was looked at is missing. Open the run again.")
        paid = services.confirm_run(
            run_id=run,
            expected=Money(int(seen), found.currency),
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, f"{paid} payouts are on their way to the bank.")
        return HttpResponseRedirect(back)
    question = ConfirmPage(
        title=f"Pay out {money(total)}?",
        text="The books move now. Hand the file of the run to your bank, then record its answer.",
        facts=facts,
        action_url=f"{back}confirm/",
        back_url=back,
        button="Yes, pay it out",
        fields=(("total", str(total.minor)),),
    )
    return desk.shown("confirm.html", question)


@operators_only
def result(desk: Desk, payout: UUID) -> HttpResponse:
    form = PayoutResultForm(desk.request.POST or None)
    if desk.request.method == "POST" and form.is_valid():
        state = services.record_result(
            payout_id=payout,
            is_paid=form.cleaned_data["answer"] == "paid",
            words=form.cleaned_data["words"],
            actor=desk.actor.email,
            now=desk.now,
        )
        messages.success(desk.request, f"Recorded: {pages.PAYOUT_WORDS[state][0].lower()}.")
        return HttpResponseRedirect(HERE)
    page = {
        "form_title": "What did the bank say?",
        "form": form,
        "form_url": f"{HERE}{payout}/result/",
        "form_button": "Record it",
        "facts": (),
    }
    return desk.shown("order_form.html", page)


@operators_only
def year_report(desk: Desk) -> HttpResponse:
    """Return the yearly report of sellers as a file."""
    given = desk.request.GET.get("year", str(desk.now.year))
    if not given.isdecimal() or len(given) != YEAR_DIGITS:
        raise BadInputError(f"“{given[:20]}” is not a year. Write it as {desk.now.year}.")
    rows = pages.year_export(year=int(given), zone=desk.zone)
    return csv_answer(f"sellers-{given}", heads=pages.YEAR_HEADS, rows=rows)
