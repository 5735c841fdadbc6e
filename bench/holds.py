"""
Holds at scale: a brand with 100,000 of 1,000,000 offers, while 32 buyers commit orders.

    python bench/holds.py [--offers 1000000] [--buyers 32] [--seconds 30] [--json]

Prints how long a hold takes under load, that the next shelf and the next search show none of the
brand, what the shelf costs at that size, and what the gate adds to an order's transaction. Every
figure stands beside its ceiling, measured in the same run on the same database.
"""

import argparse
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bandstand.config.embedded import ensure_database_url  # noqa: E402 -- the path must be set first

ensure_database_url(os.environ, var_dir=ROOT / "var")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandstand.config.settings")

import django  # noqa: E402 -- settings must be named first

django.setup()

from django.db import connection  # noqa: E402 -- after set-up

from bandstand.catalogue.models import (  # noqa: E402 -- after set-up
    Brand,
    Category,
    DeviceModel,
    Network,
    StoredFit,
    Variant,
)
from bandstand.config.rehearsals.drill_buyers import (  # noqa: E402 -- after set-up
    DecisionShelf,
    buy_until,
    commit_order,
)
from bandstand.config.rehearsals.drill_world import (  # noqa: E402 -- after set-up
    CONFIRMER,
    PROPOSER,
    DrillOffer,
    DrillWorld,
    build_world,
)
from bandstand.config.rehearsals.scratch import scratch_database  # noqa: E402 -- after set-up
from bandstand.gate import services  # noqa: E402 -- after set-up
from bandstand.gate.rules import Activity, Basis, DecisionRow, HoldScope  # noqa: E402 -- after set-up
from bandstand.kernel.words import Ground  # noqa: E402 -- after set-up
from bandstand.offers import queries as offers  # noqa: E402 -- after set-up
from bandstand.parties.models import Party  # noqa: E402 -- after set-up
from bandstand.plumbing import clock  # noqa: E402 -- after set-up
from bandstand.radio import Tier  # noqa: E402 -- after set-up
from bandstand.takedowns.queries import scope_preview  # noqa: E402 -- after set-up

BRANDS = 10
SELLERS = 200
VARIANTS_A_BRAND = 100
HOLDS_EACH = 12
OFFERS_SQL = """
insert into offers_offer(id, seller_id, variant_id, market_id, condition, storage_gb, colour,
       colour_hex, price_minor, currency, state, last_decision_id, dispatch_days, return_days,
       warranty_months, created_at, published_at)
select gen_random_uuid(), p.id, v.id, 'US', 'new', 64 * g, '', '#8a8a93',
       10000 + 100 * (abs(hashtext(v.slug || p.slug || g)) %% 1500), 'USD', 'listed',
       gen_random_uuid(), 2, 30, 12, now(), now()
  from catalogue_variant v, parties_party p, generate_series(1, %s) g
 where v.slug like 'brand-%%' and p.slug like 'bench-%%'"""
UNITS_SQL = """
insert into offers_unit(id, offer_id, serial, lot, stocked_at, state)
select gen_random_uuid(), id, 'S1', '', now(), 'in_stock' from offers_offer
 where storage_gb is not null"""
# The rows are made in one statement each; what they may not be is tested elsewhere.
TRIGGERS = (
    ("offers_offer", "gate_publish_first_guard"),
    ("offers_unit", "gate_import_guard"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--offers", type=int, default=1_000_000)
    parser.add_argument("--buyers", type=int, default=32)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with scratch_database():
        figures = measure(count=asked.offers, buyers=asked.buyers, seconds=asked.seconds)
    print(json.dumps(figures) if asked.json else table(figures))
    return 0


def measure(*, count: int, buyers: int, seconds: int) -> dict[str, Any]:
    # The drill's own small shop buys; the million offers stand beside it in the same tables.
    world = build_world(units=seconds * 1_000 + buyers, now=clock.now())
    network = Network.objects.create(name="Host", mcc="310", mnc="260", country="US")
    big = fill(count=count, network_id=network.id)
    shelf_figures = shelf_at(network.id, big=big)
    hold_figures = holds_under_load(world, big=big, buyers=buyers, seconds=seconds)
    overhead = gate_overhead(world, rounds=400)
    return {"offers": count, **hold_figures, **shelf_figures, "order_with_gate_ms": overhead}


def fill(*, count: int, network_id: UUID) -> Brand:
    """Put so many offers on the shelf; a tenth of them are of the brand that is returned."""
    phones = Category.objects.get(slug="phone")
    brands = [Brand(slug=f"brand-{n}", name=f"Brand {n}") for n in range(1, BRANDS + 1)]
    models = [
        DeviceModel(brand=brand, category=phones, name=f"Model {n}", slug=f"{brand.slug}-model-{n}")
        for brand in brands
        for n in range(1, VARIANTS_A_BRAND + 1)
    ]
    variants = [Variant(model=one, code=one.slug.upper(), slug=one.slug) for one in models]
    fits = [
        StoredFit(
            variant=one,
            network_id=network_id,
            from_date=date(2020, 1, 1),
            tier=Tier.FULL.value,
            tier_rank=Tier.FULL.rank,
            calls="yes",
            nr="yes",
            label="Works fully",
            body={},
            computed_at=clock.now(),
        )
        for one in variants
    ]
    sellers = [
        Party(slug=f"bench-{n}", legal_name=f"Seller {n}", trading_name=f"Seller {n}", country="US")
        for n in range(SELLERS)
    ]
    Brand.objects.bulk_create(brands)
    DeviceModel.objects.bulk_create(models)
    Variant.objects.bulk_create(variants)
    StoredFit.objects.bulk_create(fits)
    Party.objects.bulk_create(sellers)
    with connection.cursor() as cursor:
        for at, trigger in TRIGGERS:
            cursor.execute(f"alter table {at} disable trigger {trigger}")
        cursor.execute(OFFERS_SQL, [max(1, count // (len(variants) * SELLERS))])
        cursor.execute(UNITS_SQL)
        for at, trigger in TRIGGERS:
            cursor.execute(f"alter table {at} enable trigger {trigger}")
        cursor.execute("vacuum analyze")
    return brands[0]


def holds_under_load(world: DrillWorld, *, big: Brand, buyers: int, seconds: int) -> dict[str, Any]:
    """Place and lift holds on the big and on the hot brand while buyers commit orders."""
    bare = [place_time(big) for _ in range(HOLDS_EACH)]
    with buying(world, buyers=buyers) as tallies:
        until, loaded, hot = time.monotonic() + seconds, list[float](), list[float]()
        while time.monotonic() < until:
            loaded.append(place_time(big))
            hot.append(place_time(world.hot))
            time.sleep(0.2)
    refused = sum(sum(one.refusals.values()) for one in tallies)
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from orders_orderline")
        (orders,) = cursor.fetchone()
    return {
        "hold_big_brand_ms": spread(loaded, ceiling=statistics.median(bare)),
        "hold_hot_brand_ms": spread(hot, ceiling=statistics.median(bare)),
        "orders_meanwhile": orders,
        "refused_meanwhile": refused,
    }


@contextmanager
def buying(world: DrillWorld, *, buyers: int) -> Iterator[list[Any]]:
    """Let buyers of the small shop commit orders until the block ends."""
    ends, shelf, tallies = threading.Event(), DecisionShelf(), list[Any]()
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, offer_id from offers_unit where lot = 'drill' order by serial, offer_id"
        )
        units = list(cursor.fetchall())
    with ThreadPoolExecutor(max_workers=buyers) as crowd:
        futures = [
            crowd.submit(buy_until, ends, world=world, shelf=shelf, units=units[number::buyers])
            for number in range(buyers)
        ]
        time.sleep(1)
        try:
            yield tallies
        finally:
            ends.set()
        tallies += [one.result() for one in futures]
    for tally in tallies:
        if tally.error is not None:
            raise tally.error


def place_time(brand: Brand) -> float:
    """Place a hold on a brand, lift it again, and return how long placing took in milliseconds."""
    began = time.perf_counter()
    hold_id = place(brand)
    taken = (time.perf_counter() - began) * 1000
    lift(hold_id)
    return taken


def place(brand: Brand) -> UUID:
    return services.place_hold(
        scope=HoldScope(brand_id=brand.id),
        activities=frozenset({Activity.OFFER_PUBLISH, Activity.ORDER_COMMIT}),
        basis=Basis.BRAND_NOTICE,
        ground=Ground.TERMS,
        reason="The brand has asked that this is not sold here.",
        actor=PROPOSER,
        now=clock.now(),
    )


def lift(hold_id: UUID) -> None:
    request_id = services.propose_lift(
        hold_id=hold_id, reason="The bench goes on.", actor=PROPOSER, now=clock.now()
    )
    services.confirm_lift(request_id=request_id, actor=CONFIRMER, now=clock.now())


def shelf_at(network_id: UUID, *, big: Brand) -> dict[str, Any]:
    """Measure the shelf and the search, and that the first ones after a hold show it."""
    words: dict[str, Any] = {
        "market": "US",
        "network_id": network_id,
        "on": clock.now().date(),
    }
    whole = offers.ShelfQuery(**words)
    search = offers.ShelfQuery(**words, text="brand 1 model 7")
    month = offers.ShelfQuery(**words, sort=offers.ShelfSort.MONTH)
    before = offers.shelf(whole)
    found = offers.shelf(search)
    with connection.cursor() as cursor:
        bare = timed(lambda: cursor.execute("select count(*) from offers_offer"), rounds=3)
    figures = {
        "shelf_ms": spread(timed(lambda: offers.shelf(whole), rounds=5), ceiling=bare[0]),
        "search_ms": spread(timed(lambda: offers.shelf(search), rounds=5), ceiling=bare[0]),
        "by_month_ms": spread(timed(lambda: offers.shelf(month), rounds=3), ceiling=bare[0]),
        "preview_ms": spread(
            timed(lambda: scope_preview(HoldScope(brand_id=big.id)), rounds=3), ceiling=bare[0]
        ),
    }
    hold_id = place(big)
    after = offers.shelf(whole)
    missed = offers.shelf(search)
    held = {one.value: one.count for one in before.facets.brands}["brand-1"]
    lift(hold_id)
    again = offers.shelf(whole)
    return {
        **figures,
        "offers_before_hold": before.total,
        "offers_of_the_brand": held,
        "offers_at_next_request": after.total,
        "shelf_right_at_next_request": before.total - after.total == held
        and "brand-1" not in {one.value for one in after.facets.brands},
        "search_right_at_next_request": found.total > 0
        and not any(card.brand_slug == "brand-1" for card in missed.cards),
        "shelf_right_after_the_lift": again.total == before.total,
    }


def gate_overhead(world: DrillWorld, *, rounds: int) -> dict[str, Any]:
    """Compare an order's transaction with the guard and without it; ratio is with to without."""
    one = world.hot_offers[0]
    decision = DecisionShelf().current(one)
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from offers_unit where offer_id = %s and state = 'reserved' limit %s",
            [one.offer.id, 2 * rounds],
        )
        units = [key for (key,) in cursor.fetchall()]
        rounds = len(units) // 2
        guarded = commits(units[:rounds], one=one, decision=decision)
        cursor.execute("alter table orders_orderline disable trigger orders_line_guard")
        bare = commits(units[rounds : 2 * rounds], one=one, decision=decision)
        cursor.execute("alter table orders_orderline enable trigger orders_line_guard")
    return spread(guarded, ceiling=statistics.median(bare))


def commits(units: list[UUID], *, one: DrillOffer, decision: DecisionRow) -> list[float]:
    """Commit one order for each unit and return how long each took in milliseconds."""
    waiting = iter(units)

    def commit() -> None:
        commit_order(next(waiting), one=one, decision=decision)

    return timed(commit, rounds=len(units))


def timed(work: Callable[[], object], *, rounds: int) -> list[float]:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)


def spread(taken: list[float], *, ceiling: float) -> dict[str, float]:
    """Return the middle and the worst of some times beside their ceiling."""
    middle = statistics.median(taken)
    return {
        "p50": round(middle, 2),
        "max": round(max(taken), 2),
        "ceiling": round(ceiling, 2),
        "ratio": round(middle / ceiling, 2),
        "times": len(taken),
    }


def table(figures: dict[str, Any]) -> str:
    return "\n".join(f"{name:30} {figure}" for name, figure in figures.items())


if __name__ == "__main__":
    sys.exit(main())
