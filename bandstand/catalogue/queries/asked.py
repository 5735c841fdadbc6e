"""Fits that somebody asks about by name, by written bands or by cases, on the stored facts."""

from datetime import date
from uuid import UUID

from bandstand.catalogue.models import Network, OperatorNetwork
from bandstand.catalogue.queries.networks import NetworkFacts, network_facts
from bandstand.catalogue.queries.variants import capabilities, variants_of
from bandstand.catalogue.queries.verdicts import verdict
from bandstand.radio import Capability, Fit, VariantDirectory, fit_by_name


def fit_of_name(*, brand: str, name: str, network_id: UUID, on: date) -> Fit:
    """
    Return the worst fit over all variants of a name: without a model code nobody knows which it is.

    Raises: CatalogueNotFoundError with near matches; AmbiguousNameError for an MVNO on several
    hosts.
    """
    rows = variants_of(brand, name)
    facts = network_facts([network_id])
    known = capabilities(row.id for row in rows).values()
    profiles = facts.profiles(network_id, on=on)
    fits = [
        fit_by_name(known, profile, policies=facts.policies, on=on)
        for profile in profiles or (None,)
    ]
    return min(fits, key=lambda one: one.tier.rank)


def fit_of_capability(capability: Capability, *, network_id: UUID, on: date) -> Fit:
    """Return the fit of a radio that somebody wrote down, on a stored network."""
    return verdict(capability, network_facts([network_id]), network_id=network_id, on=on)


def variant_directory() -> VariantDirectory:
    """Return every stored variant, to be looked up by brand and code or name."""
    return VariantDirectory(capabilities().values())


def all_network_facts() -> NetworkFacts:
    """Return everything stored about every network."""
    return network_facts(Network.objects.values_list("id", flat=True))


def has_operator_network() -> bool:
    """Say whether the operator has named a network; without one the shop has no answers."""
    return OperatorNetwork.objects.exists()
