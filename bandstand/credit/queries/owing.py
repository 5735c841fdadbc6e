"""What is owed on plans, and what was paid: as the rules and the pages take it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from bandstand.credit.models import Instalment, Mandate, Plan, PlanPause, PlanPayment
from bandstand.credit.rules import AskKind, AskState, InstalmentState, PlanState
from bandstand.credit.rules.standing import Owed, Payoff, payoff
from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money


@dataclass(frozen=True, slots=True)
class PlanPaymentRow:
    """A payment on a plan, made or not."""

    plan_id: UUID
    serial: int
    kind: AskKind
    is_automatic: bool
    amount: Money
    surplus: Money
    state: AskState
    payment_id: UUID | None
    failure: str
    asked_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlanMoney:
    """A plan as far as money goes."""

    plan_id: UUID
    order_line_id: UUID
    state: PlanState
    currency: str
    market: str
    buyer_email: str
    contract_date: date
    owed: tuple[Owed, ...]
    payments: tuple[PlanPaymentRow, ...]
    has_mandate: bool
    is_paused: bool

    @property
    def under_way(self) -> PlanPaymentRow | None:
        return next((one for one in self.payments if one.state is AskState.ASKED), None)

    def payoff_on(self, day: date) -> Payoff:
        """Return what would end the plan on a day."""
        return payoff(self.owed, contract_date=self.contract_date, on=day)


@dataclass(frozen=True, slots=True)
class DueRow:
    """An instalment that is still to be paid, with what a letter about it needs."""

    plan_id: UUID
    order_line_id: UUID
    market: str
    due_on: date
    open: Money
    is_automatic: bool


def due_between(*, begin: date, end: date) -> tuple[DueRow, ...]:
    """Return what is still to be paid of active, running plans and falls due in a stretch."""
    of_plan = OuterRef("plan")
    rows = (
        Instalment.objects.filter(
            ~Exists(PlanPause.objects.filter(plan=of_plan, until_at=None)),
            due_on__gte=begin,
            due_on__lte=end,
            state=InstalmentState.SCHEDULED.value,
            plan__state=PlanState.ACTIVE.value,
        )
        .annotate(mandated=Exists(Mandate.objects.filter(plan=of_plan, revoked_at=None)))
        .select_related("plan__terms")
        .order_by("due_on", "id")
    )
    return tuple(
        DueRow(
            plan_id=row.plan_id,
            order_line_id=row.plan.order_line_id,
            market=row.plan.terms.market_id,
            due_on=row.due_on,
            open=Money(_owed(row).open, row.plan.currency),
            is_automatic=row.mandated,
        )
        for row in rows
    )


def owed_rows(plan_id: UUID) -> tuple[Owed, ...]:
    """Return the instalments of a plan in order, as the rules take them."""
    rows = Instalment.objects.filter(plan_id=plan_id).order_by("number")
    return tuple(_owed(row) for row in rows)


def plan_money(plan_id: UUID) -> PlanMoney:
    """
    Return a plan with what is owed and what was paid.

    Raises: NotFoundError.
    """
    plan = (
        Plan.objects.select_related("disclosure", "terms")
        .annotate(
            mandated=Exists(Mandate.objects.filter(plan=OuterRef("pk"), revoked_at=None)),
            paused=Exists(PlanPause.objects.filter(plan=OuterRef("pk"), until_at=None)),
        )
        .filter(pk=plan_id)
        .first()
    )
    if plan is None:
        raise NotFoundError("There is no plan by that id.", plan_id=str(plan_id))
    return PlanMoney(
        plan_id=plan.id,
        order_line_id=plan.order_line_id,
        state=PlanState(plan.state),
        currency=plan.currency,
        market=plan.terms.market_id,
        buyer_email=plan.buyer_email,
        contract_date=date.fromisoformat(plan.disclosure.body["contract_date"]),
        owed=owed_rows(plan.id),
        payments=payments_of(plan),
        has_mandate=plan.mandated,
        is_paused=plan.paused,
    )


def payments_of(plan: Plan) -> tuple[PlanPaymentRow, ...]:
    """Return the payments asked for on a plan, oldest first."""
    rows = plan.payments.order_by("serial")
    return tuple(_payment(row, currency=plan.currency) for row in rows)


def card_of(plan_id: UUID) -> str:
    """Return the token of the card that may be charged for a plan; empty if none may."""
    found = Mandate.objects.filter(plan_id=plan_id, revoked_at=None)
    return found.values_list("card_token", flat=True).first() or ""


def collectable(*, by: date, after: UUID | None, limit: int) -> tuple[UUID, ...]:
    """
    Return active plans that have something due by a day and a card that may be charged.

    Plans that are paused, or have a payment under way, are left out. ``after`` continues a walk.
    """
    of_plan = OuterRef("pk")
    due = Instalment.objects.filter(
        plan=of_plan, due_on__lte=by, state=InstalmentState.SCHEDULED.value
    )
    found = Plan.objects.filter(
        Exists(due),
        Exists(Mandate.objects.filter(plan=of_plan, revoked_at=None)),
        ~Exists(PlanPause.objects.filter(plan=of_plan, until_at=None)),
        ~Exists(PlanPayment.objects.filter(plan=of_plan, state=AskState.ASKED.value)),
        state=PlanState.ACTIVE.value,
    ).order_by("id")
    if after is not None:
        found = found.filter(pk__gt=after)
    return tuple(found.values_list("id", flat=True)[:limit])


def overdue(*, by: date) -> tuple[UUID, ...]:
    """Return active plans, not paused, whose oldest instalment has been due since a day."""
    of_plan = OuterRef("pk")
    due = Instalment.objects.filter(
        plan=of_plan, due_on__lte=by, state=InstalmentState.SCHEDULED.value
    )
    found = Plan.objects.filter(
        Exists(due),
        ~Exists(PlanPause.objects.filter(plan=of_plan, until_at=None)),
        state=PlanState.ACTIVE.value,
    )
    return tuple(found.order_by("id").values_list("id", flat=True))


def stale_payments(*, before: datetime, limit: int = 500) -> tuple[PlanPaymentRow, ...]:
    """Return payments that have been under way since before an instant, oldest first."""
    rows = (
        PlanPayment.objects.filter(state=AskState.ASKED.value, asked_at__lt=before)
        .select_related("plan")
        .order_by("asked_at", "id")
    )
    return tuple(_payment(row, currency=row.plan.currency) for row in rows[:limit])


def _owed(row: Instalment) -> Owed:
    return Owed(
        number=row.number,
        due_on=row.due_on,
        principal=row.principal_minor,
        interest=row.interest_minor,
        paid=row.paid_minor,
        waived=row.waived_minor,
        state=InstalmentState(row.state),
    )


def _payment(row: PlanPayment, *, currency: str) -> PlanPaymentRow:
    return PlanPaymentRow(
        plan_id=row.plan_id,
        serial=row.serial,
        kind=AskKind(row.kind),
        is_automatic=row.is_automatic,
        amount=Money(row.amount_minor, currency),
        surplus=Money(row.surplus_minor, currency),
        state=AskState(row.state),
        payment_id=row.payment_id,
        failure=row.failure,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
    )
