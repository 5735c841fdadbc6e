"""What a network has on the air, as the skyline draws it."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from bandstand.catalogue.queries import NetworkBandRow
from bandstand.radio import band
from bandstand.storefront.art.band_chart import ChartBand, ChartRole, HasIt

NEWEST_FIRST: Final = ("NR", "LTE")


def bands_on_air(rows: Iterable[NetworkBandRow], *, on: date) -> list[ChartBand]:
    """Return the 5G and 4G bands of a network that are on the air on a day, by number."""
    living = {(one.rat, one.band): one for one in rows if _is_living(one, on=on)}
    ordered = sorted(
        living.values(), key=lambda one: (NEWEST_FIRST.index(one.rat), _number(one.band))
    )
    return [
        ChartBand(
            rat=one.rat,
            band_label=band_label(rat=one.rat, name=one.band),
            role=ChartRole(one.role),
            below_1ghz=band(one.rat, one.band).is_low,
            has_it=HasIt.YES,
        )
        for one in ordered
    ]


def band_label(*, rat: str, name: str) -> str:
    """Return a band as it is printed on a bar: 12 for 4G, n12 for 5G."""
    return f"n{name.removeprefix('n')}" if rat == "NR" else name


def _is_living(row: NetworkBandRow, *, on: date) -> bool:
    has_begun = row.from_date is None or row.from_date <= on
    return row.rat in NEWEST_FIRST and has_begun and (row.until_date is None or on < row.until_date)


def _number(name: str) -> int:
    return int("".join(letter for letter in name if letter.isdigit()) or 0)
