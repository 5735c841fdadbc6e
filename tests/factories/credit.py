"""Plan terms, disclosures and plans, boring by default."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from bandstand.credit import queries, services
from bandstand.credit.rules import PriceDisclosure, TermsRow, disclose
from bandstand.credit.rules.agreement import AgreementFacts
from bandstand.money import Money
from tests.factories import catalogue

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTHING = Money(0, "USD")
TODAY = date(2026, 3, 1)
PRICE = Money(99_999, "USD")
DAY = timedelta(days=1)


def terms(
    *,
    months: int = 24,
    annual_rate_bps: int = 0,
    down_payment_bps: int = 1000,
    market: str = "US",
    price_minimum: Money = NOTHING,
    from_at: datetime = NOON,
    until_at: datetime | None = None,
) -> TermsRow:
    """Put plan terms on offer."""
    catalogue.market(code=market)
    made = services.offer_terms(
        market=market,
        months=months,
        annual_rate_bps=annual_rate_bps,
        down_payment_bps=down_payment_bps,
        price_minimum=price_minimum,
        from_at=from_at,
        until_at=until_at,
    )
    return queries.terms_row(made)


def disclosure(
    *, price: Money = PRICE, terms: TermsRow | None = None, on: date = TODAY
) -> PriceDisclosure:
    """Disclose a price in the US market."""
    return disclose(price, terms or _terms(), contract_date=on, market="US")


def accepted(disclosure_id: UUID) -> UUID:
    """Let Mira accept the agreement of a disclosure."""
    facts = AgreementFacts(
        creditor="Lark Mobile Inc., 1 Quay Street",
        support="help@lark.example",
        buyer="Mira",
        buyer_address="1 Elm Street, Springfield",
        buyer_email="mira@example.org",
        device="Aster One (new)",
        seller="Northgate",
        locale="en_US",
    )
    return services.accept_agreement(
        disclosure_id=disclosure_id, facts=facts, accepted_by="mira@example.org", now=NOON
    )


def plan(*, order_line_id: UUID | None = None, terms: TermsRow | None = None) -> UUID:
    """Open a plan; returns its order line, by which plans are found."""
    on = terms or _terms()
    line = order_line_id or uuid4()
    told = services.store_disclosure(disclosure=disclosure(terms=on), market="US", now=NOON)
    accepted(told)
    services.open_plan(
        order_line_id=line,
        terms_id=on.id,
        disclosure_id=told,
        buyer_email="mira@example.org",
        now=NOON,
    )
    return line


# The keyword arguments above carry the name of the factory, which is what a test wants to write.
_terms = terms
