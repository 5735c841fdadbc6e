"""Names this room to Django."""

from django.apps import AppConfig


class TradeInConfig(AppConfig):
    """Phones taken in part payment for others."""

    name = "bandstand.trade_in"
    label = "trade_in"
