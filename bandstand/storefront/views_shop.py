"""Looking around: home, shelf, product, what was stopped, how we decide."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, parse_id
from bandstand.offers import queries as offers
from bandstand.offers.queries import OfferPage
from bandstand.plumbing import clock
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.asking import asked_of
from bandstand.storefront.page_bytes import kept_as_bytes
from bandstand.storefront.pages.cards import product_url
from bandstand.storefront.pages.home import home_page
from bandstand.storefront.pages.product import product_page
from bandstand.storefront.pages.shelf import shelf_view
from bandstand.storefront.pages.stopped import stop_list, stopped_view
from bandstand.storefront.shop import shop

GONE = 410


@dataclass(frozen=True, slots=True)
class DecidePage:
    """What the page on deciding says of this shop."""

    operator_name: str
    network_name: str
    market_name: str
    support_email: str


@require_safe
@tells_refusals
@kept_as_bytes
def home(request: HttpRequest) -> HttpResponse:
    return page_shown(request, "home.html", page=home_page(shop(), now=clock.now()))


@require_safe
@tells_refusals
@kept_as_bytes
def shelf(request: HttpRequest) -> HttpResponse:
    here, now = shop(), clock.now()
    asked = asked_of(request.GET, shop=here, on=here.today(now))
    return page_shown(request, "shelf.html", page=shelf_view(asked, shop=here, now=now))


@require_safe
@tells_refusals
@kept_as_bytes
def product(request: HttpRequest, *, slug: str, offer: str) -> HttpResponse:
    here, now = shop(), clock.now()
    found = offers.offer_page(
        offer_id=parse_id(IdKind.OFFER, offer), now=now, network_id=here.network.id
    )
    if found is None or not _was_public(found):
        raise NotFoundError(
            "There is no such offer. It may be under another address; search for it."
        )
    row = found.offer
    if slug != row.variant_slug or offer != row.public_id:
        return redirect(product_url(slug=row.variant_slug, public_id=row.public_id), permanent=True)
    if found.hold is not None or not row.is_listed:
        stopped = stopped_view(row, hold=found.hold, shop=here, now=now)
        return page_shown(request, "stopped.html", page=stopped, status=GONE)
    page = product_page(found, shop=here, months=request.GET.get("months", ""), now=now)
    return page_shown(request, "product.html", page=page)


@require_safe
@tells_refusals
def stopped(request: HttpRequest) -> HttpResponse:
    return page_shown(request, "stop_list.html", page=stop_list(shop(), now=clock.now()))


@require_safe
@tells_refusals
def how_we_decide(request: HttpRequest) -> HttpResponse:
    here = shop()
    page = DecidePage(
        operator_name=here.operator_name,
        network_name=here.network.name,
        market_name=here.market_words,
        support_email=here.support_email,
    )
    return page_shown(request, "how_we_decide.html", page=page)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 -- Django passes the request
    lines = ("User-agent: *", "Disallow: /basket/", "Disallow: /checkout/", "Disallow: /order/")
    return HttpResponse("\n".join((*lines, "Disallow: /account/", "")), content_type="text/plain")


def _was_public(found: OfferPage) -> bool:
    # What was never on the shelf is nobody's to learn of.
    return found.offer.published_at is not None
