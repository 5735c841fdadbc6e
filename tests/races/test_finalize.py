"""Two finalizers of one checkout, and a finalizer that dies half-way, over real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from bandstand.ledger import queries as ledger
from bandstand.offers import queries as offer_queries
from bandstand.orders import queries, services
from bandstand.orders.models import Order, OrderLine, Passport
from bandstand.orders.queries import OrderRow
from bandstand.orders.rules import CheckoutState, LineState
from bandstand.payments.models import Capture, Payment
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter
from tests.factories import gate, offers, orders

pytestmark = pytest.mark.race
WAIT_SECONDS = 30


def alone(act: Callable[[], OrderRow]) -> OrderRow:
    """Run something on a connection of its own, and close it."""
    try:
        return act()
    finally:
        connection.close()


def test_two_finalizers_at_once_make_one_order(scratch_database: str) -> None:
    assert scratch_database
    orders.shop()
    checkout = orders.authorised(offers.offer(units=2))
    is_made, may_commit = Event(), Event()

    def first() -> OrderRow:
        with transaction.atomic():
            made = services.finalize(checkout_id=checkout.id, now=clock.now())
            is_made.set()
            assert may_commit.wait(WAIT_SECONDS)
        return made

    def second() -> OrderRow:
        assert is_made.wait(WAIT_SECONDS)
        return services.finalize(checkout_id=checkout.id, now=clock.now())

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.submit(alone, first), pool.submit(alone, second)
        assert is_made.wait(WAIT_SECONDS)
        assert not two.done()
        may_commit.set()
        assert one.result(WAIT_SECONDS).id == two.result(WAIT_SECONDS).id

    assert Order.objects.count() == OrderLine.objects.count() == Capture.objects.count() == 1
    assert Letter.objects.filter(kind="order.placed").count() == 1


def test_browser_webhook_and_sweep_together_make_one_order(scratch_database: str) -> None:
    assert scratch_database
    orders.shop()
    checkout = orders.authorised(offers.offer())

    def finalizer() -> OrderRow:
        return services.finalize(checkout_id=checkout.id, now=clock.now())

    with ThreadPoolExecutor(4) as pool:
        made = {
            one.result(WAIT_SECONDS).id for one in [pool.submit(alone, finalizer) for _ in range(4)]
        }
    services.sweep_checkouts(now=clock.now())
    orders.hear_everything()

    assert len(made) == 1
    assert Order.objects.count() == Payment.objects.count() == Passport.objects.count() == 1
    assert queries.orders_list().orders[0].line_states == (LineState.PAID.value,)
    assert ledger.imbalance() == 0


def test_a_finalizer_killed_before_its_commit_leaves_nothing_and_the_sweep_finishes(
    scratch_database: str,
) -> None:
    orders.shop()
    offer = offers.offer()
    checkout = orders.authorised(offer)
    killed: list[int] = []
    is_made, is_killed = Event(), Event()

    def doomed() -> OrderRow:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("select pg_backend_pid()")
                killed.append(cursor.fetchone()[0])
            made = services.finalize(checkout_id=checkout.id, now=clock.now())
            is_made.set()
            assert is_killed.wait(WAIT_SECONDS)
        return made

    with ThreadPoolExecutor(1) as pool:
        one = pool.submit(alone, doomed)
        assert is_made.wait(WAIT_SECONDS)
        with psycopg.connect(scratch_database, autocommit=True) as other:
            other.execute("select pg_terminate_backend(%s, 5000)", [killed[0]])
        is_killed.set()
        with pytest.raises(OperationalError):
            one.result(WAIT_SECONDS)
    assert not Order.objects.exists()
    assert not Capture.objects.exists()

    services.sweep_checkouts(now=clock.now())
    orders.hear_everything()

    assert queries.checkout_row(checkout.id).state is CheckoutState.FINALIZED
    assert Order.objects.count() == Capture.objects.count() == 1
    assert offer_queries.stock_by_offer([offer.id]) == {}


def test_an_order_in_flight_goes_before_the_hold_that_waits_for_it(scratch_database: str) -> None:
    assert scratch_database
    orders.shop()
    first, second = offers.offer(units=2), offers.offer()
    checkout, late = orders.authorised(first), orders.authorised(first)
    is_made, may_commit = Event(), Event()

    def buyer() -> OrderRow:
        with transaction.atomic():
            made = services.finalize(checkout_id=checkout.id, now=clock.now())
            is_made.set()
            assert may_commit.wait(WAIT_SECONDS)
        return made

    def holder() -> None:
        try:
            gate.hold(variant_id=first.variant_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(alone, buyer)
        assert is_made.wait(WAIT_SECONDS)
        hold = pool.submit(holder)
        may_commit.set()
        one.result(WAIT_SECONDS)
        hold.result(WAIT_SECONDS)
    orders.hear_everything()

    assert queries.checkout_row(late.id).state is CheckoutState.FAILED
    page = queries.orders_list()
    assert [row.checkout_id for row in page.orders] == [checkout.id]
    assert page.orders[0].line_states == (LineState.COMMITTED.value,)
    assert second.id not in offer_queries.holds_on([second.id])
