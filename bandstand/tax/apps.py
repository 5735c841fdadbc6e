"""Names this room to Django."""

from django.apps import AppConfig


class TaxConfig(AppConfig):
    """Rates, policies, quotes and what used phones were bought for."""

    name = "bandstand.tax"
    label = "tax"
