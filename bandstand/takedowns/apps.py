"""Notices, cases, remedies, statements of reasons."""

from django.apps import AppConfig


class TakedownsConfig(AppConfig):
    """Notices, cases, remedies, statements of reasons."""

    name = "bandstand.takedowns"
    label = "takedowns"
