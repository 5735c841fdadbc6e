"""
Collecting on plans: by the shop when an instalment is due, or by the buyer's own hand.

Every payment on a plan has a serial number, and its purpose, ``inst:<plan>:<serial>``, names every
command and transfer made for it. A plan has one payment under way at most.
"""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries as catalogue
from bandstand.credit import queries as credit_queries, services as credit
from bandstand.credit.queries import PlanMoney, PlanPaymentRow
from bandstand.credit.rules import AskKind, AskState, PaymentUnderWayError
from bandstand.credit.rules.calendar import is_given_up, may_try
from bandstand.credit.rules.standing import oldest_due
from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.kernel.public_ids import IdKind, MalformedIdError, parse_id, print_id
from bandstand.money import Money
from bandstand.payments import gateways, queries, rules
from bandstand.payments.models import MoneyCommand, Payment
from bandstand.payments.queries import PaymentRow
from bandstand.payments.rules import CommandKind, CommandState, PaymentState
from bandstand.payments.services.begin import begin_payment
from bandstand.payments.services.claims import claim_void
from bandstand.payments.services.collecting_books import post_charge_off
from bandstand.plumbing import clock, jobs

ROOM: Final = "inst"
SEND: Final = "bandstand.payments.tasks.send_command"
ACTOR: Final = "system:collecting"
STALE_AFTER: Final = timedelta(minutes=30)
"""How long a buyer may stand before their bank's page until the payment is given up."""
AHEAD: Final = timedelta(days=1)
"""Somewhere on Earth it is already tomorrow."""
BATCH: Final = 500


def purpose_of(plan_id: UUID, *, serial: int) -> str:
    """Return what a payment on a plan is for, as payments name it."""
    return f"{ROOM}:{print_id(IdKind.PLAN, plan_id)}:{serial}"


def plan_of(purpose: str) -> tuple[UUID, int] | None:
    """Return the plan and serial that a purpose names, or None if it is for something else."""
    room, _, rest = purpose.partition(":")
    printed, _, serial = rest.partition(":")
    if room != ROOM or not serial.isdecimal():
        return None
    try:
        return parse_id(IdKind.PLAN, printed), int(serial)
    except MalformedIdError:
        return None


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


def collect_due(*, now: datetime) -> int:
    """
    Ask the saved cards for what is due today; return how many were asked.

    Run as often as one likes, by as many workers: a plan is asked once at a time, and a card that
    was declined waits for its next day.
    """
    asked, after = 0, None
    while True:
        found = credit_queries.collectable(by=(now + AHEAD).date(), after=after, limit=BATCH)
        asked += sum(_collect(plan_id, now=now) for plan_id in found)
        if len(found) < BATCH:
            return asked
        after = found[-1]


def is_due(*, plan_id: UUID, on: date) -> bool:
    """Say whether something is due on a plan on a day and not paid."""
    return oldest_due(credit_queries.plan_money(plan_id).owed, on=on) is not None


def give_up_overdue(*, now: datetime) -> int:
    """Charge off what has been due for longer than the policy's days; return how many plans."""
    given_up = 0
    for plan_id in credit_queries.overdue(by=(now - timedelta(days=90)).date()):
        money = credit_queries.plan_money(plan_id)
        today = today_of(money, now=now)
        since = oldest_due(money.owed, on=today)
        if since and not money.under_way and is_given_up(due_since=since, today=today):
            reason = f"Nothing was paid since {since}."
            give_up(plan_id=plan_id, actor=ACTOR, reason=reason, now=now)
            given_up += 1
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
def claim_plan_capture(*, payment_id: UUID, now: datetime) -> UUID:
    """
    Claim the capture of a payment on a plan, once.

    No gate is asked: the sale was, when it committed. What it stops later ends the plan.
    Lock: takes the payment's row.
    """
    payment = Payment.objects.select_for_update().get(pk=payment_id)
    command, is_new = MoneyCommand.objects.get_or_create(
        key=f"capture:{payment.purpose}:1",
        defaults={
            "payment": payment,
            "kind": CommandKind.CAPTURE.value,
            "amount_minor": payment.amount_minor,
            "state": CommandState.WRITTEN.value,
            "written_at": now,
        },
    )
    if is_new:
        jobs.defer(SEND, command_id=str(command.id))
    return command.id


def _collect(plan_id: UUID, *, now: datetime) -> bool:
    money = credit_queries.plan_money(plan_id)
    today = today_of(money, now=now)
    since = oldest_due(money.owed, on=today)
    tried = [_day(money, row) for row in money.payments if row.is_automatic]
    if since is None or not may_try(due_since=since, tried_on=tried, today=today):
        return False
    try:
        _ask_saved_card(money, on=today, now=now)
    except PaymentUnderWayError:
        return False  # the buyer, or another worker, was faster
    return True


def _day(money: PlanMoney, row: PlanPaymentRow) -> date:
    return clock.day_in(catalogue.market(money.market).time_zone, at=row.asked_at)


@transaction.atomic
def _ask_saved_card(money: PlanMoney, *, on: date, now: datetime) -> None:
    asked = credit.ask_payment(
        plan_id=money.plan_id,
        kind=AskKind.INSTALMENT,
        extra=Money.zero(money.currency),
        on=on,
        now=now,
        is_automatic=True,
    )
    purpose = purpose_of(money.plan_id, serial=asked.serial)
    payment = Payment.objects.create(
        purpose=purpose,
        gateway=gateways.default_name(),
        amount_minor=asked.amount.minor,
        currency=money.currency,
        state=PaymentState.CREATED.value,
        created_at=now,
        updated_at=now,
    )
    command = MoneyCommand.objects.create(
        key=f"auth:{purpose}:1",
        payment=payment,
        kind=CommandKind.AUTHORISE.value,
        amount_minor=asked.amount.minor,
        state=CommandState.WRITTEN.value,
        request={
            "card_token": credit_queries.card_of(money.plan_id),
            "return_url": "",
            "metadata": {"plan": print_id(IdKind.PLAN, money.plan_id)},
            "is_off_session": True,
        },
        written_at=now,
    )
    jobs.defer(SEND, command_id=str(command.id))


def _resolve(row: PlanPaymentRow, *, now: datetime) -> None:
    payment = queries.payment_by_purpose(purpose_of(row.plan_id, serial=row.serial))
    if payment is None or payment.state in {PaymentState.DECLINED, PaymentState.VOIDED}:
        state = AskState.DROPPED if payment is None else AskState.DECLINED
        code = "" if payment is None else payment.decline_code
        credit.record_not_paid(
            plan_id=row.plan_id, serial=row.serial, state=state, failure=code, now=now
        )
    elif payment.state is PaymentState.AUTHORISED:
        claim_plan_capture(payment_id=payment.id, now=now)
    elif payment.state in {PaymentState.ACTION_NEEDED, PaymentState.CREATED}:
        try:
            claim_void(payment_id=payment.id, now=now)
        except rules.CaptureInFlightError:
            return  # its outcome is asked for by the sweep of commands
