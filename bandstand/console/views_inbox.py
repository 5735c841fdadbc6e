"""The inbox."""

from django.http import HttpResponse

from bandstand.console.desk import Desk, operators_only
from bandstand.console.pages.inbox import inbox_page


@operators_only
def inbox(desk: Desk) -> HttpResponse:
    return desk.shown("inbox.html", inbox_page(desk))
