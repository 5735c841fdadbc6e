"""
Streamlined Sales Tax rate and boundary files, line by line. Pure.

A rate line: state (FIPS), kind of jurisdiction, its code, general rate intrastate and interstate
as a fraction of one, further rates (food and drugs), first and last day. A boundary line: kind of
record (Z a range of ZIP codes, 4 a range of ZIP+4, A an address), first and last day, the address,
the ZIP range, the jurisdictions that tax there, and special districts in threes (source, code,
kind). Days are YYYYMMDD, the last day included; 99991231 means until further notice.

Source: Streamlined Sales Tax Governing Board, Technology Guide, chapter on rate and boundary
databases (known 2026-11-22 from programs that read such files; the guide itself was not re-read).
Kinds of jurisdiction: X12 data element 1721: 45 state, 00 county, 01 city.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from bandstand.tax.rules.reckoning import WHOLE_PPM
from bandstand.tax.rules.words import SstFileKind, TaxFileError

STATES: Final = {
    "01": "AL", "02": "AK", "04": "AZ", "05": "AR", "06": "CA", "08": "CO", "09": "CT",
    "10": "DE", "11": "DC", "12": "FL", "13": "GA", "15": "HI", "16": "ID", "17": "IL",
    "18": "IN", "19": "IA", "20": "KS", "21": "KY", "22": "LA", "23": "ME", "24": "MD",
    "25": "MA", "26": "MI", "27": "MN", "28": "MS", "29": "MO", "30": "MT", "31": "NE",
    "32": "NV", "33": "NH", "34": "NJ", "35": "NM", "36": "NY", "37": "NC", "38": "ND",
    "39": "OH", "40": "OK", "41": "OR", "42": "PA", "44": "RI", "45": "SC", "46": "SD",
    "47": "TN", "48": "TX", "49": "UT", "50": "VT", "51": "VA", "53": "WA", "54": "WV",
    "55": "WI", "56": "WY",
}  # fmt: skip
"""FIPS codes of the states. Source: FIPS 5-2, from general knowledge."""
STATE_KIND: Final = "45"
COUNTY_KIND: Final = "00"
PLACE_KINDS: Final = frozenset(f"{number:02}" for number in range(1, 10))
RATE_FIELDS_MIN: Final = 9
BOUNDARY_FIELDS_MIN: Final = 26
ZIP_DIGITS: Final = 5
EXT_MAX: Final = 9999
ZIPS_MAX: Final = 1_000
"""More codes than that in one range is a slip: no county has as many."""
OPEN_YEAR: Final = 2999
SPECIALS_AT: Final = 29
CODE_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class SstRateLine:
    """
    One line of a rate file.

    Units: parts per million.
    """

    state: str
    kind: str
    code: str
    intrastate_ppm: int
    interstate_ppm: int
    from_date: date
    until_date: date | None


@dataclass(frozen=True, slots=True)
class SstBoundaryLine:
    """One line of a boundary file: a range of codes and who taxes there."""

    state: str
    kind: str
    zip_low: int
    zip_high: int
    ext_low: int
    ext_high: int
    has_state: bool
    county: str
    place: str
    districts: str
    from_date: date
    until_date: date | None


def file_kind(fields: Sequence[str]) -> SstFileKind:
    """
    Return of which kind the file is whose first line this is.

    Raises: TaxFileError showing how either begins.
    """
    first = fields[0].strip() if fields else ""
    if first in {"Z", "4", "A"} and len(fields) >= BOUNDARY_FIELDS_MIN:
        return SstFileKind.BOUNDARY
    if len(first) == len(STATE_KIND) and first.isdecimal():
        return SstFileKind.RATES
    raise TaxFileError(
        f"“{','.join(fields)[:40]}” begins neither a rate file (20,45,20,0.065,…) nor a boundary"
        " file (Z,20250101,99991231,…)."
    )


def read_rate(fields: Sequence[str]) -> SstRateLine:
    """
    Read a line of a rate file; rates of food and drugs, in the middle, are passed over.

    Raises: TaxFileError naming what is wrong.
    """
    if len(fields) < RATE_FIELDS_MIN:
        raise TaxFileError(f"The line has {len(fields)} fields; a rate has {RATE_FIELDS_MIN}.")
    state, kind, code, intrastate, interstate = (one.strip() for one in fields[:5])
    begins, until = _span(fields[-2], fields[-1])
    return SstRateLine(
        state=_state(state),
        kind=_digits(kind, size=2, name="kind of jurisdiction"),
        code=_code(code),
        intrastate_ppm=_rate(intrastate, name="intrastate rate"),
        interstate_ppm=_rate(interstate, name="interstate rate"),
        from_date=begins,
        until_date=until,
    )


def read_boundary(fields: Sequence[str]) -> SstBoundaryLine:
    """
    Read a line of a boundary file.

    Raises: TaxFileError naming what is wrong.
    """
    if len(fields) < BOUNDARY_FIELDS_MIN:
        raise TaxFileError(
            f"The line has {len(fields)} fields; a boundary has at least {BOUNDARY_FIELDS_MIN}."
        )
    kind = fields[0].strip()
    begins, until = _span(fields[1], fields[2])
    low, high, ext_low, ext_high = _range(kind, fields)
    state, indicator = fields[22].strip(), fields[23].strip()
    return SstBoundaryLine(
        state=_state(state),
        kind=kind,
        zip_low=low,
        zip_high=high,
        ext_low=ext_low,
        ext_high=ext_high,
        has_state=not indicator or bool(indicator.strip("0")),
        county=_named(fields[24], size=3),
        place=_named(fields[25], size=5),
        districts=_districts(fields),
        from_date=begins,
        until_date=until,
    )


def _range(kind: str, fields: Sequence[str]) -> tuple[int, int, int, int]:
    if kind == "A":
        code = _number(fields[15], size=ZIP_DIGITS, name="ZIP code")
        ext = fields[16].strip()
        at = _number(ext, size=4, name="ZIP+4") if ext else None
        return code, code, 0 if at is None else at, EXT_MAX if at is None else at
    if kind not in {"Z", "4"}:
        raise TaxFileError(f"“{kind[:10]}” is no kind of record. Known are Z, 4 and A.")
    low = _number(fields[17], size=ZIP_DIGITS, name="low ZIP code")
    high = _number(fields[19] or fields[17], size=ZIP_DIGITS, name="high ZIP code")
    if kind == "Z":
        ext_low, ext_high = 0, EXT_MAX
    else:
        ext_low = _number(fields[18], size=4, name="low ZIP+4")
        ext_high = _number(fields[20], size=4, name="high ZIP+4")
    if low > high or high - low >= ZIPS_MAX or (low == high and ext_low > ext_high):
        raise TaxFileError(f"The codes {fields[17]} to {fields[19]} are no range.")
    return low, high, ext_low, ext_high


def _districts(fields: Sequence[str]) -> str:
    found = []
    for at in range(SPECIALS_AT, len(fields) - 2, 3):
        code, kind = fields[at + 1].strip(), fields[at + 2].strip()
        if code and kind:
            found.append(f"{_digits(kind, size=2, name='kind of district')}:{_code(code)}")
    return " ".join(sorted(set(found)))


def _state(text: str) -> str:
    state = STATES.get(text)
    if state is None:
        raise TaxFileError(f"“{text[:10]}” is no state’s FIPS code, such as 20 for Kansas.")
    return state


def _span(begins: str, ends: str) -> tuple[date, date | None]:
    first, last = _day(begins, name="first day"), _day(ends, name="last day")
    if last < first:
        raise TaxFileError(f"The last day {last} is before the first, {first}.")
    return first, None if last.year >= OPEN_YEAR else last + timedelta(days=1)


def _day(text: str, *, name: str) -> date:
    try:
        if len(text.strip()) != len("YYYYMMDD"):
            raise ValueError  # noqa: TRY301 -- one refusal for every wrong day
        return date.fromisoformat(text.strip())
    except ValueError:
        raise TaxFileError(f"“{text[:20]}” is no {name}. Days are written 20260701.") from None


def _rate(text: str, *, name: str) -> int:
    try:
        ppm = Decimal(text) * WHOLE_PPM
        if not 0 <= ppm <= WHOLE_PPM or ppm != int(ppm):
            raise InvalidOperation  # noqa: TRY301 -- one refusal for every wrong number
    except InvalidOperation:
        raise TaxFileError(
            f"“{text[:20]}” is no {name}. Rates are fractions of one, such as 0.065."
        ) from None
    return int(ppm)


def _number(text: str, *, size: int, name: str) -> int:
    return int(_digits(text.strip(), size=size, name=name))


def _digits(text: str, *, size: int, name: str) -> str:
    if len(text) != size or not (text.isascii() and text.isdecimal()):
        raise TaxFileError(f"“{text[:20]}” is no {name}: it has {size} digits.")
    return text


def _named(text: str, *, size: int) -> str:
    plain = text.strip()
    if not plain.strip("0"):
        return ""
    return _digits(plain, size=size, name="FIPS code")


def _code(text: str) -> str:
    if not text or len(text) > CODE_MAX or not (text.isascii() and text.isalnum()):
        raise TaxFileError(f"“{text[:20]}” is no code of a jurisdiction.")
    return text
