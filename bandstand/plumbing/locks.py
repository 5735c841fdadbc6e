"""Advisory locks on a business identity, held to the end of the transaction."""

from django.db import connection


def lock(*keys: str) -> None:
    """
    Wait for every key, in one order so that two callers cannot deadlock.

    Lock: exclusive advisory, until the surrounding transaction ends.
    """
    with connection.cursor() as cursor:
        for key in sorted(set(keys)):
            cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"lock:{key}"])
