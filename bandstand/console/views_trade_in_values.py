"""What phones are worth, the terms of trading in, and the phones that are ours."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, operators_only
from bandstand.console.forms import hidden
from bandstand.console.pages import trade_in_values as pages
from bandstand.console.pages.trade_in import HERE
from bandstand.console.trade_in_forms import TermsForm, ValuesForm
from bandstand.kernel.errors import DomainError
from bandstand.parties import queries as parties
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed
from bandstand.plumbing.desk.exports import csv_answer
from bandstand.trade_in import services

BAD_INPUT = 422


@operators_only
def values(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        rows = pages.values_export(desk)
        return csv_answer("trade-in-values", heads=pages.VALUE_HEADS, rows=rows)
    return desk.shown("listing.html", pages.values_page(desk))


@operators_only
def stock(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return csv_answer("trade-in-stock", heads=pages.STOCK_HEADS, rows=pages.stock_export())
    return desk.shown("listing.html", pages.stock_page(desk))


@operators_only
def import_values(desk: Desk) -> HttpResponse:
    given = desk.request.POST if desk.request.method == "POST" else None
    form = ValuesForm(given, initial={"market": parties.operator().home_market})
    url, title = f"{HERE}values/import/", "Import what phones are worth"
    if given is None or not form.is_valid():
        return _form(desk, form, title=title, url=url)
    applies = is_confirmed(desk.request)
    try:
        preview = services.import_values(
            market=form.cleaned_data["market"],
            raw=form.cleaned_data["values"].encode(),
            apply=applies,
            actor=desk.actor.email,
            now=desk.now,
        )
    except DomainError as refused:
        form.add_error("market", refused.message)
        return _form(desk, form, title=title, url=url)
    if applies:
        messages.success(desk.request, f"Imported {len(preview.lines)} values.")
        return HttpResponseRedirect(f"{HERE}values/")
    if not preview.lines:
        for one in preview.refused:
            form.add_error("values", f"Line {one.line}: {one.reason}")
        return _form(desk, form, title=title, url=url)
    question = ConfirmPage(
        title="Import these values?",
        text="They count from the day each names. What was quoted keeps its value.",
        facts=pages.preview_facts(preview),
        action_url=url,
        back_url=f"{HERE}values/",
        button="Yes, import them",
        fields=hidden(form),
    )
    return desk.shown("confirm.html", question)


@operators_only
def terms(desk: Desk) -> HttpResponse:
    given = desk.request.POST if desk.request.method == "POST" else None
    market = desk.request.GET.get("market", parties.operator().home_market)[:3]
    form = TermsForm(given, initial={"market": market, **pages.standing_terms(market, desk=desk)})
    url = f"{HERE}terms/"
    if given is not None and form.is_valid():
        try:
            services.set_trade_in_terms(
                terms=form.terms(from_at=desk.now), actor=desk.actor.email, now=desk.now
            )
        except DomainError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(desk.request, "Set, from now on. What began keeps its days.")
            return HttpResponseRedirect(f"{HERE}values/")
    return _form(desk, form, title="Terms of trading in", url=url, button="Set them")


def _form(
    desk: Desk, form: forms.Form, *, title: str, url: str, button: str = "Look at it"
) -> HttpResponse:
    page = {
        "form_title": title,
        "form": form,
        "form_url": url,
        "form_button": button,
        "facts": (),
    }
    return desk.shown("order_form.html", page, status=BAD_INPUT if form.errors else 200)
