"""Published examples of annual percentage rates, read and checked row by row."""

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from bandstand.kernel.errors import near_matches
from bandstand.money.apr import AprResult, Regime, eu_aprc_of_runs, runs_of, us_apr_of_runs
from bandstand.money.equation import Run
from bandstand.money.errors import AprError
from bandstand.money.vector_report import Check, Row, VectorReport, decimals_of, report_of

TOLERANCE: Final = Decimal("0.00001")
"""
Percentage points. Some publishers print six decimals of an iteration that stopped early or of an
amount that was rounded for print; their last digit is off while ours is exact. A hundred-thousandth
of a point is far below any legal tolerance (1/8 point; one decimal).
"""

_FRACTION: Final = re.compile(r"\s*(?P<top>\d+(?:\.\d+)?)\s*(?:/\s*(?P<bottom>\d+))?\s*")


def check_apr_rows(rows: Iterable[Row]) -> VectorReport:
    """
    Compare the rate of each row with the published one, to its printed decimals.

    A row that cannot be read fails and says why.
    Shape: rows have id, regime, unit_period, unit_periods_per_year, advances, payments,
    expected_apr_pct and expected_decimals, all text, as ``csv.DictReader`` gives them.
    """
    return report_of(_check(row) for row in rows)


def apr_of_row(row: Row) -> AprResult:
    """
    Compute the rate of one row.

    Raises: AprError if the row cannot be read or has no rate.
    """
    regime = _regime(_cell(row, "regime"))
    advances = _runs(_cell(row, "advances"), regime=regime)
    payments = _runs(_cell(row, "payments"), regime=regime)
    if regime is not Regime.US_APPENDIX_J:
        return eu_aprc_of_runs(advances=advances, payments=payments, regime=regime)
    return us_apr_of_runs(
        advances=advances,
        payments=payments,
        unit=row.get("unit_period", ""),
        per_year=parse_time(_cell(row, "unit_periods_per_year")),
    )


def parse_time(text: str) -> Fraction:
    """
    Read a time written as a sum: ``3``, ``1.5``, ``19/30``, ``3/365+2/12``.

    Raises: AprError if it is not such a sum.
    """
    total = Fraction(0)
    for term in text.split("+"):
        found = _FRACTION.fullmatch(term)
        if found is None or found["bottom"] == "0":
            raise AprError(f"{text!r} is not a time; write a sum such as 2/12+3/365.", text=text)
        total += Fraction(found["top"]) / int(found["bottom"] or 1)
    return total


def _check(row: Row) -> Check:
    name = row.get("id", "?")
    expected = row.get("expected_apr_pct", "")
    try:
        printed = Decimal(expected)
        decimals = int(row.get("expected_decimals") or decimals_of(printed))
        result = apr_of_row(row)
    except (AprError, InvalidOperation, ValueError) as refused:
        return Check(name, expected, f"unreadable: {refused}", is_passed=False, is_exact=False)
    got = result.rounded(decimals)
    is_close = abs(result.rate - printed) <= TOLERANCE
    return Check(
        name, expected, str(got), is_passed=got == printed or is_close, is_exact=got == printed
    )


def _cell(row: Row, column: str) -> str:
    text = row.get(column)
    if not text:
        known = ", ".join(row)
        raise AprError(f"The row has no {column!r}; its columns are {known}.", column=column)
    return text


def _regime(text: str) -> Regime:
    folded = text.upper()
    for prefix, regime in (
        ("US", Regime.US_APPENDIX_J),
        ("EU", Regime.EU_APRC),
        ("UK", Regime.UK_APRC),
        ("GB", Regime.UK_APRC),
    ):
        if folded.startswith(prefix):
            return regime
    near = near_matches(text, list(Regime)) or list(Regime)
    raise AprError(f"{text!r} is no regime; write one of {', '.join(near)}.", regime=text)


def _runs(text: str, *, regime: Regime) -> tuple[Run, ...]:
    try:
        entries = json.loads(text)
    except json.JSONDecodeError as refused:
        raise AprError(f"Flows are a JSON list: {refused}.") from refused
    if not isinstance(entries, list) or not entries:
        raise AprError("Flows are a JSON list with at least one entry.")
    if isinstance(entries[0], list) and regime is not Regime.US_APPENDIX_J:
        return runs_of((*_pair(entry), 0) for entry in entries)
    return tuple(_run(entry) for entry in entries)


def _run(entry: object) -> Run:
    if not isinstance(entry, Mapping) or "amount" not in entry:
        raise AprError(f"A run is an object with amount, n, t, f, step; got {entry!r}.")
    whole, part, step = (
        parse_time(str(entry.get(key, default)))
        for key, default in (("t", 0), ("f", 0), ("step", 1))
    )
    return Run(
        Fraction(str(entry["amount"])),
        count=int(str(entry.get("n", 1))),
        whole=_plain(whole),
        part=_plain(part),
        step=_plain(step),
    )


def _pair(entry: object) -> tuple[Fraction, int | Fraction]:
    if not isinstance(entry, list) or len(entry) != 2:  # noqa: PLR2004 -- an amount and its time
        raise AprError(f"A flow is a list of amount and time in years; got {entry!r}.")
    return Fraction(str(entry[0])), _plain(parse_time(str(entry[1])))


def _plain(number: Fraction) -> int | Fraction:
    return number.numerator if number.denominator == 1 else number
