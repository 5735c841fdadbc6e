"""Writes of offers, units and reservations: one function a use case."""

from bandstand.offers.services.arrivals import receive_units
from bandstand.offers.services.drafting import change_price, draft_offer
from bandstand.offers.services.keeping import (
    expire_reservations,
    extend,
    free_holder,
    reserve,
)
from bandstand.offers.services.listing import approve_review, publish, refuse_review, withdraw
from bandstand.offers.services.rechecking import recheck, recheck_listed
from bandstand.offers.services.units import (
    quarantine_unit,
    release_unit,
    sell_unit,
    take_back_unit,
)

__all__ = [
    "approve_review",
    "change_price",
    "draft_offer",
    "expire_reservations",
    "extend",
    "free_holder",
    "publish",
    "quarantine_unit",
    "receive_units",
    "recheck",
    "recheck_listed",
    "refuse_review",
    "release_unit",
    "reserve",
    "sell_unit",
    "take_back_unit",
    "withdraw",
]
