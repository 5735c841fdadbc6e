"""
The port that every payment provider is spoken to through.

    UnavailableError
    ├── GatewaySilentError     no answer came; what happened is unknown and must be asked
    └── GatewayBusyError       the provider did nothing and says so; the same call may be sent later
    RefusedError
    └── GatewayRefusedError    the provider understood and did nothing
    BadInputError
    └── WebhookRefusedError    not signed by the provider, or too old

Every order carries the key of the money command: sent twice, it is done once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from bandstand.kernel.errors import BadInputError, RefusedError, UnavailableError
from bandstand.money import Money
from bandstand.payments.rules import GatewayAnswer
from bandstand.payments.rules.reports import SetupAnswer


class GatewaySilentError(UnavailableError):
    """No answer came. The provider may or may not have done what was asked."""

    code = "gateway_silent"


class GatewayBusyError(UnavailableError):
    """Too many calls, or out of service: nothing was done. The same key may be sent again later."""

    code = "gateway_busy"

    def __init__(self, message: str, *, after: timedelta = timedelta(seconds=1)) -> None:
        super().__init__(message)
        self.after = after


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
    customer: str = ""
    """Whom the provider knows the buyer as, from an earlier saved card of the same owner."""


@dataclass(frozen=True, slots=True)
class SetupOrder:
    """Save a card on the provider's page, without a charge."""

    key: str
    currency: str
    return_url: str
    customer: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


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

    Raises: GatewaySilentError, GatewayBusyError and GatewayRefusedError, from every call that
        changes something; GatewaySilentError alone from what only asks.
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

    def begin_setup(self, order: SetupOrder, *, now: datetime) -> SetupAnswer:
        """Open a page on which the buyer saves a card; the outcome comes later."""

    def look_up_setup(self, *, now: datetime, ref: str = "", key: str = "") -> SetupAnswer | None:
        """Return the provider's book on a setup, or nothing if it never heard of it."""

    def forget_card(self, *, customer: str, method: str, now: datetime) -> None:
        """Have a saved card charged no more; one that is not there is forgotten already."""

    def verify_webhook(
        self, raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> ProviderNotice:
        """Return what a webhook says. Raises: WebhookRefusedError."""


@runtime_checkable
class BulkGateway(Gateway, Protocol):
    """
    A provider that takes many calls as one page; any other is called one by one.

    A call that came to nothing is answered with the error that the single call would raise.
    """

    def authorise_many(
        self, orders: Sequence[CardAuthorisation], *, now: datetime
    ) -> Sequence[GatewayAnswer | Exception]:
        """Ask for amounts, one answer per order."""

    def capture_many(
        self, orders: Sequence[CaptureOrder], *, now: datetime
    ) -> Sequence[GatewayAnswer | Exception]:
        """Ask to take what was authorised, one answer per order."""

    def look_up_refs(
        self, refs: Sequence[str], *, now: datetime
    ) -> Sequence[GatewayAnswer | Exception | None]:
        """Return the provider's book by its references."""

    def look_up_keys(
        self, keys: Sequence[str], *, now: datetime
    ) -> Sequence[GatewayAnswer | Exception | None]:
        """Return the provider's book by our keys."""
