"""Which offers on the shelf rest on a decision that no longer stands."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

STALE_SQL: Final = """
select o.id from offers_offer o
  left join gate_decision d on d.id = o.last_decision_id
 where o.state = 'listed'
   and (d.id is null or d.valid_until <= %(now)s
        or exists (select 1 from jsonb_each_text(d.epochs) told
                     left join gate_epoch e on e.key = told.key
                    where coalesce(e.epoch, 0) <> told.value::bigint))
 order by d.decided_at nulls first, o.id limit %(limit)s
"""


def offers_to_ask_again(*, now: datetime, limit: int) -> list[UUID]:
    """
    Return offers on the shelf whose decision ran out, or whose facts have changed since.

    Those asked longest ago come first.
    """
    with connection.cursor() as cursor:
        cursor.execute(STALE_SQL, {"now": now, "limit": limit})
        return [key for (key,) in cursor.fetchall()]
