"""
Instalments asked for, and paid, on many plans at once: the monthly run.

The rules are those of one plan (``asking``). Only plain instalments of running plans are written
together; any other payment is written down singly.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from bandstand.credit.events import PlanPaymentMade
from bandstand.credit.models import Instalment, Plan, PlanPayment, PlanPaymentPart
from bandstand.credit.queries.owing import PlanMoney, owed_rows_many, plan_money_many
from bandstand.credit.rules import (
    AskKind,
    AskState,
    NothingOwedError,
    PlanState,
)
from bandstand.credit.rules.standing import Part, amount_to_ask, open_total, share_out
from bandstand.credit.services.asking import (
    AskedPayment,
    RecordedPayment,
    asked_row,
    parts_of,
    record_paid,
    recorded_payment,
    settle_if_paid,
)
from bandstand.money import Money
from bandstand.plumbing import outbox
from bandstand.plumbing.rows import update_rows

Choose = Callable[[PlanMoney], date | None]
INSTALMENT_FIELDS = ("paid_minor", "waived_minor", "state", "settled_at")
PAYMENT_FIELDS = ("state", "payment_id", "surplus_minor", "ended_at", "failure")


@dataclass(frozen=True, slots=True)
class PaidNow:
    """Money that was taken for a plan, and the day it was there."""

    plan_id: UUID
    serial: int
    payment_id: UUID
    amount: Money
    on: date


@transaction.atomic
def ask_due_many(
    *, plan_ids: Sequence[UUID], choose: Choose, now: datetime
) -> tuple[AskedPayment, ...]:
    """
    Ask the saved cards of plans for what is due; a plan that must not be asked is left out.

    ``choose`` says on which day a plan is asked for what is due by then, or that it is not.
    Lock: takes the plans' rows in order, skipping those that others have: the buyer, or another
    worker, was faster.
    """
    free = Plan.objects.select_for_update(skip_locked=True).filter(pk__in=plan_ids)
    plans = {plan.id: plan for plan in free.order_by("id")}
    rows = []
    for money in plan_money_many(list(plans)).values():
        row = _asked(plans[money.plan_id], money, choose=choose, now=now)
        if row is not None:
            rows.append(row)
    PlanPayment.objects.bulk_create(rows)
    return tuple(asked_row(row, plan=plans[row.plan_id]) for row in rows)


@transaction.atomic
def record_paid_many(*, paid: Sequence[PaidNow], now: datetime) -> tuple[RecordedPayment, ...]:
    """
    Write down money that was taken for plans, once, oldest debt first.

    Shape: one report for each payment, in the order given.
    Raises: NotFoundError, and nothing is written.
    Lock: takes the plans' rows, in order.
    """
    locked = Plan.objects.select_for_update(of=("self",)).select_related("disclosure", "terms")
    plans = {
        plan.id: plan for plan in locked.filter(pk__in={one.plan_id for one in paid}).order_by("id")
    }
    found = PlanPayment.objects.filter(plan__in=list(plans))
    rows = {(row.plan_id, row.serial): row for row in found}
    plain: dict[UUID, PaidNow] = {}
    for one in paid:
        row = rows.get((one.plan_id, one.serial))
        if row is not None and _is_plain(row, plan=plans[one.plan_id]):
            plain.setdefault(one.plan_id, one)
    together = [(one, plans[plan_id], rows[plan_id, one.serial]) for plan_id, one in plain.items()]
    written = _write_together(together, now=now)
    return tuple(
        written[one.plan_id] if plain.get(one.plan_id) is one else _record_one(one, now=now)
        for one in paid
    )


def _asked(plan: Plan, money: PlanMoney, *, choose: Choose, now: datetime) -> PlanPayment | None:
    may_be_asked = (
        money.state is PlanState.ACTIVE
        and money.has_mandate
        and not money.is_paused
        and money.under_way is None
    )
    on = choose(money) if may_be_asked else None
    if on is None:
        return None
    try:
        asked = amount_to_ask(
            AskKind.INSTALMENT,
            money.owed,
            contract_date=money.contract_date,
            on=on,
            extra=Money.zero(money.currency),
        )
    except NothingOwedError:
        return None
    return PlanPayment(
        plan=plan,
        serial=max((one.serial for one in money.payments), default=0) + 1,
        kind=AskKind.INSTALMENT.value,
        is_automatic=True,
        amount_minor=asked.amount,
        waived_minor=asked.waived,
        state=AskState.ASKED.value,
        asked_at=now,
    )


def _is_plain(row: PlanPayment, *, plan: Plan) -> bool:
    is_running = plan.state == PlanState.ACTIVE.value
    is_open = row.state != AskState.PAID.value and not row.waived_minor
    return is_running and is_open and row.kind == AskKind.INSTALMENT.value


def _record_one(one: PaidNow, *, now: datetime) -> RecordedPayment:
    return record_paid(
        plan_id=one.plan_id,
        serial=one.serial,
        payment_id=one.payment_id,
        amount=one.amount,
        on=one.on,
        now=now,
    )


def _write_together(
    paid: Sequence[tuple[PaidNow, Plan, PlanPayment]], *, now: datetime
) -> dict[UUID, RecordedPayment]:
    owed = owed_rows_many([plan.id for _, plan, _ in paid])
    shares: dict[UUID, tuple[Part, ...]] = {}
    for one, plan, row in paid:
        shares[plan.id], row.surplus_minor = share_out(
            one.amount.minor, owed[plan.id], kind=AskKind.INSTALMENT, waived=0, on=one.on
        )
        row.state, row.payment_id = AskState.PAID.value, one.payment_id
        row.ended_at, row.failure = now, ""
    instalments = _instalments(shares)
    new_parts, changed = list[PlanPaymentPart](), list[Instalment]()
    for _, plan, row in paid:
        written, touched = parts_of(row, shares[plan.id], instalments=instalments[plan.id], now=now)
        new_parts += written
        changed += touched
    update_rows([row for _, _, row in paid], fields=PAYMENT_FIELDS)
    PlanPaymentPart.objects.bulk_create(new_parts)
    update_rows(changed, fields=INSTALMENT_FIELDS)
    outbox.emit_many([_made(one, plan=plan) for one, plan, _ in paid], now=now)
    for _, plan, _ in paid:
        if open_total(owed[plan.id]) == sum(part.amount for part in shares[plan.id]):
            settle_if_paid(plan, now=now)
    return {
        plan.id: recorded_payment(row, plan=plan, parts=shares[plan.id], is_new=True)
        for _, plan, row in paid
    }


def _instalments(shares: Mapping[UUID, tuple[Part, ...]]) -> dict[UUID, list[Instalment]]:
    """Return the instalments that payments go to, by plan; the others need not be read."""
    wanted = {(plan_id, part.number) for plan_id, parts in shares.items() for part in parts}
    rows = Instalment.objects.filter(
        plan__in=list(shares), number__in={number for _, number in wanted}
    )
    found: dict[UUID, list[Instalment]] = defaultdict(list)
    for row in rows.order_by("plan", "number"):
        if (row.plan_id, row.number) in wanted:
            found[row.plan_id].append(row)
    return found


def _made(one: PaidNow, *, plan: Plan) -> PlanPaymentMade:
    return PlanPaymentMade(
        plan_id=str(plan.id),
        order_line_id=str(plan.order_line_id),
        serial=one.serial,
        amount_minor=one.amount.minor,
        currency=plan.currency,
    )
