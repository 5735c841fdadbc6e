"""
Money asked for a plan: at most one payment is under way, and each is written down once.

Whoever asks takes the plan's row first, so the shop's own collecting and a buyer's hand wait for
each other; a unique index stands behind that.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from bandstand.credit import rules
from bandstand.credit.events import PlanPaymentFailed, PlanPaymentMade, PlanSettled, UnlockDue
from bandstand.credit.models import Instalment, Plan, PlanPause, PlanPayment, PlanPaymentPart
from bandstand.credit.queries.owing import owed_rows
from bandstand.credit.rules import AskKind, AskState, InstalmentState, PlanMove, PlanState
from bandstand.credit.rules.standing import Part, amount_to_ask, share_out
from bandstand.credit.services.moving import SYSTEM, move_plan
from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money
from bandstand.plumbing import outbox

NOT_ENDED: Final = frozenset({PlanState.AGREED.value, PlanState.ACTIVE.value})


@dataclass(frozen=True, slots=True)
class AskedPayment:
    """A payment that was asked for and not yet made."""

    id: UUID
    plan_id: UUID
    order_line_id: UUID
    serial: int
    kind: AskKind
    amount: Money


@dataclass(frozen=True, slots=True)
class RecordedPayment:
    """
    What money that came in did to a plan.

    ``surplus`` is nobody's debt any more and goes back; ``is_new`` is false for news heard before.
    """

    asked: AskedPayment
    is_new: bool
    interest: Money
    waived: Money
    surplus: Money
    has_ended: bool


@transaction.atomic
def ask_payment(
    *,
    plan_id: UUID,
    kind: AskKind,
    extra: Money,
    on: date,
    now: datetime,
    is_automatic: bool = False,
) -> AskedPayment:
    """
    Ask for a payment on a plan; ``extra`` is an extra payment's amount, and its currency always.

    Raises: NotFoundError; NothingOwedError; AmountRefusedError; PaymentUnderWayError.
    Lock: takes the plan's row.
    """
    plan = locked_plan(plan_id)
    if plan.state != PlanState.ACTIVE.value:
        raise rules.NothingOwedError(f"This plan is {plan.state}; nothing can be paid on it.")
    if plan.payments.filter(state=AskState.ASKED.value).exists():
        raise rules.PaymentUnderWayError(
            "A payment on this plan is already under way. Wait a minute and look again."
        )
    asked = amount_to_ask(
        kind, owed_rows(plan.id), contract_date=contract_date(plan), on=on, extra=extra
    )
    row = PlanPayment.objects.create(
        plan=plan,
        serial=(plan.payments.aggregate(last=Max("serial"))["last"] or 0) + 1,
        kind=kind.value,
        is_automatic=is_automatic,
        amount_minor=asked.amount,
        waived_minor=asked.waived,
        state=AskState.ASKED.value,
        asked_at=now,
    )
    return asked_row(row, plan=plan)


@transaction.atomic
def record_paid(
    *, plan_id: UUID, serial: int, payment_id: UUID, amount: Money, on: date, now: datetime
) -> RecordedPayment:
    """
    Write down money that was taken for a plan, once, oldest debt first.

    Money that came after the debt was gone is surplus, and the caller gives it back.
    Raises: NotFoundError.
    Lock: takes the plan's row.
    """
    plan = locked_plan(plan_id)
    row = payment_of(plan, serial)
    if row.state == AskState.PAID.value:
        return _recorded(row, plan=plan, parts=(), is_new=False)
    waived = row.waived_minor if plan.state == PlanState.ACTIVE.value else 0
    parts, surplus = share_out(
        amount.minor, owed_rows(plan.id), kind=AskKind(row.kind), waived=waived, on=on
    )
    row.state, row.payment_id, row.surplus_minor = AskState.PAID.value, payment_id, surplus
    row.ended_at, row.failure = now, ""
    row.save(update_fields=["state", "payment_id", "surplus_minor", "ended_at", "failure"])
    _write_parts(row, parts, now=now)
    outbox.emit(
        PlanPaymentMade(
            plan_id=str(plan.id),
            order_line_id=str(plan.order_line_id),
            serial=row.serial,
            amount_minor=amount.minor,
            currency=plan.currency,
        ),
        now=now,
    )
    _settle_if_paid(plan, now=now)
    return _recorded(row, plan=plan, parts=parts, is_new=True)


@transaction.atomic
def record_not_paid(
    *, plan_id: UUID, serial: int, state: AskState, failure: str, now: datetime
) -> AskedPayment | None:
    """
    Write down that a payment came to nothing; nothing is returned for one that is over already.

    Lock: takes the plan's row.
    """
    plan = locked_plan(plan_id)
    row = payment_of(plan, serial)
    if row.state != AskState.ASKED.value:
        return None
    row.state, row.failure, row.ended_at = state.value, failure[:60], now
    row.save(update_fields=["state", "failure", "ended_at"])
    if state is AskState.DECLINED:
        outbox.emit(
            PlanPaymentFailed(
                plan_id=str(plan.id),
                order_line_id=str(plan.order_line_id),
                serial=row.serial,
                amount_minor=row.amount_minor,
                currency=plan.currency,
                code=row.failure,
                is_automatic=row.is_automatic,
            ),
            now=now,
        )
    return asked_row(row, plan=plan)


@transaction.atomic
def pause_plan(*, plan_id: UUID, reason: str, actor: str, now: datetime) -> bool:
    """
    Stop collecting on a plan until it is resumed; return whether it was not paused before.

    Due dates stay as disclosed; no payment is tried, and nothing is given up, meanwhile.
    Raises: NotFoundError; PlanMoveRefusedError for a plan that has ended.
    Lock: takes the plan's row.
    """
    plan = locked_plan(plan_id)
    if plan.state not in NOT_ENDED:
        raise rules.PlanMoveRefusedError(f"A plan that is {plan.state} cannot be paused.")
    _, is_new = PlanPause.objects.get_or_create(
        plan=plan,
        until_at=None,
        defaults={"reason": reason[:500], "actor": actor, "from_at": now},
    )
    return is_new


@transaction.atomic
def resume_plan(*, plan_id: UUID, now: datetime) -> bool:
    """Collect on a plan again; return whether it was paused. Lock: takes the plan's row."""
    plan = locked_plan(plan_id)
    return bool(plan.pauses.filter(until_at=None).update(until_at=now))


@transaction.atomic
def charge_off(*, plan_id: UUID, actor: str, reason: str, now: datetime) -> Money:
    """
    Give a plan up as a loss; return what was open of it.

    Raises: PaymentUnderWayError; PlanMoveRefusedError.
    Lock: takes the plan's row.
    """
    plan = locked_plan(plan_id)
    if plan.payments.filter(state=AskState.ASKED.value).exists():
        raise rules.PaymentUnderWayError("A payment on this plan is under way; wait for it.")
    open_minor = sum(row.open for row in owed_rows(plan.id))
    move_plan(plan, PlanMove.CHARGE_OFF, actor=actor, reason=reason, now=now)
    plan.instalments.filter(state=InstalmentState.SCHEDULED.value).update(
        state=InstalmentState.CHARGED_OFF.value
    )
    return Money(open_minor, plan.currency)


def locked_plan(plan_id: UUID) -> Plan:
    """Return a plan whose row is ours until the transaction ends. Raises: NotFoundError."""
    plan = (
        Plan.objects.select_for_update(of=("self",))
        .select_related("disclosure")
        .filter(pk=plan_id)
        .first()
    )
    if plan is None:
        raise NotFoundError("There is no plan by that id.", plan_id=str(plan_id))
    return plan


def payment_of(plan: Plan, serial: int) -> PlanPayment:
    """Return a payment of a plan. Raises: NotFoundError."""
    row = plan.payments.filter(serial=serial).first()
    if row is None:
        raise NotFoundError(f"The plan has no payment {serial}.", plan_id=str(plan.id))
    return row


def asked_row(row: PlanPayment, *, plan: Plan) -> AskedPayment:
    """Return a payment of a plan as others see it."""
    return AskedPayment(
        id=row.id,
        plan_id=plan.id,
        order_line_id=plan.order_line_id,
        serial=row.serial,
        kind=AskKind(row.kind),
        amount=Money(row.amount_minor, plan.currency),
    )


def contract_date(plan: Plan) -> date:
    """Return the day a plan was agreed, as its disclosure says."""
    return date.fromisoformat(plan.disclosure.body["contract_date"])


def _write_parts(row: PlanPayment, parts: tuple[Part, ...], *, now: datetime) -> None:
    by_number = {one.number: one for one in row.plan.instalments.all()}
    PlanPaymentPart.objects.bulk_create(
        PlanPaymentPart(
            payment=row,
            instalment=by_number[part.number],
            amount_minor=part.amount,
            interest_minor=part.interest,
        )
        for part in parts
        if part.amount
    )
    for part in parts:
        one = by_number[part.number]
        one.paid_minor += part.amount
        one.waived_minor += part.waived
        if one.paid_minor + one.waived_minor == one.principal_minor + one.interest_minor:
            one.state, one.settled_at = InstalmentState.PAID.value, now
    changed = [by_number[part.number] for part in parts]
    Instalment.objects.bulk_update(changed, ["paid_minor", "waived_minor", "state", "settled_at"])


def _settle_if_paid(plan: Plan, *, now: datetime) -> None:
    is_open = plan.instalments.exclude(state=InstalmentState.PAID.value).exists()
    if plan.state != PlanState.ACTIVE.value or is_open:
        return
    move_plan(plan, PlanMove.SETTLE, actor=SYSTEM, reason="", now=now)
    outbox.emit(PlanSettled(str(plan.id), str(plan.order_line_id)), now=now)
    outbox.emit(UnlockDue(str(plan.id), str(plan.order_line_id)), now=now)


def _recorded(
    row: PlanPayment, *, plan: Plan, parts: tuple[Part, ...], is_new: bool
) -> RecordedPayment:
    def money(minor: int) -> Money:
        return Money(minor, plan.currency)

    return RecordedPayment(
        asked=asked_row(row, plan=plan),
        is_new=is_new,
        interest=money(sum(part.interest for part in parts)),
        waived=money(sum(part.waived for part in parts)),
        surplus=money(row.surplus_minor),
        has_ended=PlanState(plan.state) in rules.ENDED,
    )
