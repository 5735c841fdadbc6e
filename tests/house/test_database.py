import psycopg
import pytest
from django.db import connection


@pytest.mark.django_db
def test_database_is_postgresql_with_commit_timestamps() -> None:
    with connection.cursor() as cursor:
        cursor.execute("show track_commit_timestamp")
        row = cursor.fetchone()

    assert row == ("on",)


def test_scratch_database_has_the_tables_and_is_not_the_home(scratch_database: str) -> None:
    with psycopg.connect(scratch_database) as other:
        name = other.execute("select current_database()").fetchone()
        tables = other.execute("select count(*) from pg_tables where tablename = 'gate_hold'")

        assert tables.fetchone() == (1,)
    assert name is not None
    assert name[0].startswith("bandstand_scratch_")
