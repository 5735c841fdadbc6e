"""The page behind the right-to-sell badge."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, parse_id
from bandstand.offers import queries as offers
from bandstand.plumbing import clock
from bandstand.storefront.answers import page_shown, tells_refusals
from bandstand.storefront.page_bytes import kept_as_bytes
from bandstand.storefront.pages.cards import product_url
from bandstand.storefront.pages.evidence import evidence_page
from bandstand.storefront.shop import shop


@require_safe
@tells_refusals
@kept_as_bytes
def evidence(request: HttpRequest, *, slug: str, offer: str) -> HttpResponse:
    here, now = shop(), clock.now()
    found = offers.offer_page(
        offer_id=parse_id(IdKind.OFFER, offer), now=now, network_id=here.network.id
    )
    if found is None or found.offer.published_at is None:
        raise NotFoundError("There is no such offer. It may be under another address.")
    row = found.offer
    at_home = product_url(slug=row.variant_slug, public_id=row.public_id)
    if found.hold is not None or not row.is_listed:
        return redirect(at_home)
    if slug != row.variant_slug or offer != row.public_id:
        return redirect(f"{at_home}evidence/", permanent=True)
    page = evidence_page(row, shop=here, now=now)
    return page_shown(request, "evidence.html", page=page)
