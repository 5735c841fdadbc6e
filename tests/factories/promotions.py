"""Promotions that run, and sales that come with their credits."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bandstand.credit import queries as credit_queries
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.orders import queries as orders_queries
from bandstand.orders.queries import OrderRow
from bandstand.plumbing import clock
from bandstand.promotions import queries, services
from bandstand.promotions.queries import PlanCredits
from bandstand.promotions.rules import OnPayoff, PromotionScope
from bandstand.promotions.services import PromotionTerms
from tests.factories import catalogue

STAFF = "ada@lark.example"
EVERYTHING = PromotionScope()


def draft(
    *,
    minor: int = 6_000,
    credits_count: int = 6,
    scope: PromotionScope = EVERYTHING,
    on_payoff: OnPayoff = OnPayoff.KEEP,
    **fields: Any,  # noqa: ANN401 -- parts of many types
) -> UUID:
    """Make a promotion of $60.00 in six credits, for every offer on every plan."""
    catalogue.market(code="US")
    now = fields.pop("now", None) or clock.now()
    return services.make_promotion(
        terms=PromotionTerms(
            scope=scope,
            amount=Money(minor, "USD"),
            credits_count=credits_count,
            on_payoff=on_payoff,
            **{
                "market": "US",
                "name": "Spring credit",
                "words": "Lark gives you money off your plan.",
                "from_at": now - timedelta(days=1),
                **fields,
            },
        ),
        actor=STAFF,
        now=now,
    )


def promotion(**fields: Any) -> UUID:  # noqa: ANN401 -- arguments of ``draft``
    """Start a promotion the operator pays for."""
    made = draft(**fields)
    services.start_promotion(promotion_id=made, actor=STAFF, now=clock.now())
    return made


def plan_of(order: OrderRow) -> UUID:
    """Return the plan of an order's first line."""
    plan = orders_queries.order_page(order.id).lines[0].plan
    assert plan is not None
    return plan.id


def credits_of(plan_id: UUID, *, now: datetime | None = None) -> PlanCredits:
    """Return what was promised with a plan."""
    found = queries.plan_credits(plan_id, now=now or clock.now())
    assert found is not None
    return found


def balance(code: AccountCode, key: str = "") -> int:
    """Return what an account holds, debit positive."""
    return ledger.balance(code=code, key=key, currency="USD").minor


def liability(plan_id: UUID) -> int:
    """Return what the books say is promised on a plan."""
    return -balance(AccountCode.PROMOTION_LIABILITY, print_id(IdKind.PLAN, plan_id))


def require_sound(plan_id: UUID) -> None:
    """The plan, its credits and the books say the same, and the books balance."""
    money = credit_queries.plan_money(plan_id)
    key = print_id(IdKind.PLAN, plan_id)
    found = credits_of(plan_id)
    assert balance(AccountCode.INSTALMENT_RECEIVABLE, key) == sum(row.open for row in money.owed)
    assert liability(plan_id) == found.left.minor
    assert -balance(AccountCode.CUSTOMER_CREDIT, key) == found.owed.minor
    assert queries.liability_faults() == ()
    assert ledger.imbalance() == 0
