"""Write stored fits as sets: copy what should be there, then touch only the rows that differ."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

STAGE: Final = """
drop table if exists fit_texts, fit_rows;
create temporary table fit_texts (
    number int, tier text, tier_rank int, calls text, nr text, label text, sentence text, body jsonb
) on commit drop;
create temporary table fit_rows (
    id uuid, variant_id uuid, network_id uuid, from_date date, until_date date, number int,
    inputs_hash text
) on commit drop;
"""
REMOVE: Final = """
delete from catalogue_storedfit f
 where f.network_id = any(%s::uuid[])
   and f.variant_id in (select variant_id from fit_rows)
   and not exists (select from fit_rows r
                    where (r.variant_id, r.network_id, r.from_date)
                        = (f.variant_id, f.network_id, f.from_date))
"""
PUT: Final = """
insert into catalogue_storedfit as f (
    id, variant_id, network_id, from_date, until_date, inputs_hash, computed_at,
    tier, tier_rank, calls, nr, label, sentence, body)
select r.id, r.variant_id, r.network_id, r.from_date, r.until_date, r.inputs_hash, %s,
       t.tier, t.tier_rank, t.calls, t.nr, t.label, t.sentence, t.body
  from fit_rows r join fit_texts t using (number)
    on conflict (variant_id, network_id, from_date) do update set
       until_date = excluded.until_date, inputs_hash = excluded.inputs_hash,
       computed_at = excluded.computed_at, tier = excluded.tier, tier_rank = excluded.tier_rank,
       calls = excluded.calls, nr = excluded.nr, label = excluded.label,
       sentence = excluded.sentence, body = excluded.body
 where (f.until_date, f.tier, f.label, f.sentence, f.inputs_hash, f.body) is distinct from
       (excluded.until_date, excluded.tier, excluded.label, excluded.sentence,
        excluded.inputs_hash, excluded.body)
"""


@dataclass(frozen=True, slots=True)
class FitText:
    """What a stored fit says; many rows share one. ``body`` is JSON."""

    tier: str
    tier_rank: int
    calls: str
    nr: str
    label: str
    sentence: str
    body: str


class FitRow(NamedTuple):
    """
    Which variant, network and interval a text is of; ``text`` is its place among the texts.

    A tuple, because a shop of 40,000 variants makes as many of them at once.
    """

    id: UUID
    variant_id: UUID
    network_id: UUID
    from_date: date
    until_date: date | None
    text: int
    inputs_hash: str


def write_fits(
    *, texts: Sequence[FitText], rows: Sequence[FitRow], networks: Sequence[UUID], now: datetime
) -> int:
    """
    Make the stored fits of the rows' variants on networks what the rows say.

    Returns how many rows were written or removed. A row that says the same is left alone. Call it
    in a transaction: what is staged is gone at its end.
    """
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(STAGE)
        _copy_texts(cursor, texts)
        _copy_rows(cursor, rows)
        cursor.execute("analyze fit_rows, fit_texts")
        cursor.execute(REMOVE, [list(networks)])
        removed = int(cursor.rowcount)
        cursor.execute(PUT, [now])
        return removed + int(cursor.rowcount)


def _line(one: FitRow) -> str:
    # Keys, days and a hash have nothing to escape; psycopg's own rows take four times as long.
    until = one.until_date.isoformat() if one.until_date else "\\N"
    return (
        f"{one.id}\t{one.variant_id}\t{one.network_id}\t{one.from_date.isoformat()}\t{until}"
        f"\t{one.text}\t{one.inputs_hash}\n"
    )


def _copy_texts(cursor: CursorWrapper, texts: Iterable[FitText]) -> None:
    with cursor.copy("copy fit_texts from stdin") as copy:
        for at, one in enumerate(texts):
            copy.write_row((at, *astuple(one)))


def _copy_rows(cursor: CursorWrapper, rows: Iterable[FitRow]) -> None:
    with cursor.copy("copy fit_rows from stdin") as copy:
        copy.write("".join(_line(one) for one in rows))
