"""Words of the catalogue and its pure decisions."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from stdnum import luhn

from bandstand.kernel.errors import BadInputError, NotFoundError
from bandstand.kernel.words import Answer, Certainty

FITS_FROM: Final = date(2015, 1, 1)
"""Stored fits begin here: before it no shop asks, and every earlier answer can be computed."""


class BandRole(StrEnum):
    """How much of a network's service a band carries."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    LIMITED = "limited"


class ClaimState(StrEnum):
    """What has become of a claim about a variant's bands."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    CONFLICT = "conflict"
    """Another source says otherwise and nobody has settled it."""


class Trait(StrEnum):
    """A question about a variant that sources answer yes or no, named as the variant's column."""

    VOLTE = "volte"
    VONR = "vonr"
    ESIM = "esim"
    PSIM = "psim"
    NR_SA = "nr_sa"
    NR_NSA = "nr_nsa"


TRAIT_NAMES: Final[Mapping[Trait, str]] = MappingProxyType(
    {
        Trait.VOLTE: "calls over 4G",
        Trait.VONR: "calls over 5G",
        Trait.ESIM: "eSIM",
        Trait.PSIM: "a physical SIM",
        Trait.NR_SA: "standalone 5G",
        Trait.NR_NSA: "5G beside 4G",
    }
)


class CategorySlug(StrEnum):
    """The categories that rules name."""

    PHONE = "phone"
    TABLET = "tablet"
    HOTSPOT = "hotspot"
    ACCESSORY = "accessory"
    WEARABLE = "wearable"
    AUDIO = "audio"


CELLULAR: Final = (CategorySlug.PHONE, CategorySlug.TABLET, CategorySlug.HOTSPOT)
"""What a network serves, and so what has a fit."""


IMEI_DIGITS: Final = 15
TAC_DIGITS: Final = 8
WHERE_IMEI: Final = "Dial *#06# on the phone to see it."


COUNTRY_OF_MCC: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("310", "311", "312", "313", "314", "315", "316"), "US"),
        **dict.fromkeys(("234", "235"), "GB"),
        **dict.fromkeys(("404", "405", "406"), "IN"),
        **dict.fromkeys(("440", "441"), "JP"),
        "208": "FR",
        "222": "IT",
        "214": "ES",
        "228": "CH",
        "232": "AT",
        "262": "DE",
        "293": "SI",
        "302": "CA",
        "334": "MX",
        "454": "HK",
        "460": "CN",
        "505": "AU",
        "530": "NZ",
        "724": "BR",
    }
)
"""
The country of a mobile country code, for the networks that the tables have or neighbour.

Source: ITU-T E.212, list of mobile country or geographical area codes.
"""


class CatalogueNotFoundError(NotFoundError):
    """No market, brand, model, variant or network by that name; the message names near matches."""

    code = "not_in_catalogue"


class AmbiguousNameError(BadInputError):
    """A name that several things carry; the message lists them."""

    code = "ambiguous_name"


class MalformedRowError(BadInputError):
    """A row of a table that cannot be read; nothing of it was written."""

    code = "malformed_row"


class BadTablesError(BadInputError):
    """A directory or file of tables that is not there or cannot be one."""

    code = "bad_tables"


class MalformedImeiError(BadInputError):
    """What was typed is no IMEI. The message never repeats it: an IMEI names one person's phone."""

    code = "malformed_imei"


@dataclass(frozen=True, kw_only=True)
class Said:
    """One live claim, as far as agreement goes: its bands (or its answer) and its certainty."""

    key: str
    words: frozenset[str]
    certainty: Certainty


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What live claims say together: what all say, what only some say, and how sure that is."""

    agreed: frozenset[str]
    disputed: frozenset[str]
    certainty: Certainty

    @property
    def is_conflict(self) -> bool:
        return bool(self.disputed)


def agreement(claims: Sequence[Said]) -> Agreement:
    """
    Return what claims of different sources say together.

    A claim that lists nothing says nothing, so it neither agrees nor disagrees. Where sources agree
    the surest of them counts; where they disagree only what all of them list is relied on, with low
    certainty.
    """
    speaking = [one for one in claims if one.words]
    if not speaking:
        return Agreement(agreed=frozenset(), disputed=frozenset(), certainty=Certainty.LOW)
    agreed = frozenset.intersection(*(one.words for one in speaking))
    disputed = frozenset.union(*(one.words for one in speaking)) - agreed
    surest = max((one.certainty for one in speaking), key=lambda one: one.rank)
    return Agreement(
        agreed=agreed, disputed=disputed, certainty=Certainty.LOW if disputed else surest
    )


def answer_of(said: Agreement) -> Answer:
    """Return the one answer that sources agree on; unknown if they say nothing or disagree."""
    if said.is_conflict or len(said.agreed) != 1:
        return Answer.UNKNOWN
    return Answer(next(iter(said.agreed)))


def intervals(
    dates: Iterable[date], *, floor: date = FITS_FROM
) -> tuple[tuple[date, date | None], ...]:
    """
    Return the half-open intervals between dates, from a floor, the last one open.

    Dates on or before the floor add nothing: the first interval begins there.
    """
    starts = [floor, *sorted({day for day in dates if day > floor})]
    ends: list[date | None] = [*starts[1:], None]
    return tuple(zip(starts, ends, strict=True))


def slug_of(*words: str) -> str:
    """Return words as one part of an address: lower-case letters, digits and single hyphens."""
    plain = unicodedata.normalize("NFKD", " ".join(words).replace("+", " plus "))
    folded = plain.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")


def band_order(name: str) -> tuple[int, str]:
    """Return the key that puts bands in the order of their numbers."""
    return (int("".join(letter for letter in name if letter.isdigit()) or 0), name)


def tac_of(imei: str) -> str:
    """
    Return the type allocation code of an IMEI, its first eight digits; it may be written spaced.

    Source: 3GPP TS 23.003, clause 6.2.1 and Annex B: 8 digits of TAC, 6 of serial, 1 Luhn digit.

    Raises: MalformedImeiError saying how to mend it.
    """
    digits = re.sub(r"[\s./-]", "", imei)
    if not digits:
        raise MalformedImeiError(f"Type the IMEI. {WHERE_IMEI}")
    if not (digits.isascii() and digits.isdigit()):
        raise MalformedImeiError(f"An IMEI has digits only. {WHERE_IMEI}")
    if len(digits) != IMEI_DIGITS:
        raise MalformedImeiError(_length_problem(len(digits)))
    expected = str(luhn.calc_check_digit(digits[:-1]))
    if digits[-1] != expected:
        raise MalformedImeiError(
            f"A digit is wrong: with these first 14 digits the last one would be {expected},"
            f" not {digits[-1]}. Compare each digit. {WHERE_IMEI}",
            expected=expected,
        )
    return digits[:TAC_DIGITS]


def _length_problem(length: int) -> str:
    if length == IMEI_DIGITS + 1:
        return (
            "This has 16 digits: an IMEI with its software version, whose last two digits took"
            f" the place of the check digit. {WHERE_IMEI}"
        )
    return f"An IMEI has 15 digits; this has {length}. {WHERE_IMEI}"


def title_of(*, brand: str, model: str) -> str:
    """Return a model's name with its brand in front, once: not “Nokia Nokia 6.1”."""
    is_named = model.casefold().split()[:1] == [brand.casefold()]
    return model if is_named else f"{brand} {model}"


def did_you_mean(near: Sequence[str]) -> str:
    """Return the question that ends a refusal, or nothing when nothing is near."""
    return f" Did you mean {' or '.join(near)}?" if near else ""
