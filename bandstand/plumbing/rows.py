"""Writing many rows of one table in one statement, whatever their number."""

from collections.abc import Sequence
from typing import Any, cast

from django.db import connection
from django.db.models import Field, Model


def update_rows(rows: Sequence[Model], *, fields: Sequence[str]) -> None:
    """
    Write some fields of rows that already are in the table, as ``save(update_fields=…)`` would.

    Lock: the caller holds the rows, or whatever stands for them.
    """
    if not rows:
        return
    meta = rows[0]._meta  # noqa: SLF001 -- Django's documented way to a model's columns
    columns = [cast("Field[Any, Any]", meta.get_field(name)) for name in fields]
    key = meta.pk
    wanted = [key, *columns]
    names = ", ".join(f'"{one.column}"' for one in wanted)
    news = ", ".join(f'"{one.column}" = news."{one.column}"' for one in columns)
    arrays = ", ".join(f"%s::{_base_type(one)}[]" for one in wanted)
    values = [
        [one.get_db_prep_save(getattr(row, one.attname), connection) for row in rows]
        for one in wanted
    ]
    statement = (
        f'update "{meta.db_table}" as old set {news} from unnest({arrays}) as news({names})'  # noqa: S608 -- names of our own columns
        f' where old."{key.column}" = news."{key.column}"'
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _base_type(column: "Field[Any, Any]") -> str:
    # Cast to varchar(20), a longer text would be cut in silence; to varchar, it is refused.
    return str(column.db_type(connection)).partition("(")[0]
