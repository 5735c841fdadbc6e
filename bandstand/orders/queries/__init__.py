"""Reads of baskets, checkouts and orders, as frozen values."""

from bandstand.orders.queries.affected import (
    OpenCheckout,
    affected_lines,
    affected_offers,
    open_baskets,
    open_checkouts,
)
from bandstand.orders.queries.baskets import basket_count, basket_page
from bandstand.orders.queries.checkouts import checkout_row, purpose_of
from bandstand.orders.queries.orders import (
    lines_by_state,
    order_of_checkout,
    order_page,
    orders_list,
    passport_of,
)
from bandstand.orders.queries.taxes import BasketTax, basket_tax, tax_shown
from bandstand.orders.queries.words import (
    AffectedLine,
    BasketLineRow,
    BasketPage,
    CheckoutLineRow,
    CheckoutRow,
    LineMoveRow,
    OrderFilters,
    OrderLineRow,
    OrderPage,
    OrderRow,
    OrdersPage,
)

__all__ = [
    "AffectedLine",
    "BasketLineRow",
    "BasketPage",
    "BasketTax",
    "CheckoutLineRow",
    "CheckoutRow",
    "LineMoveRow",
    "OpenCheckout",
    "OrderFilters",
    "OrderLineRow",
    "OrderPage",
    "OrderRow",
    "OrdersPage",
    "affected_lines",
    "affected_offers",
    "basket_count",
    "basket_page",
    "basket_tax",
    "checkout_row",
    "lines_by_state",
    "open_baskets",
    "open_checkouts",
    "order_of_checkout",
    "order_page",
    "orders_list",
    "passport_of",
    "purpose_of",
    "tax_shown",
]
