"""Taxed markets: a policy and rates, loaded as an operator would."""

from datetime import date

from bandstand.money import Money
from bandstand.plumbing import clock
from bandstand.tax import services
from bandstand.tax.rules import EngineName, Rate, TaxKind

ACTOR = "ada@lark.example.org"
HEAD = "jurisdiction,kind,rate_percent,from,until,title,source\n"


def policy(*, market: str = "US", engine: EngineName = EngineName.EMBEDDED) -> None:
    """Say from now on how a market is taxed; with the rates of the shop, the estimates come too."""
    now = clock.now()
    services.set_tax_policy(
        market=market,
        engine=engine,
        source="Registration 12-345",
        from_at=now,
        actor=ACTOR,
        now=now,
    )


def load(*lines: str) -> services.RatePreview:
    """Load rates from the lines of a file: jurisdiction,kind,rate,from,until,title,source."""
    raw = (HEAD + "\n".join(lines) + "\n").encode()
    return services.import_rates(raw=raw, apply=True, actor=ACTOR, now=clock.now())


def rate(
    rate_ppm: int = 72_500,
    *,
    kind: TaxKind = TaxKind.SALES,
    jurisdiction: str = "US-CA",
    from_date: date = date(2026, 1, 1),
    until_date: date | None = None,
    is_estimate: bool = False,
) -> Rate:
    """Return a rate that was never stored."""
    return Rate(
        jurisdiction=jurisdiction,
        title="California" if jurisdiction.startswith("US-CA") else jurisdiction,
        kind=kind,
        rate_ppm=rate_ppm,
        from_date=from_date,
        until_date=until_date,
        source="A table",
        is_estimate=is_estimate,
    )


def dollars(minor: int) -> Money:
    """Return an amount of US dollars."""
    return Money(minor, "USD")
