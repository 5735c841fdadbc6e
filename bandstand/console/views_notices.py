"""Notices: the list, and one with everything that came of it."""

from django.http import HttpResponse

from bandstand.console.desk import Desk, key_of, operators_only
from bandstand.console.pages import notices as pages
from bandstand.kernel.public_ids import IdKind
from bandstand.plumbing.desk import exports

EXPORT_HEADS = (
    "number",
    "state",
    "brand",
    "party",
    "filed_by",
    "stops",
    "received_at",
    "lifted_at",
)


@operators_only
def notices(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") == "csv":
        return exports.csv_answer("notices", heads=EXPORT_HEADS, rows=pages.notices_export(desk))
    return desk.shown("listing.html", pages.notices_page(desk))


@operators_only
def notice(desk: Desk, notice: str) -> HttpResponse:
    page = pages.notice_page(key_of(IdKind.NOTICE, notice), desk=desk)
    return desk.shown("notice.html", page)
