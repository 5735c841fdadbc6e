"""How well each place of a market is covered, and what was collected for whom."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bandstand.catalogue import queries as catalogue
from bandstand.catalogue.models import Market
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.plumbing import clock
from bandstand.tax.queries.rates import TaxPolicyRow, policy_in, rates_on
from bandstand.tax.rules import Rate, authority_of


class Coverage(StrEnum):
    """How well the tax of a place is known."""

    LOADED = "loaded"
    ESTIMATE = "estimate"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One authority of a market, with its rate in force and how many postal codes have theirs."""

    authority: str
    coverage: Coverage
    rate: Rate | None
    postal_codes: int


@dataclass(frozen=True, slots=True)
class MarketCoverage:
    """A market, its policy, and the authorities that tax its sales."""

    market: str
    name: str
    policy: TaxPolicyRow | None
    rows: tuple[CoverageRow, ...]


@dataclass(frozen=True, slots=True)
class CollectedRow:
    """What is owed to one authority, by the ledger."""

    owed_to: str
    amount: Money


def coverage(*, now: datetime) -> tuple[MarketCoverage, ...]:
    """Return every market with how well its places are covered today."""
    return tuple(_market(code, now=now) for code in _market_codes())


def collected() -> tuple[CollectedRow, ...]:
    """Return the tax collected and not yet remitted, by authority and currency."""
    currencies = {row.currency for row in ledger.accounts(code=AccountCode.TAX_PAYABLE)}
    return tuple(
        CollectedRow(row.key, -row.balance)
        for currency in sorted(currencies)
        for row in ledger.balances(code=AccountCode.TAX_PAYABLE, currency=currency)
    )


def _market_codes() -> list[str]:
    return list(Market.objects.order_by("code").values_list("code", flat=True))


def _market(code: str, *, now: datetime) -> MarketCoverage:
    market = catalogue.market(code)
    on = clock.day_in(market.time_zone, at=now)
    rates = rates_on(on, countries=market.members)
    by_authority: dict[str, list[Rate]] = {}
    for rate in rates:
        by_authority.setdefault(authority_of(rate.jurisdiction), []).append(rate)
    for member in market.members:
        if not any(known.startswith(member) for known in by_authority):
            by_authority[member] = []
    return MarketCoverage(
        market=code,
        name=market.name,
        policy=policy_in(code, now=now),
        rows=tuple(_authority(name, by_authority[name]) for name in sorted(by_authority)),
    )


def _authority(name: str, rates: list[Rate]) -> CoverageRow:
    wholes = [one for one in rates if one.jurisdiction == name]
    postal = len(rates) - len(wholes)
    best = min(wholes, key=lambda one: one.is_estimate, default=None)
    if best is None:
        return CoverageRow(name, Coverage.NONE, None, postal)
    said = Coverage.ESTIMATE if best.is_estimate else Coverage.LOADED
    return CoverageRow(name, said, best, postal)
