"""Registers the orders room with Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Basket, checkout, orders, releases, passports."""

    name = "bandstand.orders"
    label = "orders"
