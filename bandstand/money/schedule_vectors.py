"""Published instalment schedules, read and checked row by row."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bandstand.kernel.errors import BadInputError
from bandstand.money.errors import ScheduleError
from bandstand.money.schedule import ScheduleLine
from bandstand.money.schedule_rows import dates_of_row, lines_of_row
from bandstand.money.vector_report import Check, Row, VectorReport, decimals_of, report_of

_FIGURES = ("principal", "interest", "total", "balance_after")


@dataclass(frozen=True, slots=True)
class _Figure:
    name: str
    expected: Decimal
    got: Decimal


def check_schedule_rows(rows: Iterable[Row]) -> VectorReport:
    """
    Rebuild the schedule of each row and compare every published figure with it.

    A row without amounts is checked for its due dates only. A row that cannot be read fails and
    says why.
    Shape: rows have id, principal, annual_rate_pct, n_payments, frequency, day_count,
    interest_type, rounding, down_payment, disbursed_on, due_dates, events, expected and
    principal_sums, all text, as ``csv.DictReader`` gives them.
    """
    return report_of(_check(row) for row in rows)


def _check(row: Row) -> Check:
    name = row.get("id", "?")
    try:
        wrong = _wrong_figures(row)
    except (BadInputError, InvalidOperation, ValueError) as refused:
        return Check(
            name, "a readable row", f"unreadable: {refused}", is_passed=False, is_exact=False
        )
    if not wrong:
        return Check(name, "as published", "as published", is_passed=True, is_exact=True)
    return Check(
        name,
        expected="; ".join(f"{figure.name} {figure.expected}" for figure in wrong),
        got="; ".join(f"{figure.name} {figure.got}" for figure in wrong),
        is_passed=False,
        is_exact=False,
    )


def _wrong_figures(row: Row) -> list[_Figure]:
    published = _published(row)
    if not any(entry.get(figure) is not None for entry in published for figure in _FIGURES):
        return _wrong_dates(row)
    by_nr = {line.nr: line for line in lines_of_row(row)}
    # A table shows all its figures to the same decimals, though JSON may drop their zeros.
    decimals = max(
        decimals_of(Decimal(str(entry[figure])))
        for entry in published
        for figure in _FIGURES
        if entry.get(figure) is not None
    )
    return [
        figure
        for entry in published
        for figure in _compared(entry, line=by_nr.get(int(str(entry["nr"]))), decimals=decimals)
        if figure.expected != figure.got
    ]


def _published(row: Row) -> Sequence[Mapping[str, object]]:
    try:
        entries = json.loads(row.get("expected") or "[]")
    except json.JSONDecodeError as refused:
        raise ScheduleError(f"Expected lines are a JSON list: {refused}.") from refused
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) and "nr" in entry for entry in entries
    ):
        raise ScheduleError("Expected lines are a JSON list of objects with their nr.")
    return entries


def _compared(
    entry: Mapping[str, object], *, line: ScheduleLine | None, decimals: int
) -> Iterable[_Figure]:
    if line is None:
        yield _Figure(f"payment {entry['nr']}", Decimal(1), Decimal(0))
        return
    step = Decimal(1).scaleb(-decimals)
    for figure in _FIGURES:
        if entry.get(figure) is None:
            continue
        amount = getattr(line, figure).major.quantize(step)
        yield _Figure(f"{figure} {line.nr}", Decimal(str(entry[figure])), amount)


def _wrong_dates(row: Row) -> list[_Figure]:
    published, ours = dates_of_row(row)
    if not published:
        raise ScheduleError("The row has neither amounts nor due dates to check.")
    return [
        _Figure(f"date {nr}", *(Decimal(day.strftime("%Y%m%d")) for day in pair))
        for nr, pair in enumerate(zip(published, ours, strict=True), start=1)
        if pair[0] != pair[1]
    ]
