"""Whether calls work: over 2G or 3G if any is left, else over 4G or 5G if nobody denies it."""

from dataclasses import dataclass

from bandstand.kernel.words import Answer
from bandstand.radio.capability import Capability
from bandstand.radio.policies import (
    CertificationRequired,
    PolicyFact,
    VoiceAllowList,
    VolteNotProvisioned,
    is_listed,
    names_any,
)
from bandstand.radio.profile import NetworkProfile
from bandstand.radio.rats import CIRCUIT_SWITCHED, Rat
from bandstand.radio.shares import Shares
from bandstand.radio.verdict import better, worse


@dataclass(frozen=True, kw_only=True, slots=True)
class Voice:
    """The answer, and what it rests on."""

    calls: Answer
    circuit_switched: Answer
    """Calls over 2G or 3G."""
    packet: Answer
    """Calls over 4G or 5G on this network."""
    volte: Answer
    """Whether the phone may use VoLTE here, bands aside."""
    denials: tuple[PolicyFact, ...]
    """Rules that deny VoLTE, or leave it open."""
    is_vouched_for: bool
    """The carrier itself certified or listed the model, emergency calls included."""


def voice(
    capability: Capability,
    profile: NetworkProfile,
    *,
    shared: Shares,
    policies: tuple[PolicyFact, ...],
) -> Voice:
    """Return whether calls work on the shared bands. ``policies`` are those in force here."""
    volte, denials, is_listed_here = _volte(capability, profile, policies=policies)
    circuit_switched = _circuit_switched(shared)
    over_nr = _over_nr(capability, profile, shared=shared, volte=volte, is_denied=bool(denials))
    packet = better(_over_lte(shared, volte), over_nr)
    return Voice(
        calls=better(circuit_switched, packet),
        circuit_switched=circuit_switched,
        packet=packet,
        volte=volte,
        denials=denials,
        is_vouched_for=is_listed_here,
    )


def _volte(
    capability: Capability, profile: NetworkProfile, *, policies: tuple[PolicyFact, ...]
) -> tuple[Answer, tuple[PolicyFact, ...], bool]:
    volte = worse(capability.volte, Answer.NO if profile.volte is Answer.NO else Answer.YES)
    denials: list[PolicyFact] = []
    is_vouched_for = False
    for policy in policies:
        if isinstance(policy, VoiceAllowList):
            listed = is_listed(policy.allowed, capability)
            if listed is Answer.YES:
                is_vouched_for = True
                volte = Answer.YES if volte is Answer.UNKNOWN else volte
            else:
                denials.append(policy)
                volte = worse(volte, listed)
        elif isinstance(policy, VolteNotProvisioned) and names_any(policy.codes, capability):
            denials.append(policy)
            volte = Answer.NO
        elif isinstance(policy, CertificationRequired):
            is_vouched_for |= is_listed(policy.certified, capability) is Answer.YES
    if any(isinstance(one, VolteNotProvisioned) for one in denials):
        volte = Answer.NO
    return volte, tuple(denials), is_vouched_for


def _circuit_switched(shared: Shares) -> Answer:
    if shared.rats & CIRCUIT_SWITCHED:
        return Answer.YES
    if any(one.rat in CIRCUIT_SWITCHED for one in shared.partial):
        return Answer.UNKNOWN
    return Answer.NO


def _over_lte(shared: Shares, volte: Answer) -> Answer:
    if shared.has_4g:
        return volte
    if any(one.rat is Rat.LTE for one in shared.partial):
        return worse(volte, Answer.UNKNOWN)
    return Answer.NO


def _over_nr(
    capability: Capability,
    profile: NetworkProfile,
    *,
    shared: Shares,
    volte: Answer,
    is_denied: bool,
) -> Answer:
    """
    Return whether calls work over 5G alone.

    A rule that denies VoLTE denies VoNR. A phone without VoLTE has no VoNR unless a source says so.
    """
    if Rat.NR not in shared.rats:
        return Answer.NO
    if volte is Answer.NO:
        may_still = capability.vonr is Answer.YES and not is_denied
        if not may_still or profile.volte is Answer.NO:
            return Answer.NO
    return worse(capability.vonr, shared.nr.sa)
