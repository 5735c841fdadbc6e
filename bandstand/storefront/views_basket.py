"""The basket: put in, pay otherwise, take out, and look at it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bandstand.kernel.errors import BadInputError, NotFoundError, RefusedError
from bandstand.kernel.public_ids import IdKind, parse_id
from bandstand.offers import queries as offers
from bandstand.offers.queries import PlanChoice
from bandstand.orders import queries as orders, services
from bandstand.orders.queries import BasketPage
from bandstand.orders.rules import BasketNotFoundError
from bandstand.parties.access import actor_of
from bandstand.plumbing import clock
from bandstand.storefront import visits
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.pages.basket import basket_view
from bandstand.storefront.pages.product import OUTRIGHT
from bandstand.storefront.shop import shop


@require_safe
@never_cache
@tells_refusals
def basket(request: HttpRequest) -> HttpResponse:
    return page_shown(
        request, "basket.html", page=basket_view(standing(request), locale=shop().locale)
    )


@require_POST
@tells_refusals
def add(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    offer_id = parse_id(IdKind.OFFER, request.POST.get("offer", ""))
    found = offers.offer_page(offer_id=offer_id, now=now)
    if found is None:
        raise NotFoundError("There is no such offer. Choose one from the shelf.")
    terms_id = _terms(found.plans, months=request.POST.get("months", OUTRIGHT))
    try:
        where = _open(request)
        services.add_line(basket_id=where, offer_id=offer_id, terms_id=terms_id, now=now)
    except RefusedError as refused:
        messages.error(request, refused.message)
        return redirect("storefront:basket")
    visits.keep_basket(request, where)
    messages.success(request, f"{found.offer.title} is in your basket.")
    return redirect("storefront:basket")


@require_POST
@tells_refusals
def change(request: HttpRequest, line: UUID) -> HttpResponse:
    now = clock.now()
    page = _required(request)
    found = next((one for one in page.lines if one.id == line), None)
    if found is None:
        messages.info(request, "That is no longer in the basket.")
        return redirect("storefront:basket")
    terms_id = _terms(found.plans, months=request.POST.get("months", OUTRIGHT))
    try:
        services.change_terms(basket_id=page.id, line_id=line, terms_id=terms_id, now=now)
    except RefusedError as refused:
        messages.error(request, refused.message)
    return redirect("storefront:basket")


@require_POST
@tells_refusals
def remove(request: HttpRequest, line: UUID) -> HttpResponse:
    page = _required(request)
    try:
        services.remove_line(basket_id=page.id, line_id=line)
    except RefusedError as refused:
        messages.error(request, refused.message)
    visits.keep_basket(request, page.id)
    return redirect("storefront:basket")


@require_POST
@tells_refusals
def accept_prices(request: HttpRequest) -> HttpResponse:
    page = _required(request)
    shown = [
        (line.id, line.price)
        for line in page.lines
        if _was_shown(request, line=line.id, minor=line.price.minor)
    ]
    services.see_prices(basket_id=page.id, seen=shown)
    if len(shown) < sum(line.is_price_changed for line in page.lines):
        messages.warning(request, "A price changed once more while you looked. Please look again.")
    return redirect("storefront:basket")


def standing(request: HttpRequest) -> BasketPage | None:
    """Return the visitor's basket as it stands; None if they have none."""
    where = visits.basket_id(request)
    if where is None:
        return None
    try:
        page = orders.basket_page(basket_id=where, now=clock.now())
    except BasketNotFoundError:
        page = None
    if page is None or page.is_closed:
        visits.forget_basket(request)
        return None
    return page


def _required(request: HttpRequest) -> BasketPage:
    page = standing(request)
    if page is None:
        raise NotFoundError("Your basket is empty, or it was bought. Begin another from the shelf.")
    return page


def _open(request: HttpRequest) -> UUID:
    page = standing(request)
    if page is not None:
        return page.id
    actor = actor_of(request.user)
    return services.open_basket(
        person_id=actor.person_id, market=shop().market.code, now=clock.now()
    )


def _terms(plans: tuple[PlanChoice, ...], *, months: str) -> UUID | None:
    if months == OUTRIGHT:
        return None
    by_months = {str(one.terms.months): one.terms.id for one in plans}
    if months not in by_months:
        offered = ", ".join([OUTRIGHT, *by_months])
        raise BadInputError(
            f"“{months[:20]}” is not a way to pay for this. Choose one of {offered}."
        )
    return by_months[months]


def _was_shown(request: HttpRequest, *, line: UUID, minor: int) -> bool:
    # Only the price that stood on the page is accepted, not one that came after it.
    return request.POST.get(f"price-{line}") == str(minor)
