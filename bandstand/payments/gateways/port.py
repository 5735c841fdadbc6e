"""
The port that every payment provider is spoken to through.

    UnavailableError
    └── GatewaySilentError     no answer came; what happened is unknown and must be asked
    RefusedError
    └── GatewayRefusedError    the provider understood and did nothing
    BadInputError
    └── WebhookRefusedError    not signed by the provider, or too old

Every order carries the key of the money command: sent twice, it is done once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bandstand.kernel.errors import BadInputError, RefusedError, UnavailableError
from bandstand.money import Money
from bandstand.payments.rules import GatewayAnswer


class GatewaySilentError(UnavailableError):
    """No answer came. The provider may or may not have done what was asked."""

    code = "gateway_silent"


class GatewayRefusedError(RefusedError):
    """The provider refused and nothing happened; the code says why."""

    code = "gateway_refused"


class WebhookRefusedError(BadInputError):
    """A webhook that the provider did not sign, or signed too long ago."""

    code = "webhook_refused"


@dataclass(frozen=True, slots=True)
class CardAuthorisation:
    """Set an amount aside on a card, by the token the provider's page gave."""

    key: str
    amount: Money
    card_token: str
    return_url: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    is_off_session: bool = False
    saves_card: bool = False
    """The buyer agreed that the card may be charged again later."""


@dataclass(frozen=True, slots=True)
class CaptureOrder:
    """Take an authorised amount, or part of it; the rest is let go."""

    key: str
    ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class VoidOrder:
    """Let go of an authorised amount."""

    key: str
    ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Give back part or all of what was captured."""

    key: str
    ref: str
    amount: Money


@dataclass(frozen=True, slots=True)
class ProviderNotice:
    """A verified webhook: that something happened to ``ref``. What is true is then asked."""

    event_id: str
    kind: str
    ref: str
    payload: dict[str, Any]


class Gateway(Protocol):
    """
    A payment provider.

    Raises: GatewaySilentError and GatewayRefusedError, from every call that changes something.
    """

    name: str

    def authorise(self, order: CardAuthorisation, *, now: datetime) -> GatewayAnswer:
        """Ask for an amount; the outcome may come later."""

    def capture(self, order: CaptureOrder, *, now: datetime) -> GatewayAnswer:
        """Ask to take what was authorised."""

    def void(self, order: VoidOrder, *, now: datetime) -> GatewayAnswer:
        """Ask to let go of what was authorised."""

    def refund(self, order: RefundOrder, *, now: datetime) -> GatewayAnswer:
        """Ask to give back what was captured."""

    def look_up(self, *, now: datetime, ref: str = "", key: str = "") -> GatewayAnswer | None:
        """Return the provider's book on an authorisation, or nothing if it never heard of it."""

    def verify_webhook(
        self, raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> ProviderNotice:
        """Return what a webhook says. Raises: WebhookRefusedError."""
