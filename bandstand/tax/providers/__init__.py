"""Outside engines that reckon tax, behind one port."""

from functools import cache

from bandstand.tax.providers.port import (
    ProviderSilentError,
    ProviderTax,
    ProviderUnwillingError,
    TaxProvider,
)
from bandstand.tax.providers.stripe_tax import StripeTax
from bandstand.tax.rules import EngineName

__all__ = [
    "ProviderSilentError",
    "ProviderTax",
    "ProviderUnwillingError",
    "StripeTax",
    "TaxProvider",
    "provider_of",
]


@cache
def provider_of(engine: EngineName) -> TaxProvider | None:
    """Return the outside engine of a name; None for the shop's own."""
    return StripeTax() if engine is EngineName.STRIPE else None
