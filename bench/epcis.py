"""
How many events a second are captured, and how long the custody of one unit takes.

    python bench/epcis.py [--events 5000] [--json]

The figure is the whole of ``capture``: read the document strictly, hash each event, look for those
known already, store rows and identifiers, tell other rooms. Beside it stands the ceiling measured
in the same run: the same rows copied bare, by psycopg's COPY, into empty tables of the same form
with the same indexes. The custody of a unit with fifty events is
measured by itself and with its queries.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
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

from bandstand.catalogue.models import Brand  # noqa: E402 -- after set-up
from bandstand.config.rehearsals.scratch import scratch_database  # noqa: E402 -- after set-up
from bandstand.parties.models import Party  # noqa: E402 -- after set-up
from bandstand.provenance import queries, services  # noqa: E402 -- after set-up
from bandstand.provenance.queries.custody import facts_of  # noqa: E402 -- after set-up
from bandstand.provenance.rules import UnitIds, canonical, check_custody  # noqa: E402 -- after set-up

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
EVENTS_A_SECOND_MIN = 1_000
CUSTODY_MS_MAX = 5.0
CHAIN = 50
TABLES = {"provenance_event": "id", "provenance_eventterm": "event_id"}
MAKER = "urn:epc:id:pgln:4099999.00001"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with scratch_database():
        figures = measure(count=asked.events)
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:28} {figure}")
    fast = figures["events_a_second"] >= EVENTS_A_SECOND_MIN
    return 0 if fast and figures["custody_ms"] < CUSTODY_MS_MAX else 1


def measure(*, count: int) -> dict[str, Any]:
    capture(document(chain(serial="WARM", length=CHAIN)))
    raw = document([one for at in range(count // 5) for one in chain(serial=f"S{at}", length=5)])
    job, took = timed(lambda: capture(raw))
    assert job.is_success, job.faults[:3]
    ceiling = bare_copy(job.id)
    check_ms, whole_ms = custody()
    return {
        "events": job.events_new,
        "events_a_second": round(job.events_new / took),
        "target_events_a_second": EVENTS_A_SECOND_MIN,
        "ceiling_events_a_second": round(job.events_new / ceiling),
        "ratio": round(took / ceiling, 1),
        "custody_events": CHAIN,
        "custody_ms": round(check_ms, 2),
        "custody_with_queries_ms": round(whole_ms, 2),
        "target_custody_ms": CUSTODY_MS_MAX,
    }


def capture(raw: bytes) -> queries.CaptureJobRow:
    return services.capture(
        document=raw,
        sender_party_id=None,
        on_error="rollback",
        actor="bench",
        now=NOW,
        at_once=True,
    )


def chain(*, serial: str, length: int) -> list[dict[str, Any]]:
    """Make a phone, then ship and receive it on and on."""
    epc = f"urn:epc:id:sgtin:4099999.012345.{serial}"
    at, events = NOW - timedelta(days=60), []
    for number in range(length):
        step = ("receiving", "shipping")[number % 2] if number else "commissioning"
        giver = (number + 1) // 2
        at += timedelta(hours=1)
        events.append(hop(step, at=at, epc=epc, sides=(giver, giver + 1)))
    return events


def hop(step: str, *, at: datetime, epc: str, sides: tuple[int, int]) -> dict[str, Any]:
    giver, taker = (f"urn:epc:id:pgln:4099999.{side:05d}" for side in sides)
    made = {
        "type": "ObjectEvent",
        "eventTime": at.isoformat(),
        "eventTimeZoneOffset": "+00:00",
        "epcList": [epc],
        "action": "ADD" if step == "commissioning" else "OBSERVE",
        "bizStep": step,
        "disposition": "in_progress",
        "bizLocation": {"id": "urn:epc:id:sgln:4099999.00001.0"},
        "destinationList": [{"type": "owning_party", "destination": taker}],
        "bizTransactionList": [{"type": "desadv", "bizTransaction": f"urn:example:{at:%H%M}"}],
    }
    if step != "commissioning":
        made["sourceList"] = [{"type": "owning_party", "source": giver}]
    return made


def document(events: list[dict[str, Any]]) -> bytes:
    return json.dumps(
        {
            "@context": [CONTEXT],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-11-22T00:00:00Z",
            "epcisBody": {"eventList": events},
        }
    ).encode()


def bare_copy(job_id: object) -> float:
    """Copy the rows that were just stored into empty tables of the same form."""
    took = 0.0
    of_job = f"select id from provenance_event where job_id = '{job_id}'"  # noqa: S608 -- own key
    for table, column in TABLES.items():
        with connection.cursor() as cursor:
            cursor.execute("drop table if exists bare")
            cursor.execute(f"create table bare (like {table} including all)")
            select = f"select * from {table} where {column} in ({of_job})"  # noqa: S608 -- own key
            with cursor.copy(f"copy ({select}) to stdout") as out:
                rows = [bytes(chunk) for chunk in out]
            start = time.perf_counter()
            with cursor.copy("copy bare from stdin") as into:
                for row in rows:
                    into.write(row)
            took += time.perf_counter() - start
            cursor.execute("drop table bare")
    return took


def custody() -> tuple[float, float]:
    owner = Party.objects.create(
        slug="aster", legal_name="Aster", trading_name="Aster", country="DE"
    )
    brand = Brand.objects.create(slug="aster-bench", name="Aster", owner=owner)
    services.name_party(party_id=owner.id, identifier=MAKER, actor="bench", now=NOW)
    gtin = canonical("urn:epc:id:sgtin:4099999.012345.1").split("/")[4]
    unit = UnitIds(serial="WARM", gtin=gtin)
    whole, check = [], []
    for _ in range(20):
        found, took = timed(lambda: queries.custody_of(identifiers=unit, brand_id=brand.id, at=NOW))
        whole.append(took)
        assert len(found.steps) == CHAIN, len(found.steps)
        assert found.status.value == "complete", found.findings[:2]
        facts = facts_of([(unit, brand.id)], at=NOW)[0]
        check.append(timed(partial(check_custody, facts))[1])
    return min(check) * 1000, min(whole) * 1000


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
