"""Storing events: once each, never over another, with every identifier they name."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final
from uuid import UUID

from django.db import connection

from bandstand.parties.models import OperatorProfile
from bandstand.plumbing.ids import new_id
from bandstand.provenance.models import CaptureJob, Event, Sighting
from bandstand.provenance.rules.captured import CapturedEvent
from bandstand.provenance.rules.faults import Fault
from bandstand.provenance.rules.namespaces import own_prefixes
from bandstand.provenance.rules.parse import ReadEvent

EVENT_COLUMNS: Final = (
    "id", "job_id", "sender_id", "event_id", "hash_id", "is_declaration", "type", "action",
    "event_at", "recorded_at", "step", "disposition", "persists", "unsets", "read_point",
    "biz_location", "country", "transformation_id", "declared_at", "reason", "corrective_ids",
    "prefixes", "body",
)  # fmt: skip
# Copied, not inserted: a pallet's document has thousands of rows, and a copy is faster.
EVENTS_SQL: Final = f"copy provenance_event ({', '.join(EVENT_COLUMNS)}) from stdin"
TERMS_SQL: Final = "copy provenance_eventterm (event_id, role, kind, value, serial) from stdin"


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of a batch: the new events, how many were known, and what was wrong."""

    events: tuple[CapturedEvent, ...]
    known: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """An event that is stored, or about to be."""

    key: UUID
    hash_id: str
    sender_id: UUID | None


Book = dict[str, Known]


def store_batch(job: CaptureJob, read: Sequence[ReadEvent], *, now: datetime) -> Batch:
    """
    Store the good events of a batch that are not stored yet; note the others.

    Lock: the caller's, so that nobody else stores in between.
    """
    faults = list(chain.from_iterable(one.faults for one in read))
    originals, declared = _books([one.event.event_id for one in read if one.event is not None])
    operator = OperatorProfile.objects.order_by("id").values_list("party_id", flat=True).first()
    rows: list[tuple[UUID, CapturedEvent]] = []
    seen: list[UUID] = []
    for one in read:
        event = one.event
        if event is None:
            continue
        fault = _conflict(job, event, originals=originals, operator=operator)
        book = declared if event.declaration else originals
        name = _name(event, job=job)
        if fault:
            faults.append(Fault(one.path, fault))
        elif name in book:
            seen.append(book[name].key)
        else:
            key = new_id()
            book[name] = Known(key, event.hash_id, job.sender_id)
            rows.append((key, event))
    _insert(job, rows, now=now)
    _sight(job, seen)
    return Batch(tuple(event for _, event in rows), len(seen), tuple(faults))


def _name(event: CapturedEvent, *, job: CaptureJob) -> str:
    return f"{event.event_id} {job.sender_id}" if event.declaration else event.event_id


def _books(event_ids: Sequence[str]) -> tuple[Book, Book]:
    """Return the stored events with these ids, and the declarations about them."""
    originals: Book = {}
    declared: Book = {}
    found = Event.objects.filter(event_id__in=event_ids).values_list(
        "event_id", "is_declaration", "hash_id", "sender_id", "id"
    )
    for event_id, is_declaration, hash_id, sender_id, key in found:
        book = declared if is_declaration else originals
        name = f"{event_id} {sender_id}" if is_declaration else event_id
        book[name] = Known(key, hash_id, sender_id)
    return originals, declared


def _conflict(
    job: CaptureJob, event: CapturedEvent, *, originals: Book, operator: UUID | None
) -> str:
    """Return why an event cannot stand beside what is stored under its id; empty if it can."""
    known = originals.get(event.event_id)
    if known is None:
        return ""
    if event.declaration is None:
        same = known.hash_id == event.hash_id
        return "" if same else "eventID: another event with other content has this id already."
    if known.hash_id != event.hash_id:
        return "errorDeclaration: repeats the event it is about word for word; this one differs."
    may = job.sender_id in {None, operator, known.sender_id}
    return "" if may else "errorDeclaration: only whoever sent the event may declare it wrong."


def _insert(job: CaptureJob, rows: Sequence[tuple[UUID, CapturedEvent]], *, now: datetime) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        with cursor.copy(EVENTS_SQL) as copy:
            for key, event in rows:
                copy.write_row(_row(key, event, job=job, now=now))
        with cursor.copy(TERMS_SQL) as copy:
            for key, event in rows:
                for term in dict.fromkeys(event.terms):
                    copy.write_row((key, term.role.value, term.kind, term.value, term.serial))


def _row(key: UUID, event: CapturedEvent, *, job: CaptureJob, now: datetime) -> tuple[object, ...]:
    """Return an event's values in the order of ``EVENT_COLUMNS``."""
    said = event.declaration
    return (
        key,
        job.id,
        job.sender_id,
        event.event_id,
        event.hash_id,
        said is not None,
        event.type.value,
        event.action.value if event.action else "",
        event.at,
        now,
        event.step,
        event.disposition,
        list(event.persists),
        list(event.unsets),
        event.read_point,
        event.biz_location,
        event.country,
        event.transformation_id,
        said.at if said else None,
        said.reason if said else "",
        list(said.corrective_ids) if said else [],
        json.dumps(own_prefixes(event.prefixes)),
        event.body,
    )


def _sight(job: CaptureJob, seen: Sequence[UUID]) -> None:
    """Note that a party sent what was known, so that it sees what it has."""
    if job.sender_id is None or not seen:
        return
    Sighting.objects.bulk_create(
        (Sighting(event_id=key, sender_id=job.sender_id, job=job) for key in dict.fromkeys(seen)),
        ignore_conflicts=True,
    )
