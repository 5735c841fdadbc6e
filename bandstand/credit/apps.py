"""Names this room to Django."""

from django.apps import AppConfig


class CreditConfig(AppConfig):
    """Instalment plans and what must be disclosed about them."""

    name = "bandstand.credit"
    label = "credit"
