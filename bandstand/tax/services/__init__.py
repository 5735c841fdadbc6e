"""Writes of tax: rates, policies, quotes."""

from bandstand.tax.services.embedded import (
    PERCENT,
    load_embedded_rates,
)
from bandstand.tax.services.engines import (
    ENGINES,
    EmbeddedEngine,
    TaxEngine,
)
from bandstand.tax.services.imports import (
    COLUMNS,
    SOURCE_MAX,
    TITLE_MAX,
    RateLine,
    RatePreview,
    RateRefusal,
    import_rates,
)
from bandstand.tax.services.outcomes import (
    LOCK,
    RateOutcome,
    put_rate,
)
from bandstand.tax.services.policies import (
    set_tax_policy,
    state_acquisition,
)
from bandstand.tax.services.quoting import (
    commit,
    quote,
    void_line,
    void_quotes,
)

__all__ = [
    "COLUMNS",
    "ENGINES",
    "LOCK",
    "PERCENT",
    "SOURCE_MAX",
    "TITLE_MAX",
    "EmbeddedEngine",
    "RateLine",
    "RateOutcome",
    "RatePreview",
    "RateRefusal",
    "TaxEngine",
    "commit",
    "import_rates",
    "load_embedded_rates",
    "put_rate",
    "quote",
    "set_tax_policy",
    "state_acquisition",
    "void_line",
    "void_quotes",
]
