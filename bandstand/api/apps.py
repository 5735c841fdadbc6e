from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Doors for machines."""

    name = "bandstand.api"
    label = "api"
