"""
Band lists as people and spec sheets write them.

``parse_spec_bands`` reads one field of a spec sheet, tolerant of its labels and slips, honest about
what it does not say. ``parse_bands`` reads a list typed by a person and refuses what has no place.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bandstand.kernel.errors import BadInputError
from bandstand.radio.bands import Band, band
from bandstand.radio.rats import OTHER_NAMES, Rat, rat_named

LABEL_DASH: Final = re.compile(r"\s+[-–]\s*")
NUMBER: Final = re.compile(r"\d+")
TECHNOLOGY: Final = re.compile(
    r"\b(GSM|CDMA(?:2000)?|UMTS|WCDMA|HSDPA|HSPA\+?|TD-SCDMA|LTE|NR|5G)\b", re.IGNORECASE
)
MODE: Final = re.compile(r"\b(SA|NSA|Sub6|mmWave)\b", re.IGNORECASE)
TECHNOLOGY_WORD: Final = re.compile(r"(?![bB]\d+[A-Za-z]?$)\D.*")
BAND_TOKEN: Final = re.compile(r"[BbNn]?(\d{1,3})[AaBb]?")
MHZ_MIN: Final = 380  # the lowest GSM band; every smaller number is a band number
BLANKS: Final = frozenset({"", "no", "n/a", "none", "-"})

# UMTS bands by megahertz where a spec sheet's number has one meaning. 800 may be 6, 19 or 20.
UMTS_BY_MHZ: Final = {850: "5", 900: "8", 1700: "4", 1900: "2", 2100: "1"}


class SpecKind(StrEnum):
    """What a field of a spec sheet says."""

    FREQUENCIES = "freq"
    """Megahertz: “GSM 850 / 900”."""
    BANDS = "bands"
    """Band numbers: “1, 3, 7”."""
    NAMED_ONLY = "named_only"
    """The technology without its bands: “LTE”, “SA/NSA/Sub6”."""
    NONE = "none"
    """The phone has no such radio: “N/A”, “No”."""


@dataclass(frozen=True, kw_only=True)
class SpecBands:
    """One field of a spec sheet, read. ``values`` are megahertz or band numbers, in order."""

    kind: SpecKind
    values: tuple[int, ...] = ()
    label: str = ""
    """What follows the dash: the model code, region or SIM slot that the row is about."""
    technology: str = ""
    modes: tuple[str, ...] = ()
    """5G modes named beside the bands: SA, NSA, SUB6, MMWAVE."""


class BandStringError(BadInputError):
    """A band list that cannot be read; the message names the word and the mend."""

    code = "unreadable_bands"


def parse_spec_bands(raw: str) -> SpecBands:
    """
    Return what one field of a spec sheet says.

    Raises: BandStringError if its words and numbers mean neither bands nor megahertz.
    """
    body, label = _without_label(raw)
    if body.lower() in BLANKS:
        return SpecBands(kind=SpecKind.NONE, label=label)
    technology = found[0].upper() if (found := TECHNOLOGY.findall(body)) else ""
    modes = tuple(mode.upper() for mode in MODE.findall(body))
    rest = MODE.sub(" ", TECHNOLOGY.sub(" ", body))
    values = _numbers(rest, is_megahertz=bool(technology) and "/" in rest)
    if not values:
        if technology or modes:
            return SpecBands(
                kind=SpecKind.NAMED_ONLY, label=label, technology=technology, modes=modes
            )
        raise BandStringError(
            f"“{raw}” names neither bands nor a technology."
            " Write “1, 3, 7”, “GSM 850 / 900” or “N/A”.",
            given=raw,
        )
    is_megahertz = min(values) >= MHZ_MIN
    return SpecBands(
        kind=SpecKind.FREQUENCIES if is_megahertz else SpecKind.BANDS,
        values=values,
        label=label,
        technology=technology,
        modes=modes,
    )


def umts_bands_of_mhz(values: Iterable[int]) -> tuple[tuple[Band, ...], tuple[int, ...]]:
    """Return the 3G bands that megahertz stand for, and the megahertz that several bands share."""
    sure, open_values = [], []
    for value in values:
        name = UMTS_BY_MHZ.get(value)
        if name is None:
            open_values.append(value)
        else:
            sure.append(band(Rat.UMTS, name))
    return tuple(sure), tuple(open_values)


def parse_bands(text: str) -> tuple[Band, ...]:
    """
    Return the bands of a list such as “LTE 2 4 12; UMTS 2 4; GSM 850 1900”.

    A technology holds until the next one; “n71” is NR by itself. Order is kept, doubles dropped.

    Raises: BandStringError if a number stands before any technology; UnknownRatError and
    UnknownBandError with near matches.
    """
    found: dict[Band, None] = {}
    rat: Rat | None = None
    for word in re.split(r"[\s,;:/]+", text.strip()):
        if not word:
            continue
        if re.fullmatch(r"[nN]\d+", word):
            found[band(Rat.NR, word[1:])] = None
        elif word.upper() in OTHER_NAMES or TECHNOLOGY_WORD.fullmatch(word):
            rat = rat_named(word)
        elif rat is None:
            raise BandStringError(
                f"“{word}” stands before any technology. Write “LTE {word}”.", given=text
            )
        else:
            found[band(rat, word)] = None
    if not found:
        raise BandStringError(
            f"“{text}” names no band. Write “LTE 2 4 12; UMTS 2 4; GSM 850 1900”.", given=text
        )
    return tuple(found)


def _without_label(raw: str) -> tuple[str, str]:
    """Part the bands from what they are about; the last label is the narrowest one."""
    parts = LABEL_DASH.split(raw.strip())
    return parts[0].strip(), parts[-1].strip() if len(parts) > 1 else ""


def _numbers(rest: str, *, is_megahertz: bool) -> tuple[int, ...]:
    """
    Return the numbers before the first word that is no band.

    A missing dash before a label (“28, 66 Brazil”) ends the list; brackets (“1700(AWS)”) are notes.
    """
    plain = re.sub(r"\([^)]*\)", " ", rest)
    if is_megahertz:
        return tuple(int(number) for number in NUMBER.findall(plain))
    values: list[int] = []
    for word in re.split(r"[\s,;/]+", plain):
        if not word:
            continue
        token = BAND_TOKEN.fullmatch(word) or re.fullmatch(r"(\d{3,4})", word)
        if token is None:
            break
        values.append(int(token[1]))
    return tuple(dict.fromkeys(values))
