"""Registers the offers room with Django."""

from django.apps import AppConfig


class OffersConfig(AppConfig):
    """Sellers' offers, single units, reservations, the shelf."""

    name = "bandstand.offers"
    label = "offers"
