"""The tables of trade-in."""

from bandstand.trade_in.models.money import CreditPayout, Disposal
from bandstand.trade_in.models.prices import ListedValue, TradeInPolicy
from bandstand.trade_in.models.trade_ins import Inspection, TradeIn, TradeInMoveRecord

__all__ = [
    "CreditPayout",
    "Disposal",
    "Inspection",
    "ListedValue",
    "TradeIn",
    "TradeInMoveRecord",
    "TradeInPolicy",
]
