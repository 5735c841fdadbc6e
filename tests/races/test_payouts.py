"""Two people confirm one payout run at once: every seller is paid once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.payouts import gateways, queries, services
from bandstand.payouts.gateways.sandbox import SandboxPayouts
from bandstand.payouts.models import Payout, PayoutCommand, SandboxPayout
from tests.factories import offers, orders, payouts


@pytest.mark.race
def test_a_run_confirmed_twice_at_once_pays_once(scratch_database: str) -> None:
    assert scratch_database
    orders.shop()
    payouts.terms()
    payouts.route()
    phone = offers.offer()
    payouts.matured(phone)
    due = queries.balance_of(phone.seller_id, currency="USD").payable
    run = services.propose_run(currency="USD", actor=payouts.ACTOR, now=payouts.after_window())

    def confirm(_: int) -> int:
        try:
            return services.confirm_run(
                run_id=run, expected=due, actor=payouts.SECOND, now=payouts.after_window()
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


@pytest.mark.race
def test_two_workers_on_one_call_make_it_once(scratch_database: str) -> None:
    assert scratch_database
    gateways.register(SandboxPayouts())
    orders.shop()
    payouts.terms()
    payouts.route()
    phone = offers.offer()
    payouts.matured(phone)
    after = payouts.after_window()
    payouts.confirmed(now=after)
    command = PayoutCommand.objects.get()

    def work(_: int) -> str:
        try:
            return services.send_command(command_id=command.id, now=after)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(work, range(4)))
    later = after + timedelta(minutes=1)

    def hear(_: int) -> None:
        try:
            payouts.hear(now=later)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=3) as pool:
        list(pool.map(hear, range(3)))

    payout = Payout.objects.get()
    assert (SandboxPayout.objects.count(), payout.state) == (1, "paid")
    bank = ledger.balance(code=AccountCode.BANK, currency="USD")
    assert bank == Money(-payout.amount_minor, "USD")
