"""Two checkouts of one buyer at once, over real connections."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest
from django.db import connection, transaction

from bandstand.credit.models import LimitClaim
from tests.credit.applying_world import asked, outcomes, shop

WAIT_SECONDS = 20


@pytest.mark.race
def test_two_checkouts_of_one_buyer_cannot_pass_the_limit_together(scratch_database: str) -> None:
    terms = shop(financed_max_minor=150_000)
    is_decided, may_commit = Event(), Event()

    def first() -> list[str]:
        with transaction.atomic():
            found = outcomes(asked(terms))
            is_decided.set()
            assert may_commit.wait(WAIT_SECONDS)
        return found

    def second() -> list[str]:
        assert is_decided.wait(WAIT_SECONDS)
        return outcomes(asked(terms))

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.submit(alone, first), pool.submit(alone, second)
        assert is_decided.wait(WAIT_SECONDS)
        wait_for_lock(scratch_database)
        may_commit.set()
        found = [one.result(WAIT_SECONDS), two.result(WAIT_SECONDS)]

    assert found == [["approved"], ["counter_offer"]]
    claimed = LimitClaim.objects.filter(ended_at=None)
    assert sum(row.application.financed_minor for row in claimed) == 100_000


def alone(act: Callable[[], list[str]]) -> list[str]:
    """Run something on a connection of its own, and close it."""
    try:
        return act()
    finally:
        connection.close()


def wait_for_lock(address: str) -> None:
    """Return when a session waits for an advisory lock."""
    deadline = time.monotonic() + WAIT_SECONDS
    with psycopg.connect(address, autocommit=True) as watch:
        waits = "select 1 from pg_locks where locktype = 'advisory' and not granted"
        while watch.execute(waits).fetchone() is None:
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.01)
