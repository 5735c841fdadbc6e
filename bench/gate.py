"""
How long one decision takes over 1,000 grants: the pure decision, and all of may() with its reads.

    python bench/gate.py [--grants 1000] [--rounds 200] [--json]
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bandstand.config.embedded import ensure_database_url  # noqa: E402 -- the path must be set first

ensure_database_url(os.environ, var_dir=ROOT / "var")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandstand.config.settings")

import django  # noqa: E402 -- settings must be named first

django.setup()

from bandstand.config.rehearsals.drill_world import build_world  # noqa: E402 -- after set-up
from bandstand.config.rehearsals.scratch import scratch_database  # noqa: E402 -- after set-up
from bandstand.gate import services  # noqa: E402 -- after set-up
from bandstand.gate.rules import Activity  # noqa: E402 -- after set-up
from bandstand.offers.models import Offer  # noqa: E402 -- after set-up
from bandstand.plumbing import clock  # noqa: E402 -- after set-up
from bandstand.rights.models import Grant  # noqa: E402 -- after set-up
from bandstand.rights.queries import facts_for  # noqa: E402 -- after set-up
from bandstand.rights.rules import decide  # noqa: E402 -- after set-up


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grants", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with scratch_database():
        figures = measure(grants=asked.grants, rounds=asked.rounds)
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:28} {figure}")
    return 0


def measure(*, grants: int, rounds: int) -> dict[str, Any]:
    world = build_world(units=100, now=clock.now())
    offer = world.hot_offers[0].offer
    crowd_grants(offer, count=grants)
    words: dict[str, Any] = {"seller_id": offer.seller_id, "variant_id": offer.variant_id}
    place: dict[str, Any] = {"market": offer.market_id, "condition": offer.condition}
    facts = facts_for(**words, **place, at=clock.now())
    without = facts_for(**words, market="GB", condition="used", at=clock.now())

    def ask() -> None:
        services.may(action=Activity.ORDER_COMMIT, **words, **place, actor="bench", now=clock.now())

    return {
        "grants": len(facts.grants),
        "allowed_ms": timed(lambda: decide(facts), rounds=rounds),
        "refused_all_reasons_ms": timed(lambda: decide(without), rounds=rounds),
        "fetch_facts_ms": timed(
            lambda: facts_for(**words, **place, at=clock.now()), rounds=rounds // 4
        ),
        "may_ms": timed(ask, rounds=rounds // 4),
    }


def crowd_grants(offer: Offer, *, count: int) -> None:
    """Give the seller many grants for other markets and kinds, each a near miss."""
    now, good = clock.now(), Grant.objects.filter(grantee=offer.seller).first()
    assert good is not None
    Grant.objects.bulk_create(
        Grant(
            issuer_brand_id=good.issuer_brand_id,
            grantee_id=offer.seller_id,
            brands=good.brands,
            categories=good.categories,
            markets=["HK"] if number % 2 else ["JP"],
            conditions=["new"],
            from_at=now,
            until_at=good.until_at,
            level="list",
        )
        for number in range(count - Grant.objects.filter(grantee=offer.seller).count())
    )


def timed(work: Callable[[], object], *, rounds: int) -> dict[str, float]:
    taken = []
    for _ in range(max(rounds, 5)):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return {
        "p50": round(statistics.median(taken), 3),
        "p99": round(taken[int(len(taken) * 0.99) - 1], 3),
    }


if __name__ == "__main__":
    sys.exit(main())
