"""Promotions at a seller's or brand's desk: look, and say yes or no to paying for one."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind
from bandstand.portals.desk import Desk, brands_only, key_of, sellers_only
from bandstand.portals.pages import promotions as pages
from bandstand.promotions import queries, services

BAD_INPUT = 422


class AnswerForm(forms.Form):
    """Whether a party pays for a promotion."""

    answer = forms.ChoiceField(
        label="Do you pay for it?",
        choices=[
            ("agree", "Yes: it starts, and we owe its credits from each sale"),
            ("refuse", "No: nothing is promised in our name"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose yes or no."},
    )
    reason = forms.CharField(
        label="Reason",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The operator reads it.",
    )


@sellers_only
def seller_promotions(desk: Desk) -> HttpResponse:
    return desk.shown("console/listing.html", pages.promotions_page(desk))


@brands_only
def brand_promotions(desk: Desk) -> HttpResponse:
    return desk.shown("console/listing.html", pages.promotions_page(desk))


@sellers_only
def seller_promotion(desk: Desk, promotion: str) -> HttpResponse:
    return _answered(desk, promotion)


@brands_only
def brand_promotion(desk: Desk, promotion: str) -> HttpResponse:
    return _answered(desk, promotion)


def _answered(desk: Desk, promotion: str) -> HttpResponse:
    key = key_of(IdKind.PROMOTION, promotion)
    found = next((one for one in queries.funded_by(desk.party.id) if one[0].id == key), None)
    if found is None:
        raise NotFoundError("There is no such promotion.", given=promotion)
    row, numbers = found
    form = AnswerForm(desk.request.POST if desk.request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        agrees = form.cleaned_data["answer"] == "agree"
        services.answer_promotion(
            promotion_id=key,
            funder_id=desk.party.id,
            agrees=agrees,
            reason=form.cleaned_data["reason"],
            actor=desk.actor.email,
            now=desk.now,
        )
        said = "runs within its dates." if agrees else "does not run."
        messages.success(desk.request, f"“{row.name}” {said}")
        return HttpResponseRedirect(pages.here_of(desk))
    page = {
        "form_title": row.name,
        "form": form,
        "form_url": desk.request.path,
        "form_button": "Answer",
        "facts": pages.promotion_facts(row, numbers, zone=desk.zone),
    }
    status = BAD_INPUT if form.is_bound else 200
    return desk.shown("console/order_form.html", page, status=status)
