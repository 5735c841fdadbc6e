"""
The clock by which the database's own guard judges holds and decisions.

A demo's clock may be ahead of the world's; the guard's must be ahead with it. Preparing a database
sets it anew, so one that was a demo and becomes a shop goes by the world's clock again.
"""

from datetime import timedelta
from typing import Final

from django.db import connection

GATE_NOW: Final = """
create or replace function gate_now() returns timestamptz language sql volatile parallel safe as
$$ select clock_timestamp() + interval '{seconds} seconds' $$
"""
GATE_NOW_OF_THE_WORLD: Final = """
create or replace function gate_now() returns timestamptz language sql volatile parallel safe as
$$ select clock_timestamp() $$
"""


def set_guard_clock(ahead: timedelta) -> None:
    """Set how far the guard's clock is ahead of the world's; nothing for any but a demo."""
    seconds = ahead.total_seconds()
    with connection.cursor() as cursor:
        cursor.execute(GATE_NOW.format(seconds=seconds) if seconds else GATE_NOW_OF_THE_WORLD)
