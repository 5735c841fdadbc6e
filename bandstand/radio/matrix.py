"""
Tiers of many variants on many networks at once, by the same rules as ``fit`` and without reasons.

One Python integer holds one bit per variant, so an operation on a band answers for all variants
together: the tier of 40,000 variants on a network is a few dozen operations on 5 kB integers.

Where rules about single models are in force on a network, ``fit`` itself is asked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import Final

from bandstand.kernel.words import Answer
from bandstand.radio.bands import Band
from bandstand.radio.capability import Capability
from bandstand.radio.containment import partial_for
from bandstand.radio.fitting import fit
from bandstand.radio.policies import NO_POLICIES, CarrierNotice, PolicyFact
from bandstand.radio.profile import Living, NetworkProfile
from bandstand.radio.rats import CIRCUIT_SWITCHED, Rat
from bandstand.radio.shares import standalone_of
from bandstand.radio.verdict import Tier

TIER_CODES: Final = tuple(Tier)


@dataclass(frozen=True, kw_only=True)
class TierRow:
    """The tiers of every variant on one network: for each tier, the variants that have it."""

    network: str
    members: Mapping[Tier, int]
    """A bit per variant, in the order of the matrix."""
    size: int

    def tier_of(self, at: int) -> Tier:
        """Return the tier of the variant at a position."""
        for tier, bits in self.members.items():
            if bits >> at & 1:
                return tier
        raise IndexError(at)

    def positions(self, tier: Tier) -> Iterator[int]:
        """Yield the positions of the variants with a tier, in order."""
        bits = f"{self.members.get(tier, 0):b}"[::-1]
        at = bits.find("1")
        while at >= 0:
            yield at
            at = bits.find("1", at + 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reach:
    """What the variants reach on a network, a bit each."""

    newer: int
    """Their newest technology is 3G or later."""
    only_gsm: int
    on_5g: int
    waits: int
    """They share 5G without 4G, and nobody knows if they run 5G so."""
    calls_yes: int
    calls_unknown: int
    calls_in_part: int
    """They reach 2G or 3G only by a part of a band."""


class Matrix:
    """Variants turned on their side: for each band, the variants that have it on a day."""

    def __init__(self, capabilities: Sequence[Capability], *, on: date) -> None:
        self._capabilities = tuple(capabilities)
        self._on = on
        self._all = (1 << len(self._capabilities)) - 1
        self._with_band = self._turned(one.bands_on(on) for one in self._capabilities)
        self._volte = self._by_answer(one.volte for one in self._capabilities)
        self._vonr = self._by_answer(one.vonr for one in self._capabilities)
        self._sa = self._by_answer(one.sa for one in self._capabilities)
        self._nsa = self._by_answer(one.nsa for one in self._capabilities)
        self._no_sim = self._bits(
            one.psim is Answer.NO and one.esim is Answer.NO for one in self._capabilities
        )
        self._by_hand = self._bits(
            bool(one.unknown_rats) or not one.is_known for one in self._capabilities
        )
        self._partial_cache: dict[Band, int] = {}

    def tiers(
        self, profile: NetworkProfile, *, policies: Iterable[PolicyFact] = NO_POLICIES
    ) -> TierRow:
        """
        Return the tier of every variant on a network.

        Where rules about phones are in force, or a variant has open band lists, ``fit`` itself is
        asked for those variants.
        """
        # A notice is told and changes no tier.
        rules = tuple(
            one
            for one in policies
            if one.is_in_force(profile, self._on) and not isinstance(one, CarrierNotice)
        )
        if rules or not profile.is_valid(self._on) or not profile.rows:
            members = self._asked(profile, rules, positions=range(len(self._capabilities)))
            return TierRow(network=profile.key, members=members, size=len(self._capabilities))
        members = self._by_bands(profile)
        if self._by_hand:
            positions = list(_positions(self._by_hand))
            asked = self._asked(profile, rules, positions=positions)
            members = {
                tier: (members.get(tier, 0) & ~self._by_hand) | asked.get(tier, 0)
                for tier in TIER_CODES
            }
        return TierRow(network=profile.key, members=members, size=len(self._capabilities))

    def _asked(
        self,
        profile: NetworkProfile,
        rules: tuple[PolicyFact, ...],
        *,
        positions: Iterable[int],
    ) -> dict[Tier, int]:
        found: dict[Tier, list[int]] = {}
        for at in positions:
            verdict = fit(self._capabilities[at], profile, policies=rules, on=self._on)
            found.setdefault(verdict.tier, []).append(at)
        return {tier: _bits_at(places) for tier, places in found.items()}

    def _by_bands(self, profile: NetworkProfile) -> dict[Tier, int]:
        living = profile.living(self._on)
        reach = self._reach(profile, living)
        limited, good, full = self._by_primaries(living, reach)
        none = self._all & ~(reach.newer | reach.only_gsm)
        calls_no = reach.newer & ~reach.calls_yes & ~reach.calls_unknown
        open_calls = reach.newer & reach.calls_unknown
        undecided = 0
        if profile.has_circuit_switched_record and profile.volte is not Answer.NO:
            undecided = open_calls & self._volte[Answer.UNKNOWN] & ~reach.calls_in_part
        sure, capped = reach.newer & reach.calls_yes, open_calls & ~undecided
        waits = reach.waits & ((none & reach.calls_unknown) | reach.only_gsm)
        members = {
            Tier.FULL: sure & full,
            Tier.GOOD: (sure & good) | (capped & (good | full)),
            Tier.LIMITED: (sure | capped) & limited,
            Tier.UNKNOWN: undecided | waits,
            Tier.DATA_ONLY: calls_no,
            Tier.VOICE_2G_ONLY: reach.only_gsm & ~waits,
            Tier.NONE: none & ~waits,
        }
        members = {tier: bits & ~self._no_sim for tier, bits in members.items()}
        members[Tier.BLOCKED] = self._no_sim
        return members

    def _by_primaries(self, living: Living, reach: "_Reach") -> tuple[int, int, int]:
        """Return the variants that the bands alone make limited, good and full."""
        usable = [one for one in living.primaries if one in living.rows]
        open_to = reach.on_5g if living.yardstick is Rat.NR else self._all
        any_of = self._any(usable) & open_to
        all_of = 0
        if usable and len(usable) == len(living.primaries):
            all_of = reduce(and_, (self.with_band(one) for one in usable), open_to)
        return self._all & ~any_of, any_of & ~all_of, all_of

    def _reach(self, profile: NetworkProfile, living: Living) -> "_Reach":
        exact = {rat: self._any(bands) for rat, bands in living.bands_by_rat.items()}
        part = {rat: self._part(bands) for rat, bands in living.bands_by_rat.items()}
        lte, nr = exact.get(Rat.LTE, 0), exact.get(Rat.NR, 0)
        sa = self._both(self._sa, standalone_of(profile, living))
        nsa = self._both(self._nsa, profile.nsa)
        on_5g = nr & (
            sa[Answer.YES] | (lte & (nsa[Answer.YES] | (sa[Answer.UNKNOWN] & nsa[Answer.UNKNOWN])))
        )
        older = _union(exact, CIRCUIT_SWITCHED - {Rat.GSM})
        gsm = exact.get(Rat.GSM, 0)
        newer_exact = on_5g | lte | older
        newer = newer_exact | _union(part, CIRCUIT_SWITCHED - {Rat.GSM} | {Rat.LTE})
        volte = self._volte_on(profile)
        lte_yes = lte & volte[Answer.YES]
        lte_open = (lte & volte[Answer.UNKNOWN]) | (part.get(Rat.LTE, 0) & ~lte & ~volte[Answer.NO])
        nr_yes, nr_open = self._calls_over_nr(profile, nr=nr, sa=sa, volte=volte)
        calls_in_part = _union(part, CIRCUIT_SWITCHED)
        calls_yes = older | gsm | lte_yes | nr_yes
        return _Reach(
            newer=newer,
            only_gsm=(gsm | part.get(Rat.GSM, 0)) & ~newer,
            on_5g=on_5g,
            waits=nr & ~lte & sa[Answer.UNKNOWN],
            calls_yes=calls_yes,
            calls_unknown=(calls_in_part | lte_open | nr_open) & ~calls_yes,
            calls_in_part=calls_in_part,
        )

    def _volte_on(self, profile: NetworkProfile) -> Mapping[Answer, int]:
        if profile.volte is Answer.NO:
            return {Answer.YES: 0, Answer.UNKNOWN: 0, Answer.NO: self._all}
        return self._volte

    def _calls_over_nr(
        self,
        profile: NetworkProfile,
        *,
        nr: int,
        sa: Mapping[Answer, int],
        volte: Mapping[Answer, int],
    ) -> tuple[int, int]:
        """Return the variants that call over 5G alone for sure, and those that perhaps do."""
        without_volte = 0 if profile.volte is Answer.NO else self._vonr[Answer.YES]
        may = nr & (~volte[Answer.NO] | without_volte)
        yes = may & self._vonr[Answer.YES] & sa[Answer.YES]
        return yes, may & ~self._vonr[Answer.NO] & ~sa[Answer.NO] & ~yes

    def _both(self, device: Mapping[Answer, int], network: Answer) -> dict[Answer, int]:
        """Return the answers of both sides together: no beats all, yes needs two."""
        if network is Answer.NO:
            return {Answer.YES: 0, Answer.UNKNOWN: 0, Answer.NO: self._all}
        yes = device[Answer.YES] if network is Answer.YES else 0
        no = device[Answer.NO]
        return {Answer.YES: yes, Answer.NO: no, Answer.UNKNOWN: self._all & ~yes & ~no}

    def _any(self, bands: Iterable[Band]) -> int:
        return reduce(or_, (self.with_band(one) for one in bands), 0)

    def _part(self, bands: Iterable[Band]) -> int:
        return reduce(or_, (self.with_part_of(one) for one in bands), 0)

    def with_band(self, one: Band) -> int:
        """Return the variants that have a band."""
        return self._with_band.get(one, 0)

    def with_part_of(self, one: Band) -> int:
        """Return the variants that reach a band only in part."""
        found = self._partial_cache.get(one)
        if found is None:
            near = reduce(or_, (self.with_band(other) for other in partial_for(one)), 0)
            found = self._partial_cache[one] = near & ~self.with_band(one)
        return found

    def _by_answer(self, answers: Iterable[Answer]) -> dict[Answer, int]:
        places: dict[Answer, list[int]] = {answer: [] for answer in Answer}
        for at, answer in enumerate(answers):
            places[answer].append(at)
        return {answer: _bits_at(where) for answer, where in places.items()}

    def _turned(self, sets: Iterable[frozenset[Band]]) -> dict[Band, int]:
        places: dict[Band, list[int]] = {}
        for at, bands in enumerate(sets):
            for one in bands:
                places.setdefault(one, []).append(at)
        return {one: _bits_at(where) for one, where in places.items()}

    def _bits(self, flags: Iterable[bool]) -> int:
        return _bits_at([at for at, flag in enumerate(flags) if flag])


def _union(by_rat: Mapping[Rat, int], rats: frozenset[Rat]) -> int:
    return reduce(or_, (by_rat.get(rat, 0) for rat in rats), 0)


def _bits_at(places: Sequence[int]) -> int:
    """Return an integer with the bits at the places set; bytes first, for speed."""
    if not places:
        return 0
    block = bytearray(max(places) // 8 + 1)
    for at in places:
        block[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(block, "little")


def _positions(bits: int) -> Iterator[int]:
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
