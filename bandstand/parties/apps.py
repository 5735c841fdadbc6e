"""How Django knows the room."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """Legal persons, people, and who acts for whom."""

    name = "bandstand.parties"
    label = "parties"
