"""Telling other rooms whose custody may have changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from bandstand.plumbing import outbox
from bandstand.provenance.events import CustodyChanged
from bandstand.provenance.rules.captured import CapturedEvent, Role
from bandstand.provenance.rules.custody import LEVELS_MAX

TOLD_AT_ONCE: Final = 500
CONTENTS_MAX: Final = 50_000
THINGS: Final = frozenset({Role.EPC, Role.PARENT, Role.CHILD, Role.INPUT, Role.OUTPUT})
CONTENTS_SQL: Final = """
with recursive inside(name, level) as (
    select given, 0 from unnest(%s::text[]) as given
    union
    select child.value, inside.level + 1
      from inside
      join provenance_eventterm parent on parent.value = inside.name and parent.role = 'parent'
      join provenance_eventterm child on child.event_id = parent.event_id and child.role = 'child'
     where inside.level < %s
)
select name from inside limit %s"""


def tell_changes(events: Sequence[CapturedEvent], *, now: datetime) -> None:
    """Emit which things some new events concern, with what was ever in the boxes among them."""
    named = {term.value for event in events for term in event.terms if term.role in THINGS}
    if not named:
        return
    concerned = sorted(named | _contents(named))
    for start in range(0, len(concerned), TOLD_AT_ONCE):
        chunk = tuple(concerned[start : start + TOLD_AT_ONCE])
        outbox.emit(CustodyChanged(identifiers=chunk), now=now)


def _contents(names: Iterable[str]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(CONTENTS_SQL, [sorted(names), LEVELS_MAX, CONTENTS_MAX])
        return {name for (name,) in cursor.fetchall()}
