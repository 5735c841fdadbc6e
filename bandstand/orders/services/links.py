"""The signed links of orders, for rooms and letters that tell buyers where to look."""

from bandstand.orders.links import order_address, order_link, order_token

__all__ = ["order_address", "order_link", "order_token"]
