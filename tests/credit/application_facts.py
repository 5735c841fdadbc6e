"""A policy and a request that it approves, for tests that change one thing about either."""

from datetime import UTC, date, datetime
from uuid import UUID

from bandstand.credit.rules import TermsRow
from bandstand.credit.rules.eligibility import ApplicationFacts, EligibilityPolicy

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 22)
TERMS = TermsRow(UUID(int=7), 24, 0, 0, "24 months at 0 %")
POLICY = EligibilityPolicy(
    market="US",
    currency="USD",
    from_at=NOON,
    source="Lark's board, 1 November 2026",
    version="policy:1",
    financed_max_minor=250_000,
    open_plans_max=4,
    late_days_max=5,
    charged_off_days=730,
    applications_max=3,
    applications_days=7,
)
ASKED = ApplicationFacts(
    market="US",
    currency="USD",
    price_minor=100_000,
    down_minor=0,
    financed_minor=100_000,
    month_minor=4_166,
    terms=TERMS,
    contract_date=DAY,
    place="US-NY",
)
