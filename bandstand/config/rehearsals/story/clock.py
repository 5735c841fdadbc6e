"""
Setting a scratch database back in time, so that the real guard judges by the story's clock.

The functions that tell the time are covered, for one database, by functions of the same names that
subtract a fixed span. The guard's own text is not touched: it calls ``clock_timestamp()`` as ever.
"""

from datetime import datetime
from typing import Final

from django.db import connection, connections

from bandstand.plumbing import clock

CLOCKS: Final = {
    "clock_timestamp": "volatile",
    "statement_timestamp": "stable",
    "transaction_timestamp": "stable",
    "now": "stable",
}
COVER: Final = """
create or replace function story_time.{name}() returns timestamptz language sql {kind} as
$$ select pg_catalog.{name}() - interval '{seconds} seconds' $$
"""


class StoryClock:
    """A clock that runs at the real speed from another instant, in Python and in the database."""

    def __init__(self, *, starts_at: datetime, real_now: datetime) -> None:
        """Set the clock and the scratch database's clocks back by one span."""
        self._behind = real_now - starts_at
        with connection.cursor() as cursor:
            cursor.execute("create schema story_time")
        self._cover()
        with connection.cursor() as cursor:
            # Before the system's own schema, so that these are found first; new connections only.
            cursor.execute(
                f"alter database {connection.ops.quote_name(str(connection.settings_dict['NAME']))}"
                " set search_path = story_time, pg_catalog, public"
            )
        connections.close_all()

    def now(self) -> datetime:
        """Return the story's instant."""
        return clock.now() - self._behind

    def jump(self, to: datetime) -> None:
        """Go to an instant. Only while nobody else is connected: they would see two clocks."""
        self._behind = clock.now() - to
        self._cover()

    def _cover(self) -> None:
        with connection.cursor() as cursor:
            for name, kind in CLOCKS.items():
                cursor.execute(
                    COVER.format(name=name, kind=kind, seconds=self._behind.total_seconds())
                )
