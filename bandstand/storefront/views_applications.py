"""The answer to an application for a plan, and the ways on from it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bandstand.credit.links import read_application_token
from bandstand.credit.queries.applications import ApplicationPage, application_page
from bandstand.credit.rules.eligibility import ApplicationOutcome
from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError
from bandstand.orders import queries as orders, services
from bandstand.orders.queries import BasketLineRow
from bandstand.orders.rules import BasketNotFoundError
from bandstand.orders.services.applying import accept_counter_offer
from bandstand.plumbing import clock
from bandstand.storefront import visits
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.pages.applications import application_view
from bandstand.storefront.shop import shop


@require_http_methods(["GET", "POST"])
@never_cache
@tells_refusals
def application(request: HttpRequest, token: str) -> HttpResponse:
    found = application_page(read_application_token(token))
    if request.method == "POST":
        return _act(request, found)
    here = shop()
    view = application_view(
        found, line=_line(found), locale=here.locale, zone=here.market.time_zone
    )
    return page_shown(request, "application.html", page=view)


@require_safe
@never_cache
@tells_refusals
def notice(request: HttpRequest, token: str) -> HttpResponse:  # noqa: ARG001 -- Django passes the request
    """Return the newest notice byte for byte, as it was mailed."""
    found = application_page(read_application_token(token))
    if not found.notices:
        raise NotFoundError("There is no notice for this application.")
    return HttpResponse(found.notices[0].text, content_type="text/plain; charset=utf-8")


def _act(request: HttpRequest, found: ApplicationPage) -> HttpResponse:
    """Accept the offer, buy outright, or go on; whoever holds the link may."""
    deed, line = request.POST.get("deed", ""), _line(found)
    if deed not in {"accept", "outright", "go"}:
        raise BadInputError("Say accept, outright or go.")
    if line is None:
        raise RefusedError("This is no longer in the basket. Choose it again from the shelf.")
    basket, now = found.row.group_id, clock.now()
    if deed == "accept":
        _require_newest(found)
        accept_counter_offer(basket_id=basket, decision_id=found.decision.id, now=now)
        said = "The down payment is changed. Read the credit terms below and agree to them."
    elif deed == "outright":
        services.change_terms(basket_id=basket, line_id=line.id, terms_id=None, now=now)
        said = f"{line.offer.title} is bought outright now; there is no plan to agree to."
    else:
        said = "Go on: the plan is approved at the price below."
    visits.keep_basket(request, basket)
    messages.success(request, said)
    return redirect("storefront:checkout")


def _require_newest(found: ApplicationPage) -> None:
    if found.decision.outcome is not ApplicationOutcome.COUNTER_OFFER:
        raise RefusedError("There is no offer on this application.")


def _line(found: ApplicationPage) -> BasketLineRow | None:
    """Return the line of the basket that the application is about, while it can be bought."""
    subject: UUID = found.decision.subject_id
    try:
        page = orders.basket_page(basket_id=found.row.group_id, now=clock.now())
    except BasketNotFoundError:
        return None
    if page.is_closed:
        return None
    return next((one for one in page.lines if one.id == subject and one.can_be_bought), None)
