"""
The rate at a ZIP code, put together from the rates of everybody who taxes there. Pure.

What a boundary names and the rate file does not hold on the day: a county or place levies nothing
of its own; a state or district without a rate makes the place unknown, never cheap.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from bandstand.tax.rules.reckoning import Rate, RatePart, percent_text
from bandstand.tax.rules.sst import COUNTY_KIND, PLACE_KINDS, STATE_KIND, STATES
from bandstand.tax.rules.words import Ambiguity, TaxKind, TaxNotKnownError

FIPS: Final = {state: code for code, state in STATES.items()}
RateOf = Callable[[str, str], tuple[int, date] | None]
"""The rate of a kind and code on the day, with its first day; None where the file has none."""


@dataclass(frozen=True, slots=True)
class TaxingBodies:
    """Who taxes a delivery: the state or not, a county, a place, districts."""

    has_state: bool
    county: str
    place: str
    districts: str


def composed(
    bodies: TaxingBodies, *, state: str, rate_of: RateOf
) -> tuple[tuple[RatePart, ...], date] | None:
    """Return the parts of a place's rate and their latest first day; None if one is not known."""
    parts: list[RatePart] = []
    days: list[date] = []
    for kind, code, name, is_needed in _named(bodies, state=state):
        found = rate_of(kind, code)
        if found is None:
            if is_needed:
                return None
            continue
        ppm, begins = found
        days.append(begins)
        if ppm:
            parts.append(RatePart(kind=kind, code=code, name=name, rate_ppm=ppm))
    return (tuple(parts), max(days)) if days else (tuple(parts), date.min)


def place_rate(
    found: Iterable[tuple[TaxingBodies, tuple[tuple[RatePart, ...], date] | None]],
    *,
    state: str,
    title: str,
    postal: str,
    source: str,
    ambiguity: Ambiguity,
) -> Rate | None:
    """
    Return the one rate of a postal code; None where any of those that may count is not known.

    Raises: TaxNotKnownError where several rates are possible and the policy takes no guess.
    """
    rates: dict[int, Rate] = {}
    for _, one in found:
        if one is None:
            return None
        parts, begins = one
        total = sum(part.rate_ppm for part in parts)
        rates[total] = Rate(
            jurisdiction=f"US-{state}:{postal}",
            title=f"{title} {postal}",
            kind=TaxKind.SALES,
            rate_ppm=total,
            from_date=begins,
            until_date=None,
            source=source,
            is_estimate=False,
            parts=parts,
        )
    if len(rates) <= 1:
        return next(iter(rates.values()), None)
    return _among(rates, postal=postal, ambiguity=ambiguity)


def _among(rates: dict[int, Rate], *, postal: str, ambiguity: Ambiguity) -> Rate:
    low, high = min(rates), max(rates)
    if ambiguity is Ambiguity.REFUSE:
        raise TaxNotKnownError(
            f"{postal} lies in places with different sales tax, {percent_text(low)} to"
            f" {percent_text(high)}. Give the ZIP code with its last four digits, such as"
            f" {postal[:5]}-0001.",
            jurisdiction=rates[high].jurisdiction,
        )
    top = rates[high]
    note = (
        f"{postal} has {len(rates)} rates, {percent_text(low)} to {percent_text(high)}; the"
        " highest was taken."
    )
    return top.noted(note)


def _named(bodies: TaxingBodies, *, state: str) -> Sequence[tuple[str, str, str, bool]]:
    """Return kind, code, name and whether it must have a rate, of everybody who taxes there."""
    named: list[tuple[str, str, str, bool]] = []
    if bodies.has_state:
        named.append((STATE_KIND, FIPS[state], "state", True))
    if bodies.county:
        named.append((COUNTY_KIND, bodies.county, f"county {bodies.county}", False))
    if bodies.place:
        named.append(("place", bodies.place, f"city {bodies.place}", False))
    for one in bodies.districts.split():
        kind, _, code = one.partition(":")
        named.append((kind, code, f"district {code}", True))
    return named


def is_place_kind(kind: str) -> bool:
    """Say whether a kind of jurisdiction is a city, town or village."""
    return kind in PLACE_KINDS
