"""Sellers' money: what is owed, the runs that pay it, and the year's report."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, money, operators_only
from bandstand.console.pages import payout_runs, payouts as pages
from bandstand.kernel.errors import BadInputError, DomainError
from bandstand.money import Money
from bandstand.payouts import services
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed
from bandstand.plumbing.desk.exports import csv_answer
from bandstand.plumbing.desk.files import private_file

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
        text="You see what it would pay before any money moves; a colleague confirms it.",
        action_url=f"{HERE}new/",
        back_url=HERE,
        button=f"Begin a run in {known[0]}" if known else "Begin",
        fields=(("currency", known[0]),) if known else (),
    )
    return desk.shown("confirm.html", question)


@operators_only
def run(desk: Desk, run: UUID) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        rows = payout_runs.run_export(run)
        return csv_answer(f"payouts-{run}", heads=payout_runs.BANK_HEADS, rows=rows)
    return desk.shown("payout_run.html", payout_runs.run_page(run, desk=desk))


@operators_only
def run_file(desk: Desk, run: UUID) -> HttpResponse:
    """Return the run's file for the bank, the same to everybody who asks."""
    found = services.run_file(run_id=run, actor=desk.actor.email, now=desk.now)
    return private_file(found.text.encode(), name=found.name)


@operators_only
def confirm_run(desk: Desk, run: UUID) -> HttpResponse:
    found, total, facts = payout_runs.run_facts(run, desk=desk)
    back = f"{HERE}runs/{run}/"
    if desk.request.method == "POST" and desk.request.POST.get("drop") == "yes":
        services.discard_run(run_id=run, actor=desk.actor.email, now=desk.now)
        messages.success(desk.request, "Dropped. Nothing has moved.")
        return HttpResponseRedirect(HERE)
    if desk.request.method == "POST" and is_confirmed(desk.request):
        paid = _confirm(desk, run, currency=found.currency)
        messages.success(desk.request, f"{paid} payouts are on their way.")
        return HttpResponseRedirect(back)
    is_mine = found.proposed_by.casefold() == desk.actor.email.casefold()
    question = {
        "title": f"Pay out {money(total)}?",
        "text": "The books move now, and the payouts are sent."
        if not is_mine
        else "You proposed this run. A colleague confirms it; you can drop it.",
        "facts": facts,
        "action_url": f"{back}confirm/",
        "back_url": back,
        "total": str(total.minor),
        "is_mine": is_mine,
    }
    return desk.shown("payout_confirm.html", question)


@operators_only
def year_report(desk: Desk) -> HttpResponse:
    """Return the yearly report of sellers as a file."""
    given = desk.request.GET.get("year", str(desk.now.year))
    if not given.isdecimal() or len(given) != YEAR_DIGITS:
        raise BadInputError(f"“{given[:20]}” is not a year. Write it as {desk.now.year}.")
    rows = pages.year_export(year=int(given), zone=desk.zone)
    return csv_answer(f"sellers-{given}", heads=pages.YEAR_HEADS, rows=rows)


def _confirm(desk: Desk, run: UUID, *, currency: str) -> int:
    seen = desk.request.POST.get("total", "")
    if not seen.isdecimal():
        raise BadInputError("The total that was looked at is missing. Open the run again.")
    return services.confirm_run(
        run_id=run, expected=Money(int(seen), currency), actor=desk.actor.email, now=desk.now
    )
