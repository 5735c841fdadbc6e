"""One variant before one network on one day: the tier and the answers, as properties of both."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bandstand.kernel.words import Answer, Certainty
from bandstand.radio import gates
from bandstand.radio.bands import Band
from bandstand.radio.capability import Capability
from bandstand.radio.policies import CarrierNotice, PolicyFact, SimForms, notices_for
from bandstand.radio.profile import Living, NetworkProfile, ProfileBand
from bandstand.radio.rats import CIRCUIT_SWITCHED, Rat
from bandstand.radio.shares import Shares, shares
from bandstand.radio.verdict import NO_TECHNOLOGY, UNKNOWN_TECHNOLOGY, Coverage, Tier, worse
from bandstand.radio.voice import Voice, voice


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Everything that the verdict and its reasons look at."""

    capability: Capability
    profile: NetworkProfile
    living: Living
    shared: Shares
    voice: Voice
    findings: tuple[gates.Finding, ...]
    sim: Answer
    sim_rule: SimForms | None
    on: date
    changes_on: date | None
    notices: tuple[CarrierNotice, ...] = ()

    @cached_property
    def admits(self) -> Answer:
        """Whether rules let the phone in, whatever its bands."""
        return gates.admits(self.findings, self.sim, has_sim_rule=self.sim_rule is not None)

    @cached_property
    def waits_for_standalone(self) -> bool:
        """Whether the phone shares 5G without 4G, and nobody knows if it runs 5G so."""
        return (
            Rat.NR in self.shared.rats
            and not self.shared.has_4g
            and self.shared.nr.sa is Answer.UNKNOWN
        )

    @cached_property
    def tier(self) -> Tier:
        """The verdict in one word: the rules first, then the radio."""
        admitted = self.admits
        if admitted is Answer.NO:
            return Tier.BLOCKED
        radio = self.radio_tier
        if admitted is Answer.UNKNOWN and radio.rank > Tier.UNKNOWN.rank:
            return Tier.UNKNOWN
        return radio

    @cached_property
    def radio_tier(self) -> Tier:
        """The verdict as far as bands and calls go."""
        tier = self._tier_of_newest()
        might_be_more = self.waits_for_standalone and self.calls is not Answer.NO
        if might_be_more and tier in (Tier.NONE, Tier.VOICE_2G_ONLY):
            return Tier.UNKNOWN
        return tier

    def _tier_of_newest(self) -> Tier:
        newest = self.shared.newest_rat
        if newest is None:
            return Tier.NONE
        if newest is Rat.GSM:
            return Tier.VOICE_2G_ONLY
        if self.calls is Answer.NO:
            return Tier.DATA_ONLY
        by_bands = self._tier_of_bands()
        if self.calls is Answer.YES:
            return by_bands
        return self._tier_without_known_calls(by_bands)

    def _tier_of_bands(self) -> Tier:
        primaries = self.living.primaries
        have = self.shared.exact & primaries
        is_closed_5g = self.living.yardstick is Rat.NR and not self.shared.has_5g
        if not have or is_closed_5g:
            return Tier.LIMITED
        return Tier.FULL if have == primaries else Tier.GOOD

    def _tier_without_known_calls(self, by_bands: Tier) -> Tier:
        """
        Return the tier while nobody knows whether calls work.

        Where the record of the network speaks of 2G and 3G and none of it reaches this phone, calls
        rest on VoLTE alone; silence about that leaves the whole verdict open. A record that never
        speaks of 2G or 3G proves nothing about calls: the bands decide, and never “full”.
        """
        rests_on_volte = self.voice.circuit_switched is Answer.NO
        is_silent = self.voice.volte is Answer.UNKNOWN
        if is_silent and rests_on_volte and self.profile.has_circuit_switched_record:
            return Tier.UNKNOWN
        return min(by_bands, Tier.GOOD, key=lambda one: one.rank)

    @property
    def calls(self) -> Answer:
        """Whether calls work, rules of admission aside."""
        return self.voice.calls

    @property
    def data(self) -> str:
        """The newest technology that carries data."""
        newest = self.shared.newest_rat
        if newest is not None:
            return newest.value
        return UNKNOWN_TECHNOLOGY if self.waits_for_standalone else NO_TECHNOLOGY

    @property
    def emergency_calls(self) -> Answer:
        """
        Whether emergency calls work.

        Over 2G and 3G they do; over 4G only if a regulator verified the model, or the carrier
        certified or listed it. A phone without VoLTE and without 2G or 3G cannot make them.
        """
        said = [one.emergency for one in self.findings if one.emergency is not None]
        if Answer.NO in said:
            return Answer.NO
        by_radio = self._emergency_by_radio()
        if Answer.UNKNOWN in said:
            return worse(by_radio, Answer.UNKNOWN)
        if Answer.YES in said and self.calls is not Answer.NO:
            return Answer.YES
        return by_radio if self.tier is not Tier.BLOCKED else worse(by_radio, Answer.UNKNOWN)

    def _emergency_by_radio(self) -> Answer:
        if self.voice.circuit_switched is Answer.YES:
            return Answer.YES
        if self.voice.packet is Answer.YES and self.voice.is_vouched_for:
            return Answer.YES
        has_packet = self.shared.has_4g or self.shared.partial or self.waits_for_standalone
        if self.calls is Answer.NO and (not has_packet or self.capability.volte is Answer.NO):
            return Answer.NO
        return Answer.UNKNOWN

    @property
    def coverage(self) -> Coverage:
        """The share of the primary bands that the phone has."""
        low = [one for one in self.living.primaries if one.is_low]
        high = [one for one in self.living.primaries if not one.is_low]
        return Coverage(low=self._share(low), high=self._share(high))

    def _share(self, bands: list[Band]) -> int | None:
        if not bands:
            return None
        return 100 * sum(one in self.shared.exact for one in bands) // len(bands)

    @property
    def confidence(self) -> Certainty:
        """The weakest link: the phone's claims, the network's rows, the rules, the silences."""
        if Answer.UNKNOWN in (self.calls, self.admits) or self.capability.conflicts or self.notices:
            return Certainty.LOW
        if self.capability.disputed_bands & self.living.bands:
            return Certainty.LOW
        links = [one.certainty for one in self.rows_relied_on]
        links += [one.policy.certainty for one in self.findings]
        links += [one.certainty for one in self.voice.denials]
        links += self._claims_relied_on()
        if self._rests_on_what_networks_usually_do():
            links.append(Certainty.MEDIUM)
        return Certainty.weakest(*links)

    @cached_property
    def rows_relied_on(self) -> list[ProfileBand]:
        """
        The network's rows that the verdict rests on.

        The primary bands; without any of them the surest band that carries data; with nothing in
        common, what ended.
        """
        living, newest = self.living, self.shared.newest_rat
        rows = [living.rows.get(one) or living.withheld[one] for one in living.primaries]
        if newest is None:
            return rows + [row for ended in living.sunset.values() for row in ended]
        carrying = [living.rows[one] for one in self.shared.exact if one.rat is newest]
        if carrying and not self.shared.exact & living.primaries:
            rows.append(max(carrying, key=lambda row: row.certainty.rank))
        return rows

    def _claims_relied_on(self) -> list[Certainty]:
        newest, by_rat = self.shared.newest_rat, self.capability.weakest_by_rat
        if newest is None:
            return [self.capability.weakest]
        rats = {newest, self.living.yardstick}
        if not self.has_volte:
            rats |= self.shared.rats & CIRCUIT_SWITCHED
        return [by_rat[rat] for rat in rats if rat is not None and rat in by_rat]

    @property
    def has_volte(self) -> bool:
        """Whether calls go over 4G or 5G for sure."""
        return self.voice.packet is Answer.YES

    def _rests_on_what_networks_usually_do(self) -> bool:
        """Tell whether VoLTE or a 5G mode of the network is presumed, for want of a record."""
        nr = self.shared.nr
        presumes_5g = self.shared.has_5g and Answer.YES not in (nr.sa, nr.nsa)
        presumes_volte = (
            self.has_volte
            and self.voice.circuit_switched is not Answer.YES
            and not self.voice.is_vouched_for
        )
        return presumes_5g or presumes_volte


def sight_of(
    capability: Capability,
    profile: NetworkProfile,
    *,
    policies: tuple[PolicyFact, ...],
    on: date,
) -> Sight:
    """Return a variant before a network. ``policies`` concern this network, at any date."""
    living = profile.living(on)
    in_force = tuple(one for one in policies if one.is_in_force(profile, on)) if policies else ()
    shared = shares(capability, profile, living=living, policies=in_force, on=on)
    sim, sim_rule = gates.sim_answer(capability, in_force)
    return Sight(
        capability=capability,
        profile=profile,
        living=living,
        shared=shared,
        voice=voice(capability, profile, shared=shared, policies=in_force),
        findings=gates.findings(capability, in_force) if in_force else (),
        sim=sim,
        sim_rule=sim_rule,
        on=on,
        notices=notices_for(capability, in_force) if in_force else (),
        changes_on=_next_date(
            [
                living.next_date,
                *(day for one in policies for day in (one.from_date, one.until_date)),
                *(day for one in capability.disabled for day in (one.from_date, one.until_date)),
            ],
            on=on,
        ),
    )


def _next_date(days: list[date | None], *, on: date) -> date | None:
    """Return the next day on which any fact begins or ends; the verdict stands until then."""
    return min((day for day in days if day is not None and day > on), default=None)
