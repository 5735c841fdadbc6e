"""Fits with everything that they were found from, to be frozen with an offer and checked later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bandstand.catalogue.models import FitInput
from bandstand.catalogue.queries.networks import NetworkRow, network_facts, operator_networks
from bandstand.catalogue.queries.variants import capability_of
from bandstand.catalogue.queries.verdicts import (
    identity_of,
    inputs_hash,
    network_inputs,
    radio_inputs,
    verdict,
    with_texts,
)
from bandstand.kernel.canonical import sha256_hex
from bandstand.radio import radio_version


@dataclass(frozen=True, kw_only=True)
class InputSide:
    """One side of a fit's inputs, and the hash of its canonical bytes."""

    sha256: str
    body: object


@dataclass(frozen=True, kw_only=True)
class FitToFreeze:
    """A fit of a day on a network, with its inputs and the version of the rules that found it."""

    network: NetworkRow
    as_of: date
    tier: str
    label: str
    sentence: str
    body: dict[str, object]
    identity: tuple[str, ...]
    radio: InputSide
    network_side: InputSide
    inputs_hash: str
    radio_version: str


def fits_to_freeze(variant_id: UUID, *, on: date) -> tuple[FitToFreeze, ...]:
    """
    Return the fits of a variant on each of the operator's networks, the default first.

    Raises: CatalogueNotFoundError.
    """
    networks = operator_networks()
    if not networks:
        return ()
    capability = capability_of(variant_id)
    facts = network_facts([one.id for one in networks])
    radio = _side(radio_inputs(capability))
    found = []
    for network in networks:
        said = with_texts(
            verdict(capability, facts, network_id=network.id, on=on), facts, network_id=network.id
        )
        side = _side(network_inputs(facts, network_id=network.id, on=on))
        identity = identity_of(capability)
        found.append(
            FitToFreeze(
                network=network,
                as_of=on,
                tier=said.verdict.tier.value,
                label=said.label,
                sentence=said.sentence,
                body=said.verdict.as_json(),
                identity=identity,
                radio=radio,
                network_side=side,
                inputs_hash=inputs_hash(identity, radio=radio.sha256, network=side.sha256),
                radio_version=radio_version(),
            )
        )
    return tuple(found)


def kept_inputs(hashes: tuple[str, ...]) -> Mapping[str, object]:
    """Return the inputs that are kept under hashes; what is not kept is left out."""
    return {one.sha256: one.body for one in FitInput.objects.filter(pk__in=hashes)}


def are_inputs_whole(
    identity: tuple[str, ...], *, radio: InputSide, network_side: InputSide, hashed: str
) -> bool:
    """Tell whether kept inputs are those that a fit was found from: every hash agrees."""
    sides = (radio, network_side)
    return (
        all(sha256_hex(one.body) == one.sha256 for one in sides)
        and inputs_hash(identity, radio=radio.sha256, network=network_side.sha256) == hashed
    )


def _side(body: object) -> InputSide:
    return InputSide(sha256=sha256_hex(body), body=body)
