"""Names this room to Django."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """Money commands through a gateway, and what providers report back."""

    name = "bandstand.payments"
    label = "payments"
