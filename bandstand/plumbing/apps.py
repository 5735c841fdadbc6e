from django.apps import AppConfig


class PlumbingConfig(AppConfig):
    """Clock, ids, outbox, letters, audit: what every room stands on."""

    name = "bandstand.plumbing"
    label = "plumbing"
