"""
Rules of carriers and regulators about phones: dated, sourced, one class per kind.

A rule is in force from ``from_date`` until before ``until_date``. An empty ``network`` means every
network. Lists hold folded model codes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from bandstand.kernel.words import Answer, Certainty
from bandstand.radio.bands import Band
from bandstand.radio.capability import Capability, fold_code, is_within, split_codes
from bandstand.radio.profile import NetworkProfile


@dataclass(frozen=True, kw_only=True)
class PolicyFact:
    """What every rule has: where and when it holds, and who says so."""

    network: str = ""
    from_date: date | None = None
    until_date: date | None = None
    source: str = ""
    certainty: Certainty = Certainty.MEDIUM

    def is_in_force(self, profile: NetworkProfile, on: date) -> bool:
        """Tell whether the rule holds on a network (or its host) on a day."""
        return self.concerns(profile) and is_within(
            on, from_date=self.from_date, until_date=self.until_date
        )

    def concerns(self, profile: NetworkProfile) -> bool:
        """Tell whether the rule is about this network at any date."""
        return not self.network or self.network in profile.keys


@dataclass(frozen=True, kw_only=True)
class CertificationRequired(PolicyFact):
    """The carrier serves only models that it certified."""

    certified: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class VoiceAllowList(PolicyFact):
    """The carrier lets only listed models call over 4G and 5G."""

    allowed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class VolteRequiredToActivate(PolicyFact):
    """The carrier activates only phones with VoLTE."""


@dataclass(frozen=True, kw_only=True)
class ActivationBlock(PolicyFact):
    """The carrier refuses these models; with ``codes`` None every model but the allowed ones."""

    codes: frozenset[str] | None = None
    allowed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class EmergencyCallRule(PolicyFact):
    """The law makes carriers refuse a phone that cannot reach the emergency number."""

    fails: frozenset[str] = frozenset()
    verified: frozenset[str] | None = None
    """Models shown to work; None if nobody published such a list."""
    blocks_unverified: bool = False
    volte_required: bool = False


@dataclass(frozen=True, kw_only=True)
class VolteNotProvisioned(PolicyFact):
    """The network does not switch on calls over 4G for these models; None means for none at all."""

    codes: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class BandDisabled(PolicyFact):
    """Firmware keeps these bands off; with ``codes`` None in every model."""

    bands: frozenset[Band] = frozenset()
    codes: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True)
class SimForms(PolicyFact):
    """The kinds of SIM that an operator gives out, or, with ``codes``, that these models take."""

    esim: Answer = Answer.UNKNOWN
    psim: Answer = Answer.UNKNOWN
    codes: frozenset[str] | None = None


class NoticeAbout(StrEnum):
    """Which phones a notice concerns."""

    EVERY_PHONE = "every_phone"
    WITHOUT_VOLTE = "without_volte"
    """Phones that are not known to call over 4G."""
    UNLISTED = "unlisted"
    """Phones that no list of the carrier or the regulator names."""


@dataclass(frozen=True, kw_only=True)
class CarrierNotice(PolicyFact):
    """
    A rule that is known to exist and cannot be applied: its list is not at hand, or it is disputed.

    It is told and lowers the confidence. It decides nothing, for it proves neither yes nor no.
    """

    text: str = ""
    about: NoticeAbout = NoticeAbout.EVERY_PHONE


def code_list(codes: Iterable[str]) -> frozenset[str]:
    """Return a list of model codes ready to compare: folded, no brand, with the parts of each."""
    found: set[str] = set()
    for code in codes:
        found |= {fold_code(one) for one in split_codes(_without_brand(code))}
    return frozenset(found)


def is_listed(codes: frozenset[str], capability: Capability) -> Answer:
    """
    Tell whether a list names a variant.

    A record of several codes is listed only if all of them are; some is unknown. A variant that has
    neither code nor name is unknown to every list.
    """
    whole = fold_code(capability.code or capability.name)
    if not whole:
        return Answer.UNKNOWN
    if whole in codes:
        return Answer.YES
    parts = capability.identities - {whole} or capability.identities
    hit = parts & codes
    if not hit:
        return Answer.NO
    return Answer.YES if hit == parts else Answer.UNKNOWN


def names_any(codes: frozenset[str] | None, capability: Capability) -> bool:
    """Tell whether a refusal reaches a variant: by any of its codes, or because it names all."""
    return codes is None or bool(capability.identities & codes)


def notices_for(
    capability: Capability, policies: Iterable[PolicyFact]
) -> tuple[CarrierNotice, ...]:
    """Return the notices that concern a variant. ``policies`` are those in force."""
    rules = tuple(policies)
    concerned = {
        NoticeAbout.EVERY_PHONE: True,
        NoticeAbout.WITHOUT_VOLTE: capability.volte is not Answer.YES,
        NoticeAbout.UNLISTED: not _is_on_any_list(capability, rules),
    }
    return tuple(one for one in rules if isinstance(one, CarrierNotice) and concerned[one.about])


def with_lists(policies: Iterable[PolicyFact]) -> tuple[PolicyFact, ...]:
    """Return the rules that name models; to the others all models of equal radios are alike."""
    return tuple(
        one for one in policies if any(getattr(one, name, None) is not None for name in LISTS)
    )


def answers_of_lists(
    policies: Iterable[PolicyFact], capability: Capability
) -> tuple[tuple[Answer, bool], ...]:
    """
    Return what every list of every rule says of a variant.

    Variants of equal radios of which the lists say the same get the same verdict.
    """
    lists = (getattr(one, name, None) for one in policies for name in LISTS)
    return tuple(
        (is_listed(codes, capability), names_any(codes, capability))
        for codes in lists
        if codes is not None
    )


def _is_on_any_list(capability: Capability, policies: tuple[PolicyFact, ...]) -> bool:
    admitting = (getattr(one, name, None) for one in policies for name in ADMITTING_LISTS)
    return any(codes and is_listed(codes, capability) is Answer.YES for codes in admitting)


def _without_brand(code: str) -> str:
    """Drop leading “Brand/” parts: a part before a slash without a digit is a name, not a code."""
    brand, slash, rest = code.partition("/")
    if slash and not any(letter.isdigit() for letter in brand):
        return _without_brand(rest)
    return code


ADMITTING_LISTS: Final = ("certified", "allowed", "verified")
LISTS: Final = (*ADMITTING_LISTS, "codes", "fails")
NO_POLICIES: Final[tuple[PolicyFact, ...]] = ()
