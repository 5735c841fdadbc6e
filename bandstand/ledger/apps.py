"""Names this room to Django."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Accounts and balanced, append-only transfers."""

    name = "bandstand.ledger"
    label = "ledger"
