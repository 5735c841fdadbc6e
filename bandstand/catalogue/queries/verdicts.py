"""Verdicts from facts already read, with the words and the hash that go with them."""

import hashlib
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from uuid import UUID

from bandstand.catalogue.queries.networks import NetworkFacts
from bandstand.kernel.canonical import sha256_hex
from bandstand.kernel.words import Answer
from bandstand.radio import Band, Capability, Fit, Rat, fit, fit_on_hosts, sentence, shelf_label
from bandstand.radio.sentences import emergency_number_of
from bandstand.radio.verdict import better


@dataclass(frozen=True, kw_only=True)
class FitTexts:
    """A verdict with the words that go with it."""

    verdict: Fit
    label: str
    sentence: str

    @property
    def nr(self) -> Answer:
        """Whether 5G works in either mode; where data runs on 5G it does, whichever mode it is."""
        if self.verdict.data == Rat.NR.value:
            return Answer.YES
        return better(self.verdict.nr.sa, self.verdict.nr.nsa)


def verdict(
    capability: Capability | None, facts: NetworkFacts, *, network_id: UUID, on: date
) -> Fit:
    """Return the verdict for a network that may have several hosts, by facts already read."""
    profiles = facts.profiles(network_id, on=on)
    if len(profiles) > 1:
        return fit_on_hosts(capability, profiles, policies=facts.policies, on=on)
    return fit(capability, profiles[0] if profiles else None, policies=facts.policies, on=on)


def with_texts(one: Fit, facts: NetworkFacts, *, network_id: UUID) -> FitTexts:
    """Return a verdict with its card label and sentence, which name the local emergency number."""
    profiles = facts.profiles(network_id, on=one.as_of)
    numbered = [key for profile in profiles for key in profile.keys if key[:1].isdigit()]
    number = emergency_number_of(min(numbered, default=""))
    return FitTexts(
        verdict=one,
        label=shelf_label(one, emergency_number=number),
        sentence=sentence(one, emergency_number=number),
    )


def dates_of(capability: Capability) -> set[date]:
    """Return every day on which firmware changes what a variant's radio does."""
    found = {day for one in capability.disabled for day in (one.from_date, one.until_date)}
    return {day for day in found if day is not None}


def radio_inputs(one: Capability) -> object:
    """Return everything that a variant's verdicts read of its radio, in canonical JSON values."""
    return _plain(replace(one, brand="", name="", code="", region=""))


def radio_hash(one: Capability) -> str:
    """Return the hash of everything that a variant's verdicts read of its radio."""
    return sha256_hex(radio_inputs(one))


def network_inputs(facts: NetworkFacts, *, network_id: UUID, on: date) -> object:
    """
    Return everything that verdicts on a network read of it on a day, in canonical JSON values.

    Rules about other networks are left out: they may have been read beside it, or not.
    """
    profiles = facts.profiles(network_id, on=on)
    return {
        "network": [_plain(one) for one in profiles],
        "policies": [
            _plain(rule)
            for rule in facts.policies
            if any(rule.concerns(profile) for profile in profiles)
        ],
    }


def network_hash(facts: NetworkFacts, *, network_id: UUID, on: date) -> str:
    """Return the hash of everything that verdicts on a network read of it on a day."""
    return sha256_hex(network_inputs(facts, network_id=network_id, on=on))


def inputs_hash(identity: tuple[str, ...], *, radio: str, network: str) -> str:
    """
    Return the hash of a verdict's inputs: what the variant is called, its radio, the network.

    The identity is brand, name, code and region, which rules may name a variant by.
    """
    return hashlib.sha256("\x1f".join((*identity, radio, network)).encode()).hexdigest()


def identity_of(one: Capability) -> tuple[str, ...]:
    """Return what rules may name a variant by."""
    return (one.brand, one.name, one.code, one.region)


def _plain(value: object) -> object:
    """Return a fact of ``radio`` in canonical JSON values: sets sorted, bands and days as text."""
    if isinstance(value, bool | int) or value is None:
        return value
    if is_dataclass(value) and not isinstance(value, Band | type):
        kind = {"kind": type(value).__name__}
        return kind | {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, frozenset):
        return sorted(str(one) for one in value)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return str(value)
