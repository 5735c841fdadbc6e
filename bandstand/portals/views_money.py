"""A seller's money."""

from django.http import HttpResponse

from bandstand.catalogue import queries as catalogue
from bandstand.parties import queries as parties
from bandstand.plumbing.desk import exports
from bandstand.portals.desk import Desk, sellers_only
from bandstand.portals.pages import seller_money as pages


@sellers_only
def money(desk: Desk) -> HttpResponse:
    """Return the seller's balance and statement in the currency of the shop's home market."""
    currency = catalogue.market(parties.operator().home_market).currency
    if desk.request.GET.get("format") == "csv":
        rows = pages.money_export(desk, currency=currency)
        return exports.csv_answer("statement", heads=pages.MONEY_HEADS, rows=rows)
    return desk.shown("console/listing.html", pages.money_page(desk, currency=currency))
