"""The gate app."""

from django.apps import AppConfig


class GateConfig(AppConfig):
    """One decision from all facts, holds, and the guard in the database."""

    name = "bandstand.gate"
    label = "gate"
