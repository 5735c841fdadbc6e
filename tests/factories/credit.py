"""Plan terms, disclosures and plans, boring by default."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from bandstand.credit import queries, services
from bandstand.credit.queries.eligibility import policy_on
from bandstand.credit.rules import PriceDisclosure, TermsRow, disclose
from bandstand.credit.rules.agreement import AgreementFacts
from bandstand.credit.rules.eligibility import EligibilityPolicy
from bandstand.credit.services.applications import approve_by_hand
from bandstand.credit.services.eligibility_policies import set_eligibility_policy
from bandstand.money import Money
from tests.factories import catalogue

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTHING = Money(0, "USD")
TODAY = date(2026, 3, 1)
PRICE = Money(99_999, "USD")
DAY = timedelta(days=1)
LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)


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
    """Put plan terms on offer, where anybody may have a plan unless a test says otherwise."""
    currency = catalogue.market(code=market).currency
    if policy_on(market=market, at=NOON) is None:
        eligibility(market=market, currency=currency)
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


def eligibility(
    *,
    market: str = "US",
    currency: str = "USD",
    from_at: datetime = LONG_AGO,
    **fields: Any,  # noqa: ANN401 -- parts of many types
) -> UUID:
    """Say to whom plans are lent in a market: to anybody, in anything a test may ask for."""
    parts: dict[str, Any] = {
        "financed_max_minor": 10_000_000,
        "open_plans_max": 1_000,
        "late_days_max": 10_000,
        "charged_off_days": 0,
        "applications_max": 1_000,
        "applications_days": 1,
        "source": "Lark's credit policy",
        **fields,
    }
    policy = EligibilityPolicy(market=market, currency=currency, from_at=from_at, **parts)
    return set_eligibility_policy(policy=policy, actor="ada@lark.example", now=NOON)


def approved(disclosure_id: UUID, *, terms: TermsRow, email: str = "mira@example.org") -> UUID:
    """Let the operator's staff approve a plan on a stored disclosure."""
    return approve_by_hand(
        disclosure_id=disclosure_id,
        terms=terms,
        email=email,
        actor="ada@lark.example",
        words="Known to us.",
        now=NOON,
    )


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
    approved(told, terms=on)
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
