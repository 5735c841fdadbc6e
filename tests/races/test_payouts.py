"""Two people confirm one payout run at once: every seller is paid once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from bandstand.payouts import queries, services
from bandstand.payouts.models import Payout
from tests.factories import offers, orders, payouts


@pytest.mark.race
def test_a_run_confirmed_twice_at_once_pays_once(scratch_database: str) -> None:
    assert scratch_database
    orders.shop()
    payouts.terms()
    phone = offers.offer()
    payouts.matured(phone)
    due = queries.balance_of(phone.seller_id, currency="USD").payable
    run = services.propose_run(currency="USD", actor=payouts.ACTOR, now=payouts.after_window())

    def confirm(_: int) -> int:
        try:
            return services.confirm_run(
                run_id=run, expected=due, actor=payouts.ACTOR, now=payouts.after_window()
            )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        paid = list(pool.map(confirm, range(4)))

    assert paid == [1, 1, 1, 1]
    assert Payout.objects.count() == 1
    assert queries.balance_of(phone.seller_id, currency="USD").available.is_zero


@pytest.mark.race
def test_a_phone_given_back_while_its_share_matures_costs_nobody(scratch_database: str) -> None:
    assert scratch_database
    orders.shop()
    payouts.terms()
    phone = offers.offer(units=2)
    line = payouts.delivered(phone)

    def mature(_: int) -> None:
        try:
            services.mature_due(now=payouts.after_window())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=2) as pool:
        maturing = pool.submit(mature, 0)
        payouts.give_back(line)
        maturing.result()

    held = queries.balance_of(phone.seller_id, currency="USD")
    assert (held.pending.minor, held.available.minor, held.reserve.minor) == (0, 0, 0)
    assert held.owed_to_us.is_zero
