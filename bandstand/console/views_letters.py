"""Letters: the list, and one to read."""

from uuid import UUID

from django.http import HttpResponse

from bandstand.console.desk import Desk, operators_only
from bandstand.console.pages import letters as pages
from bandstand.plumbing.desk import exports
from bandstand.plumbing.desk.asking import Asking


@operators_only
def letters(desk: Desk) -> HttpResponse:
    if desk.request.GET.get("format") != "csv":
        return desk.shown("listing.html", pages.letters_page(desk))
    asking = Asking.of(desk.request)
    every = exports.every_page(lambda at: pages.found_letters(asking, page=at))
    rows = (
        (one.subject, one.to_address, one.kind, one.about, one.queued_at.isoformat(),
         one.sent_at.isoformat() if one.sent_at else "", one.attempts, one.body)
        for page in every
        for one in page.letters
    )  # fmt: skip
    return exports.csv_answer("letters", heads=pages.EXPORT_HEADS, rows=rows)


@operators_only
def letter(desk: Desk, letter: UUID) -> HttpResponse:
    return desk.shown("letter.html", pages.letter_page(letter, desk=desk))
