"""The provenance app."""

from django.apps import AppConfig


class ProvenanceConfig(AppConfig):
    """Where a unit has been: supply-chain events and the custody check."""

    name = "bandstand.provenance"
    label = "provenance"
