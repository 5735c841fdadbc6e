"""
Fields of rows and facts, read strictly: a value that has no single meaning is refused by name.

A period is written “from” and “to”, where “to” is the last day, or “from” and “until”, where
“until” is the first day after. Inside the room every period is half-open.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from bandstand.kernel.errors import near_matches
from bandstand.kernel.words import Answer, Certainty
from bandstand.radio.errors import RecordError

MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WRITTEN_DATE: Final = re.compile(
    r"(?P<year>\d{4}),?\s+(?P<month>[A-Za-z]+)(?:\s+(?P<day>\d{1,2}))?"
)
NUMBER_DATE: Final = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})(?:-(?P<day>\d{2}))?")
YEARS: Final = re.compile(r"\d{4}(?:\s*-\s*\d{4})?")
RELEASED: Final = re.compile(r"\breleased\b", re.IGNORECASE)


def read_date(field: str, value: object) -> date | None:
    """
    Return an ISO day, or None for an empty value.

    Raises: RecordError for anything else, a month without a day included.
    """
    if isinstance(value, date):
        return value
    text = str(value or "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        mend = "Write a day as YYYY-MM-DD, or leave it empty if it is open."
        raise RecordError(field=field, value=value, mend=mend) from None


def read_release(field: str, value: object) -> date | None:
    """
    Return the day from which a model was on sale, or None for an empty value.

    Reads “2024-09-20”, “2014-08”, “2025, September 09”, “2015, March” and, of an announcement with
    a release, the release: “2016, February. Released 2016, April”. A month means its first day.
    A year or a range of years names no day: None, and the reader keeps the words.

    Raises: RecordError for other words.
    """
    text = str(value or "").strip()
    if not text or YEARS.fullmatch(text):
        return None
    said = RELEASED.split(text)[-1].strip(" .")
    parsed = WRITTEN_DATE.fullmatch(said) or NUMBER_DATE.fullmatch(said)
    if parsed is not None:
        month = parsed["month"].lower()
        number = MONTHS.index(month) + 1 if month in MONTHS else 0
        try:
            return date(
                int(parsed["year"]),
                number or (int(month) if month.isdigit() else 0),
                int(parsed["day"] or 1),
            )
        except ValueError:
            pass
    mend = "Write a day (2024-09-20), a month (2014-08) or “2025, September 09”."
    raise RecordError(field=field, value=value, mend=mend)


def read_period(row: Mapping[str, object]) -> tuple[date | None, date | None]:
    """
    Return the half-open period of a row.

    Raises: RecordError if a day is malformed, or the period ends before it begins.
    """
    from_date = first_date(row, ("from", "from_date", "since"))
    last_day = first_date(row, ("to", "to_date"))
    until_date = first_date(row, ("until", "until_date"))
    if last_day is not None:
        if until_date is not None:
            mend = "Give either the last day (to) or the first day after (until), not both."
            raise RecordError(field="until", value=until_date, mend=mend)
        until_date = last_day + timedelta(days=1)
    if from_date is not None and until_date is not None and until_date <= from_date:
        mend = f"The period must end after it begins ({from_date.isoformat()})."
        raise RecordError(field="to", value=last_day or until_date, mend=mend)
    return from_date, until_date


def first_date(row: Mapping[str, object], names: Iterable[str]) -> date | None:
    """Return the first day given under any of the names of a field."""
    return next((day for name in names if (day := read_date(name, row.get(name)))), None)


def read_certainty(row: Mapping[str, object]) -> Certainty:
    """
    Return how far a row may be trusted; medium if it does not say.

    Raises: RecordError for an unknown word.
    """
    text = str(row.get("certainty") or Certainty.MEDIUM).strip().lower()
    try:
        return Certainty(text)
    except ValueError:
        mend = f"Write one of {', '.join(Certainty)}."
        raise RecordError(field="certainty", value=text, mend=mend) from None


def read_answer(field: str, value: object) -> Answer:
    """
    Return yes, no or unknown; an empty value is unknown.

    Raises: RecordError for other words.
    """
    if isinstance(value, bool):
        return Answer.YES if value else Answer.NO
    text = str(value or Answer.UNKNOWN).strip().lower()
    try:
        return Answer(text)
    except ValueError:
        mend = "Write yes, no or unknown."
        raise RecordError(field=field, value=value, mend=mend) from None


def read_words(field: str, value: object) -> list[str]:
    """
    Return a list of words from a list, or a single word as a list of one.

    Raises: RecordError for a mapping or an empty word.
    """
    items = value if isinstance(value, list | tuple) else [value]
    words = [str(item).strip() for item in items if isinstance(item, str | int)]
    if len(words) != len(items) or "" in words:
        raise RecordError(field=field, value=value, mend="Give a list of words.")
    return words


def refuse_unknown_fields(row: Mapping[str, object], known: Iterable[str], *, what: str) -> None:
    """
    Refuse a field that nothing reads, so that a mistyped rule is never silently weaker.

    Raises: RecordError naming near matches.
    """
    names = sorted(set(known))
    for field, value in row.items():
        if field not in names:
            near = near_matches(str(field), names) or names
            mend = f"{what} has no field “{field}”. Did you mean {' or '.join(near)}?"
            raise RecordError(field=str(field), value=value, mend=mend)
