from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """Pages for shoppers."""

    name = "bandstand.storefront"
    label = "storefront"
