"""The last unit, reached for by two buyers at once over real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction

from bandstand.offers import services
from bandstand.offers.models import Reservation, Unit
from bandstand.offers.rules import SoldOutError
from bandstand.plumbing import clock
from tests.factories import offers

pytestmark = pytest.mark.race
WAIT_SECONDS = 20


def reserve(offer_id: UUID) -> UUID:
    now = clock.now()
    return services.reserve(
        offer_id=offer_id, holder=uuid4(), until=now + timedelta(minutes=15), now=now
    ).id


def alone(act: Callable[[], object]) -> object:
    """Run something on a connection of its own, and close it."""
    try:
        return act()
    finally:
        connection.close()


def test_of_two_buyers_one_gets_the_last_unit_and_the_other_is_told_at_once(
    scratch_database: str,
) -> None:
    offer = offers.offer(units=1)
    is_kept, may_commit = Event(), Event()

    def first() -> UUID:
        with transaction.atomic():
            unit_id = reserve(offer.id)
            is_kept.set()
            assert may_commit.wait(WAIT_SECONDS)
        return unit_id

    def second() -> str:
        assert is_kept.wait(WAIT_SECONDS)
        try:
            reserve(offer.id)
        except SoldOutError as refused:
            return refused.code
        finally:
            # The first has not committed yet: the second did not wait for it.
            may_commit.set()
        return "kept"

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(alone, first)
        two = pool.submit(alone, second)
        assert two.result(WAIT_SECONDS) == "sold_out"
        kept = one.result(WAIT_SECONDS)

    assert Reservation.objects.get(ended_at=None).unit_id == kept
    with psycopg.connect(scratch_database) as other:
        assert other.execute("select state from offers_unit").fetchall() == [("reserved",)]


def test_a_buyer_who_gives_up_leaves_the_unit_to_the_next(scratch_database: str) -> None:
    assert scratch_database
    offer = offers.offer(units=1)
    is_kept, may_undo = Event(), Event()

    def first() -> None:
        with transaction.atomic():
            reserve(offer.id)
            is_kept.set()
            assert may_undo.wait(WAIT_SECONDS)
            transaction.set_rollback(True)

    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(alone, first)
        assert is_kept.wait(WAIT_SECONDS)
        with pytest.raises(SoldOutError):
            reserve(offer.id)
        may_undo.set()
        one.result(WAIT_SECONDS)

    assert reserve(offer.id) == Unit.objects.get().id


def test_of_many_buyers_as_many_are_served_as_there_are_units(scratch_database: str) -> None:
    assert scratch_database
    offer = offers.offer(units=3)
    start = Barrier(8)

    def buyer() -> str:
        start.wait(WAIT_SECONDS)
        try:
            reserve(offer.id)
        except SoldOutError:
            return "sold_out"
        return "kept"

    with ThreadPoolExecutor(8) as pool:
        outcomes = [pool.submit(alone, buyer) for _ in range(8)]
        told = sorted(str(one.result(WAIT_SECONDS)) for one in outcomes)

    assert told == ["kept"] * 3 + ["sold_out"] * 5
    assert Reservation.objects.filter(ended_at=None).count() == 3


def test_a_sweep_does_not_free_what_is_just_being_sold(scratch_database: str) -> None:
    assert scratch_database
    offer, holder, now = offers.offer(units=1), uuid4(), clock.now()
    unit = services.reserve(offer_id=offer.id, holder=holder, until=now, now=now)
    is_sold, may_commit = Event(), Event()

    def sell() -> None:
        with transaction.atomic():
            services.sell_unit(unit_id=unit.id, holder=holder, now=now)
            is_sold.set()
            assert may_commit.wait(WAIT_SECONDS)

    with ThreadPoolExecutor(1) as pool:
        seller = pool.submit(alone, sell)
        assert is_sold.wait(WAIT_SECONDS)
        freed = services.expire_reservations(now=now)
        may_commit.set()
        seller.result(WAIT_SECONDS)

    assert freed == 0
    assert Unit.objects.get().state == "sold"
    assert Reservation.objects.get().ending == "sold"
