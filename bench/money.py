"""
How fast the books are written: postings a second, in batches and one by one.

The ceiling is the same two inserts of the same rows, made beforehand and sent by bare psycopg to
the same tables with every trigger of the ledger switched off, in the same run; what PostgreSQL
itself checks (keys, references) stays.

    python bench/money.py [--transfers 20000] [--batch 1000] [--json]
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bandstand.config.embedded import ensure_database_url  # noqa: E402 -- the path must be set first

ensure_database_url(os.environ, var_dir=ROOT / "var")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandstand.config.settings")

import django  # noqa: E402 -- settings must be named first

django.setup()

import psycopg  # noqa: E402 -- after set-up

from bandstand.config.rehearsals.scratch import scratch_database  # noqa: E402 -- after set-up
from bandstand.ledger import queries, services  # noqa: E402 -- after set-up
from bandstand.ledger.rules import AccountCode, TransferOrder, credit, debit  # noqa: E402 -- after set-up
from bandstand.ledger.services import posting  # noqa: E402 -- after set-up
from bandstand.money import Money  # noqa: E402 -- after set-up
from bandstand.plumbing import clock  # noqa: E402 -- after set-up
from bandstand.plumbing.ids import new_id  # noqa: E402 -- after set-up

LEGS = 3
SINGLES = 1_000
LEDGER_TRIGGERS = (
    "alter table ledger_transfer {} trigger ledger_has_legs",
    "alter table ledger_transfer {} trigger append_only_rows",
    "alter table ledger_posting {} trigger append_only_rows",
    "alter table ledger_posting {} trigger ledger_balanced",
    "alter table ledger_posting {} trigger ledger_kept",
)
FORGET_POSTINGS = """
    delete from ledger_posting
     where transfer_id in (select id from ledger_transfer where kind = 'bare')
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--transfers", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with scratch_database() as dsn:
        figures = measure(dsn, transfers=asked.transfers, batch=asked.batch)
        assert queries.imbalance() == 0
        assert queries.balances_off() == 0
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:44} {figure}")
    return 0


def measure(dsn: str, *, transfers: int, batch: int) -> dict[str, Any]:
    now = clock.now()
    orders = [sale(number, now=now) for number in range(transfers)]
    warm = [sale(number, now=now) for number in range(transfers, transfers + batch)]
    services.post_batch(orders=warm, now=now)
    in_batches = rate(
        lambda: [services.post_batch(orders=part, now=now) for part in parts(orders, batch)],
        postings=transfers * LEGS,
    )
    singles = [sale(number, now=now) for number in range(10**6, 10**6 + SINGLES)]
    one_by_one = rate(
        lambda: [services.post_batch(orders=[one], now=now) for one in singles],
        postings=SINGLES * LEGS,
    )
    bare_batches = bare_rate(dsn, count=transfers, batch=batch, now=now)
    bare_singles = bare_rate(dsn, count=SINGLES, batch=1, now=now)
    return {
        "batch_postings_per_second": in_batches,
        "batch_ceiling_per_second": bare_batches,
        "batch_ratio": round(in_batches / bare_batches, 2),
        "single_postings_per_second": one_by_one,
        "single_ceiling_per_second": bare_singles,
        "single_ratio": round(one_by_one / bare_singles, 2),
    }


def sale(number: int, *, now: datetime) -> TransferOrder:
    """Order an instalment paid: a hot clearing account, a plan's own, and commission earned."""
    return TransferOrder(
        idempotency_key=f"bench:{number}",
        kind="instalment",
        entries=(
            debit(AccountCode.PSP_CLEARING, Money(2777, "USD"), key="sandbox"),
            credit(AccountCode.INSTALMENT_RECEIVABLE, Money(2677, "USD"), key=f"p{number % 500}"),
            credit(AccountCode.COMMISSION_INCOME, Money(100, "USD")),
        ),
        effective_at=now,
    )


def parts(orders: list[TransferOrder], size: int) -> Iterator[list[TransferOrder]]:
    for begin in range(0, len(orders), size):
        yield orders[begin : begin + size]


def rate(work: Callable[[], object], *, postings: int) -> int:
    began = time.perf_counter()
    work()
    return round(postings / (time.perf_counter() - began))


def bare_rate(dsn: str, *, count: int, batch: int, now: datetime) -> int:
    """Send the ledger's own inserts with rows made beforehand and every trigger off."""
    with psycopg.connect(dsn) as bare:
        for trigger in LEDGER_TRIGGERS:
            bare.execute(trigger.format("disable"))
        found = bare.execute("select id from ledger_account order by id limit 3").fetchall()
        sent = [
            rows_for(min(batch, count - begin), accounts=[key for (key,) in found], now=now)
            for begin in range(0, count, batch)
        ]
        bare.commit()
        began = time.perf_counter()
        for transfers, legs in sent:
            bare.execute(posting.ADD_TRANSFERS, [now, *transfers]).fetchall()
            bare.execute(posting.ADD_POSTINGS, legs)
            bare.commit()
        taken = time.perf_counter() - began
        # What the ceiling wrote went round the balances; it must not stay.
        bare.execute(FORGET_POSTINGS)
        bare.execute("delete from ledger_transfer where kind = 'bare'")
        bare.commit()
        for trigger in LEDGER_TRIGGERS:
            bare.execute(trigger.format("enable"))
        bare.commit()
    return round(count * LEGS / taken)


def rows_for(count: int, *, accounts: list[Any], now: datetime) -> tuple[list[Any], list[Any]]:
    ids = [new_id() for _ in range(count)]
    transfers = [
        ids,
        [f"bare:{key}" for key in ids],
        ["0" * 64] * count,
        ["bare"] * count,
        [""] * count,
        [now] * count,
        [None] * count,
        [LEGS] * count,
    ]
    legs = [
        [new_id() for _ in range(count * LEGS)],
        [key for key in ids for _ in range(LEGS)],
        [number for _ in ids for number in range(1, LEGS + 1)],
        [accounts[number] for _ in ids for number in range(LEGS)],
        ["USD"] * (count * LEGS),
        [amount for _ in ids for amount in (2777, -2677, -100)],
    ]
    return transfers, legs


if __name__ == "__main__":
    sys.exit(main())
