"""
How long the stored fits of 40,000 variants take to follow one network that changed.

    python bench/radio_db.py [--variants 40000] [--radios 400] [--json]

The variants are synthetic, drawn from a fixed seed, and carry as many different radios as told:
versions of one phone for several shops have equal ones. The figure is the whole of
``recompute_fits``: read the claims, group them, find the verdicts, write every row anew. Beside it
stands the ceiling measured in the same run: one bare insert of the same rows into an empty copy of
the table, with its indexes.
"""

import argparse
import json
import os
import random  # noqa: TID251 -- a seeded generator of synthetic variants
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bandstand.config.embedded import ensure_database_url  # noqa: E402 -- the path must be set first

ensure_database_url(os.environ, var_dir=ROOT / "var")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandstand.config.settings")

import django  # noqa: E402 -- settings must be named first

django.setup()

from django.db import connection  # noqa: E402 -- after set-up

from bandstand.catalogue import services  # noqa: E402 -- after set-up
from bandstand.catalogue.models import (  # noqa: E402 -- after set-up
    BandClaim,
    Brand,
    Category,
    DeviceModel,
    Network,
    NetworkBand,
    OperatorNetwork,
    Variant,
)
from bandstand.config.rehearsals.scratch import scratch_database  # noqa: E402 -- after set-up

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SECONDS_MAX = 2.0
BANDS = {"GSM": ["850", "1900"], "UMTS": ["1", "2", "4", "5"], "LTE": ["2", "4", "5", "12", "66"]}
RUNS = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variants", type=int, default=40_000)
    parser.add_argument("--radios", type=int, default=400)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with scratch_database():
        figures = measure(variants=asked.variants, radios=asked.radios)
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:16} {figure}")
    return 0 if figures["figure_seconds"] < SECONDS_MAX else 1


def measure(*, variants: int, radios: int) -> dict[str, Any]:
    changing = build_network()
    build_variants(count=variants, radios=radios)
    services.recompute_fits(now=NOW)
    analyse()
    times = []
    for role in ("secondary", "primary", "secondary")[:RUNS]:
        NetworkBand.objects.filter(pk=changing.pk).update(role=role)
        written, took = timed(lambda: services.recompute_fits(now=NOW))
        times.append(took)
    _, again = timed(lambda: services.recompute_fits(now=NOW))
    ceiling = min(bare_insert() for _ in range(RUNS))
    return {
        "variants": variants,
        "radios": radios,
        "rows_written": written,
        "figure_seconds": round(min(times), 3),
        "worst_seconds": round(max(times), 3),
        "nothing_changed_seconds": round(again, 3),
        "ceiling_seconds": round(ceiling, 3),
        "ratio": round(min(times) / ceiling, 2),
        "target_seconds": SECONDS_MAX,
    }


def build_network() -> NetworkBand:
    network = Network.objects.create(mcc="999", mnc="01", name="Lark Host", country="US")
    OperatorNetwork.objects.create(network=network, position=1)
    facts = {"source": "bench", "certainty": "high", "from_date": date(2014, 1, 1)}
    for rat, band, role in (
        ("UMTS", "2", "secondary"),
        ("LTE", "2", "secondary"),
        ("LTE", "4", "primary"),
        ("LTE", "12", "primary"),
        ("LTE", "66", "primary"),
    ):
        NetworkBand.objects.create(network=network, rat=rat, band=band, role=role, **facts)
    return NetworkBand.objects.create(network=network, rat="LTE", band="5", role="primary", **facts)


def build_variants(*, count: int, radios: int) -> None:
    generator = random.Random(2016)  # noqa: S311 -- no secret is drawn
    drawn = [
        {
            rat: sorted(generator.sample(pool, generator.randint(1, len(pool))))
            for rat, pool in BANDS.items()
        }
        for _ in range(radios)
    ]
    brand = Brand.objects.create(name="Aster", slug="aster")
    category, _ = Category.objects.get_or_create(slug="phone", defaults={"name": "Phone"})
    models = DeviceModel.objects.bulk_create(
        DeviceModel(brand=brand, category=category, name=f"One {at}", slug=f"one-{at}")
        for at in range(radios)
    )
    made = Variant.objects.bulk_create(
        (
            Variant(model=models[at % radios], code=f"AST-{at}", slug=f"aster-{at}")
            for at in range(count)
        ),
        batch_size=5_000,
    )
    BandClaim.objects.bulk_create(
        (
            # Radios differ by their source too, so that no two of the models share one.
            BandClaim(
                variant=one, rat=rat, bands=bands, source=f"sheet {at % radios}", certainty="high"
            )
            for at, one in enumerate(made)
            for rat, bands in drawn[at % radios].items()
        ),
        batch_size=5_000,
    )


def bare_insert() -> float:
    """Insert the rows that were just written into an empty table of the same form."""
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists bare")
        cursor.execute("create table bare (like catalogue_storedfit including all)")
        _, took = timed(
            lambda: cursor.execute("insert into bare select * from catalogue_storedfit")
        )
        cursor.execute("drop table bare")
    return took


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
