"""Promotions at the desk: make one after a look at what it costs, start it, end it, pay out."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, key_of, money, operators_only
from bandstand.console.forms import ReasonForm
from bandstand.console.pages import promotion as one_page, promotions as pages
from bandstand.console.promotion_form import PromotionForm
from bandstand.kernel.errors import DomainError, NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.parties import queries as parties
from bandstand.plumbing.desk.confirming import (
    ConfirmPage,
    is_confirmed,
    kept_fields,
    wants_to_edit,
)
from bandstand.plumbing.desk.exports import csv_answer
from bandstand.plumbing.desk.tables import Fact
from bandstand.promotions import queries, services
from bandstand.promotions.services import PromotionTerms

BAD_INPUT = 422


class ReferenceForm(forms.Form):
    """The bank's word for a payment that was made."""

    reference = forms.CharField(
        label="Bank reference",
        max_length=80,
        help_text="Of the payment to the buyer that you have made.",
        error_messages={"required": "Give the reference, so that the payment can be found again."},
    )


@operators_only
def promotions(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        rows = pages.promotions_export(desk)
        return csv_answer("promotions", heads=pages.HEADS, rows=rows)
    return desk.shown("listing.html", pages.promotions_page(desk))


@operators_only
def promotion(desk: Desk, promotion: str) -> HttpResponse:
    found = key_of(IdKind.PROMOTION, promotion)
    return desk.shown("listing.html", one_page.promotion_view(found, desk=desk))


@operators_only
def new_promotion(desk: Desk) -> HttpResponse:
    form = PromotionForm(desk.request.POST or None)
    is_sent = desk.request.method == "POST" and not wants_to_edit(desk.request)
    if not is_sent or not form.is_valid():
        return _form(desk, form, status=BAD_INPUT if is_sent else 200)
    terms = form.terms()
    if not is_confirmed(desk.request):
        return desk.shown("confirm.html", _preview(desk, terms=terms))
    try:
        made = services.make_promotion(terms=terms, actor=desk.actor.email, now=desk.now)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _form(desk, form, status=BAD_INPUT)
    messages.success(desk.request, f"“{terms.name}” is a draft. Start it when you are ready.")
    return HttpResponseRedirect(_address(made))


@operators_only
def start(desk: Desk, promotion: str) -> HttpResponse:
    found = queries.promotion_page(key_of(IdKind.PROMOTION, promotion))
    row = found.promotion
    if desk.request.method == "POST" and is_confirmed(desk.request):
        services.start_promotion(promotion_id=row.id, actor=desk.actor.email, now=desk.now)
        said = f"{row.funder_name} was asked." if row.funder_id else f"“{row.name}” runs."
        messages.success(desk.request, said)
        return HttpResponseRedirect(_address(row.id))
    asks = f"It runs once {row.funder_name} agrees in its portal." if row.funder_id else ""
    question = ConfirmPage(
        title=f"Ask {row.funder_name}?" if row.funder_id else f"Start “{row.name}”?",
        text=asks or "Plans sold from now on within its dates come with its credits.",
        facts=one_page.row_facts(row, found.numbers),
        action_url=f"{_address(row.id)}start/",
        back_url=_address(row.id),
        button="Yes, ask" if row.funder_id else "Yes, start it",
        fields=(),
    )
    return desk.shown("confirm.html", question)


@operators_only
def end(desk: Desk, promotion: str) -> HttpResponse:
    found = queries.promotion_page(key_of(IdKind.PROMOTION, promotion))
    row = found.promotion

    def act(form: forms.Form) -> str:
        services.end_promotion(
            promotion_id=row.id,
            reason=form.cleaned_data["reason"],
            actor=desk.actor.email,
            now=desk.now,
        )
        return f"“{row.name}” has ended. What was promised is given all the same."

    facts = one_page.row_facts(row, found.numbers)
    return _asked(desk, ReasonForm, title=f"End “{row.name}”?", facts=facts, act=act)


@operators_only
def pay_out(desk: Desk, plan: str) -> HttpResponse:
    plan_id = key_of(IdKind.PLAN, plan)
    found = queries.plan_credits(plan_id, now=desk.now)
    if found is None:
        raise NotFoundError("No credits were promised with that plan.")

    def act(form: forms.Form) -> str:
        paid = services.pay_out_owed(
            plan_id=plan_id,
            reference=form.cleaned_data["reference"],
            actor=desk.actor.email,
            now=desk.now,
        )
        return f"{money(paid)} is noted as paid to the buyer."

    facts = (
        Fact("Plan", print_id(IdKind.PLAN, plan_id)),
        Fact("Promotion", found.name),
        Fact("Owed to the buyer", money(found.owed)),
    )
    return _asked(desk, ReferenceForm, title="Paid to the buyer?", facts=facts, act=act)


def _asked(
    desk: Desk,
    kind: type[forms.Form],
    *,
    title: str,
    facts: tuple[Fact, ...],
    act: Callable[[forms.Form], str],
) -> HttpResponse:
    """Ask for the one thing a deed needs, and do it."""
    form = kind(desk.request.POST if desk.request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        messages.success(desk.request, act(form))
        return HttpResponseRedirect(pages.HERE)
    page = {
        "form_title": title,
        "form": form,
        "form_url": desk.request.path,
        "form_button": "Yes, do it",
        "facts": facts,
    }
    return desk.shown("order_form.html", page, status=BAD_INPUT if form.is_bound else 200)


def _form(desk: Desk, form: PromotionForm, *, status: int) -> HttpResponse:
    page = {
        "form_title": "A new promotion",
        "form": form,
        "form_url": f"{pages.HERE}new/",
        "form_button": "See what it applies to",
        "facts": (),
    }
    return desk.shown("order_form.html", page, status=status)


def _preview(desk: Desk, *, terms: PromotionTerms) -> ConfirmPage:
    found = queries.preview(
        market=terms.market, scope=terms.scope, amount=terms.amount, uses_max=terms.uses_max
    )
    funder = "" if terms.funder_id is None else parties.party(terms.funder_id).trading_name
    return ConfirmPage(
        title=f"Make “{terms.name}”?",
        text="It becomes a draft; nothing is promised before you start it.",
        facts=one_page.preview_facts(terms, found, funder=funder, zone=desk.zone),
        warning="" if found.offers else "It applies to no offer on the shelf now.",
        action_url=f"{pages.HERE}new/",
        back_url=pages.HERE,
        button="Yes, make it",
        fields=kept_fields(desk.request),
        can_edit=True,
    )


def _address(promotion_id: UUID) -> str:
    return f"{pages.HERE}{print_id(IdKind.PROMOTION, promotion_id)}/"
