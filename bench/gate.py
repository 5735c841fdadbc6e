"""
How long one decision takes over 1,000 grants: the pure decision, and all of may() with its reads.

    python bench/gate.py [--grants 1000] [--rounds 200] [--json]

The ceiling is the bare insert of the same decision row in the same shape of transaction, with its
savepoint. Medians decide; the ratio says how often that insert fits into the question.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bandstand.config.embedded import ensure_database_url  # noqa: E402 -- the path must be set first

ensure_database_url(os.environ, var_dir=ROOT / "var")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandstand.config.settings")

import django  # noqa: E402 -- settings must be named first

django.setup()

from django.db import connection, transaction  # noqa: E402 -- after set-up

from bandstand.catalogue.models import Market  # noqa: E402 -- after set-up
from bandstand.config.rehearsals.drill_world import build_world  # noqa: E402 -- after set-up
from bandstand.config.rehearsals.scratch import scratch_database  # noqa: E402 -- after set-up
from bandstand.gate import services  # noqa: E402 -- after set-up
from bandstand.gate.models import Decision  # noqa: E402 -- after set-up
from bandstand.gate.rules import Activity, DecisionRow  # noqa: E402 -- after set-up
from bandstand.offers.models import Offer  # noqa: E402 -- after set-up
from bandstand.plumbing import clock  # noqa: E402 -- after set-up
from bandstand.plumbing.ids import new_id  # noqa: E402 -- after set-up
from bandstand.rights.models import Grant  # noqa: E402 -- after set-up
from bandstand.rights.queries import facts_for, grants_over  # noqa: E402 -- after set-up
from bandstand.rights.rules import RightsFacts, decide  # noqa: E402 -- after set-up


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
    whole = with_every_grant(facts_for(**words, **place, at=clock.now()))
    refused = replace(whole, market=replace(whole.market, code="NZ"))

    def ask(**parts: str) -> DecisionRow:
        return services.may(
            action=Activity.ORDER_COMMIT,
            **words,
            **{**place, **parts},
            actor="bench",
            now=clock.now(),
        )

    assert ask().is_allowed
    assert not ask(market=elsewhere()).is_allowed
    stored = ask()
    ceiling = timed(lambda: insert_again(stored), rounds=rounds)
    may = timed(ask, rounds=rounds)
    return {
        "grants": len(whole.grants),
        "pure_allowed_ms": timed(lambda: decide(whole), rounds=rounds),
        "pure_refused_ms": timed(lambda: decide(refused), rounds=rounds),
        "fetch_facts_ms": timed(lambda: facts_for(**words, **place, at=clock.now()), rounds=rounds),
        "may_allowed_ms": may,
        "may_refused_ms": timed(lambda: ask(market=elsewhere()), rounds=rounds),
        "ceiling_insert_ms": ceiling,
        "may_to_ceiling": round(may["p50"] / ceiling["p50"], 2),
    }


def elsewhere() -> str:
    """Return a market that none of the grants covers."""
    market, _ = Market.objects.get_or_create(
        code="NZ",
        defaults={"name": "New Zealand", "currency": "NZD", "members": ["NZ"], "time_zone": "UTC"},
    )
    return market.code


def with_every_grant(facts: RightsFacts) -> RightsFacts:
    """Add the seller's other grants, which the gate would not even fetch."""
    every = Grant.objects.filter(grantee=facts.seller.id).values_list("brands", flat=True)[:1]
    found = [one for one in grants_over(every[0]) if one.grantee_id == facts.seller.id]
    return replace(facts, grants=tuple(found))


def insert_again(row: DecisionRow) -> None:
    """Write the row of a decision once more, and nothing else."""
    fields = Decision._meta.fields  # noqa: SLF001 -- documented name
    columns = ", ".join(f'"{one.column}"' for one in fields if one.column != "id")
    with transaction.atomic(), connection.cursor() as cursor:
        with transaction.atomic():
            pass
        cursor.execute(
            f"insert into gate_decision (id, {columns}) "  # noqa: S608 -- column names of the model
            f"select %s, {columns} from gate_decision where id = %s",
            [new_id(), row.id],
        )


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
