"""
Operating bands: the numbers a phone and a network name, with edges, clause and sources.

The table is read once. A ``Band`` is one shared object per row, so bands are compared by identity.

Units: kilohertz, because some edges lie between whole megahertz.
Source: 3GPP TS 45.005 cl.2 (GSM), TS 25.101 cl.5.2 (UMTS), TS 25.102 cl.5.2 (TD-SCDMA), TS 36.101
and 36.104 cl.5.5 (LTE), TS 38.101-1, 38.101-2 and 38.104 cl.5.2 (NR), TS 36.102 and 38.101-5
(satellite), 3GPP2 C.S0057-E (CDMA2000); each row names its own clause. Read 2026-11-22.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Final

from bandstand.kernel.errors import BadInputError, near_matches
from bandstand.radio.rats import Rat, rat_named

LOW_BAND_KHZ_MAX: Final = 1_000_000  # below 1 GHz a signal reaches far and through walls
FR2_KHZ_MIN: Final = 24_250_000

# Licensed spectrum shared with Wi-Fi or kept for vehicles: extra capacity, never the serving cell.
SUPPLEMENT_ONLY: Final = frozenset(
    {
        (Rat.LTE, "46"),
        (Rat.LTE, "47"),
        (Rat.LTE, "252"),
        (Rat.LTE, "255"),
        (Rat.NR, "46"),
        (Rat.NR, "47"),
        (Rat.NR, "96"),
        (Rat.NR, "102"),
    }
)

# Phones and networks name GSM by megahertz; every GSM 900 phone in the trade has the extended band.
GSM_OTHER_NAMES: Final = {"900": "900E", "DCS": "1800", "PCS": "1900"}


class Duplex(StrEnum):
    """How a band separates the two directions; SDL and SUL carry only one of them."""

    FDD = "FDD"
    TDD = "TDD"
    SDL = "SDL"
    SUL = "SUL"


@dataclass(frozen=True, eq=False, kw_only=True)
class Band:
    """One row of the band table; ``uplink_khz`` and ``downlink_khz`` are (low, high) or None."""

    rat: Rat
    name: str
    duplex: Duplex
    uplink_khz: tuple[int, int] | None
    downlink_khz: tuple[int, int] | None
    title: str
    clause: str
    sources: str
    sources_agreeing: int
    superset_of: frozenset[str]
    is_serving: bool
    """A phone can live on this band alone: not SDL, SUL, licence-assisted or vehicle-only."""
    is_low: bool
    """Below 1 GHz: coverage, not capacity."""

    def __repr__(self) -> str:
        return f"<{self}>"

    def __str__(self) -> str:
        return f"{self.rat} {self.name}"

    def __reduce__(self) -> tuple[Callable[..., "Band"], tuple[str, str]]:
        return (band, (self.rat.value, self.name))

    @property
    def plain_name(self) -> str:
        """Say the band as a person does: band 71, n71, 1900 MHz."""
        if self.rat is Rat.GSM:
            return f"{self.name.rstrip('PERT')} MHz"
        return f"band n{self.name}" if self.rat is Rat.NR else f"band {self.name}"

    @property
    def is_fr2(self) -> bool:
        """Tell whether this is a millimetre-wave band."""
        edges = self.downlink_khz or self.uplink_khz
        return edges is not None and edges[0] >= FR2_KHZ_MIN


class UnknownBandError(BadInputError):
    """A band number that no specification gives to this technology."""

    code = "unknown_band"


def band(rat: str, name: str | int) -> Band:
    """
    Return one band by technology and name.

    GSM is named in megahertz; “B12”, “n71” and “28A” are read as 12, 71 and 28.

    Raises: UnknownRatError, UnknownBandError (both name near matches).
    """
    technology = rat if isinstance(rat, Rat) else rat_named(rat)
    table = bands_by_name(technology)
    found = table.get(str(name))
    if found is not None:
        return found
    return _band_by_other_name(technology, str(name))


def all_bands() -> Iterator[Band]:
    """Yield every band of the table, in the order of the file."""
    for rat in Rat:
        yield from bands_by_name(rat).values()


def bands_by_name(rat: Rat) -> dict[str, Band]:
    """Return the bands of one technology by name."""
    return _table()[rat]


def _band_by_other_name(rat: Rat, name: str) -> Band:
    table = bands_by_name(rat)
    wanted = name.strip().upper()
    if rat is Rat.GSM:
        wanted = GSM_OTHER_NAMES.get(wanted, wanted)
    else:
        wanted = wanted.removeprefix("BAND").strip().removeprefix("BC").lstrip("BN").rstrip("AB")
        wanted = wanted.lstrip("0") or "0"
    if wanted in table:
        return table[wanted]
    near = _near_bands(rat, wanted)
    raise UnknownBandError(
        f"{rat} has no band “{name}”. Did you mean {' or '.join(near)}?",
        rat=rat.value,
        band=name,
        near=near,
    )


def _near_bands(rat: Rat, wanted: str) -> list[str]:
    names = list(bands_by_name(rat))
    near = near_matches(wanted, names)
    if wanted.isdigit():
        numbers = [one for one in names if one.isdigit()]
        near = sorted(numbers, key=lambda one: abs(int(one) - int(wanted)))[:3]
    newest_first = reversed(list(Rat))
    elsewhere = [f"{other} {wanted}" for other in newest_first if wanted in bands_by_name(other)]
    return [*(f"{rat} {one}" for one in near or names[:3]), *elsewhere[:2]]


@cache
def _table() -> dict[Rat, dict[str, Band]]:
    table: dict[Rat, dict[str, Band]] = {rat: {} for rat in Rat}
    path = resources.files("bandstand.radio") / "tables" / "bands.csv"
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        one = _band_of_row(row)
        table[one.rat][one.name] = one
    return table


def _band_of_row(row: dict[str, str]) -> Band:
    rat, duplex = Rat(row["rat"]), Duplex(row["duplex"])
    uplink = _edges_khz(row["ul_low"], row["ul_high"])
    downlink = _edges_khz(row["dl_low"], row["dl_high"])
    highest = (downlink or uplink or (0, LOW_BAND_KHZ_MAX))[1]
    return Band(
        rat=rat,
        name=row["band"],
        duplex=duplex,
        uplink_khz=uplink,
        downlink_khz=downlink,
        title=row["name"],
        clause=row["spec"],
        sources=row["sources"],
        sources_agreeing=int(row["verified_by_n_sources"]),
        superset_of=frozenset(row["superset_of"].split(";")) - {""},
        is_serving=duplex in (Duplex.FDD, Duplex.TDD) and (rat, row["band"]) not in SUPPLEMENT_ONLY,
        is_low=highest < LOW_BAND_KHZ_MAX,
    )


def _edges_khz(low: str, high: str) -> tuple[int, int] | None:
    if not low or not high:
        return None
    return int(Decimal(low) * 1000), int(Decimal(high) * 1000)
