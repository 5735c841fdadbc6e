"""Where a phone has been."""

from django.http import HttpResponse

from bandstand.console.desk import Desk, key_of, operators_only
from bandstand.console.pages import units as pages
from bandstand.kernel.errors import BadInputError
from bandstand.kernel.public_ids import IdKind


@operators_only
def units(desk: Desk) -> HttpResponse:
    asked = desk.request.GET
    if not asked:
        return desk.shown("unit.html", pages.ask_page(pages.UnitForm()))
    form = pages.UnitForm(asked)
    if not form.is_valid():
        return desk.shown("unit.html", pages.ask_page(form), status=400)
    try:
        return desk.shown("unit.html", pages.found_page(form, desk=desk))
    except BadInputError as wrong:
        form.add_error(None, wrong.message)
        return desk.shown("unit.html", pages.ask_page(form), status=400)


@operators_only
def unit(desk: Desk, *, offer: str, unit: str) -> HttpResponse:
    offer_id, unit_id = key_of(IdKind.OFFER, offer), key_of(IdKind.UNIT, unit)
    return desk.shown("unit.html", pages.unit_page(offer_id, unit_id, desk=desk))
