"""Many workers give on the same day, and connections die meanwhile: each credit is given once."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connections

from bandstand.config.wiring import wire
from bandstand.credit import queries as credit_queries
from bandstand.ledger import queries as ledger
from bandstand.plumbing import clock
from bandstand.promotions import queries, services
from bandstand.promotions.models import CreditRow, PromotionUse
from bandstand.promotions.rules import CreditState
from tests.factories import catalogue, credit, promotions
from tests.factories.credit import NOON
from tests.payments.test_collecting import sold

pytestmark = pytest.mark.race
PLANS = 12
WORKERS = 4
KILL = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
 where datname = current_database() and pid <> pg_backend_pid()
"""


def promised(count: int = PLANS) -> list[UUID]:
    """Sell plans that come with credits."""
    wire()
    catalogue.market(code="US")
    promotion_id = promotions.promotion(now=NOON)
    terms = credit.terms(months=24)
    plans = [sold(terms=terms) for _ in range(count)]
    for one in plans:
        services.promise(
            promotion_id=promotion_id,
            order_line_id=one.line_id,
            plan_id=one.plan_id,
            holder=one.line_id,
            now=NOON,
        )
    return [one.plan_id for one in plans]


def first_day(plan_id: UUID) -> datetime:
    due = promotions.credits_of(plan_id, now=NOON).rows[0].due_on
    return datetime.combine(due, NOON.timetz())


def require_given_once(plans: list[UUID]) -> None:
    rows = CreditRow.objects.filter(number=1)
    assert {row.state for row in rows} == {CreditState.GIVEN.value}
    assert queries.liability_faults() == ()
    assert ledger.imbalance() == 0
    for plan_id in plans:
        assert len(credit_queries.plan_money(plan_id).payments) == 1


def test_workers_of_one_day_give_each_credit_once(scratch_database: str) -> None:
    assert scratch_database
    plans = promised()
    day = first_day(plans[0])

    def give(_: int) -> int:
        try:
            return services.give_due(now=day)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        given = list(pool.map(give, range(WORKERS)))

    assert sum(given) + services.give_due(now=day) == PLANS
    require_given_once(plans)


def test_workers_whose_connections_die_lose_and_double_nothing(scratch_database: str) -> None:
    plans = promised()
    day = first_day(plans[0])
    connections.close_all()

    def give(_: int) -> int:
        try:
            return services.give_due(now=day)
        except DatabaseError:
            return -1
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool, psycopg.connect(scratch_database) as killer:
        for wait in (0.05, 0.12, 0.25, 0.4):
            running = pool.submit(give, 0)
            time.sleep(wait)
            killer.execute(KILL)
            running.result()
    services.give_due(now=day)

    require_given_once(plans)


def test_last_place_of_a_promotion_is_kept_for_one(scratch_database: str) -> None:
    assert scratch_database
    wire()
    now = clock.now()
    promotion_id = promotions.promotion(uses_max=1, now=now)

    def keep(number: int) -> bool:
        try:
            return services.keep_place(
                promotion_id=promotion_id,
                holder=UUID(int=number),
                until=now + credit.DAY,
                now=now,
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=WORKERS) as pool:
        kept = list(pool.map(keep, range(WORKERS)))

    assert kept.count(True) == 1
    assert PromotionUse.objects.count() == 1
