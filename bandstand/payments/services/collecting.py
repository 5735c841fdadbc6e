"""
Collecting on plans: by the shop when an instalment is due, or by the buyer's own hand.

Every payment on a plan has a serial number, and its purpose, ``inst:<plan>:<serial>``, names every
command and transfer made for it. A plan has one payment under way at most.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries as catalogue
from bandstand.credit import queries as credit_queries, services as credit
from bandstand.credit.queries import PlanMoney, PlanPaymentRow
from bandstand.credit.queries.policies import collecting_policy
from bandstand.credit.rules import AskKind, AskState
from bandstand.credit.rules.calendar import is_given_up
from bandstand.credit.rules.standing import oldest_due
from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.payments import queries, rules
from bandstand.payments.models import MoneyCommand
from bandstand.payments.queries import PaymentRow
from bandstand.payments.rules import CommandKind, CommandState, PaymentState
from bandstand.payments.services import record
from bandstand.payments.services.begin import begin_payment
from bandstand.payments.services.claims import claim_void
from bandstand.payments.services.collecting_books import post_charge_off
from bandstand.payments.services.collecting_due import collect_due
from bandstand.payments.services.collecting_purposes import SEND_WRITTEN, plan_of, purpose_of
from bandstand.plumbing import clock, jobs

__all__ = [
    "claim_plan_captures",
    "collect_due",
    "give_up",
    "give_up_overdue",
    "is_due",
    "pay_plan",
    "plan_of",
    "purpose_of",
    "resolve_stale",
    "today_of",
]
SEND: Final = "bandstand.payments.tasks.send_command"
ACTOR: Final = "system:collecting"
STALE_AFTER: Final = timedelta(minutes=30)
"""How long a buyer may stand before their bank's page until the payment is given up."""
LATE_AFTER: Final = timedelta(days=60)
"""No calendar gives a debt up sooner."""
BATCH: Final = 500


def pay_plan(
    *,
    plan_id: UUID,
    kind: AskKind,
    extra: Money,
    card_token: str,
    return_url: str,
    now: datetime,
) -> PaymentRow:
    """
    Ask a card for a payment on a plan while its buyer is here; the outcome comes by webhook.

    Raises: NothingOwedError; AmountRefusedError; PaymentUnderWayError; BadInputError for a card
        token that is none.
    """
    money = credit_queries.plan_money(plan_id)
    asked = credit.ask_payment(
        plan_id=plan_id, kind=kind, extra=extra, on=today_of(money, now=now), now=now
    )
    try:
        return begin_payment(
            purpose=purpose_of(plan_id, serial=asked.serial),
            amount=asked.amount,
            card_token=card_token,
            return_url=return_url,
            metadata={"plan": print_id(IdKind.PLAN, plan_id)},
            now=now,
        )
    except (BadInputError, RefusedError) as refused:
        credit.record_not_paid(
            plan_id=plan_id,
            serial=asked.serial,
            state=AskState.DROPPED,
            failure=refused.code,
            now=now,
        )
        raise


def is_due(*, plan_id: UUID, on: date) -> bool:
    """Say whether something is due on a plan on a day and not paid."""
    return oldest_due(credit_queries.plan_money(plan_id).owed, on=on) is not None


def give_up_overdue(*, now: datetime) -> int:
    """Charge off what has been due for longer than the policy's days; return how many plans."""
    overdue = credit_queries.overdue(by=(now - LATE_AFTER).date())
    given_up = 0
    for begin in range(0, len(overdue), BATCH):
        for money in credit_queries.plan_money_many(overdue[begin : begin + BATCH]).values():
            given_up += _give_up_if_overdue(money, now=now)
    return given_up


@transaction.atomic
def give_up(*, plan_id: UUID, actor: str, reason: str, now: datetime) -> Money:
    """
    Give a plan up as a loss, in its state and in the books; return what was open.

    Raises: PaymentUnderWayError; PlanMoveRefusedError.
    """
    open_then = credit.charge_off(plan_id=plan_id, actor=actor, reason=reason, now=now)
    post_charge_off(plan_id=plan_id, amount=open_then, now=now)
    return open_then


def resolve_stale(*, now: datetime) -> int:
    """
    Take up payments that nobody has heard of for a while; return how many.

    One that never reached the provider, or whose buyer left the bank's page, is let go.
    """
    stale = credit_queries.stale_payments(before=now - STALE_AFTER)
    for row in stale:
        _resolve(row, now=now)
    return len(stale)


def today_of(money: PlanMoney, *, now: datetime) -> date:
    """Return the day it is where a plan was sold."""
    return clock.day_in(catalogue.market(money.market).time_zone, at=now)


@transaction.atomic
def claim_plan_captures(*, payment_ids: Sequence[UUID], now: datetime) -> None:
    """
    Claim the captures of authorised payments on plans, each once.

    No gate is asked: the sale was, when it committed. What it stops later ends the plan.
    Lock: takes the payments' rows, in order.
    """
    payments = record.locked_payments(payment_ids).values()
    keys = {
        f"capture:{payment.purpose}:1": payment
        for payment in payments
        if payment.state == PaymentState.AUTHORISED.value
    }
    claimed = MoneyCommand.objects.filter(key__in=keys).values_list("key", flat=True)
    new = [
        MoneyCommand(
            key=key,
            payment=keys[key],
            kind=CommandKind.CAPTURE.value,
            amount_minor=keys[key].amount_minor,
            state=CommandState.WRITTEN.value,
            written_at=now,
        )
        for key in sorted(keys.keys() - set(claimed))
    ]
    MoneyCommand.objects.bulk_create(new)
    if len(new) == 1:
        jobs.defer(SEND, command_id=str(new[0].id))
    elif new:
        jobs.defer(SEND_WRITTEN)


def _give_up_if_overdue(money: PlanMoney, *, now: datetime) -> bool:
    today = today_of(money, now=now)
    since = oldest_due(money.owed, on=today)
    if since is None or money.under_way:
        return False
    policy = collecting_policy(market=money.market, on=since)
    if not is_given_up(due_since=since, today=today, policy=policy):
        return False
    give_up(plan_id=money.plan_id, actor=ACTOR, reason=f"Nothing was paid since {since}.", now=now)
    return True


def _resolve(row: PlanPaymentRow, *, now: datetime) -> None:
    payment = queries.payment_by_purpose(purpose_of(row.plan_id, serial=row.serial))
    if payment is None or payment.state in {PaymentState.DECLINED, PaymentState.VOIDED}:
        state = AskState.DROPPED if payment is None else AskState.DECLINED
        code = "" if payment is None else payment.decline_code
        credit.record_not_paid(
            plan_id=row.plan_id, serial=row.serial, state=state, failure=code, now=now
        )
    elif payment.state is PaymentState.AUTHORISED:
        claim_plan_captures(payment_ids=[payment.id], now=now)
    elif payment.state in {PaymentState.ACTION_NEEDED, PaymentState.CREATED}:
        try:
            claim_void(payment_id=payment.id, now=now)
        except rules.CaptureInFlightError:
            return  # its outcome is asked for by the sweep of commands
