"""
The clock of a case, for the services and for the database's own guard.

The guard reads ``clock_timestamp()`` and nothing of it is touched. In this one scratch database a
function of the same name stands before the system's on the search path and returns the instant that
the session names; a session that names none has the real time. No other database has that schema.
"""

from datetime import datetime
from typing import Final

from django.db import connection, connections
from psycopg import sql

SCHEMA: Final = "case_time"
SETTING: Final = "case_time.instant"
CLOCKS: Final = {
    "clock_timestamp": "volatile",
    "statement_timestamp": "stable",
    "transaction_timestamp": "stable",
    "now": "stable",
}
COVER: Final = """
create or replace function case_time.{name}() returns timestamptz language sql {kind} as
$$ select coalesce(nullif(current_setting('case_time.instant', true), '')::timestamptz,
                   pg_catalog.{name}()) $$
"""


def cover_clock() -> None:
    """Make the scratch database that Django points at go by the clock of its session."""
    with connection.cursor() as cursor:
        cursor.execute("create schema case_time")
        for name, kind in CLOCKS.items():
            cursor.execute(COVER.format(name=name, kind=kind))


def prefer_clock() -> None:
    """Let new sessions of the database find the covered clock first; a clone has lost that."""
    name = str(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("alter database {} set search_path = case_time, pg_catalog, public").format(
                sql.Identifier(name)
            )
        )
    connections.close_all()


def set_clock(instant: datetime | None) -> None:
    """Stop the session's clock at an instant, or let it go by the real time again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config(%s, %s, false)", [SETTING, instant.isoformat() if instant else ""]
        )
