"""
A monthly run end to end: so many instalments due, asked, authorised, captured, recorded, posted.

The shop's own services do it against the calm sandbox, whose book and events are part of the work;
every event is signed, checked and kept. One process works, as one worker would. The ceiling, made
in the same run, is bare PostgreSQL: the very rows of the run under new keys, inserted set-based a
thousand at a time into the same tables with the same triggers, and updated as often as the run
updates them.

    python bench/instalments.py [--count 100000] [--json]
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, time as clock_time, timedelta
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
from django.db import connection  # noqa: E402 -- after set-up

from bandstand.config.rehearsals.money_drill import world  # noqa: E402 -- after set-up
from bandstand.config.rehearsals.scratch import scratch_database  # noqa: E402 -- after set-up
from bandstand.config.wiring import wire  # noqa: E402 -- after set-up
from bandstand.credit.models import Mandate, PlanPayment  # noqa: E402 -- after set-up
from bandstand.ledger import queries as ledger  # noqa: E402 -- after set-up
from bandstand.payments import services as payments  # noqa: E402 -- after set-up
from bandstand.payments.gateways import gateway, sandbox_events  # noqa: E402 -- after set-up
from bandstand.payments.gateways.sandbox import SandboxGateway  # noqa: E402 -- after set-up
from bandstand.payments.services import collecting  # noqa: E402 -- after set-up
from bandstand.plumbing import outbox  # noqa: E402 -- after set-up

PAGE = 1_000
MOMENT = timedelta(seconds=1)
RUN_ROWS = {
    "credit_planpayment": ("id", "plan_id", "payment_id"),
    "payments_payment": ("id", "purpose", "provider_ref"),
    "payments_moneycommand": ("id", "payment_id", "key", "provider_ref"),
    "payments_paymentmoverecord": ("id", "payment_id"),
    "payments_sandboxintent": ("ref", "idempotency_key"),
    "payments_sandboxoperation": ("ref", "idempotency_key", "intent_id"),
    "payments_sandboxevent": ("id", "event_id"),
    "payments_providerevent": ("id", "event_id"),
    "plumbing_outboxevent": ("id",),
    "credit_planpaymentpart": ("id", "payment_id", "instalment_id"),
}
"""Every table that the run adds to but the ledger's, and the columns that need new keys there."""
KEPT_ROWS = {"credit_plan": ("id", "order_line_id"), "credit_instalment": ("id", "plan_id")}
OF_RUN = "transfer_id in (select id from ledger_transfer where kind = 'instalment')"
UPDATED = (
    ("payments_payment", "updated_at", 4),
    ("payments_moneycommand", "settled_at", 2),
    ("payments_sandboxintent", "state", 2),
    ("payments_sandboxoperation", "state", 1),
    ("payments_sandboxevent", "due_at", 2),
    ("payments_providerevent", "applied_at", 2),
    ("plumbing_outboxevent", "delivered_at", 1),
    ("credit_planpayment", "ended_at", 1),
    ("credit_instalment", "settled_at", 1),
)
"""What the run writes again after it was inserted, and how often."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with scratch_database() as dsn:
        wire()
        figures = measure(dsn, count=asked.count)
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:34} {figure}")
    return 0


def measure(dsn: str, *, count: int) -> dict[str, Any]:
    due = sell(count)
    seconds = collect(due)
    assert PlanPayment.objects.filter(state="paid").count() == count
    assert ledger.imbalance() == 0
    taken = sum(seconds.values())
    ceiling = bare(dsn)
    return {
        "instalments": count,
        "seconds": round(taken, 1),
        **{f"seconds_{stage}": round(spent, 1) for stage, spent in seconds.items()},
        "instalments_per_second": round(count / taken),
        "ceiling_per_second": round(count / ceiling),
        "ratio": round(ceiling / taken, 2),
    }


def sell(count: int) -> datetime:
    """Sell so many plans on 24 months with a saved card; return the noon of their first due day."""
    world.open_market()
    told = world.disclosed(months=24, rate=0)
    for begun in range(0, count, PAGE):
        pairs = world.write_plans([told] * min(PAGE, count - begun))
        Mandate.objects.bulk_create(world.mandate(plan, card="tok_ok") for plan, _ in pairs)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    return datetime.combine(told[1].schedule[0].due_on, clock_time(16, tzinfo=world.BEGIN.tzinfo))


def collect(now: datetime) -> dict[str, float]:
    """Run the month to its end; return the seconds that each stage took."""
    stages: dict[str, Callable[..., int]] = {
        "asked": collecting.collect_due,
        "sent": payments.send_written,
        "heard": hear,
        "applied": payments.apply_waiting,
        "told": outbox.deliver_waiting,
    }
    spent = dict.fromkeys(stages, 0.0)
    for _ in range(8):
        for stage, do in stages.items():
            now += MOMENT
            began = time.perf_counter()
            while do(now=now) and stage in {"applied", "told"}:
                continue
            spent[stage] += time.perf_counter() - began
    return spent


def hear(*, now: datetime) -> int:
    """Bring the sandbox's events to the shop, as its postman does."""
    sandbox = gateway("sandbox")
    assert isinstance(sandbox, SandboxGateway)
    return sandbox_events.deliver_due(
        secret=sandbox.secret,
        now=now,
        send=lambda raw, headers: keep([(raw, headers)], now=now),
        send_page=lambda letters: keep(letters, now=now),
    )


def keep(letters: list[sandbox_events.Letter], *, now: datetime) -> None:
    payments.receive_webhooks(gateway_name="sandbox", letters=letters, now=now)


def bare(dsn: str) -> float:
    """Write the run's rows again under new keys; return the seconds it took."""
    with psycopg.connect(dsn) as server:
        for table, keys in {**KEPT_ROWS, **RUN_ROWS}.items():
            copy_aside(server, table, keys=keys)
        for table in KEPT_ROWS:
            add(server, table)
        copy_ledger_aside(server)
        server.commit()
        began = time.perf_counter()
        for table in RUN_ROWS:
            add(server, table)
        add(server, "ledger_transfer", "ledger_posting")
        for table, column, times in UPDATED:
            for _ in range(times):
                touch(server, table, column=column)
        return time.perf_counter() - began


def copy_aside(server: psycopg.Connection, table: str, *, keys: tuple[str, ...]) -> None:
    wanted = ", ".join(
        renamed(name, kind) if name in keys else f'"{name}"'
        for name, kind in columns(server, table)
    )
    server.execute(f"create temp table new_{table} as select {wanted} from {table}")  # noqa: S608 -- our own tables
    server.execute(f"alter table new_{table} add column page int")
    server.execute(
        f"update new_{table} n set page = m.page from ("  # noqa: S608 -- our own tables
        f"select ctid as at, (row_number() over () - 1) / {PAGE} as page from new_{table}) m"
        " where n.ctid = m.at"
    )


def copy_ledger_aside(server: psycopg.Connection) -> None:
    server.execute("drop table if exists new_ledger_transfer, new_ledger_posting")
    for table, keys, of_run in (
        ("ledger_transfer", ("id", "idempotency_key"), "kind = 'instalment'"),
        (
            "ledger_posting",
            ("id", "transfer_id"),
            "transfer_id in (select id from ledger_transfer where kind = 'instalment')",
        ),
    ):
        wanted = ", ".join(
            renamed(name, kind) if name in keys else f'"{name}"'
            for name, kind in columns(server, table)
        )
        order = "id" if table == "ledger_transfer" else "transfer_id"
        server.execute(
            f"create temp table new_{table} as select {wanted},"  # noqa: S608 -- our own tables
            f" ((dense_rank() over (order by {order})) - 1) / {PAGE} as page"
            f" from {table} where {of_run}"
        )


def columns(server: psycopg.Connection, table: str) -> list[tuple[str, str]]:
    found = server.execute(
        "select column_name, data_type from information_schema.columns where table_name = %s"
        " order by ordinal_position",
        [table],
    )
    return [(str(name), str(kind)) for name, kind in found.fetchall()]


def renamed(name: str, kind: str) -> str:
    if kind == "uuid":
        return f"md5({name}::text || 'again')::uuid as {name}"
    return f"{name} || 'x' as {name}"


def add(server: psycopg.Connection, *tables: str) -> None:
    """Insert a page at a time, each in a transaction of its own."""
    last = server.execute(f"select max(page) from new_{tables[0]}").fetchone()  # noqa: S608 -- our own tables
    for page in range((last[0] if last and last[0] is not None else -1) + 1):
        for table in tables:
            names = ", ".join(f'"{name}"' for name, _ in columns(server, table))
            server.execute(
                f"insert into {table} ({names}) select {names} from new_{table} where page = %s",  # noqa: S608 -- our own tables
                [page],
            )
        server.commit()


def touch(server: psycopg.Connection, table: str, *, column: str) -> None:
    """Write a column of every row of the run again, a page at a time."""
    key = next(name for name in ("id", "ref") if name in dict(columns(server, table)))
    last = server.execute(f"select max(page) from new_{table}").fetchone()  # noqa: S608 -- our own tables
    for page in range((last[0] if last and last[0] is not None else -1) + 1):
        server.execute(
            f"update {table} t set {column} = t.{column} from new_{table} n"  # noqa: S608 -- our own tables
            f" where n.page = %s and n.{key} = t.{key}",
            [page],
        )
        server.commit()


if __name__ == "__main__":
    sys.exit(main())
