"""What one variant's radio can do, as evidence says. What is not listed is unknown, not yes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, TypedDict, Unpack

from bandstand.kernel.words import Answer, Certainty
from bandstand.radio.bands import Band, band
from bandstand.radio.rats import Rat
from bandstand.radio.reasons import Evidence, Side

CODE_SEPARATORS: Final = re.compile(r"[,;/]")
CODE_LENGTH_MIN: Final = 4  # “SM-A720F/DS” is one code with a suffix, not two codes


@dataclass(frozen=True, kw_only=True)
class BandClaim:
    """A source's claim that the variant has a band. A disputed claim is never relied on."""

    band: Band
    source: str = ""
    certainty: Certainty = Certainty.MEDIUM
    is_disputed: bool = False


@dataclass(frozen=True, kw_only=True)
class DisabledBand:
    """A band that the hardware has and the firmware switched off, from a day until before a day."""

    band: Band
    from_date: date | None = None
    until_date: date | None = None
    source: str = ""
    certainty: Certainty = Certainty.MEDIUM

    def is_in_force(self, on: date) -> bool:
        """Tell whether the band is switched off on a day."""
        return is_within(on, from_date=self.from_date, until_date=self.until_date)


@dataclass(frozen=True, kw_only=True)
class Capability:
    """The radio of one variant. ``unknown_rats`` have bands that no source lists."""

    brand: str = ""
    name: str = ""
    code: str = ""
    region: str = ""
    claims: tuple[BandClaim, ...] = ()
    unknown_rats: frozenset[Rat] = frozenset()
    volte: Answer = Answer.UNKNOWN
    vonr: Answer = Answer.UNKNOWN
    esim: Answer = Answer.UNKNOWN
    psim: Answer = Answer.UNKNOWN
    sa: Answer = Answer.UNKNOWN
    nsa: Answer = Answer.UNKNOWN
    disabled: tuple[DisabledBand, ...] = ()
    conflicts: tuple[str, ...] = ()
    """What the sources disagree about, in words, besides bands."""
    source: str = ""

    @property
    def key(self) -> str:
        """Name the variant as brand and code, or brand and name while no code is known."""
        return "/".join(part for part in (self.brand, self.code or self.name) if part)

    @cached_property
    def title(self) -> str:
        """Name the variant for people."""
        words = (self.brand, self.name, f"({self.code})" if self.code else "")
        return " ".join(word for word in words if word) or "this phone"

    @cached_property
    def identities(self) -> frozenset[str]:
        """The codes that lists may name this variant by, folded; the name if no code is known."""
        codes = split_codes(self.code) if self.code else frozenset({self.name})
        return frozenset(fold_code(one, brand=self.brand) for one in codes if one)

    @cached_property
    def bands(self) -> frozenset[Band]:
        """Every undisputed band, with no regard to what the firmware switched off."""
        return frozenset(claim.band for claim in self.claims if not claim.is_disputed)

    @cached_property
    def disputed_bands(self) -> frozenset[Band]:
        """Bands that some source claims and another denies."""
        return frozenset(claim.band for claim in self.claims if claim.is_disputed) - self.bands

    @cached_property
    def rats(self) -> frozenset[Rat]:
        """The technologies with at least one undisputed band."""
        return frozenset(one.rat for one in self.bands)

    @cached_property
    def claim_of(self) -> Mapping[Band, BandClaim]:
        """The best claim for each band: undisputed first, then the most certain."""
        best: dict[Band, BandClaim] = {}
        for claim in sorted(
            self.claims,
            key=lambda one: (not one.is_disputed, one.certainty.rank, one.source),
        ):
            best[claim.band] = claim
        return best

    @cached_property
    def claims_by_rat(self) -> Mapping[Rat, tuple[BandClaim, ...]]:
        """The undisputed claims by technology, one for each band, in the order of the bands."""
        found: dict[Rat, list[BandClaim]] = {}
        for one in self.bands:
            found.setdefault(one.rat, []).append(self.claim_of[one])
        return {rat: tuple(sorted(claims, key=_by_number)) for rat, claims in found.items()}

    @cached_property
    def evidence_by_rat(self) -> Mapping[Rat, Evidence]:
        """What the sources list for each technology: “LTE 2 4 12”."""
        return {
            rat: Evidence(
                side=Side.VARIANT,
                statement=f"{rat} {' '.join(claim.band.name for claim in claims)}",
                source=claims[0].source,
                certainty=self.weakest_by_rat[rat],
            )
            for rat, claims in self.claims_by_rat.items()
        }

    @cached_property
    def weakest_by_rat(self) -> Mapping[Rat, Certainty]:
        """The certainty of the weakest claim of each technology."""
        return {
            rat: Certainty.weakest(*(claim.certainty for claim in claims))
            for rat, claims in self.claims_by_rat.items()
        }

    @cached_property
    def weakest(self) -> Certainty:
        """The certainty of the weakest claim; low if there is none."""
        return Certainty.weakest(*self.weakest_by_rat.values()) if self.claims else Certainty.LOW

    @cached_property
    def is_known(self) -> bool:
        """Tell whether any source lists any band."""
        return bool(self.claims)

    def bands_on(self, on: date) -> frozenset[Band]:
        """Return the bands that are switched on, on a day."""
        if not self.disabled:
            return self.bands
        return self.bands - {one.band for one in self.disabled if one.is_in_force(on)}


class CapabilityFacts(TypedDict, total=False):
    """The facts of a capability besides its bands."""

    brand: str
    name: str
    code: str
    region: str
    unknown_rats: frozenset[Rat]
    volte: Answer
    vonr: Answer
    esim: Answer
    psim: Answer
    sa: Answer
    nsa: Answer
    disabled: tuple[DisabledBand, ...]
    conflicts: tuple[str, ...]


def capability_with(
    bands: Mapping[str, Iterable[str | int]],
    *,
    certainty: Certainty = Certainty.MEDIUM,
    source: str = "",
    **facts: Unpack[CapabilityFacts],
) -> Capability:
    """
    Return a capability of plain band lists: ``capability_with({"LTE": [2]}, volte=Answer.YES)``.

    Raises: UnknownRatError, UnknownBandError.
    """
    claims = tuple(
        BandClaim(band=band(rat, one), source=source, certainty=certainty)
        for rat, names in bands.items()
        for one in names
    )
    return Capability(claims=claims, source=source, **facts)


def _by_number(claim: BandClaim) -> tuple[int, str]:
    return (int("".join(filter(str.isdigit, claim.band.name))), claim.band.name)


def is_within(on: date, *, from_date: date | None, until_date: date | None) -> bool:
    """Tell whether a day lies in the half-open period; None leaves that end open."""
    return (from_date is None or from_date <= on) and (until_date is None or on < until_date)


def split_codes(text: str) -> frozenset[str]:
    """Return the model codes that a field lists, “A2882, A2884” or “XT1526/XT1527”."""
    parts = [part.strip() for part in CODE_SEPARATORS.split(text)]
    codes = {part for part in parts if len(part) >= CODE_LENGTH_MIN}
    return frozenset(codes or {text.strip()}) | {text.strip()}


def fold_code(code: str, *, brand: str = "") -> str:
    """Return a code as lists compare it: no brand in front, no letter case, single spaces."""
    folded = " ".join(code.casefold().split())
    return folded.removeprefix(f"{brand.casefold()}/") if brand else folded
