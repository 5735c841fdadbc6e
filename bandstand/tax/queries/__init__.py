"""Reads of tax: rates, policies, quotes, coverage."""

from bandstand.tax.queries.coverage import (
    CollectedRow,
    Coverage,
    CoverageRow,
    MarketCoverage,
    collected,
    coverage,
)
from bandstand.tax.queries.quotes import (
    QuoteRow,
    included_minor_of_lines,
    quote_of_line,
    quote_of_subject,
    quotes_of_lines,
    state_of,
)
from bandstand.tax.queries.rates import (
    AcquisitionRow,
    TaxPolicyRow,
    acquisitions,
    acquisitions_of,
    policies,
    policy_in,
    rate_row,
    rates_of,
    rates_on,
)
from bandstand.tax.queries.reckoning import (
    is_taxed,
    reckon,
)
from bandstand.tax.queries.returns import (
    NextReturn,
    RegistrationRow,
    ReturnRow,
    next_returns,
    registration_at,
    registrations,
    return_row,
    returns,
)
from bandstand.tax.queries.sst import RateFileRow, rate_files, sst_rate
from bandstand.tax.queries.tellings import TellingRow, tellings

__all__ = [
    "AcquisitionRow",
    "CollectedRow",
    "Coverage",
    "CoverageRow",
    "MarketCoverage",
    "NextReturn",
    "QuoteRow",
    "RateFileRow",
    "RegistrationRow",
    "ReturnRow",
    "TaxPolicyRow",
    "TellingRow",
    "acquisitions",
    "acquisitions_of",
    "collected",
    "coverage",
    "included_minor_of_lines",
    "is_taxed",
    "next_returns",
    "policies",
    "policy_in",
    "quote_of_line",
    "quote_of_subject",
    "quotes_of_lines",
    "rate_files",
    "rate_row",
    "rates_of",
    "rates_on",
    "reckon",
    "registration_at",
    "registrations",
    "return_row",
    "returns",
    "sst_rate",
    "state_of",
    "tellings",
]
