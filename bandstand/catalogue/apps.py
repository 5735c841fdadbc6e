"""How Django knows the room."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Brands, models, variants, networks, and the fits stored between them."""

    name = "bandstand.catalogue"
    label = "catalogue"
