"""
Radio access technologies, and the orders in which the rules look at them.

Source: the specification named in each row of ``tables/bands.csv``.
"""

from enum import StrEnum
from typing import Final

from bandstand.kernel.errors import BadInputError, near_matches


class Rat(StrEnum):
    """A radio access technology, by the name the trade uses."""

    GSM = "GSM"
    UMTS = "UMTS"
    TD_SCDMA = "TD-SCDMA"
    CDMA2000 = "CDMA2000"
    LTE = "LTE"
    NR = "NR"
    LTE_NTN = "LTE-NTN"
    """4G from a satellite: bands 253 to 256."""
    NR_NTN = "NR-NTN"
    """5G from a satellite: bands 254 to 256 and 510 to 512."""


# A call needs no packet network on these.
CIRCUIT_SWITCHED: Final = frozenset({Rat.GSM, Rat.UMTS, Rat.TD_SCDMA, Rat.CDMA2000})

# The technology that measures a network: LTE while the network runs it, because every NR phone on
# sale carries LTE as well and voice rests on it; NR from the day that no primary LTE band is left.
YARDSTICK_ORDER: Final = (Rat.LTE, Rat.NR, Rat.UMTS, Rat.TD_SCDMA, Rat.CDMA2000, Rat.GSM)

# Newest first: the technology that a phone's data will use.
NEWEST_FIRST: Final = (Rat.NR, Rat.LTE, Rat.UMTS, Rat.TD_SCDMA, Rat.CDMA2000, Rat.GSM)

PLAIN_NAME: Final = {
    Rat.GSM: "2G",
    Rat.UMTS: "3G",
    Rat.TD_SCDMA: "3G (TD-SCDMA)",
    Rat.CDMA2000: "3G (CDMA)",
    Rat.LTE: "4G",
    Rat.NR: "5G",
    Rat.LTE_NTN: "4G by satellite",
    Rat.NR_NTN: "5G by satellite",
}

# Other names that spec sheets, carriers and people write for the same technology.
OTHER_NAMES: Final = {
    "2G": Rat.GSM,
    "EDGE": Rat.GSM,
    "3G": Rat.UMTS,
    "WCDMA": Rat.UMTS,
    "HSPA": Rat.UMTS,
    "HSPA+": Rat.UMTS,
    "HSDPA": Rat.UMTS,
    "TDSCDMA": Rat.TD_SCDMA,
    "CDMA": Rat.CDMA2000,
    "EVDO": Rat.CDMA2000,
    "EV-DO": Rat.CDMA2000,
    "4G": Rat.LTE,
    "LTE-A": Rat.LTE,
    "TD-LTE": Rat.LTE,
    "5G": Rat.NR,
}


class UnknownRatError(BadInputError):
    """A technology that no table knows."""

    code = "unknown_rat"


def rat_named(name: str) -> Rat:
    """
    Return the technology that a name stands for, in any letter case.

    Raises: UnknownRatError naming the nearest known technologies.
    """
    wanted = name.strip().upper()
    found = OTHER_NAMES.get(wanted)
    if found is not None:
        return found
    try:
        return Rat(wanted)
    except ValueError:
        near = near_matches(wanted, [*Rat, *OTHER_NAMES]) or [str(rat) for rat in Rat]
        raise UnknownRatError(
            f"“{name}” is not a radio technology. Did you mean {' or '.join(near)}?",
            given=name,
            near=near,
        ) from None
