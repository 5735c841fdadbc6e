"""
Payouts in any order: runs, lost answers, workers that die, late returns, phones given back.

Whatever happens, no bucket but the debt goes below nothing, what is on its way is what was sent,
statements say what the ledger says, and in the end the shop's book is the gateway's.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings, strategies as st

from bandstand.kernel.errors import DomainError
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.orders.models import OrderLine
from bandstand.payouts import gateways, queries, services
from bandstand.payouts.gateways.sandbox import SandboxPayouts, answer_of
from bandstand.payouts.models import Payout, PayoutAccount, PayoutCommand, SandboxPayout
from bandstand.payouts.queries import seller_key
from bandstand.payouts.rules.statements import Buckets
from bandstand.payouts.services import sending
from bandstand.plumbing import clock
from tests.factories import offers, orders, payouts

pytestmark = pytest.mark.django_db
ACCOUNTS = ("acct_northgate", "acct_lost", "acct_fails", "acct_returned", "acct_spent")
STEPS = (
    "mature", "pay", "send", "arrive", "die", "sweep", "hear", "watch", "give_back", "confirm",
    "days",
)  # fmt: skip


@dataclass
class World:
    """One seller's shop on a clock of its own."""

    lines: list[OrderLine]
    seller_id: UUID
    now: datetime
    given_back: list[UUID] = field(default_factory=list)

    def mature(self) -> None:
        services.mature_due(now=self.now)

    def pay(self) -> None:
        try:
            payouts.confirmed(now=self.now)
        except DomainError:
            """Nobody can be paid now, and nothing has moved."""

    def arrive(self) -> None:
        self.pay()
        self.send()
        self.now += timedelta(minutes=1)
        self.hear()

    def send(self) -> None:
        payouts.send_all(now=self.now)

    def die(self) -> None:
        """Claim a call and die before it is made."""
        waiting = PayoutCommand.objects.filter(state__in=["written", "unknown"]).first()
        if waiting is not None:
            sending._claim(waiting.id, now=self.now)  # noqa: SLF001 -- a worker dies between claim and call

    def sweep(self) -> None:
        services.send_open_commands(now=self.now)

    def hear(self) -> None:
        payouts.hear(now=self.now)

    def watch(self) -> None:
        services.watch_paid(now=self.now)

    def give_back(self) -> None:
        left = [one for one in self.lines if one.id not in self.given_back]
        if left:
            self.given_back.append(left[0].id)
            payouts.give_back(left[0])

    def confirm(self) -> None:
        PayoutAccount.objects.update(blocked_at=None, blocked_reason="")

    def days(self) -> None:
        self.now += timedelta(days=2)

    def is_sound(self) -> None:
        held = queries.balance_of(self.seller_id, currency="USD")
        parts = (held.pending, held.available, held.reserve, held.owed_to_us)
        assert min(part.minor for part in parts) >= 0, held
        sent = sum(one.amount_minor for one in Payout.objects.filter(state="sent"))
        assert self._in_transit() == Money(-sent, "USD")
        told = queries.figures(
            seller_id=self.seller_id,
            currency="USD",
            since=self.now - timedelta(days=300),
            until=self.now + timedelta(days=300),
            recorded_before=self.now + timedelta(days=300),
        )
        assert sum((one.moved for one in told.lines), told.opening) == told.closing
        assert told.closing == Buckets(*(part.minor for part in parts))

    def has_ended_well(self) -> None:
        for days in (0, 0, 5, 5, 5):
            self.now += timedelta(days=days, minutes=1)
            self.sweep()
            self.hear()
        assert not Payout.objects.filter(state="sent").exists()
        theirs = {row.key: answer_of(row, now=self.now) for row in SandboxPayout.objects.all()}
        for command in PayoutCommand.objects.filter(kind="send").select_related("payout"):
            assert command.payout.state == theirs[command.key].state, command.key
        paid = sum(
            one.amount.minor - sum(part.amount.minor for part in one.reversals)
            for one in theirs.values()
            if one.state == "paid"
        )
        bank = ledger.balance(code=AccountCode.BANK, currency="USD")
        assert bank == Money(-paid, "USD")
        assert ledger.imbalance() == 0

    def _in_transit(self) -> Money:
        return ledger.balance(
            code=AccountCode.PAYOUT_IN_TRANSIT, key=seller_key(self.seller_id), currency="USD"
        )


@pytest.fixture
def world() -> World:
    orders.shop()
    payouts.terms()
    payouts.route()
    phone = offers.offer(units=3)
    lines = [payouts.delivered(phone) for _ in range(3)]
    return World(lines, phone.seller_id, clock.now())


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@example(account="acct_returned", steps=["arrive", "give_back", "sweep"])
@example(account="acct_returned", steps=["arrive", "days", "days", "confirm", "arrive"])
@example(account="acct_northgate", steps=["arrive", "give_back", "sweep", "give_back"])
@example(account="acct_lost", steps=["pay", "die", "give_back", "sweep", "give_back"])
@given(
    account=st.sampled_from(ACCOUNTS),
    steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=14),
)
def test_no_order_of_events_loses_or_doubles_money(
    world: World, account: str, steps: list[str]
) -> None:
    before = transaction.savepoint()
    gateways.register(SandboxPayouts())
    try:
        world.now, world.given_back = payouts.after_window(), []
        PayoutAccount.objects.all().update(ended_at=clock.now())
        payouts.account(world.seller_id, number=account)
        for step in ("mature", *steps):
            world.now += timedelta(minutes=1)
            getattr(world, step)()
            world.is_sound()
        world.has_ended_well()
        world.is_sound()
    finally:
        transaction.savepoint_rollback(before)
