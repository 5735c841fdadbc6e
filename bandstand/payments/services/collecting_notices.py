"""What buyers are told ahead of a due date, and when one has passed; once a day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction

from bandstand.catalogue import queries as catalogue
from bandstand.credit import queries as credit_queries
from bandstand.credit.events import InstalmentComing, InstalmentLate
from bandstand.credit.queries import DueRow
from bandstand.credit.queries.policies import collecting_policies
from bandstand.credit.rules.calendar import CollectingPolicy, is_reminder_day, policy_on
from bandstand.credit.rules.standing import GRACE
from bandstand.plumbing import clock, outbox

AHEAD_MAX = timedelta(days=8)
TOLD_LATE = timedelta(days=3)
"""How long a late instalment is told of, should a day's run be missed; the letter goes once."""


@transaction.atomic
def tell_buyers(*, now: datetime) -> int:
    """Announce what comes and what is late; return how many instalments were announced."""
    told = 0
    policies: dict[str, Sequence[CollectingPolicy]] = {}
    begin, end = now.date() - GRACE - TOLD_LATE, now.date() + AHEAD_MAX
    for row in credit_queries.due_between(begin=begin, end=end):
        today = clock.day_in(catalogue.market(row.market).time_zone, at=now)
        if row.market not in policies:
            policies[row.market] = collecting_policies(row.market)
        event = _event(row, today=today, policies=policies[row.market])
        if event is not None:
            outbox.emit(event, now=now)
            told += 1
    return told


def _event(
    row: DueRow, *, today: date, policies: Sequence[CollectingPolicy]
) -> InstalmentComing | InstalmentLate | None:
    policy = policy_on(row.due_on, policies)
    if is_reminder_day(due_on=row.due_on, today=today, policy=policy, market=row.market):
        return InstalmentComing(
            plan_id=str(row.plan_id),
            order_line_id=str(row.order_line_id),
            due_on=row.due_on.isoformat(),
            amount_minor=row.open.minor,
            currency=row.open.currency,
            is_automatic=row.is_automatic,
        )
    if row.due_on + GRACE < today <= row.due_on + GRACE + TOLD_LATE:
        return InstalmentLate(
            plan_id=str(row.plan_id),
            order_line_id=str(row.order_line_id),
            due_on=row.due_on.isoformat(),
            amount_minor=row.open.minor,
            currency=row.open.currency,
        )
    return None
