"""
The port that every way of paying sellers is spoken to through.

    UnavailableError
    ├── GatewaySilentError     no answer came; what happened is unknown and must be asked
    └── PayoutsWaitError       our own balance is too small; nothing happened, and later it may
    RefusedError
    └── GatewayRefusedError    the gateway understood and did nothing, for good
    BadInputError
    └── WebhookRefusedError    not signed by the gateway, or too old

Every order carries the key of its command: sent twice, it is done once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from bandstand.kernel.errors import UnavailableError
from bandstand.payments.gateways.port import ProviderNotice
from bandstand.payouts.rules import AccountKind, PayoutAnswer, PayoutOrder, Purse, ReversalOrder


class PayoutsWaitError(UnavailableError):
    """Our own balance at the gateway is too small. Nothing happened; the payout waits for it."""

    code = "short_of_funds"


class PayoutGateway(Protocol):
    """
    A way of paying sellers.

    Raises: GatewaySilentError and GatewayRefusedError, from every call that changes something.
    """

    name: str
    label: str
    takes: frozenset[AccountKind]
    """The kinds of account it pays to."""
    is_by_hand: bool
    """Whether people carry its file to the bank and bring the bank's answer."""
    can_reverse: bool
    """Whether it can take back what a seller still has at it."""
    out_of: Purse
    """The account of ours that it pays out of."""

    def send(self, order: PayoutOrder, *, now: datetime) -> PayoutAnswer:
        """Ask to pay; the outcome may come later. Raises: PayoutsWaitError."""

    def look_up(self, *, key: str, now: datetime, ref: str = "") -> PayoutAnswer | None:
        """Return the gateway's book on a payout, or nothing if it never heard of it."""

    def reverse(self, order: ReversalOrder, *, now: datetime) -> PayoutAnswer:
        """Take part of a payout back out of the seller's balance at the gateway."""

    def verify_webhook(
        self, raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> ProviderNotice:
        """Return what a webhook says. Raises: WebhookRefusedError."""
