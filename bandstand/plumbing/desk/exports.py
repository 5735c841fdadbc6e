"""Lists as files for a spreadsheet."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO
from typing import Final, Protocol, TypeVar

from django.http import HttpResponse

ROWS_MAX: Final = 20_000
FORMULA_STARTS: Final = ("=", "+", "@", "\t", "\r")
"""
What makes a spreadsheet run a cell. A cell that begins so is given an apostrophe first.

Source: OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection (from general
knowledge; not re-read).
"""


class Paged(Protocol):
    """A page of a list that knows how many there are."""

    @property
    def pages(self) -> int: ...


Page = TypeVar("Page", bound=Paged)


def csv_answer(
    name: str, *, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Return rows as a CSV file to keep, at most ``ROWS_MAX`` of them."""
    sheet = StringIO()
    writer = csv.writer(sheet)
    writer.writerow(heads)
    for written, row in enumerate(rows, start=1):
        if written > ROWS_MAX:
            writer.writerow([f"Cut after {ROWS_MAX} rows; narrow the filter for the rest."])
            break
        writer.writerow([_harmless(str(value)) for value in row])
    return HttpResponse(
        sheet.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def every_page(read: Callable[[int], Page]) -> Iterator[Page]:
    """Yield a list page by page until its last."""
    at, last = 1, 1
    while at <= last:
        page = read(at)
        last = page.pages
        yield page
        at += 1


def _harmless(text: str) -> str:
    is_formula = text.startswith(FORMULA_STARTS) or (
        text.startswith("-") and not text[1:].replace(".", "").isdecimal()
    )
    return f"'{text}" if is_formula else text
