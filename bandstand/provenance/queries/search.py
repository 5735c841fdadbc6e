"""Captured events, found by what they say; each caller sees its own, the operator all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from bandstand.provenance.models import Event, EventTerm, Sighting
from bandstand.provenance.rules.captured import Role
from bandstand.provenance.rules.query import EventQuery, Match, Order, page_token
from bandstand.provenance.rules.writing import written_event

LISTED_MAX: Final = 1_000
THINGS: Final = (Role.EPC, Role.CHILD, Role.PARENT, Role.INPUT, Role.OUTPUT)
ARRAYS: Final = frozenset({"persists", "unsets", "corrective_ids"})
INSTANT_OF: Final = {Order.EVENT: "event_at", Order.RECORD: "recorded_at"}


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events as they are written out, and the token of the next page if there is one."""

    texts: tuple[str, ...]
    next_token: str


def events_matching(query: EventQuery, *, seen_by: UUID | None) -> EventPage:
    """Return a page of events; ``seen_by`` None is the operator, who sees all."""
    rows = visible_events(seen_by=seen_by)
    for condition in _conditions(query):
        rows = rows.filter(condition)
    column = INSTANT_OF[query.order]
    sign = "-" if query.is_descending else ""
    size = min(query.per_page, query.limit or query.per_page)
    found = list(rows.order_by(f"{sign}{column}", f"{sign}id")[: size + 1])
    shown = found[:size]
    has_more = len(found) > size and query.limit is None
    last = shown[-1] if shown else None
    token = page_token(getattr(last, column), last.id) if has_more and last else ""
    return EventPage(tuple(event_text(row) for row in shown), token)


def visible_events(*, seen_by: UUID | None) -> QuerySet[Event]:
    """Return the events that a party sent, or was found to have; None sees all."""
    if seen_by is None:
        return Event.objects.all()
    sent_too = Sighting.objects.filter(event=OuterRef("pk"), sender_id=seen_by)
    return Event.objects.filter(Q(sender_id=seen_by) | Exists(sent_too))


def event_text(row: Event) -> str:
    """Return an event as it is written out."""
    return written_event(
        row.body,
        event_id=row.event_id,
        recorded_at=row.recorded_at,
        prefixes=row.prefixes,
    )


def listed(field: str, *, seen_by: UUID | None) -> list[str]:
    """Return the distinct words or places of the events a caller sees, in order."""
    rows = visible_events(seen_by=seen_by).exclude(**{field: ""})
    return list(rows.order_by(field).values_list(field, flat=True).distinct()[:LISTED_MAX])


def listed_epcs(*, seen_by: UUID | None) -> list[str]:
    """Return the things that the events a caller sees are about."""
    terms = EventTerm.objects.filter(
        role__in=[role.value for role in THINGS], event__in=visible_events(seen_by=seen_by)
    )
    return list(terms.order_by("value").values_list("value", flat=True).distinct()[:LISTED_MAX])


def _conditions(query: EventQuery) -> Iterable[Q]:
    for column, values in query.equal:
        name = f"{column}__overlap" if column in ARRAYS else f"{column}__in"
        yield Q(**{name: list(values)})
    for column, since in query.since:
        yield Q(**{f"{column}__gte": since})
    for column, before in query.before:
        yield Q(**{f"{column}__lt": before})
    for match in query.matches:
        yield Q(Exists(_terms(match)))
    if query.is_declaration is not None:
        yield Q(is_declaration=query.is_declaration)
    if query.after is not None:
        yield _after(query, at=query.after[0], key=query.after[1])


def _after(query: EventQuery, *, at: datetime, key: UUID) -> Q:
    column = INSTANT_OF[query.order]
    sign = "lt" if query.is_descending else "gt"
    return Q(**{f"{column}__{sign}": at}) | Q(**{column: at, f"id__{sign}": key})


def _terms(match: Match) -> QuerySet[EventTerm]:
    named = Q(value__in=match.values)
    for start in match.starts:
        named |= Q(value__startswith=start)
    terms = EventTerm.objects.filter(
        named, event=OuterRef("pk"), role__in=[role.value for role in match.roles]
    )
    return terms if match.kind is None else terms.filter(kind=match.kind)
