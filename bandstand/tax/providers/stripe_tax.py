"""
Stripe Tax by its own library: a calculation before the sale, a transaction when it was made, and a
full reversal when it was undone. One thing is one calculation, so that one line can be undone.

No message of Stripe's reaches a log or a page, because some of them repeat part of the key.

Source: Stripe, "Calculate tax in your custom payment flow" and the reference of tax.calculation and
tax.transaction, interface version 2026-10-28 (shapes read from the library's own types).
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, TypeVar

import httpx
import stripe
from django.conf import settings

from bandstand.money import Money
from bandstand.tax.providers.port import (
    ProviderSilentError,
    ProviderTax,
    ProviderUnwillingError,
)
from bandstand.tax.rules import EngineName, Place, TaxKind

API_VERSION: Final = "2026-10-28.endive"
SECONDS_MAX: Final = 8.0
"""A buyer waits for this call."""
GOODS: Final = "txcd_99999999"
"""Stripe's product code for tangible goods in general."""
BUSY: Final = frozenset({409, 429})
ADDED_IN: Final = frozenset({"US", "CA"})
"""Where prices are told without tax."""
PPM_A_PER_CENT: Final = 10_000
GOOD_FOR: Final = timedelta(hours=24)
"""Shorter than the calculation lives, so that rates are not weeks old."""
KINDS: Final = {"vat": TaxKind.VAT, "gst": TaxKind.GST, "hst": TaxKind.GST}
WIRE_FACTORS: Final = {"ISK": 100, "UGX": 100}
"""Currencies without decimals that Stripe still counts in hundredths; from general knowledge."""
Answer = TypeVar("Answer")
Book = dict[str, Any]


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


class StripeTax:
    """Stripe Tax; the settings' own account unless another key or host is given."""

    name = EngineName.STRIPE

    def __init__(self, *, secret_key: str = "", base_url: str = "") -> None:
        self._secret_key = secret_key
        self._base_url = base_url
        self._wire = Wire()

    @cached_property
    def _client(self) -> stripe.StripeClient:
        return stripe.StripeClient(
            self._secret_key or str(settings.STRIPE_SECRET_KEY),
            stripe_version=API_VERSION,
            http_client=self._wire,
            max_network_retries=0,
            base_addresses={"api": self._base_url} if self._base_url else {},
        )

    def close(self) -> None:
        """Hang up; another call dials anew."""
        self._wire.close()

    def calculate(self, *, price: Money, place: Place, key: str, now: datetime) -> ProviderTax:
        """Return the tax of one thing. Raises: ProviderSilentError; ProviderUnwillingError."""
        params: stripe.params.tax.CalculationCreateParams = {
            "currency": price.currency.lower(),
            "customer_details": {"address": _address(place), "address_source": "shipping"},
            "line_items": [
                {
                    "amount": price.minor * WIRE_FACTORS.get(price.currency, 1),
                    "reference": key[:40],
                    "tax_behavior": "exclusive" if place.country in ADDED_IN else "inclusive",
                    "tax_code": GOODS,
                }
            ],
            "expand": ["line_items.data.tax_breakdown"],
        }
        made = _call(
            lambda: self._client.v1.tax.calculations.create(
                params, {"idempotency_key": f"tax:{key}:{now:%Y%m%d}"}
            )
        )
        return _read(dict(made.to_dict()), price=price, place=place, now=now)

    def record(self, *, calculation: str, reference: str) -> str:
        """Tell that the sale was made. Raises: ProviderSilentError; ProviderUnwillingError."""
        made = _call(
            lambda: self._client.v1.tax.transactions.create_from_calculation(
                {"calculation": calculation, "reference": reference},
                {"idempotency_key": f"tax_record:{reference}"},
            )
        )
        return str(made.id)

    def reverse(self, *, recorded: str, reference: str) -> str:
        """Tell that it was undone. Raises: ProviderSilentError; ProviderUnwillingError."""
        made = _call(
            lambda: self._client.v1.tax.transactions.create_reversal(
                {"mode": "full", "original_transaction": recorded, "reference": reference},
                {"idempotency_key": f"tax_reverse:{reference}"},
            )
        )
        return str(made.id)


def _call(ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except (stripe.AuthenticationError, stripe.PermissionError):
        raise ProviderSilentError(
            "Stripe does not accept the secret key; check STRIPE_SECRET_KEY."
        ) from None
    except stripe.InvalidRequestError as error:
        if error.http_status in BUSY:
            raise ProviderSilentError("Stripe asks to slow down.") from None
        raise ProviderUnwillingError(
            f"Stripe Tax refuses it ({error.code or 'no code'}).", reason=str(error.code or "")
        ) from None
    except stripe.StripeError as error:
        raise ProviderSilentError(f"Stripe did not answer ({type(error).__name__}).") from None


def _address(place: Place) -> stripe.params.tax.CalculationCreateParamsCustomerDetailsAddress:
    postal = "-".join(filter(None, (place.postal_code, place.plus_four)))
    return {
        "country": place.country,
        "state": place.area,
        "postal_code": postal,
        "city": place.city,
        "line1": place.street,
    }


def _read(book: Book, *, price: Money, place: Place, now: datetime) -> ProviderTax:
    """
    Return a calculation in the port's words.

    Raises: ProviderUnwillingError for one that is not of the one thing that was asked about.
    """
    lines = book["line_items"]["data"]
    if len(lines) != 1 or not book.get("id"):
        raise ProviderUnwillingError("Stripe Tax answered about something else.")
    taxed = [one for one in lines[0].get("tax_breakdown") or () if one.get("tax_rate_details")]
    kinds = {KINDS.get(one["tax_rate_details"]["tax_type"], TaxKind.SALES) for one in taxed}
    default = TaxKind.SALES if place.country in ADDED_IN else TaxKind.VAT
    parts = tuple(_part(one) for one in taxed)
    ends = book.get("expires_at")
    expires = now + GOOD_FOR
    if ends:
        expires = min(expires, datetime.fromtimestamp(int(ends), UTC))
    area = place.area if place.country in ADDED_IN else ""
    minor = int(lines[0]["amount_tax"]) // WIRE_FACTORS.get(price.currency, 1)
    return ProviderTax(
        ref=str(book["id"]),
        tax=Money(minor, price.currency),
        kind=kinds.pop() if len(kinds) == 1 else default,
        jurisdiction="-".join(filter(None, (place.country, area))),
        title=_title(taxed, place=place),
        rate_ppm=sum(part["rate_ppm"] for part in parts),
        parts=parts,
        expires_at=expires,
    )


def _part(one: Book) -> dict[str, Any]:
    where = one["jurisdiction"]
    percent = Decimal(str(one["tax_rate_details"]["percentage_decimal"]))
    return {
        "kind": str(where.get("level", "")),
        "code": str(where.get("display_name", ""))[:60],
        "name": str(where.get("display_name", ""))[:60],
        "rate_ppm": int(percent * PPM_A_PER_CENT),
    }


def _title(taxed: list[Book], *, place: Place) -> str:
    for level in ("state", "country"):
        for one in taxed:
            if one["jurisdiction"].get("level") == level:
                return str(one["jurisdiction"].get("display_name"))[:80]
    return "-".join(filter(None, (place.country, place.area)))
