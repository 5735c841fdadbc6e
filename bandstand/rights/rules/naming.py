"""
Which brand a text names: known, ambiguous, look-alike, or none. Nobody guesses.

Text that names several brands, or has fewer than three letters, is ambiguous. Text that looks like
a brand's name and is written with other letters is a look-alike. Case, spaces and hyphens do not
make another name.

Source: Unicode Technical Standard 39, Unicode Security Mechanisms, version 17.0, section 4,
Confusable Detection (read 2026-11-22). The table holds the letters of other scripts that pass for
Latin ones; compatibility forms (full-width, mathematical) fold by NFKD.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final
from uuid import UUID

from bandstand.rights.rules.facts import BrandNameFact

LETTERS_MIN: Final = 3

_PAIRS: Final = (
    # Greek
    "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa γy εe ιi κk νv οo ρp σo τt υu χx ωw "
    # Cyrillic
    "АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ХX ҮY ԌG ԜW аa еe ѕs іi јj оo рp сc уy хx һh "
    "ԁd ԛq ԝw ɡg кk тt мm гr пn ь6 вb нh ӏl ҽe "
    # Armenian, Cherokee, Coptic and single letters of other Latin alphabets
    "ՍU ՏS ՕO օo ոn սu հh զq ցg ᎠD ᎡR ᎢT ᎥI ᎪA ᎫJ ᎬE ᎳW ᎷM ᎻH ᏀG ᏃZ ᏔW ᏚS ᏞL ᏢP ᏦK ᏴB ⲟo ⲣp ⲭx "
    "ıi ɩi łl øo đd ħh ŧt ƅb ʀr ɴn ʜh ʏy ᴀa ᴄc ᴅd ᴇe ᴊj ᴋk ᴍm ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz ꜱs ɑa"
)
LOOKS_LIKE: Final = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
SAME_SHAPE: Final = str.maketrans({"1": "l", "i": "l", "|": "l", "0": "o"})
IGNORED: Final = str.maketrans(dict.fromkeys(" -.’'", ""))


class Reading(StrEnum):
    """How a text names a brand."""

    KNOWN = "known"
    AMBIGUOUS = "ambiguous"
    CONFUSABLE = "confusable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BrandReading:
    """What a text says of brands: how, and which ones it may mean."""

    reading: Reading
    brands: tuple[BrandNameFact, ...] = ()

    @property
    def brand_ids(self) -> frozenset[UUID]:
        return frozenset(one.brand_id for one in self.brands)


def read_brand(text: str, *, names: Iterable[BrandNameFact]) -> BrandReading:
    """Say which brand a text names; a text that could be two things is read as neither."""
    known = sorted(names, key=lambda one: (one.brand_name, one.text))
    plain = plain_name(text)
    if not plain:
        return BrandReading(Reading.UNKNOWN)
    same = _one_each(one for one in known if plain_name(one.text) == plain)
    if sum(letter.isalpha() for letter in plain) < LETTERS_MIN or len(same) > 1:
        return BrandReading(Reading.AMBIGUOUS, same)
    if same:
        return BrandReading(Reading.KNOWN, same)
    shape = skeleton(text)
    alike = _one_each(one for one in known if skeleton(one.text) == shape)
    return BrandReading(Reading.CONFUSABLE if alike else Reading.UNKNOWN, alike)


@lru_cache(maxsize=4096)
def plain_name(text: str) -> str:
    """Return a name as its own letters have it, without case, spaces and hyphens."""
    return unicodedata.normalize("NFC", text).casefold().translate(IGNORED)


@lru_cache(maxsize=4096)
def skeleton(text: str) -> str:
    """Return what a name looks like: two names that look alike have the same skeleton."""
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text)
        if unicodedata.category(letter) not in {"Mn", "Cf", "Cc", "Zs"}
    )
    latin = bare.translate(LOOKS_LIKE).casefold().translate(LOOKS_LIKE)
    shaped = latin.translate(IGNORED).translate(SAME_SHAPE)
    return shaped.replace("rn", "m").replace("vv", "w")


def _one_each(names: Iterable[BrandNameFact]) -> tuple[BrandNameFact, ...]:
    found: dict[UUID, BrandNameFact] = {}
    for name in names:
        found.setdefault(name.brand_id, name)
    return tuple(found.values())
