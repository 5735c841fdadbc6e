"""A credit bureau's file: the rows of the credit room, with the names that only orders know."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from bandstand.credit.models import Plan
from bandstand.credit.queries.bureau import RecordRow, bureau_report, report_records
from bandstand.credit.rules.bureau import BureauFormat
from bandstand.credit.rules.bureau_files import FileHead, Subject, file_of
from bandstand.orders.models import OrderLine

PAGE: Final = 500
NOBODY: Final = Subject(surname="", first_name="")


def bureau_file(report_id: UUID, *, fmt: BureauFormat | None = None) -> tuple[str, Iterator[str]]:
    """
    Return the name of a report's file and its lines, corrections in the place of what was wrong.

    ``fmt`` takes the place of the format that the market's policy names.
    Raises: NoSuchReportError.
    """
    report = bureau_report(report_id)
    writer = file_of(fmt or report.format)
    head = FileHead(
        furnisher=report.furnisher, furnisher_id=report.furnisher_id, made_at=report.made_at
    )
    rows = (
        (kept.row, subjects.get(kept.plan_id, NOBODY))
        for kept_rows in _pages(report_records(report_id))
        for subjects in [subjects_of([kept.plan_id for kept in kept_rows])]
        for kept in kept_rows
    )
    name = f"credit-report-{report.market}-{report.as_of}.{writer.suffix}"
    return name, writer.write(rows, head=head)


def subjects_of(plan_ids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    """Return whose plans these are, as their orders say."""
    lines = dict(Plan.objects.filter(pk__in=plan_ids).values_list("order_line_id", "id"))
    found = OrderLine.objects.filter(pk__in=lines).select_related("order")
    return {
        lines[line.id]: _subject(line.order.buyer_name, address=line.order.address)
        for line in found
    }


def _subject(name: str, *, address: Mapping[str, str]) -> Subject:
    first, _, last = name.strip().rpartition(" ")
    return Subject(
        surname=last,
        first_name=first,
        street=address.get("street_address", ""),
        city=address.get("city", ""),
        area=address.get("country_area", ""),
        postal_code=address.get("postal_code", ""),
        country=address.get("country_code", ""),
    )


def _pages(rows: Iterator[RecordRow]) -> Iterator[list[RecordRow]]:
    page: list[RecordRow] = []
    for row in rows:
        page.append(row)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page
