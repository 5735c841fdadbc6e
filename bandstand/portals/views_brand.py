"""A brand's desk."""

from django.http import HttpResponse

from bandstand.kernel.public_ids import IdKind
from bandstand.plumbing.desk import exports
from bandstand.portals.desk import Desk, brands_only, key_of
from bandstand.portals.pages import authorised, brand as pages


@brands_only
def overview(desk: Desk) -> HttpResponse:
    return desk.shown("portals/brand.html", pages.overview_page(desk))


@brands_only
def offers(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return exports.csv_answer(
            "offers", heads=pages.EXPORT_HEADS, rows=pages.offers_export(desk)
        )
    return desk.shown("console/listing.html", pages.offers_page(desk))


@brands_only
def offer(desk: Desk, offer: str) -> HttpResponse:
    page = pages.offer_page(key_of(IdKind.OFFER, offer), desk=desk)
    return desk.shown("portals/brand_offer.html", page)


@brands_only
def sellers(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return exports.csv_answer(
            "authorised-sellers", heads=authorised.HEADS, rows=authorised.sellers_export(desk)
        )
    return desk.shown("console/listing.html", authorised.sellers_page(desk))


@brands_only
def rights(desk: Desk) -> HttpResponse:
    return desk.shown("portals/rights.html", pages.rights_page(desk))
