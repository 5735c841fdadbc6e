"""What a variant and a network have in common on a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bandstand.kernel.words import Answer
from bandstand.radio.bands import Band
from bandstand.radio.capability import Capability
from bandstand.radio.containment import Relation, partial_for
from bandstand.radio.policies import BandDisabled, PolicyFact, names_any
from bandstand.radio.profile import Living, NetworkProfile
from bandstand.radio.rats import NEWEST_FIRST, Rat
from bandstand.radio.verdict import NrAnswer

ABSENT = NrAnswer(sa=Answer.NO, nsa=Answer.NO)


@dataclass(frozen=True, kw_only=True)
class Shares:
    """Bands in common: exact ones serve; partial ones may, under MFBI."""

    exact: frozenset[Band]
    partial: Mapping[Band, tuple[Band, Relation]]
    """Network's band to the phone's band that reaches a part of it."""
    rats: frozenset[Rat]
    """Technologies with an exact band."""
    switched_off: Mapping[Band, PolicyFact | None]
    """Network's bands that the phone's firmware keeps off, with the rule if one says so."""
    nr: NrAnswer

    @cached_property
    def has_4g(self) -> bool:
        """Tell whether a 4G band is shared."""
        return Rat.LTE in self.rats

    @cached_property
    def has_5g(self) -> bool:
        """Tell whether a 5G band is shared, in a mode both sides have or that nobody speaks of."""
        return Rat.NR in self.rats and (
            Answer.YES in (self.nr.sa, self.nr.nsa)
            or (self.has_4g and self.nr.sa is self.nr.nsa is Answer.UNKNOWN)
        )

    @cached_property
    def newest_rat(self) -> Rat | None:
        """
        The technology that carries data.

        A part of a newer band counts only where nothing newer than 2G is exact.
        """
        for rat in NEWEST_FIRST:
            if rat in self.rats and rat is not Rat.GSM and (rat is not Rat.NR or self.has_5g):
                return rat
        reached = {one.rat for one in self.partial} | (self.rats & {Rat.GSM})
        return next((rat for rat in NEWEST_FIRST if rat in reached and rat is not Rat.NR), None)


def shares(
    capability: Capability,
    profile: NetworkProfile,
    *,
    living: Living,
    policies: tuple[PolicyFact, ...],
    on: date,
) -> Shares:
    """Return what both sides have on a day. ``policies`` are those in force on this network."""
    switched_off = _switched_off(capability, policies=policies, on=on)
    have = capability.bands - switched_off.keys() if switched_off else capability.bands
    exact = have & living.bands
    rats = frozenset({one.rat for one in exact})
    return Shares(
        exact=exact,
        partial=_partial(have, living.bands - exact),
        rats=rats,
        switched_off={
            one: why
            for one, why in switched_off.items()
            if one in living.bands and one in capability.bands
        },
        nr=_nr(capability, profile, living=living, rats=rats),
    )


def _partial(have: frozenset[Band], missing: frozenset[Band]) -> dict[Band, tuple[Band, Relation]]:
    found: dict[Band, tuple[Band, Relation]] = {}
    for network_band in missing:
        near = partial_for(network_band)
        if near and (hits := have & near.keys()):
            best = min(hits, key=lambda one: (near[one] is Relation.SUBSET, one.name))
            found[network_band] = (best, near[best])
    return found


def _switched_off(
    capability: Capability, *, policies: tuple[PolicyFact, ...], on: date
) -> dict[Band, PolicyFact | None]:
    found: dict[Band, PolicyFact | None] = {
        one.band: None for one in capability.disabled if one.is_in_force(on)
    }
    for policy in policies:
        if isinstance(policy, BandDisabled) and names_any(policy.codes, capability):
            found.update(dict.fromkeys(policy.bands, policy))
    return found


def _nr(
    capability: Capability, profile: NetworkProfile, *, living: Living, rats: frozenset[Rat]
) -> NrAnswer:
    if Rat.NR in capability.unknown_rats and Rat.NR in living.bands_by_rat:
        return NrAnswer()
    if Rat.NR not in rats:
        return ABSENT
    return NrAnswer(
        sa=_both(capability.sa, standalone_of(profile, living)),
        nsa=_both(capability.nsa, profile.nsa) if Rat.LTE in rats else Answer.NO,
    )


def standalone_of(profile: NetworkProfile, living: Living) -> Answer:
    """Return whether a network runs 5G standalone; one that lives on 5G does, unless it says no."""
    if profile.sa is Answer.UNKNOWN and living.yardstick is Rat.NR:
        return Answer.YES
    return profile.sa


def _both(first: Answer, second: Answer) -> Answer:
    if Answer.NO in (first, second):
        return Answer.NO
    return Answer.YES if first is second is Answer.YES else Answer.UNKNOWN
