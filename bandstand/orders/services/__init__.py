"""Writes of baskets, checkouts and orders: one function a use case."""

from bandstand.orders.services.baskets import (
    add_line,
    change_terms,
    claim_basket,
    drop_offers,
    open_basket,
    remove_line,
    see_prices,
)
from bandstand.orders.services.capturing import recapture
from bandstand.orders.services.ending import end_checkout
from bandstand.orders.services.finalizing import finalize
from bandstand.orders.services.hear import (
    hear_authorised,
    hear_capture_failed,
    hear_capture_held,
    hear_captured,
    hear_declined,
    hear_refund_settled,
)
from bandstand.orders.services.links import order_address, order_link
from bandstand.orders.services.pausing import note_return_begun, note_return_dropped
from bandstand.orders.services.paying import pay
from bandstand.orders.services.preparing import prepare
from bandstand.orders.services.releasing import deliver_line, release_line
from bandstand.orders.services.sweeping import sweep_checkouts
from bandstand.orders.services.taxing import ask_tax
from bandstand.orders.services.undoing import UndoneLine, cancel_line, return_line

__all__ = [
    "UndoneLine",
    "add_line",
    "ask_tax",
    "cancel_line",
    "change_terms",
    "claim_basket",
    "deliver_line",
    "drop_offers",
    "end_checkout",
    "finalize",
    "hear_authorised",
    "hear_capture_failed",
    "hear_capture_held",
    "hear_captured",
    "hear_declined",
    "hear_refund_settled",
    "note_return_begun",
    "note_return_dropped",
    "open_basket",
    "order_address",
    "order_link",
    "pay",
    "prepare",
    "recapture",
    "release_line",
    "remove_line",
    "return_line",
    "see_prices",
    "sweep_checkouts",
]
