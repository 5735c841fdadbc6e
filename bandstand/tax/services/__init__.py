"""Writes of tax: rates, policies, quotes."""

from bandstand.tax.services.embedded import (
    PERCENT,
    load_embedded_rates,
)
from bandstand.tax.services.engines import (
    ENGINES,
    EmbeddedEngine,
    ProviderEngine,
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
from bandstand.tax.services.providers import ask_provider, forget_answers, tell, tell_waiting
from bandstand.tax.services.quoting import (
    commit,
    quote,
    void_line,
    void_quotes,
)
from bandstand.tax.services.returns import (
    drop_return,
    file_return,
    pay_return,
    prepare_return,
    register,
)
from bandstand.tax.services.sst import FileRefusal, SstPreview, load_sst, look_at_sst

__all__ = [
    "COLUMNS",
    "ENGINES",
    "LOCK",
    "PERCENT",
    "SOURCE_MAX",
    "TITLE_MAX",
    "EmbeddedEngine",
    "FileRefusal",
    "ProviderEngine",
    "RateLine",
    "RateOutcome",
    "RatePreview",
    "RateRefusal",
    "SstPreview",
    "TaxEngine",
    "ask_provider",
    "commit",
    "drop_return",
    "file_return",
    "forget_answers",
    "import_rates",
    "load_embedded_rates",
    "load_sst",
    "look_at_sst",
    "pay_return",
    "prepare_return",
    "put_rate",
    "quote",
    "register",
    "set_tax_policy",
    "state_acquisition",
    "tell",
    "tell_waiting",
    "void_line",
    "void_quotes",
]
