"""A published schedule as a row of text: its conventions in words, read into terms."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from bandstand.money.amount import Money
from bandstand.money.changes import (
    Change,
    ExtraEffect,
    ExtraPayment,
    FurtherAdvance,
    RateChange,
    SkippedPayment,
    restate,
)
from bandstand.money.currencies import minor_per_major
from bandstand.money.day_count import NOMINAL, DayCount, parse_day_count
from bandstand.money.errors import ScheduleError
from bandstand.money.months import Frequency, due_dates, parse_frequency
from bandstand.money.rounding import Rounding, round_exact
from bandstand.money.schedule import (
    Conventions,
    InterestType,
    ScheduleLine,
    ScheduleTerms,
    build_schedule,
    down_payment_line,
)
from bandstand.money.vector_report import Row

_ANY_DAY: Final = date(2001, 1, 1)
"""Where a table gives no dates its periods are equal, so any start will do."""

_CURRENCY_BY_DECIMALS: Final = {0: "JPY", 2: "USD", 3: "KWD"}
_UNUSED: Final = frozenset({"", "n/a", "none", "null"})


def lines_of_row(row: Row) -> tuple[ScheduleLine, ...]:
    """
    Build the payments that a published row describes, a down payment on day 0 as the first.

    Raises: ScheduleError if the row cannot be read or makes no plan.
    """
    currency = _CURRENCY_BY_DECIMALS.get(_decimals(row), "USD")
    price = _money(row, column="principal", currency=currency)
    start = _date(row.get("disbursed_on", "")) or _ANY_DAY
    down = _down_payment(row, price=price)
    dates = _due_dates(row, start=start)
    first: tuple[ScheduleLine, ...] = ()
    if down.is_positive:
        first = (down_payment_line(down, on=start, price=price),)
        dates = tuple(day for day in dates if day > start)
    terms = ScheduleTerms(
        financed=price - down,
        contract_date=start,
        due_dates=dates,
        rate_percent=_number(row, column="annual_rate_pct"),
        conventions=_conventions(row, currency=currency),
    )
    schedule = build_schedule(terms)
    if changes := _changes(row, currency=currency):
        schedule = restate(schedule, changes=changes)
    later = (replace(line, nr=line.nr + len(first)) for line in schedule.lines)
    return (*first, *later)


def dates_of_row(row: Row) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """
    Return the published due dates of a row and those that its frequency gives.

    Raises: ScheduleError if the row names no dates or no frequency.
    """
    published = tuple(day for day in _published_dates(row) if day is not None)
    if not published:
        return (), ()
    words = row.get("frequency", "")
    seed = re.search(r"(?:seed|anchor) day (\d+)", words)
    ours = due_dates(
        published[0],
        count=len(published),
        frequency=parse_frequency(words),
        anchor=int(seed[1]) if seed else 0,
    )
    return published, ours


def _conventions(row: Row, *, currency: str) -> Conventions:
    words = row.get("rounding", "").casefold()
    whole_unit = minor_per_major(currency)
    step = re.search(r"multiples? of (\d+)", words)
    multiple = int(step[1]) * whole_unit if step else 1
    if "whole currency unit" in words:
        multiple = whole_unit
    named = _rounding(words)
    interest = None if "unrounded" in words else named
    rounds_up = "rounded up" in words
    return Conventions(
        day_count=_day_count(row),
        frequency=_frequency(row),
        interest_rounding=interest,
        instalment_rounding=Rounding.CEILING if rounds_up else interest,
        multiple_of=multiple,
        smoothed=interest is not None,
        last_carries=_last_carries(row, words),
        interest_type=_interest_type(row.get("interest_type", "")),
    )


def _rounding(words: str) -> Rounding:
    for name in ("half_even", "half_up", "floor", "ceiling"):
        if name in words.replace("-", "_"):
            return Rounding(name)
    return Rounding.HALF_EVEN


def _last_carries(row: Row, words: str) -> bool:
    if "not adjusted" in words:
        return False
    # A table whose principal does not add up leaves the remainder open, unless it says that the
    # last payment takes it.
    leaves_open = row.get("principal_sums", "").casefold() == "false"
    return not leaves_open or "smaller" in words or bool(json.loads(row.get("events") or "[]"))


def _interest_type(words: str) -> InterestType:
    folded = words.casefold()
    if "flat" in folded:
        return InterestType.FLAT
    if "equal principal" in folded:
        return InterestType.EQUAL_PRINCIPAL
    return InterestType.EQUAL_INSTALMENT


def _day_count(row: Row) -> DayCount:
    if _date(row.get("disbursed_on", "")) is None:
        return NOMINAL
    return parse_day_count(row.get("day_count") or "n/a")


def _frequency(row: Row) -> Frequency:
    return parse_frequency(row.get("frequency", ""))


def _decimals(row: Row) -> int:
    found = re.search(r"(\d) dp", row.get("rounding", ""))
    return int(found[1]) if found else 2


def _due_dates(row: Row, *, start: date) -> tuple[date, ...]:
    published = _published_dates(row)
    if published and all(published):
        return tuple(day for day in published if day is not None)
    frequency = _frequency(row)
    count = int(_number(row, column="n_payments"))
    first = published[0] if published else None
    if first is None:
        return due_dates(start, count=count + 1, frequency=frequency)[1:]
    return due_dates(first, count=count, frequency=frequency)


def _published_dates(row: Row) -> list[date | None]:
    entries = json.loads(row.get("due_dates") or "[]")
    if isinstance(entries, str):
        entries = json.loads(entries)
    return [_date(str(entry)) for entry in entries]


def _down_payment(row: Row, *, price: Money) -> Money:
    text = row.get("down_payment", "").strip().casefold()
    if text in _UNUSED:
        return Money.zero(price.currency)
    found = re.match(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<percent>%)?", text)
    if found is None:
        raise ScheduleError(f"{text!r} is not a down payment; write 250 or 25%.", text=text)
    number = Fraction(found["number"])
    exact = (
        price.minor * number / 100 if found["percent"] else number * minor_per_major(price.currency)
    )
    return Money(round_exact(exact, rounding=Rounding.HALF_EVEN), price.currency)


def _changes(row: Row, *, currency: str) -> tuple[Change, ...]:
    entries: Sequence[Mapping[str, object]] = json.loads(row.get("events") or "[]")
    return tuple(_change(entry, currency=currency) for entry in entries)


def _change(entry: Mapping[str, object], *, currency: str) -> Change:
    kind = str(entry.get("type") or entry.get("event") or entry.get("kind") or "").casefold()
    on = _date(str(entry.get("date") or entry.get("on") or ""))
    if on is None:
        raise ScheduleError(f"The event {dict(entry)!r} has no date; write one as 2026-12-31.")
    if "skip" in kind or "missed" in kind:
        return SkippedPayment(on)
    if "rate" in kind:
        return RateChange(on, _decimal(entry.get("rate") or entry.get("annual_rate_pct")))
    amount = _minor_money(_decimal(entry.get("amount")), currency=currency)
    if "disburs" in kind or "advance" in kind:
        return FurtherAdvance(on, amount)
    if any(word in kind for word in ("extra", "prepay", "early", "payment")):
        lowers = "lower" in str(entry.get("effect", "")).casefold()
        return ExtraPayment(on, amount, ExtraEffect.LOWER if lowers else ExtraEffect.SHORTEN)
    raise ScheduleError(
        f"{kind!r} is no event of a plan; write skip, rate_change, disbursement or extra_payment.",
        kind=kind,
    )


def _money(row: Row, *, column: str, currency: str) -> Money:
    return _minor_money(_number(row, column=column), currency=currency)


def _minor_money(amount: Decimal, *, currency: str) -> Money:
    minor = Fraction(amount) * minor_per_major(currency)
    if minor.denominator != 1:
        raise ScheduleError(f"{amount} has more decimals than the table is rounded to.")
    return Money(int(minor), currency)


def _number(row: Row, *, column: str) -> Decimal:
    try:
        return _decimal(row.get(column))
    except ScheduleError as refused:
        raise ScheduleError(f"Column {column}: {refused}", column=column) from refused


def _decimal(value: object) -> Decimal:
    try:
        return Decimal(str(value).replace(",", ""))
    except InvalidOperation as refused:
        raise ScheduleError(f"{value!r} is not a number; write digits and a point.") from refused


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
