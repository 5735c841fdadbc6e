"""
Import tax rates from a file: look first, then apply.

Columns: jurisdiction, kind (sales, vat, gst), rate_percent, from, source; and, if wished, title and
until. A file's rates are facts, not estimates: whoever loads them answers for them.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from bandstand.kernel.errors import DomainError, near_matches
from bandstand.plumbing import audit, locks
from bandstand.tax.models import TaxRate
from bandstand.tax.rules import (
    Rate,
    TaxKind,
    TaxRateError,
    authority_of,
    checked_jurisdiction,
    parse_percent,
    percent_text,
)
from bandstand.tax.services.outcomes import LOCK, RateOutcome, put_rate

COLUMNS: Final = ("jurisdiction", "kind", "rate_percent", "from", "source")
SOURCE_MAX: Final = 300
TITLE_MAX: Final = 80


@dataclass(frozen=True, slots=True)
class RateLine:
    """What a line of the file does, or did."""

    line: int
    jurisdiction: str
    rate: str
    from_date: date
    outcome: RateOutcome


@dataclass(frozen=True, slots=True)
class RateRefusal:
    """A line that was not used, and how to mend it."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RatePreview:
    """What an import does, or did if ``is_applied``."""

    lines: tuple[RateLine, ...]
    refused: tuple[RateRefusal, ...]
    is_applied: bool

    def number(self, outcome: RateOutcome) -> int:
        """Return how many lines came to an outcome."""
        return sum(one.outcome is outcome for one in self.lines)

    def as_json(self) -> dict[str, object]:
        """Return the preview in plain JSON values."""
        return {
            "applied": self.is_applied,
            **{one.value: self.number(one) for one in RateOutcome},
            "refused": [{"line": one.line, "reason": one.reason} for one in self.refused],
        }


@transaction.atomic
def import_rates(*, raw: bytes, apply: bool, actor: str, now: datetime) -> RatePreview:
    """
    Import a CSV file of rates; without ``apply`` say what it would do and do nothing.

    The preview is the import itself, rolled back, so the two cannot differ.
    Lock: one load or import of rates at a time.
    """
    locks.lock(LOCK)
    titles = dict(TaxRate.objects.order_by("from_date").values_list("jurisdiction", "title"))
    lines: list[RateLine] = []
    refused: list[RateRefusal] = []
    for number, row in _rows(raw, refused=refused):
        try:
            rate = _rate(row, titles=titles)
        except DomainError as wrong:
            refused.append(RateRefusal(number, wrong.message))
            continue
        outcome = put_rate(rate, actor=actor, now=now)
        lines.append(
            RateLine(
                number, rate.jurisdiction, percent_text(rate.rate_ppm), rate.from_date, outcome
            )
        )
    preview = RatePreview(lines=tuple(lines), refused=tuple(refused), is_applied=apply)
    if apply:
        audit.record(
            actor=actor,
            action="tax.rates",
            subject="file",
            now=now,
            added=str(preview.number(RateOutcome.ADDED)),
            changed=str(preview.number(RateOutcome.CHANGED)),
            refused=str(len(refused)),
        )
    else:
        transaction.set_rollback(True)
    return preview


def _rows(raw: bytes, *, refused: list[RateRefusal]) -> list[tuple[int, dict[str, str]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        refused.append(RateRefusal(1, "The file is not UTF-8 text. Save it as CSV in UTF-8."))
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    header = [name.strip().lower() for name in reader.fieldnames or []]
    reader.fieldnames = header
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        refused.append(RateRefusal(1, _missing(missing, header=header)))
        return []
    found = []
    for row in reader:
        if None in row:
            refused.append(
                RateRefusal(reader.line_num, "The line has more fields than the header.")
            )
            continue
        found.append((reader.line_num, {name: value.strip() for name, value in row.items()}))
    return found


def _missing(missing: list[str], *, header: list[str]) -> str:
    near = [near_matches(name, header, limit=1) for name in missing]
    hints = [
        f"{name} (is it “{match[0]}”?)" if match else name
        for name, match in zip(missing, near, strict=True)
    ]
    return f"The header lacks {', '.join(hints)}. It needs {', '.join(COLUMNS)}."


def _rate(row: dict[str, str], *, titles: dict[str, str]) -> Rate:
    jurisdiction = checked_jurisdiction(row["jurisdiction"])
    if not row["source"]:
        raise TaxRateError("source is empty. Say where the rate was read, and when.")
    since, until = _day(row["from"], name="from"), row.get("until", "")
    ends = _day(until, name="until") if until else None
    if ends is not None and ends <= since:
        raise TaxRateError(f"until {ends} is not after from {since}.")
    known = titles.get(jurisdiction) or titles.get(authority_of(jurisdiction))
    return Rate(
        jurisdiction=jurisdiction,
        title=(row.get("title") or known or authority_of(jurisdiction))[:TITLE_MAX],
        kind=_kind(row["kind"]),
        rate_ppm=parse_percent(row["rate_percent"]),
        from_date=since,
        until_date=ends,
        source=row["source"][:SOURCE_MAX],
        is_estimate=False,
    )


def _kind(text: str) -> TaxKind:
    known = [one.value for one in TaxKind]
    if text.lower() not in known:
        raise TaxRateError(f"“{text[:20]}” is no kind of tax. Write one of {', '.join(known)}.")
    return TaxKind(text.lower())


def _day(text: str, *, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise TaxRateError(f"{name} “{text[:20]}” is not a day. Write it as 2026-07-01.") from None
