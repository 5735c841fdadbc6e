"""
Calling Stripe: one pinned version, one time limit, and every error in the port's own words.

No message of Stripe's reaches a log or a page, because some of them repeat part of the key.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final, TypeVar

import httpx
import stripe

from bandstand.kernel.errors import DomainError
from bandstand.money import Money
from bandstand.payments.gateways.port import (
    GatewayBusyError,
    GatewayRefusedError,
    GatewaySilentError,
)

API_VERSION: Final = "2026-10-28.endive"
"""The version of Stripe's interface that this adapter was written against; never the account's."""
SECONDS_MAX: Final = 20.0
SECONDS_AWAY_MAX: Final = 3600
UNDER_WAY: Final = 409
"""Another call with the same key is being worked on: what comes of it is to be asked."""
BUSY: Final = 429
"""Too many calls, or the object is locked: nothing was done, the same call may come again."""
REPLAYED: Final = "idempotent-replayed"
Book = dict[str, Any]
Answer = TypeVar("Answer")

WIRE_FACTORS: Final[Mapping[str, int]] = MappingProxyType({"ISK": 100, "UGX": 100})
"""
Currencies without decimals that Stripe still counts in hundredths.

Source: Stripe, "Supported currencies", special cases; from general knowledge.
"""
CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "resource_missing": "no_such_payment",
        "amount_too_small": "amount_too_small",
        "amount_too_large": "capture_exceeds_authorised",
        "charge_already_refunded": "refund_exceeds_captured",
        "charge_disputed": "charge_disputed",
    }
)
PARAM_CODES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("capture", "amount_to_capture"): "capture_exceeds_authorised",
        ("refund", "amount"): "refund_exceeds_captured",
    }
)
UNEXPECTED_STATE: Final[Mapping[str, str]] = MappingProxyType(
    {"capture": "not_capturable", "void": "not_voidable", "refund": "not_refundable"}
)


class Wire(stripe.HTTPClient):
    """Carries the library's calls over the shop's own HTTP client, with one time limit."""

    name = "httpx"

    def __init__(self) -> None:
        super().__init__()
        self._client = httpx.Client(timeout=SECONDS_MAX)

    def request(  # noqa: PLR0917 -- the library's signature
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,  # noqa: ANN401 -- the library's signature
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        try:
            answer = self._client.request(method, url, headers=headers, content=post_data)
        except httpx.HTTPError as error:
            said = type(error).__name__
            raise stripe.APIConnectionError(said) from error  # type: ignore[no-untyped-call]  # the library's
        return answer.text, answer.status_code, answer.headers

    def close(self) -> None:
        self._client.close()


def client(*, secret_key: str, wire: Wire, base_url: str = "") -> stripe.StripeClient:
    """Return a client for a key; ``base_url`` names another host than Stripe's own, for tests."""
    return stripe.StripeClient(
        secret_key,
        stripe_version=API_VERSION,
        http_client=wire,
        # Our own commands are retried by asking first; the library's blind retries are not wanted.
        max_network_retries=0,
        base_addresses={"api": base_url} if base_url else {},
    )


def call(ask: Callable[[], Answer], *, doing: str) -> Answer:
    """
    Make a call and return its answer.

    Raises: GatewaySilentError if what happened is not known, or the key is not accepted;
        GatewayBusyError if Stripe did nothing for now; GatewayRefusedError if it understood and
        did nothing; stripe.CardError as it is.
    """
    try:
        return ask()
    except stripe.CardError:
        raise
    except stripe.StripeError as error:
        raise _in_own_words(error, doing=doing) from None


def _in_own_words(error: stripe.StripeError, *, doing: str) -> DomainError:
    if error.http_status == BUSY:
        return _busy(error, doing=doing)
    if error.http_status == UNDER_WAY:
        return GatewaySilentError("Stripe is still working on the same call.")
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        # Nothing happened, and nothing is wrong with the command: it waits for a key that works.
        return GatewaySilentError("Stripe does not accept the secret key; check STRIPE_SECRET_KEY.")
    if isinstance(error, stripe.IdempotencyError | stripe.InvalidRequestError):
        code = refusal_code(error, doing=doing)
        return GatewayRefusedError(f"Stripe refuses to {doing}.", code=code)
    return GatewaySilentError(f"Stripe did not answer ({type(error).__name__}).")


def was_replayed(answer: stripe.StripeObject) -> bool:
    """Say whether Stripe answered from memory, because the key had been used for the same call."""
    last = getattr(answer, "last_response", None)
    headers = {str(name).lower(): value for name, value in (last.headers if last else {}).items()}
    return str(headers.get(REPLAYED, "")).lower() == "true"


def _busy(error: stripe.StripeError, *, doing: str) -> GatewayBusyError | GatewaySilentError:
    """
    Return that nothing was done and when to come again; one who only looked simply got no answer.

    Source: RFC 9110, 10.2.3, Retry-After; Stripe, "Rate limits" (known 2026-11-22, not re-read).
    """
    if doing == "look up":
        return GatewaySilentError("Stripe asks to slow down.")
    headers = {str(name).lower(): value for name, value in (error.headers or {}).items()}
    said = str(headers.get("retry-after", ""))
    seconds = int(said) if said.isdecimal() else 1
    return GatewayBusyError(
        "Stripe asks to slow down.", after=timedelta(seconds=min(seconds, 3600))
    )


def refusal_code(error: stripe.StripeError, *, doing: str) -> str:
    """Return why Stripe refused, in the words that every gateway uses."""
    if isinstance(error, stripe.IdempotencyError):
        return "idempotency_mismatch"
    code = error.code or ""
    if code == "payment_intent_unexpected_state":
        return UNEXPECTED_STATE.get(doing, code)
    param = getattr(error, "param", None) or ""
    return CODES.get(code) or PARAM_CODES.get((doing, param)) or code or "refused"


def to_wire(amount: Money) -> int:
    """Return an amount as Stripe counts it."""
    return amount.minor * WIRE_FACTORS.get(amount.currency, 1)


def from_wire(units: int, currency: str) -> Money:
    """Return what Stripe counted as an amount."""
    code = currency.upper()
    return Money(units // WIRE_FACTORS.get(code, 1), code)


def book(found: stripe.StripeObject) -> Book:
    """Return one of Stripe's objects as plain values."""
    return dict(found.to_dict())


def books(found: Iterable[stripe.StripeObject]) -> tuple[Book, ...]:
    """Return Stripe's objects as plain values."""
    return tuple(book(one) for one in found)
