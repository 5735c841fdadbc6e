from django.apps import AppConfig


class PortalsConfig(AppConfig):
    """Pages for sellers and brands."""

    name = "bandstand.portals"
    label = "portals"
