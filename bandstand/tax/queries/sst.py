"""The rate at a ZIP code, from the rate and boundary files loaded for its state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from bandstand.tax.models import RateFile, SstBoundary, SstRate
from bandstand.tax.rules import (
    Ambiguity,
    Place,
    Rate,
    SstFileKind,
    TaxingBodies,
    composed,
    is_place_kind,
    place_rate,
)
from bandstand.tax.tables import state_titles


@dataclass(frozen=True, slots=True)
class RateFileRow:
    """A file that counts: the last of its kind for its state."""

    state: str
    kind: SstFileKind
    name: str
    sha256: str
    lines: int
    refused: int
    loaded_at: datetime
    loaded_by: str


def rate_files() -> tuple[RateFileRow, ...]:
    """Return the files that count, by state and kind."""
    found = RateFile.objects.order_by("state", "kind", "-loaded_at").distinct("state", "kind")
    return tuple(
        RateFileRow(
            state=one.state,
            kind=SstFileKind(one.kind),
            name=one.name,
            sha256=one.sha256,
            lines=one.lines,
            refused=one.refused,
            loaded_at=one.loaded_at,
            loaded_by=one.loaded_by,
        )
        for one in found
    )


def sst_rate(place: Place, *, on: date, ambiguity: Ambiguity) -> Rate | None:
    """
    Return the rate at a ZIP code on a day; None where the files do not tell it.

    Raises: TaxNotKnownError where several rates are possible and the policy takes no guess.
    """
    if place.country != "US" or not place.area or not place.postal_code:
        return None
    bodies = _bodies(place, on=on)
    if not bodies:
        return None
    rates = _RatesOn(place.area, on=on)
    found = [(one, composed(one, state=place.area, rate_of=rates)) for one in bodies]
    return place_rate(
        found,
        state=place.area,
        title=state_titles().get(place.area, place.area),
        postal="-".join(filter(None, (place.postal_code, place.plus_four))),
        source=_source(place.area),
        ambiguity=ambiguity,
    )


def _bodies(place: Place, *, on: date) -> Sequence[TaxingBodies]:
    """Return every set of bodies that may tax a delivery there, as narrow as the code tells."""
    rows = list(
        SstBoundary.objects.filter(_on(on), state=place.area, zip=place.postal_code)
        .order_by()
        .values_list("kind", "ext_low", "ext_high", "has_state", "county", "place", "districts")
        .distinct()
    )
    if place.plus_four:
        at = int(place.plus_four)
        within = [row for row in rows if row[1] <= at <= row[2]]
        for kind in "4AZ":
            narrow = [row for row in within if row[0] == kind]
            if narrow:
                rows = narrow
                break
    return sorted({TaxingBodies(*row[3:]) for row in rows}, key=repr)


class _RatesOn:
    """A state's rates on a day, by kind and code; the higher of intrastate and interstate."""

    def __init__(self, state: str, *, on: date) -> None:
        found = SstRate.objects.filter(_on(on), state=state).order_by("from_date")
        self._known: dict[tuple[str, str], tuple[int, date]] = {}
        for one in found:
            kind = "place" if is_place_kind(one.kind) else one.kind
            ppm = max(one.intrastate_ppm, one.interstate_ppm)
            self._known[kind, one.code] = (ppm, one.from_date)
            self._known[one.kind, one.code] = (ppm, one.from_date)

    def __call__(self, kind: str, code: str) -> tuple[int, date] | None:
        return self._known.get((kind, code))


def _on(day: date) -> Q:
    return Q(from_date__lte=day) & (Q(until_date=None) | Q(until_date__gt=day))


def _source(state: str) -> str:
    names = [one.name for one in rate_files() if one.state == state]
    return f"Streamlined Sales Tax files {' and '.join(names)}"[:300]
