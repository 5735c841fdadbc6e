"""What happened to checkouts, orders and their lines."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """A sale committed."""

    KIND: ClassVar[str] = "orders.placed"
    order_id: str
    number: str


@dataclass(frozen=True, slots=True)
class CheckoutFailed:
    """A checkout ended without an order; whatever was set aside on the card is given back."""

    KIND: ClassVar[str] = "orders.checkout_failed"
    checkout_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class LinePaid:
    """The money for a line was taken and its sale posted."""

    KIND: ClassVar[str] = "orders.line_paid"
    line_id: str
    order_id: str


@dataclass(frozen=True, slots=True)
class LineCancelled:
    """A line was cancelled before it left. ``refund_key`` is empty if nothing was taken."""

    KIND: ClassVar[str] = "orders.line_cancelled"
    line_id: str
    order_id: str
    reason: str
    refund_key: str


@dataclass(frozen=True, slots=True)
class LineReleased:
    """A phone was handed to the carrier."""

    KIND: ClassVar[str] = "orders.line_released"
    line_id: str
    order_id: str


@dataclass(frozen=True, slots=True)
class LineReturned:
    """A phone came back from its buyer."""

    KIND: ClassVar[str] = "orders.line_returned"
    line_id: str
    order_id: str
    reason: str
    refund_key: str
