"""
Files for credit bureaus: CSV, and rows of 426 characters in the manner of the industry's segment.

The second is written from general knowledge of the Metro 2 base segment (known 2026-11-22); the
Credit Reporting Resource Guide of the Consumer Data Industry Association is not public and was not
read. Have the bureau check a test file before the first real one.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Final, Protocol

from bandstand.credit.rules.bureau import BureauFormat, BureauRow, ReportStatus

SEGMENT: Final = 426
HUNDRED: Final = 100
STATUS_CODES: Final = {
    ReportStatus.CURRENT: "11",
    ReportStatus.SETTLED: "13",
    ReportStatus.CHARGED_OFF: "97",
    ReportStatus.DELETED: "DA",
}
PAST_DUE_CODES: Final = {30: "71", 60: "78", 90: "80", 120: "82", 150: "83", 180: "84"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Whose plan it is, as far as the order says."""

    surname: str
    first_name: str
    street: str = ""
    city: str = ""
    area: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FileHead:
    """Who reports, and when the file was made."""

    furnisher: str
    furnisher_id: str
    made_at: datetime


class BureauFile(Protocol):
    """How one format writes rows."""

    suffix: str

    def write(self, rows: Iterable[tuple[BureauRow, Subject]], *, head: FileHead) -> Iterator[str]:
        """Yield the file, line by line."""


class CsvFile:
    """Every field by its name; amounts in minor units."""

    suffix = "csv"

    def write(self, rows: Iterable[tuple[BureauRow, Subject]], *, head: FileHead) -> Iterator[str]:
        """Yield the heading and the rows."""
        names = [one.name for one in fields(BureauRow)]
        people = [one.name for one in fields(Subject)]
        yield _line(["furnisher", *names, *people])
        for row, subject in rows:
            told = row.as_json()
            yield _line(
                [
                    head.furnisher,
                    *(told[name] for name in names),
                    *(getattr(subject, name) for name in people),
                ]
            )


class MetroFile:
    """One base segment a plan; without header and trailer records, which are the bureau's own."""

    suffix = "txt"

    def write(self, rows: Iterable[tuple[BureauRow, Subject]], *, head: FileHead) -> Iterator[str]:
        """Yield the segments."""
        for row, subject in rows:
            yield metro_segment(row, subject, head=head) + "\n"


FILES: Final[Mapping[BureauFormat, BureauFile]] = {
    BureauFormat.CSV: CsvFile(),
    BureauFormat.METRO: MetroFile(),
}


def metro_segment(row: BureauRow, subject: Subject, *, head: FileHead) -> str:
    """
    Return one plan as 426 characters.

    What the shop does not hold (social security number, birth date, telephone) is left blank.
    """
    return "".join(
        (
            f"{SEGMENT:04}",
            "1",
            f"{head.made_at:%m%d%Y%H%M%S}",
            " ",
            _text(head.furnisher_id, 20),
            "  ",
            _text(row.account.replace("_", ""), 30),
            "I",  # an instalment account
            "06",  # an instalment sales contract
            _day(row.opened_on),
            _number(0),
            _number(_whole(row.original)),
            f"{row.months:03}"[:3],
            "M",
            _number(_whole(row.scheduled)),
            _number(0),
            _status_code(row),
            _payment_rating(row),
            _metro_profile(row.profile),
            "  ",
            _condition(row),
            _number(_whole(row.balance)),
            _number(_whole(row.past_due)),
            _number(_whole(row.charged_off)),
            _day(row.as_of),
            _day(row.first_delinquent_on),
            _day(row.closed_on),
            _day(row.last_paid_on),
            "F",  # a fixed rate
            " " * 17,
            _text(subject.surname, 25),
            _text(subject.first_name, 20),
            " " * 20,
            " ",
            " " * 9,
            " " * 8,
            " " * 10,
            "1",  # one person answers for it
            "  ",
            _text(subject.country, 2),
            _text(subject.street, 32),
            " " * 32,
            _text(subject.city, 20),
            _text(subject.area, 2),
            _text(subject.postal_code.replace("-", ""), 9),
            " ",
            " ",
        )
    )


def file_of(fmt: BureauFormat) -> BureauFile:
    """Return how a format writes."""
    return FILES[fmt]


def _status_code(row: BureauRow) -> str:
    return STATUS_CODES.get(row.status) or PAST_DUE_CODES[row.bucket]


def _payment_rating(row: BureauRow) -> str:
    return "0" if row.status is ReportStatus.SETTLED else " "


def _metro_profile(profile: str) -> str:
    # A settled month after the end is one without history.
    return profile.replace("S", "D")


def _condition(row: BureauRow) -> str:
    """Return how a dispute is told: open, or looked into and closed."""
    if row.is_disputed:
        return "XB"
    return "XH" if row.was_disputed else "  "


def _whole(minor: int) -> int:
    """Return whole units of a currency of hundredths; the format has no cents."""
    return minor // HUNDRED


def _number(value: int) -> str:
    return f"{max(value, 0):09}"[-9:]


def _text(text: str, size: int) -> str:
    letters = unicodedata.normalize("NFKD", text.upper())
    plain = "".join(
        letter if letter.isascii() else "" if unicodedata.combining(letter) else " "
        for letter in letters
    )
    return f"{plain:<{size}}"[:size]


def _day(day: date | None) -> str:
    return "00000000" if day is None else f"{day:%m%d%Y}"


def _line(values: Iterable[object]) -> str:
    sheet = io.StringIO()
    csv.writer(sheet).writerow(["" if value is None else value for value in values])
    return sheet.getvalue()
