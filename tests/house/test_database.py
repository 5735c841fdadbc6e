import pytest
from django.db import connection


@pytest.mark.django_db
def test_database_is_postgresql_with_commit_timestamps() -> None:
    with connection.cursor() as cursor:
        cursor.execute("show track_commit_timestamp")
        row = cursor.fetchone()

    assert row == ("on",)
