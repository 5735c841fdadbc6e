"""Rates, policies, quotes, files of rates and places, returns, and what a provider answered."""

from bandstand.tax.models.files import RateFile, SstBoundary, SstRate
from bandstand.tax.models.providers import ProviderAnswer, ProviderTelling
from bandstand.tax.models.quotes import Acquisition, TaxPolicy, TaxQuote, TaxQuoteMove, TaxRate
from bandstand.tax.models.returns import TaxRegistration, TaxReturn, TaxReturnMove

__all__ = [
    "Acquisition",
    "ProviderAnswer",
    "ProviderTelling",
    "RateFile",
    "SstBoundary",
    "SstRate",
    "TaxPolicy",
    "TaxQuote",
    "TaxQuoteMove",
    "TaxRate",
    "TaxRegistration",
    "TaxReturn",
    "TaxReturnMove",
]
