"""Writes of plan terms, disclosures and plans."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Sum

from bandstand.credit import rules
from bandstand.credit.events import PlanCancelled, PlanSettled, UnlockDue
from bandstand.credit.models import (
    Agreement,
    CreditApproval,
    Disclosure,
    Instalment,
    Plan,
    PlanPaymentPart,
    PlanTerms,
)
from bandstand.credit.rules import (
    AskKind,
    InstalmentKind,
    InstalmentState,
    PlanMove,
    PlanState,
    PriceDisclosure,
)
from bandstand.credit.rules.life import SETTLED
from bandstand.credit.services.agreements import AgreementMissingError
from bandstand.credit.services.application_rows import ApprovalMissingError
from bandstand.credit.services.moving import SYSTEM, move_plan
from bandstand.kernel.errors import NotFoundError, RefusedError
from bandstand.money import Money
from bandstand.plumbing import outbox


class PlanDiffersError(RefusedError):
    """The order line already has a plan, on other terms."""

    code = "plan_differs"


@dataclass(frozen=True, slots=True)
class CreditedFrom:
    """What a plan was given from an account, and what goes back there when its sale is undone."""

    account: str
    key: str
    amount: Money


@dataclass(frozen=True, slots=True)
class CancelledPlan:
    """
    What a plan stood at when it ended: what was still owed, what its buyer had paid.

    Credits paid instalments too, and are no money of the buyer's: they are told apart.
    """

    plan_id: UUID
    open_minor: int
    paid_minor: int
    currency: str
    credited: tuple[CreditedFrom, ...] = ()
    late_fees_minor: int = 0
    """Charged and not waived, paid or not."""
    forgiven_minor: int = 0
    """Interest that a payoff or a change left out for ever."""
    written_off_minor: int = 0
    written_off_interest_minor: int = 0

    @property
    def open(self) -> Money:
        return Money(self.open_minor, self.currency)

    @property
    def paid(self) -> Money:
        return Money(self.paid_minor, self.currency)


@transaction.atomic
def offer_terms(  # noqa: PLR0913 -- terms have these parts
    *,
    market: str,
    months: int,
    annual_rate_bps: int,
    down_payment_bps: int,
    price_minimum: Money,
    from_at: datetime,
    until_at: datetime | None = None,
    fee_minor: int = 0,
    fee_label: str = "",
) -> UUID:
    """
    Put plan terms on offer in a market; the same market, months and start is the same row.

    Raises: TermsRefusedError; NoCreditRegimeError.
    """
    rules.require_lendable(
        months=months,
        annual_rate_bps=annual_rate_bps,
        down_payment_bps=down_payment_bps,
        fee_minor=fee_minor,
    )
    rules.regime_of(market)
    row, _ = PlanTerms.objects.get_or_create(
        market_id=market,
        months=months,
        from_at=from_at,
        defaults={
            "annual_rate_bps": annual_rate_bps,
            "down_payment_bps": down_payment_bps,
            "fee_minor": fee_minor,
            "fee_label": fee_label,
            "price_minimum_minor": price_minimum.minor,
            "currency": price_minimum.currency,
            "until_at": until_at,
        },
    )
    return row.id


@transaction.atomic
def store_disclosure(*, disclosure: PriceDisclosure, market: str, now: datetime) -> UUID:
    """Keep what the buyer was told, byte for byte, and return its key."""
    row = Disclosure.objects.create(
        market_id=market, body=disclosure.as_json(), sha256=disclosure.sha256, made_at=now
    )
    return row.id


@transaction.atomic
def open_plan(
    *,
    order_line_id: UUID,
    terms_id: UUID,
    disclosure_id: UUID,
    buyer_email: str,
    now: datetime,
) -> UUID:
    """
    Record the plan a buyer agreed to, with its instalments; an order line has one plan.

    The plan is agreed, and becomes active when the sale is paid for (``activate_plan``).
    Raises: NotFoundError; PlanDiffersError if the line has a plan on another disclosure.
    """
    found = Plan.objects.filter(order_line_id=order_line_id).first()
    if found is not None:
        return _require_same(found, disclosure_id=disclosure_id)
    row = Disclosure.objects.filter(pk=disclosure_id).first()
    if row is None:
        raise NotFoundError("There is no disclosure by that id.", disclosure_id=str(disclosure_id))
    told = rules.read_disclosure(row.body)
    rules.require_told_of(told, terms_id=terms_id)
    if not Agreement.objects.filter(disclosure=row).exists():
        raise AgreementMissingError("Nobody has accepted the agreement of this plan.")
    if not CreditApproval.objects.filter(disclosure=row).exists():
        raise ApprovalMissingError("Nobody has approved the application for this plan.")
    plan = Plan.objects.create(
        order_line_id=order_line_id,
        terms_id=terms_id,
        disclosure=row,
        buyer_email=buyer_email,
        currency=told.currency,
        financed_minor=told.amount_financed.minor,
        finance_charge_minor=told.finance_charge.minor,
        state=PlanState.AGREED.value,
        agreed_at=now,
    )
    Instalment.objects.bulk_create(_instalments(plan, told))
    return plan.id


@transaction.atomic
def activate_plan(*, order_line_id: UUID, now: datetime) -> UUID | None:
    """
    Begin a plan once its sale is paid for; return its key, or nothing for an outright sale.

    A plan that is active or ended stays as it is.
    Lock: takes the plan's row.
    """
    plan = _locked(order_line_id=order_line_id)
    if plan is None:
        return None
    if plan.state == PlanState.AGREED.value:
        move_plan(plan, PlanMove.ACTIVATE, actor=SYSTEM, reason="", now=now)
    return plan.id


@transaction.atomic
def settle_instalment(*, plan_id: UUID, number: int, now: datetime) -> PlanState:
    """
    Mark an instalment as paid, and the plan as settled with its last one; repeats change nothing.

    Raises: NotFoundError; PlanMoveRefusedError if the instalment was cancelled.
    Lock: takes the plan's row.
    """
    plan = Plan.objects.select_for_update().filter(pk=plan_id).first()
    found = Instalment.objects.filter(plan_id=plan_id, number=number).first()
    if plan is None or found is None:
        raise NotFoundError(f"The plan has no instalment {number}.", plan_id=str(plan_id))
    if not rules.is_new_payment(InstalmentState(found.state)):
        return PlanState(plan.state)
    if plan.state == PlanState.AGREED.value:
        move_plan(plan, PlanMove.ACTIVATE, actor=SYSTEM, reason="first payment", now=now)
    found.state = InstalmentState.PAID.value
    found.settled_at = now
    found.paid_minor = found.principal_minor + found.interest_minor - found.waived_minor
    found.save(update_fields=["state", "settled_at", "paid_minor"])
    if not plan.instalments.exclude(state__in=[one.value for one in SETTLED]).exists():
        move_plan(plan, PlanMove.SETTLE, actor=SYSTEM, reason="", now=now)
        outbox.emit(PlanSettled(str(plan.id), str(plan.order_line_id)), now=now)
        outbox.emit(UnlockDue(str(plan.id), str(plan.order_line_id)), now=now)
    return PlanState(plan.state)


@transaction.atomic
def cancel_plan(
    *, order_line_id: UUID, reason: str, actor: str, now: datetime
) -> CancelledPlan | None:
    """
    End a plan and every instalment not yet paid; report what was open and what had been paid.

    A plan that has ended is reported as it stands. An outright sale has none: nothing is returned.
    Lock: takes the plan's row.
    """
    plan = _locked(order_line_id=order_line_id)
    if plan is None:
        return None
    state = PlanState(plan.state)
    if state not in rules.ENDED:
        plan.instalments.filter(state=InstalmentState.SCHEDULED.value).update(
            state=InstalmentState.CANCELLED.value
        )
        move_plan(plan, PlanMove.CANCEL, actor=actor, reason=reason, now=now)
    report = _report(plan)
    if state is not PlanState.CANCELLED:
        # A plan that was paid or given up stays so; what was paid on it goes back all the same.
        outbox.emit(
            PlanCancelled(
                plan_id=str(plan.id),
                order_line_id=str(order_line_id),
                open_minor=report.open_minor,
                paid_minor=report.paid_minor,
                currency=plan.currency,
            ),
            now=now,
        )
    return report


def _require_same(plan: Plan, *, disclosure_id: UUID) -> UUID:
    if plan.disclosure_id != disclosure_id:
        raise PlanDiffersError(
            "This order line already has a plan on another disclosure; cancel that one first.",
            plan_id=str(plan.id),
        )
    return plan.id


def _instalments(plan: Plan, told: PriceDisclosure) -> list[Instalment]:
    return [
        Instalment(
            plan=plan,
            number=row.number,
            due_on=row.due_on,
            principal_minor=row.principal.minor,
            interest_minor=row.interest.minor,
            state=InstalmentState.SCHEDULED.value,
        )
        for row in told.schedule
    ]


def _locked(*, order_line_id: UUID) -> Plan | None:
    return Plan.objects.select_for_update().filter(order_line_id=order_line_id).first()


def _report(plan: Plan) -> CancelledPlan:
    owed = F("principal_minor") + F("interest_minor") - F("paid_minor") - F("waived_minor")
    cancelled = Q(state=InstalmentState.CANCELLED.value)
    sums = plan.instalments.aggregate(open=Sum(owed, filter=cancelled), paid=Sum("paid_minor"))
    credited = _credited(plan)
    return CancelledPlan(
        plan_id=plan.id,
        open_minor=sums["open"] or 0,
        paid_minor=(sums["paid"] or 0) - sum(one.amount.minor for one in credited),
        currency=plan.currency,
        credited=credited,
        **_beside_the_sale(plan),
    )


def _beside_the_sale(plan: Plan) -> dict[str, int]:
    """Return what moved a plan's receivable since its sale and was no payment."""
    rows = list(plan.instalments.all())
    fees = [row for row in rows if row.kind == InstalmentKind.LATE_FEE.value]
    lost = [row for row in rows if row.state == InstalmentState.CHARGED_OFF.value]
    given_up = sum(
        row.principal_minor + row.interest_minor - row.paid_minor - row.waived_minor for row in lost
    )
    return {
        "late_fees_minor": sum(row.principal_minor - row.waived_minor for row in fees),
        "forgiven_minor": sum(row.waived_minor for row in rows if row not in fees),
        "written_off_minor": given_up,
        "written_off_interest_minor": sum(
            max(0, row.interest_minor - row.waived_minor - row.paid_minor) for row in lost
        ),
    }


def _credited(plan: Plan) -> tuple[CreditedFrom, ...]:
    given = (
        PlanPaymentPart.objects.filter(payment__plan=plan, payment__kind=AskKind.CREDIT.value)
        .values("payment__from_account", "payment__from_key")
        .annotate(minor=Sum("amount_minor"))
        .order_by("payment__from_account", "payment__from_key")
    )
    return tuple(
        CreditedFrom(
            account=row["payment__from_account"],
            key=row["payment__from_key"],
            amount=Money(row["minor"], plan.currency),
        )
        for row in given
    )
