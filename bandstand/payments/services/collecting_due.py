"""
The monthly run: what is due on plans is asked of saved cards, a page of plans at a time.

A page is one transaction with one job behind it that sends all its commands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction

from bandstand.catalogue import queries as catalogue
from bandstand.credit import queries as credit_queries, services as credit
from bandstand.credit.queries import PlanMoney
from bandstand.credit.queries.policies import collecting_policies
from bandstand.credit.rules.calendar import CollectingPolicy, may_try, policy_on
from bandstand.credit.rules.standing import oldest_due
from bandstand.credit.services import AskedPayment
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.payments import gateways
from bandstand.payments.models import MoneyCommand, Payment
from bandstand.payments.rules import CommandKind, CommandState, PaymentState
from bandstand.payments.services.collecting_purposes import SEND_WRITTEN, purpose_of
from bandstand.plumbing import clock, jobs

logger = structlog.get_logger(__name__)
PAGE: Final = 1000
AHEAD: Final = timedelta(days=1)
"""Somewhere on Earth it is already tomorrow."""


def collect_due(*, now: datetime) -> int:
    """
    Ask the saved cards for what is due today; return how many were asked.

    Run as often as one likes, by as many workers: a plan is asked once at a time, and a card that
    was declined waits for its next day. A plan that cannot be asked does not keep the others back.
    """
    calendars = _Calendars(now)
    asked, after = 0, None
    while True:
        found = credit_queries.collectable(by=(now + AHEAD).date(), after=after, limit=PAGE)
        asked += _collect_or_split(found, calendars=calendars)
        if len(found) < PAGE:
            return asked
        after = found[-1]


@dataclass(slots=True)
class _Calendars:
    """Which day it is in each market, and on which days its cards are tried."""

    now: datetime
    zones: dict[str, str] = field(default_factory=dict)
    policies: dict[str, Sequence[CollectingPolicy]] = field(default_factory=dict)

    def day(self, market: str, *, at: datetime) -> date:
        if market not in self.zones:
            self.zones[market] = catalogue.market(market).time_zone
        return clock.day_in(self.zones[market], at=at)

    def policy(self, market: str, *, due_since: date) -> CollectingPolicy:
        if market not in self.policies:
            self.policies[market] = collecting_policies(market)
        return policy_on(due_since, self.policies[market])

    def choose(self, money: PlanMoney) -> date | None:
        """Return today, where the saved card of a plan may be tried today."""
        today = self.day(money.market, at=self.now)
        since = oldest_due(money.owed, on=today)
        if since is None:
            return None
        tried = [
            self.day(money.market, at=row.asked_at) for row in money.payments if row.is_automatic
        ]
        may = may_try(
            due_since=since,
            tried_on=tried,
            today=today,
            policy=self.policy(money.market, due_since=since),
            market=money.market,
        )
        return today if may else None


def _collect_or_split(plan_ids: Sequence[UUID], *, calendars: _Calendars) -> int:
    try:
        return _collect_page(plan_ids, calendars=calendars)
    except Exception:
        logger.exception("payments.collecting_failed", plans=len(plan_ids))
        if len(plan_ids) == 1:
            return 0
        return sum(_collect_or_split([one], calendars=calendars) for one in plan_ids)


@transaction.atomic
def _collect_page(plan_ids: Sequence[UUID], *, calendars: _Calendars) -> int:
    cards = credit_queries.cards_of(plan_ids)
    now = calendars.now
    asked = credit.ask_due_many(plan_ids=list(cards), choose=calendars.choose, now=now)
    payments = [_payment(one, now=now) for one in asked]
    Payment.objects.bulk_create(payments)
    MoneyCommand.objects.bulk_create(
        _command(payment, plan_id=one.plan_id, card=cards[one.plan_id], now=now)
        for one, payment in zip(asked, payments, strict=True)
    )
    if asked:
        jobs.defer(SEND_WRITTEN)
    return len(asked)


def _payment(asked: AskedPayment, *, now: datetime) -> Payment:
    return Payment(
        purpose=purpose_of(asked.plan_id, serial=asked.serial),
        gateway=gateways.default_name(),
        amount_minor=asked.amount.minor,
        currency=asked.amount.currency,
        state=PaymentState.CREATED.value,
        created_at=now,
        updated_at=now,
    )


def _command(payment: Payment, *, plan_id: UUID, card: str, now: datetime) -> MoneyCommand:
    return MoneyCommand(
        key=f"auth:{payment.purpose}:1",
        payment=payment,
        kind=CommandKind.AUTHORISE.value,
        amount_minor=payment.amount_minor,
        state=CommandState.WRITTEN.value,
        request={
            "card_token": card,
            "return_url": "",
            "metadata": {"plan": print_id(IdKind.PLAN, plan_id)},
            "is_off_session": True,
        },
        written_at=now,
    )
