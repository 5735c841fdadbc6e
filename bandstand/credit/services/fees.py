"""
Late fees, charged and taken back; and the policies that say when.

A fee is charged only where the plan's own agreement discloses it, once an instalment, never while
the plan is paused, and never for days of a pause.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from bandstand.catalogue import queries as catalogue
from bandstand.credit.events import LateFeeCharged, LateFeeWaived
from bandstand.credit.models import CollectingCalendar, Instalment, LateFeePolicy, Plan
from bandstand.credit.queries.owing import owed_rows
from bandstand.credit.queries.policies import late_fee_of
from bandstand.credit.rules import AskState, InstalmentKind, InstalmentState, PlanState
from bandstand.credit.rules.calendar import (
    CalendarRefusedError,
    CollectingPolicy,
    require_sound as require_sound_calendar,
)
from bandstand.credit.rules.late_fees import (
    LateFeeRefusedError,
    LateFeeTerms,
    fees_due,
    require_sound as require_sound_fee,
)
from bandstand.credit.rules.standing import GRACE
from bandstand.credit.services.asking import settle_if_paid
from bandstand.credit.services.moving import locked_plan
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import services as ledger
from bandstand.ledger.rules import AccountCode, credit, debit
from bandstand.money import Money
from bandstand.plumbing import audit, clock, outbox

SOURCE_MAX: Final = 300


def charge_late_fees(*, now: datetime) -> int:
    """
    Charge what paying late costs, plan by plan; return how many fees.

    Run as often as one likes: an instalment is charged for once.
    """
    late = Instalment.objects.filter(
        due_on__lt=(now - GRACE).date(),
        kind=InstalmentKind.INSTALMENT.value,
        state=InstalmentState.SCHEDULED.value,
        late_fee=None,
        plan__state=PlanState.ACTIVE.value,
        plan__disclosure__agreement__body__has_key="late_fee",
    )
    plans = late.order_by("plan_id").values_list("plan_id", flat=True).distinct()
    return sum(_charge(plan_id, now=now) for plan_id in list(plans))


@transaction.atomic
def waive_late_fee(*, plan_id: UUID, number: int, reason: str, actor: str, now: datetime) -> Money:
    """
    Take back what is open of a late fee; return how much that was.

    Raises: NotFoundError; LateFeeRefusedError if nothing is open of it.
    Lock: takes the plan's row.
    """
    plan = locked_plan(plan_id)
    row = plan.instalments.filter(number=number, kind=InstalmentKind.LATE_FEE.value).first()
    if row is None:
        raise NotFoundError(f"The plan has no late fee numbered {number}.", plan_id=str(plan_id))
    left = row.principal_minor - row.paid_minor - row.waived_minor
    if row.state != InstalmentState.SCHEDULED.value or not left:
        raise LateFeeRefusedError("Nothing is open of this late fee, so nothing can be waived.")
    if plan.payments.filter(state=AskState.ASKED.value).exists():
        raise LateFeeRefusedError("A payment on this plan is under way; wait for it.")
    row.waived_minor += left
    row.state = (InstalmentState.PAID if row.paid_minor else InstalmentState.WAIVED).value
    row.settled_at = now
    row.save(update_fields=["waived_minor", "state", "settled_at"])
    amount = Money(left, plan.currency)
    _post(plan.id, number=number, amount=amount, is_waived=True, now=now)
    audit.record(
        actor=actor,
        action="plan.waive_fee",
        subject=print_id(IdKind.PLAN, plan.id),
        now=now,
        reason=reason,
        number=number,
    )
    outbox.emit(
        LateFeeWaived(
            plan_id=str(plan.id),
            order_line_id=str(plan.order_line_id),
            number=number,
            amount_minor=left,
            currency=plan.currency,
        ),
        now=now,
    )
    settle_if_paid(plan, now=now)
    return amount


@transaction.atomic
def set_late_fee_policy(
    *, market: str, terms: LateFeeTerms, source: str, from_at: datetime, actor: str, now: datetime
) -> UUID:
    """
    Say what paying late costs in a market, for agreements made from an instant on.

    What was agreed before stays as it was agreed.
    Raises: LateFeeRefusedError; NotFoundError for a market that is none.
    """
    found = catalogue.market(market)
    require_sound_fee(terms)
    if terms.currency != found.currency:
        raise LateFeeRefusedError(f"Fees in {found.name} are in {found.currency}.")
    if not source.strip():
        raise LateFeeRefusedError("Name what allows this fee: the statute, or the advice.")
    if from_at < now:
        raise LateFeeRefusedError("A policy begins now or later; what was agreed stays so.")
    row = LateFeePolicy.objects.create(
        market_id=market,
        from_at=from_at,
        grace_days=terms.grace_days,
        fixed_minor=terms.fixed_minor,
        share_bps=terms.share_bps,
        cap_minor=terms.cap_minor,
        cap_share_bps=terms.cap_share_bps,
        currency=terms.currency,
        source=source[:SOURCE_MAX],
        set_by=actor,
        set_at=now,
    )
    audit.record(actor=actor, action="plan.late_fee_policy", subject=f"market:{market}", now=now)
    return row.id


@transaction.atomic
def set_collecting_calendar(
    *, market: str, policy: CollectingPolicy, actor: str, now: datetime
) -> UUID:
    """
    Say how what falls due from a day on is collected in a market.

    Raises: CalendarRefusedError; NotFoundError for a market that is none.
    """
    zone = catalogue.market(market).time_zone
    require_sound_calendar(policy)
    if not policy.source.strip():
        raise CalendarRefusedError("Name where this was decided.")
    if policy.from_on < clock.day_in(zone, at=now):
        raise CalendarRefusedError("A calendar begins today or later.")
    row = CollectingCalendar.objects.create(
        market_id=market,
        from_on=policy.from_on,
        tries=list(policy.tries),
        reminder=policy.reminder,
        charge_off=policy.charge_off,
        skips_weekends=policy.skips_weekends,
        skips_holidays=policy.skips_holidays,
        on_resume=policy.on_resume.value,
        source=policy.source[:SOURCE_MAX],
        set_by=actor,
        set_at=now,
    )
    audit.record(actor=actor, action="plan.calendar", subject=f"market:{market}", now=now)
    return row.id


@transaction.atomic
def _charge(plan_id: UUID, *, now: datetime) -> int:
    plan = locked_plan(plan_id)
    terms = late_fee_of(plan_id)
    is_paused = plan.pauses.filter(until_at=None).exists()
    if terms is None or is_paused or plan.state != PlanState.ACTIVE.value:
        return 0
    zone = catalogue.market(plan.terms.market_id).time_zone
    today = clock.day_in(zone, at=now)
    fees = fees_due(
        terms,
        owed_rows(plan.id),
        charged_for=plan.instalments.exclude(late_fee=None).values_list("number", flat=True),
        resumed_on=_resumed_on(plan, zone=zone),
        on=today,
    )
    for number, minor in fees:
        _write_fee(plan, number=number, minor=minor, today=today, now=now)
    return len(fees)


def _resumed_on(plan: Plan, *, zone: str) -> date | None:
    last = plan.pauses.aggregate(last=Max("until_at"))["last"]
    return None if last is None else clock.day_in(zone, at=last)


def _write_fee(plan: Plan, *, number: int, minor: int, today: date, now: datetime) -> None:
    late = plan.instalments.get(number=number)
    fee = Instalment.objects.create(
        plan=plan,
        number=plan.instalments.aggregate(last=Max("number"))["last"] + 1,
        due_on=today,
        principal_minor=minor,
        state=InstalmentState.SCHEDULED.value,
        kind=InstalmentKind.LATE_FEE.value,
        version=late.version,
        late_for=late,
    )
    amount = Money(minor, plan.currency)
    _post(plan.id, number=fee.number, amount=amount, is_waived=False, now=now)
    outbox.emit(
        LateFeeCharged(
            plan_id=str(plan.id),
            order_line_id=str(plan.order_line_id),
            number=fee.number,
            due_on=late.due_on.isoformat(),
            amount_minor=minor,
            currency=plan.currency,
        ),
        now=now,
    )


def _post(plan_id: UUID, *, number: int, amount: Money, is_waived: bool, now: datetime) -> UUID:
    printed = print_id(IdKind.PLAN, plan_id)
    kind = "late_fee_waived" if is_waived else "late_fee"
    up, down = AccountCode.INSTALMENT_RECEIVABLE, AccountCode.LATE_FEE_INCOME
    entries = (
        (debit(down, amount), credit(up, amount, key=printed))
        if is_waived
        else (debit(up, amount, key=printed), credit(down, amount))
    )
    return ledger.post(
        idempotency_key=f"{kind}:{printed}:{number}",
        kind=kind,
        entries=entries,
        effective_at=now,
        now=now,
        memo=f"late fee {number} of {printed}",
    )
