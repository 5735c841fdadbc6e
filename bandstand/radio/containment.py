"""
What a phone's band is worth on a network's band: the same, a part of it, or more than it.

Spectrum containment is not compatibility. A phone that names the exact band is served. A phone that
names only a subset (4 on a network's 66) is served where the carrier lies inside the subset and the
cell broadcasts the other number (MFBI); one that names only a superset (12 on 17) needs MFBI in the
cell and in the phone. Both are partial: they never count as having the band.

Source: TS 36.307 Annex A (overlaps), TS 36.331 SIB1 multiBandInfoList and FGI bit 31 (MFBI).
"""

import csv
from enum import StrEnum
from functools import cache
from importlib import resources

from bandstand.radio.bands import Band, band


class Relation(StrEnum):
    """How the phone's band relates to the network's."""

    EXACT = "exact"
    SUBSET = "subset"
    """The phone has only a part of the network's band."""
    SUPERSET = "superset"
    """The phone has the network's spectrum, under another number."""
    NONE = "none"


def relation(device: Band, network: Band) -> Relation:
    """Return how a phone's band relates to a network's band."""
    if device is network:
        return Relation.EXACT
    return partial_for(network).get(device, Relation.NONE)


def partial_for(network: Band) -> dict[Band, Relation]:
    """Return the other bands that reach a network's band in part, with the way they do."""
    return _partials().get(network, {})


@cache
def _partials() -> dict[Band, dict[Band, Relation]]:
    """
    Read the overlaps: a band of equal edges under another number counts as a superset.

    A partial overlap where neither holds the other is left out: no rule of the standard lets a
    phone use it.
    """
    kinds = {
        "subset": Relation.SUBSET,
        "superset": Relation.SUPERSET,
        "equal": Relation.SUPERSET,
    }
    found: dict[Band, dict[Band, Relation]] = {}
    path = resources.files("bandstand.radio") / "tables" / "band_overlaps.csv"
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        kind = kinds.get(row["relation_of_band_to_other"])
        device, network = band(row["rat"], row["band"]), band(row["rat"], row["other"])
        if kind and device.is_serving and network.is_serving:
            found.setdefault(network, {})[device] = kind
    return found
