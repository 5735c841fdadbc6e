"""
The hold drill: buyers commit orders while holds are placed and lifted; the database is the judge.

An order is a violation if its commit, by the database's own commit timestamps, lies between the
commit of a hold that covers it and the commit of its lift. A refusal is out of scope if no hold
that covers the offer is its reason. With the guard dropped the same drill must find violations, or
it proves nothing.
"""

import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Final
from uuid import UUID

from django.db import connection

from bandstand.config.rehearsals.drill_buyers import DecisionShelf, Refusal, Tally, buy_until
from bandstand.config.rehearsals.drill_world import (
    ACTOR,
    CONFIRMER,
    PROPOSER,
    DrillWorld,
    build_world,
)
from bandstand.config.rehearsals.scratch import scratch_database
from bandstand.gate import queries, services
from bandstand.gate.rules import Activity, Basis, HoldScope, covers
from bandstand.kernel.words import Ground
from bandstand.plumbing import clock

UNITS_A_SECOND: Final = 1_000
HELD_SECONDS: Final = 0.12
OPEN_SECONDS: Final = 0.12
VIOLATIONS_SQL: Final = """
with move as (
    select hold_id, move, pg_xact_commit_timestamp(xmin) as at from gate_holdmoverecord),
sale as (
    select m.line_id, pg_xact_commit_timestamp(m.xmin) as at
      from orders_linemoverecord m where m.move = 'commit')
select count(*) from sale s
  join orders_orderline l on l.id = s.line_id
 where exists (
    select 1 from gate_hold h
      join move placed on placed.hold_id = h.id and placed.move = 'place' and placed.at < s.at
      left join move lifted on lifted.hold_id = h.id and lifted.move = 'lift'
     where (lifted.at is null or s.at < lifted.at)
       and (h.brand_id is null or h.brand_id = l.brand_path[1]
            or (h.include_sub_brands and h.brand_id = any(l.brand_path)))
       and (h.category_id is null or h.category_id = any(l.category_path))
       and (h.variant_id is null or h.variant_id = l.variant_id)
       and (h.seller_id is null or h.seller_id = l.seller_id)
       and (h.offer_id is null or h.offer_id = l.offer_id)
       and (h.market_id is null or h.market_id = l.market_code))"""


@dataclass(frozen=True, slots=True)
class DrillReport:
    """What the drill found."""

    commits: int
    violations: int
    out_of_scope_refusals: int
    in_scope_refusals: int
    holds: int
    hold_p50_ms: float
    hold_max_ms: float
    buyers: int
    seconds: int
    guard: bool

    @property
    def is_promise_kept(self) -> bool:
        return self.violations == 0 and self.out_of_scope_refusals == 0

    def as_json(self) -> dict[str, Any]:
        """Return the report as the command prints it."""
        return {
            "commits": self.commits,
            "violations": self.violations,
            "out_of_scope_refusals": self.out_of_scope_refusals,
            "in_scope_refusals": self.in_scope_refusals,
            "holds": self.holds,
            "hold_latency_ms": {"p50": self.hold_p50_ms, "max": self.hold_max_ms},
            "buyers": self.buyers,
            "seconds": self.seconds,
            "guard": self.guard,
        }


def run_drill(*, buyers: int, seconds: int, without_guard: bool = False) -> DrillReport:
    """Run the drill on a scratch database and judge it by the database's commit timestamps."""
    with scratch_database():
        world = build_world(units=seconds * UNITS_A_SECOND + buyers, now=clock.now())
        if without_guard:
            _drop_guard()
        tallies, latencies = _rehearse(world, buyers=buyers, seconds=seconds)
        refusals = sum((tally.refusals for tally in tallies), Counter[Refusal]())
        outside = sum(count for one, count in refusals.items() if not _is_covered(one, world))
        return DrillReport(
            commits=_count("select count(*) from orders_orderline"),
            violations=_count(VIOLATIONS_SQL),
            out_of_scope_refusals=outside,
            in_scope_refusals=sum(refusals.values()) - outside,
            holds=len(latencies),
            hold_p50_ms=round(statistics.median(latencies), 1) if latencies else 0,
            hold_max_ms=round(max(latencies, default=0), 1),
            buyers=buyers,
            seconds=seconds,
            guard=not without_guard,
        )


def _rehearse(world: DrillWorld, *, buyers: int, seconds: int) -> tuple[list[Tally], list[float]]:
    units, shelf, ends = _units(), DecisionShelf(), threading.Event()
    with ThreadPoolExecutor(max_workers=buyers) as crowd:
        buying = [
            crowd.submit(buy_until, ends, world=world, shelf=shelf, units=units[number::buyers])
            for number in range(buyers)
        ]
        try:
            latencies = list(_hold_and_lift(world, until=time.monotonic() + seconds))
        finally:
            ends.set()
        tallies = [one.result() for one in buying]
    for tally in tallies:
        if tally.error is not None:
            raise tally.error
    return tallies, latencies


def _hold_and_lift(world: DrillWorld, *, until: float) -> Iterator[float]:
    """Place holds of changing scopes, every other one while the last still stands."""
    standing: list[UUID] = []
    time.sleep(OPEN_SECONDS)
    for number, scope in enumerate(cycle(_scopes(world))):
        if time.monotonic() > until:
            break
        started = time.perf_counter()
        standing.append(_place(scope))
        yield (time.perf_counter() - started) * 1000
        time.sleep(HELD_SECONDS)
        if number % 2:
            while standing:
                _lift(standing.pop(0))
                time.sleep(HELD_SECONDS / 2)
            time.sleep(OPEN_SECONDS)
    for hold_id in standing:
        _lift(hold_id)


def _scopes(world: DrillWorld) -> list[HoldScope]:
    hot = world.hot.id
    offer = world.hot_offers[0].offer
    return [
        HoldScope(brand_id=hot),
        HoldScope(brand_id=hot, market="US"),
        HoldScope(brand_id=hot, category_id=world.phone.id),
        HoldScope(brand_id=hot, include_sub_brands=False),
        HoldScope(brand_id=world.mini.id, market="GB"),
        HoldScope(brand_id=hot, seller_id=world.sellers[0].id),
        HoldScope(variant_id=offer.variant_id, market="US"),
        HoldScope(offer_id=offer.id),
    ]


def _place(scope: HoldScope) -> UUID:
    return services.place_hold(
        scope=scope,
        activities=frozenset({Activity.OFFER_PUBLISH, Activity.ORDER_COMMIT}),
        basis=Basis.BRAND_NOTICE,
        ground=Ground.TERMS,
        reason="The brand has asked that this is not sold here.",
        actor=ACTOR,
        now=clock.now(),
    )


def _lift(hold_id: UUID) -> None:
    request_id = services.propose_lift(
        hold_id=hold_id, reason="The drill goes on.", actor=PROPOSER, now=clock.now()
    )
    services.confirm_lift(request_id=request_id, actor=CONFIRMER, now=clock.now())


def _is_covered(refusal: Refusal, world: DrillWorld) -> bool:
    if refusal.hold_id is None:
        return False
    scope = queries.hold_row(refusal.hold_id).scope
    return covers(scope, world.offers[refusal.offer_id].target)


def _drop_guard() -> None:
    with connection.cursor() as cursor:
        cursor.execute("drop trigger orders_line_guard on orders_orderline")


def _units() -> list[tuple[UUID, UUID]]:
    with connection.cursor() as cursor:
        # Units of all offers in turn: every buyer has some of the hot brand and some of others.
        cursor.execute("select id, offer_id from offers_unit order by serial, offer_id")
        return [(unit, offer) for unit, offer in cursor.fetchall()]


def _count(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        (count,) = cursor.fetchone()
    return int(count)
