from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Pages for the operator's staff."""

    name = "bandstand.console"
    label = "console"
