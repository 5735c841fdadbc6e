"""Events about units and the boxes around them, and which of them were declared wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from bandstand.provenance.rules.captured import Role
from bandstand.provenance.rules.custody import EVENTS_MAX, LEVELS_MAX

FAMILY_MAX: Final = 20_000
ROWS_MAX: Final = 50_000

FAMILY_SQL: Final = """
with recursive family(root, name, level) as (
    select given, given, 0 from unnest(%s::text[]) as given
    union
    select family.root, parent.value, family.level + 1
      from family
      join provenance_eventterm child on child.value = family.name and child.role = 'child'
      join provenance_eventterm parent on parent.event_id = child.event_id
           and parent.role = 'parent'
     where family.level < %s
)
select root, name, level from family limit %s"""

WRONG_SQL: Final = """exists (
    select 1 from provenance_event said
     where said.event_id = e.event_id and said.is_declaration and said.hash_id = e.hash_id
       and (said.sender_id is null or said.sender_id = e.sender_id
            or said.sender_id in (select party_id from parties_operatorprofile)))"""
"""That an event was declared wrong by its own sender or by the operator."""

ROWS_SQL: Final = f"""
with hit as (
    select event_id, array_agg(role || ' ' || value) as named
      from provenance_eventterm
     where value = any(%s) and role in ('epc', 'parent', 'child', 'input', 'output')
     group by event_id
)
select e.id, e.event_id, e.sender_id, e.type, e.action, e.event_at, e.recorded_at, e.step,
       e.disposition, e.persists, e.unsets, e.read_point, e.biz_location, e.country, hit.named,
       array(select role || ' ' || kind || ' ' || value from provenance_eventterm t
              where t.event_id = e.id and t.role in ('source', 'destination', 'transaction')
              order by t.id)
  from hit join provenance_event e on e.id = hit.event_id
 where not e.is_declaration and not {WRONG_SQL}
 order by e.event_at, e.id limit %s"""  # noqa: S608 -- constants only


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One captured event, so far as it names what was asked for."""

    id: UUID
    event_id: str
    sender_id: UUID | None
    type: str
    action: str
    event_at: datetime
    recorded_at: datetime
    step: str
    disposition: str
    persists: tuple[str, ...]
    unsets: tuple[str, ...]
    read_point: str
    biz_location: str
    country: str
    named: tuple[tuple[Role, str], ...]
    sides: tuple[tuple[str, str, str], ...]

    def side(self, role: str, kind: str) -> str:
        """Return the identifier of a source or destination of a kind; empty if there is none."""
        return next((name for one, of, name in self.sides if (one, of) == (role, kind)), "")

    @property
    def documents(self) -> tuple[tuple[str, str], ...]:
        """The business documents that the event names."""
        return tuple((kind, name) for role, kind, name in self.sides if role == "transaction")


def families_of(names: Iterable[str]) -> tuple[dict[str, set[str]], set[str]]:
    """
    Return each name with the boxes that may have been around it, and the names cut short.

    Boxes are followed a few levels up and no further: deeper nesting is somebody's mischief.
    """
    asked = sorted(names)
    with connection.cursor() as cursor:
        cursor.execute(FAMILY_SQL, [asked, LEVELS_MAX, FAMILY_MAX + 1])
        found = cursor.fetchall()
    families: dict[str, set[str]] = {name: {name} for name in asked}
    cut: set[str] = set(asked) if len(found) > FAMILY_MAX else set()
    for root, name, level in found:
        families[root].add(name)
        if level >= LEVELS_MAX:
            cut.add(root)
    return families, cut


def rows_about(names: Iterable[str]) -> list[EventRow]:
    """Return the events that name any of these, oldest first, without those declared wrong."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS_SQL, [sorted(names), max(ROWS_MAX, EVENTS_MAX)])
        return [_row(one) for one in cursor.fetchall()]


def _row(one: tuple[object, ...]) -> EventRow:
    (key, event_id, sender, kind, action, event_at, recorded_at, step, disposition, persists,
     unsets, read_point, biz_location, country, named, sides) = one  # fmt: skip
    pairs = (str(text).split(" ", 1) for text in _list(named))
    return EventRow(
        id=key,  # type: ignore[arg-type]  # the cursor's row has no types
        event_id=str(event_id),
        sender_id=sender,  # type: ignore[arg-type]  # same
        type=str(kind),
        action=str(action),
        event_at=event_at,  # type: ignore[arg-type]  # same
        recorded_at=recorded_at,  # type: ignore[arg-type]  # same
        step=str(step),
        disposition=str(disposition),
        persists=tuple(str(word) for word in _list(persists)),
        unsets=tuple(str(word) for word in _list(unsets)),
        read_point=str(read_point),
        biz_location=str(biz_location),
        country=str(country),
        named=tuple((Role(role), name) for role, name in pairs),
        sides=tuple(_side(str(text)) for text in _list(sides)),
    )


def _side(text: str) -> tuple[str, str, str]:
    role, kind, name = text.split(" ", 2)
    return role, kind, name


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
