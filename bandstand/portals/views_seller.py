"""A seller's desk."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from bandstand.gate.rules import Outcome
from bandstand.kernel.public_ids import IdKind
from bandstand.offers import services
from bandstand.plumbing.desk import exports
from bandstand.plumbing.desk.confirming import ConfirmPage, is_confirmed
from bandstand.portals.desk import Desk, key_of, sellers_only
from bandstand.portals.pages import seller as pages, seller_sales as sales

TOLD = {
    Outcome.ALLOW: "The offer is on the shelf.",
    Outcome.REVIEW: "The operator's staff looks at it. The reasons are below.",
    Outcome.DENY: "Still refused. Everything that is missing is below.",
}


@sellers_only
def overview(desk: Desk) -> HttpResponse:
    return desk.shown("portals/seller.html", pages.overview_page(desk))


@sellers_only
def offers(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return exports.csv_answer("offers", heads=pages.OFFER_HEADS, rows=pages.offers_export(desk))
    return desk.shown("console/listing.html", pages.offers_page(desk))


@sellers_only
def offer(desk: Desk, offer: str) -> HttpResponse:
    page = pages.offer_page(key_of(IdKind.OFFER, offer), desk=desk)
    return desk.shown("portals/seller_offer.html", page)


@sellers_only
def ask(desk: Desk, offer: str) -> HttpResponse:
    offer_id, here = key_of(IdKind.OFFER, offer), f"/portals/seller/offers/{offer}/"
    pages.offer_page(offer_id, desk=desk)  # only their own
    if desk.request.method == "POST":
        decision = services.publish(offer_id=offer_id, actor=desk.actor.email, now=desk.now)
        tell = messages.success if decision.is_allowed else messages.warning
        tell(desk.request, TOLD[decision.result])
    return HttpResponseRedirect(here)


@sellers_only
def withdraw(desk: Desk, offer: str) -> HttpResponse:
    offer_id, here = key_of(IdKind.OFFER, offer), f"/portals/seller/offers/{offer}/"
    page = pages.offer_page(offer_id, desk=desk)
    if desk.request.method != "POST":
        return HttpResponseRedirect(here)
    if not is_confirmed(desk.request):
        question = ConfirmPage(
            title=f"Take {page.title} off the shelf?",
            text="Nobody can order it from now on. Orders already placed go on. You can ask again.",
            facts=page.facts[:5],
            action_url=page.withdraw_url or here,
            back_url=here,
            button="Yes, withdraw it",
            fields=(),
            is_bad=True,
        )
        return desk.shown("console/confirm.html", question)
    services.withdraw(offer_id=offer_id, actor=desk.actor.email, now=desk.now)
    messages.success(desk.request, "Withdrawn. Nobody can order it any more.")
    return HttpResponseRedirect(here)


@sellers_only
def orders(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return exports.csv_answer("orders", heads=sales.LINE_HEADS, rows=sales.orders_export(desk))
    return desk.shown("console/listing.html", sales.orders_page(desk))


@sellers_only
def statements(desk: Desk) -> HttpResponse:
    return desk.shown("portals/statements.html", sales.statements_page(desk))
