"""Who a seller is."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from bandstand.plumbing import clock
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.pages.seller import seller_page
from bandstand.storefront.shop import shop


@require_safe
@tells_refusals
def seller(request: HttpRequest, slug: str) -> HttpResponse:
    page = seller_page(slug, shop=shop(), now=clock.now())
    return page_shown(request, "seller.html", page=page)
