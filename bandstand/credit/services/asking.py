"""
Money asked for a plan: at most one payment is under way, and each is written down once.

Whoever asks takes the plan's row first, so the shop's own collecting and a buyer's hand wait for
each other; a unique index stands behind that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from bandstand.credit import rules
from bandstand.credit.events import (
    PlanChargedOff,
    PlanPaymentFailed,
    PlanPaymentMade,
    PlanSettled,
    UnlockDue,
)
from bandstand.credit.models import Instalment, Plan, PlanPayment, PlanPaymentPart
from bandstand.credit.queries.earning import earning_of
from bandstand.credit.queries.owing import owed_rows
from bandstand.credit.rules import AskKind, AskState, InstalmentState, PlanMove, PlanState
from bandstand.credit.rules.crediting import after_credits
from bandstand.credit.rules.extra import after_extra, takes_extra
from bandstand.credit.rules.hardship import ChangeKind
from bandstand.credit.rules.life import SETTLED
from bandstand.credit.rules.standing import Owed, Part, amount_to_ask, share_out
from bandstand.credit.services.moving import SYSTEM, contract_date, locked_plan, move_plan
from bandstand.credit.services.versions import write_version
from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money
from bandstand.plumbing import outbox


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
    rows = owed_rows(plan.id)
    asked = amount_to_ask(
        kind,
        rows,
        contract_date=contract_date(plan),
        on=on,
        extra=extra,
        takes_part=kind is AskKind.EXTRA and _takes_extra(plan, rows, on=on),
    )
    asked = after_credits(asked, kind=kind, kept=plan.credits_kept_minor)
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

    Money that came after the debt was gone is surplus, and the caller gives it back. An extra
    payment on a plan with interest lays what is left out anew: it costs less from that day on.
    Raises: NotFoundError.
    Lock: takes the plan's row.
    """
    plan = locked_plan(plan_id)
    row = payment_of(plan, serial)
    if row.state == AskState.PAID.value:
        return recorded_payment(row, plan=plan, parts=(), is_new=False)
    waived = row.waived_minor if plan.state == PlanState.ACTIVE.value else 0
    rows, kind = owed_rows(plan.id), AskKind(row.kind)
    is_extra = kind is AskKind.EXTRA and _has_interest_ahead(rows, on=on)
    is_extra = is_extra and _takes_extra(plan, rows, on=on)
    parts, surplus = share_out(
        amount.minor, rows, kind=kind, waived=waived, on=on, to_principal=is_extra
    )
    row.state, row.payment_id, row.surplus_minor = AskState.PAID.value, payment_id, surplus
    row.ended_at, row.failure = now, ""
    row.save(update_fields=["state", "payment_id", "surplus_minor", "ended_at", "failure"])
    write_parts(row, parts, now=now)
    if is_extra:
        _lay_out_anew(plan, rows=rows, parts=parts, on=on, now=now)
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
    settle_if_paid(plan, now=now)
    return recorded_payment(row, plan=plan, parts=parts, is_new=True)


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
    outbox.emit(
        PlanChargedOff(
            plan_id=str(plan.id),
            order_line_id=str(plan.order_line_id),
            open_minor=open_minor,
            currency=plan.currency,
        ),
        now=now,
    )
    return Money(open_minor, plan.currency)


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


def write_parts(row: PlanPayment, parts: tuple[Part, ...], *, now: datetime) -> None:
    """Write where a payment went, and the instalments it paid. Lock: the plan's row is held."""
    written, changed = parts_of(row, parts, instalments=row.plan.instalments.all(), now=now)
    PlanPaymentPart.objects.bulk_create(written)
    Instalment.objects.bulk_update(changed, ["paid_minor", "waived_minor", "state", "settled_at"])


def parts_of(
    row: PlanPayment, parts: tuple[Part, ...], *, instalments: Iterable[Instalment], now: datetime
) -> tuple[list[PlanPaymentPart], list[Instalment]]:
    """Return where a payment went as rows to write, and the instalments that it changes."""
    by_number = {one.number: one for one in instalments}
    written = [
        PlanPaymentPart(
            payment=row,
            instalment=by_number[part.number],
            amount_minor=part.amount,
            interest_minor=part.interest,
        )
        for part in parts
        if part.amount
    ]
    for part in parts:
        one = by_number[part.number]
        one.paid_minor += part.amount
        one.waived_minor += part.waived
        if one.paid_minor + one.waived_minor == one.principal_minor + one.interest_minor:
            one.state, one.settled_at = InstalmentState.PAID.value, now
    return written, [by_number[part.number] for part in parts]


def settle_if_paid(plan: Plan, *, now: datetime) -> None:
    """End a plan of which nothing is open. Lock: the plan's row is held."""
    is_open = plan.instalments.exclude(state__in=[one.value for one in SETTLED]).exists()
    if plan.state != PlanState.ACTIVE.value or is_open:
        return
    move_plan(plan, PlanMove.SETTLE, actor=SYSTEM, reason="", now=now)
    outbox.emit(PlanSettled(str(plan.id), str(plan.order_line_id)), now=now)
    outbox.emit(UnlockDue(str(plan.id), str(plan.order_line_id)), now=now)


def recorded_payment(
    row: PlanPayment, *, plan: Plan, parts: tuple[Part, ...], is_new: bool
) -> RecordedPayment:
    """Return what a payment did to a plan, as others see it."""

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


def _takes_extra(plan: Plan, rows: tuple[Owed, ...], *, on: date) -> bool:
    return takes_extra(rows, earning=earning_of(plan.id), on=on)


def _has_interest_ahead(rows: tuple[Owed, ...], *, on: date) -> bool:
    return any(row.open_interest for row in rows if row.due_on > on)


def _lay_out_anew(
    plan: Plan, *, rows: tuple[Owed, ...], parts: tuple[Part, ...], on: date, now: datetime
) -> None:
    later = {row.number for row in rows if row.due_on > on}
    ahead = sum(part.amount for part in parts if part.number in later)
    if not ahead:
        return
    write_version(
        plan,
        after_extra(rows, ahead=ahead, earning=earning_of(plan.id), on=on),
        kind=ChangeKind.EXTRA,
        actor=plan.buyer_email,
        now=now,
        before=rows,
        extra=(on, ahead),
    )
