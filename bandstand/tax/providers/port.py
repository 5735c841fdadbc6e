"""The port to an outside engine: three calls, and two ways to fail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bandstand.kernel.errors import RefusedError, UnavailableError
from bandstand.money import Money
from bandstand.tax.rules import EngineName, Place, TaxKind


class ProviderSilentError(UnavailableError):
    """The provider did not answer, so nothing is known; ask again with the same key."""

    code = "tax_provider_silent"


class ProviderUnwillingError(RefusedError):
    """The provider understood and refuses; asking again changes nothing."""

    code = "tax_provider_refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderTax:
    """
    What a provider reckoned for one thing.

    Units: ``rate_ppm`` in parts per million of the price without tax.
    """

    ref: str
    tax: Money
    kind: TaxKind
    jurisdiction: str
    title: str
    rate_ppm: int
    parts: tuple[dict[str, Any], ...]
    expires_at: datetime


class TaxProvider(Protocol):
    """An outside engine. No call is made inside a transaction."""

    name: EngineName

    def calculate(self, *, price: Money, place: Place, key: str, now: datetime) -> ProviderTax:
        """Return the tax of one thing. Raises: ProviderSilentError; ProviderUnwillingError."""

    def record(self, *, calculation: str, reference: str) -> str:
        """Tell that the sale was made; return the provider's name for it."""

    def reverse(self, *, recorded: str, reference: str) -> str:
        """Tell that a recorded sale was undone as a whole; return the provider's name for it."""
