"""Names this room to Django."""

from django.apps import AppConfig


class PromotionsConfig(AppConfig):
    """Bill credits promised with a plan, and given month by month."""

    name = "bandstand.promotions"
    label = "promotions"
