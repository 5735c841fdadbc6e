"""Offers: the queue, one offer, and a person's decision."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.console.desk import Desk, key_of, operators_only
from bandstand.console.forms import DecideForm, hidden
from bandstand.console.pages import offers as pages
from bandstand.kernel.errors import DomainError
from bandstand.kernel.public_ids import IdKind
from bandstand.offers import services
from bandstand.plumbing.desk import exports
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed
from bandstand.plumbing.desk.frame import status_of
from bandstand.plumbing.desk.tables import Fact


@operators_only
def offers(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return exports.csv_answer(
            "offers", heads=pages.EXPORT_HEADS, rows=pages.offers_export(desk)
        )
    return desk.shown("listing.html", pages.offers_page(desk))


@operators_only
def offer(desk: Desk, offer: str) -> HttpResponse:
    offer_id = key_of(IdKind.OFFER, offer)
    return desk.shown("offer.html", pages.offer_page(offer_id, desk=desk, form=DecideForm()))


@operators_only
def decide(desk: Desk, offer: str) -> HttpResponse:
    offer_id = key_of(IdKind.OFFER, offer)
    here = f"/console/offers/{offer}/"
    if desk.request.method != "POST":
        return HttpResponseRedirect(here)
    form = DecideForm(desk.request.POST)
    if not form.is_valid():
        page = pages.offer_page(offer_id, desk=desk, form=form)
        return desk.shown("offer.html", page, status=400)
    if not is_confirmed(desk.request):
        return desk.shown("confirm.html", _question(offer_id, desk=desk, form=form, here=here))
    try:
        _decide(offer_id, desk=desk, form=form)
    except DomainError as refused:
        form.add_error(None, refused.message)
        page = pages.offer_page(offer_id, desk=desk, form=form)
        return desk.shown("offer.html", page, status=status_of(refused)[0])
    return HttpResponseRedirect(here)


def _decide(offer_id: UUID, *, desk: Desk, form: DecideForm) -> None:
    reason, actor = form.cleaned_data["reason"], desk.actor.email
    if form.cleaned_data["verdict"] == "approve":
        services.approve_review(offer_id=offer_id, reason=reason, actor=actor, now=desk.now)
        messages.success(desk.request, "Approved. The offer is on the shelf.")
    else:
        services.refuse_review(offer_id=offer_id, reason=reason, actor=actor, now=desk.now)
        messages.success(desk.request, "Refused. Its seller reads your reason.")


def _question(offer_id: UUID, *, desk: Desk, form: DecideForm, here: str) -> ConfirmPage:
    page = pages.offer_page(offer_id, desk=desk, form=form)
    approves = form.cleaned_data["verdict"] == "approve"
    return ConfirmPage(
        title=f"{'Approve' if approves else 'Refuse'} {page.title}?",
        text=(
            "The reasons for review are waived for 180 days under your name, for this seller and "
            "this variant. What the gate refuses outright stays refused."
            if approves
            else "The offer stays off the shelf until its seller asks again."
        ),
        facts=(*page.facts[:2], Fact("Your reason", form.cleaned_data["reason"])),
        action_url=page.decide_url,
        back_url=here,
        button="Yes, approve it" if approves else "Yes, refuse it",
        fields=hidden(form),
        is_bad=not approves,
    )
