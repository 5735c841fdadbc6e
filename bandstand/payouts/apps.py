"""Names this room to Django."""

from django.apps import AppConfig


class PayoutsConfig(AppConfig):
    """What sellers are owed and when it is paid out."""

    name = "bandstand.payouts"
    label = "payouts"
