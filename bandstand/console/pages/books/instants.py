"""Which instant the books are asked about: two days in the address, one for each clock."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bandstand.console.desk import Desk
from bandstand.ledger.queries import AsOf
from bandstand.plumbing.desk.asking import Asking
from bandstand.plumbing.desk.tables import DayField

EFFECTIVE_LABEL: Final = "Took effect by"
RECORDED_LABEL: Final = "As known by"


@dataclass(frozen=True, slots=True)
class AskedInstant:
    """The instant asked about, the fields that ask it, and how it reads."""

    as_of: AsOf
    fields: tuple[DayField, ...]
    words: str


def asked_instant(asking: Asking, *, desk: Desk) -> AskedInstant:
    """Return the instant an address asks about; a day counts to its end, in the shop's zone."""
    by, known = asking.day("by"), asking.day("known")
    words = [f"movements that took effect by {by:%-d %B %Y}"] if by else []
    words += [f"as the books stood on {known:%-d %B %Y}"] if known else []
    return AskedInstant(
        as_of=AsOf(
            effective_before=end_of(by, zone=desk.zone),
            recorded_before=end_of(known, zone=desk.zone),
        ),
        fields=(
            DayField("by", EFFECTIVE_LABEL, by.isoformat() if by else ""),
            DayField("known", RECORDED_LABEL, known.isoformat() if known else ""),
        ),
        words=", ".join(words),
    )


def end_of(day: date | None, *, zone: str) -> datetime | None:
    """Return the instant a day ends in a zone."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZoneInfo(zone))


def begin_of(day: date | None, *, zone: str) -> datetime | None:
    """Return the instant a day begins in a zone."""
    return None if day is None else datetime.combine(day, time.min, tzinfo=ZoneInfo(zone))
