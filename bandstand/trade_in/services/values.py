"""
The list of values from a file, looked at first; and the terms of trading in.

Columns: phone (brand and code, as in Xiaomi/2013062), grade, value, from; and, if wished, until.
Days are the market's own. A value that stands ends where a new one begins; nothing is rewritten.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.queries import MarketRow, VariantRow
from bandstand.kernel.errors import BadInputError, DomainError, near_matches
from bandstand.money import Money, parse_money
from bandstand.plumbing import audit
from bandstand.plumbing.locks import lock
from bandstand.trade_in.models import ListedValue, TradeInPolicy
from bandstand.trade_in.rules import (
    Grade,
    Listed,
    TradeInTerms,
    ValueChange,
    fit_value,
    require_sound_terms,
)

COLUMNS: Final = ("phone", "grade", "value", "from")
REFUSED_SAYS_WHERE: Final = "Write days as 2026-12-01."


class ValueFileError(BadInputError):
    """A cell of the file that cannot be read."""

    code = "trade_in_value_file"


@dataclass(frozen=True, slots=True)
class ValueLine:
    """What a line of the file does, or did."""

    line: int
    phone: str
    grade: Grade
    value: Money
    change: ValueChange


@dataclass(frozen=True, slots=True)
class ValueRefusal:
    """A line that was not used, and how to mend it."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ValuePreview:
    """What an import does, or did if ``is_applied``."""

    lines: tuple[ValueLine, ...]
    refused: tuple[ValueRefusal, ...]
    is_applied: bool

    def number(self, change: ValueChange) -> int:
        """Return how many lines came to a change."""
        return sum(one.change is change for one in self.lines)


@transaction.atomic
def import_values(
    *, market: str, raw: bytes, apply: bool, actor: str, now: datetime
) -> ValuePreview:
    """
    Import a CSV file of values; without ``apply`` say what it would do and do nothing.

    The preview is the import itself, rolled back, so the two cannot differ.
    Raises: CatalogueNotFoundError for a market that is not there.
    Lock: one import of a market's values at a time.
    """
    place = catalogue.market(market)
    lock(f"trade_in_values:{place.code}")
    lines: list[ValueLine] = []
    refused: list[ValueRefusal] = []
    for number, row in _rows(raw, refused=refused):
        try:
            lines.append(_put(number, row, place=place, actor=actor, now=now))
        except DomainError as wrong:
            refused.append(ValueRefusal(number, wrong.message))
    preview = ValuePreview(lines=tuple(lines), refused=tuple(refused), is_applied=apply)
    if apply:
        audit.record(
            actor=actor,
            action="trade_in.values",
            subject=f"market:{place.code}",
            now=now,
            refused=str(len(refused)),
            **{change.value: str(preview.number(change)) for change in ValueChange},
        )
    else:
        transaction.set_rollback(True)
    return preview


@transaction.atomic
def set_trade_in_terms(*, terms: TradeInTerms, actor: str, now: datetime) -> None:
    """
    Say how long each step takes in a market from an instant on; what began keeps its days.

    Raises: TermsError; CatalogueNotFoundError.
    """
    require_sound_terms(terms)
    place = catalogue.market(terms.market)
    TradeInPolicy.objects.get_or_create(
        market_id=place.code,
        from_at=terms.from_at,
        defaults={
            "quote_days": terms.quote_days,
            "arrive_days": terms.arrive_days,
            "remind_days": terms.remind_days,
            "inspect_days": terms.inspect_days,
            "answer_days": terms.answer_days,
            "send_to": terms.send_to.strip(),
            "source": terms.source.strip(),
            "set_by": actor,
        },
    )
    audit.record(
        actor=actor, action="trade_in.terms", subject=f"market:{place.code}", now=now,
        quote_days=str(terms.quote_days), arrive_days=str(terms.arrive_days),
        inspect_days=str(terms.inspect_days), answer_days=str(terms.answer_days),
    )  # fmt: skip


def _put(
    number: int, row: dict[str, str], *, place: MarketRow, actor: str, now: datetime
) -> ValueLine:
    phone = catalogue.variant_by_code(row["phone"])
    grade = _grade(row["grade"])
    value = parse_money(row["value"], place.currency)
    if not value.is_positive:
        raise ValueFileError(
            "A value is more than nothing; leave out a phone that is not taken any more, and end"
            " its last value with “until”."
        )
    new = Listed(
        from_at=_midnight(row["from"], column="from", place=place),
        until_at=_midnight(row["until"], column="until", place=place) if row.get("until") else None,
        value_minor=value.minor,
    )
    change = _list(new, phone=phone, grade=grade, place=place, actor=actor, now=now)
    return ValueLine(number, phone.title, grade, value, change)


def _list(
    new: Listed, *, phone: VariantRow, grade: Grade, place: MarketRow, actor: str, now: datetime
) -> ValueChange:
    rows = ListedValue.objects.filter(market=place.code, variant=phone.id, grade=grade.value)
    listed = [Listed(row.from_at, row.until_at, row.value_minor) for row in rows]
    change = fit_value(new, listed=listed, now=now)
    if change is ValueChange.UNCHANGED:
        return change
    rows.filter(until_at=None, from_at__lt=new.from_at).update(until_at=new.from_at)
    ListedValue.objects.create(
        market_id=place.code,
        variant_id=phone.id,
        grade=grade.value,
        value_minor=new.value_minor,
        currency=place.currency,
        from_at=new.from_at,
        until_at=new.until_at,
        listed_at=now,
        listed_by=actor,
    )
    return change


def _grade(text: str) -> Grade:
    known = {one.value: one for one in Grade}
    if text.lower() not in known:
        near = near_matches(text, list(known), limit=1)
        hint = f" Did you mean “{near[0]}”?" if near else ""
        raise ValueFileError(f"“{text[:40]}” is not a grade: {', '.join(known)}.{hint}")
    return known[text.lower()]


def _midnight(text: str, *, column: str, place: MarketRow) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise ValueFileError(
            f"“{text[:40]}” in “{column}” is not a day. {REFUSED_SAYS_WHERE}"
        ) from wrong
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(place.time_zone))


def _rows(raw: bytes, *, refused: list[ValueRefusal]) -> list[tuple[int, dict[str, str]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        refused.append(ValueRefusal(1, "The file is not UTF-8 text. Save it as CSV in UTF-8."))
        return []
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    header = [name.strip().lower() for name in reader.fieldnames or []]
    reader.fieldnames = header
    if missing := [name for name in COLUMNS if name not in header]:
        near = {name: near_matches(name, header, limit=1) for name in missing}
        said = [f"{name} (is it “{of[0]}”?)" if of else name for name, of in near.items()]
        refused.append(
            ValueRefusal(1, f"The header lacks {', '.join(said)}. It needs {', '.join(COLUMNS)}.")
        )
        return []
    found = []
    for row in reader:
        if None in row:
            refused.append(
                ValueRefusal(reader.line_num, "The line has more fields than the header.")
            )
            continue
        found.append((reader.line_num, {name: value.strip() for name, value in row.items()}))
    return found
