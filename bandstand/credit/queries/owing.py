"""What is owed on plans, and what was paid: as the rules and the pages take it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from bandstand.credit.models import Instalment, Mandate, Plan, PlanPause, PlanPayment
from bandstand.credit.rules import AskKind, AskState, InstalmentKind, InstalmentState, PlanState
from bandstand.credit.rules.standing import Owed, Payoff, payoff
from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money

OWED_COLUMNS: Final = (
    "number",
    "due_on",
    "principal_minor",
    "interest_minor",
    "paid_minor",
    "waived_minor",
    "state",
    "kind",
    "version",
)
"""The columns of an instalment that make an ``Owed``."""
STATES: Final = {one.value: one for one in InstalmentState}
KINDS: Final = {one.value: one for one in InstalmentKind}


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
    label: str = ""
    """What a credit is given for, in the buyer's words."""


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
    credits_kept: Money | None = None
    """Promised credits that a payoff brings forward; the card is asked so much less."""

    @property
    def under_way(self) -> PlanPaymentRow | None:
        return next((one for one in self.payments if one.state is AskState.ASKED), None)

    def payoff_on(self, day: date) -> Payoff:
        """Return what would end the plan on a day."""
        return payoff(self.owed, contract_date=self.contract_date, on=day)

    def asked_for_payoff(self, day: date) -> Money:
        """Return what a card is asked to end the plan: credits that are kept are given with it."""
        kept = 0 if self.credits_kept is None else self.credits_kept.minor
        return Money(max(0, self.payoff_on(day).amount - kept), self.currency)


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
            kind=InstalmentKind.INSTALMENT.value,
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
            open=Money(owed_of(row).open, row.plan.currency),
            is_automatic=row.mandated,
        )
        for row in rows
    )


def owed_rows(plan_id: UUID) -> tuple[Owed, ...]:
    """Return the instalments of a plan in order, as the rules take them."""
    return owed_rows_many([plan_id])[plan_id]


def owed_rows_many(plan_ids: Sequence[UUID]) -> Mapping[UUID, tuple[Owed, ...]]:
    """Return the instalments of plans in order, as the rules take them."""
    found: dict[UUID, list[Owed]] = {plan_id: [] for plan_id in plan_ids}
    rows = Instalment.objects.filter(plan__in=plan_ids).order_by("plan", "number")
    # Plain columns: a monthly run reads millions of these, and needs no row to write to.
    for plan_id, *columns in rows.values_list("plan_id", *OWED_COLUMNS).iterator():
        found[plan_id].append(_owed(*columns))
    return {plan_id: tuple(rows) for plan_id, rows in found.items()}


def plan_money(plan_id: UUID) -> PlanMoney:
    """
    Return a plan with what is owed and what was paid.

    Raises: NotFoundError.
    """
    found = plan_money_many([plan_id])
    if plan_id not in found:
        raise NotFoundError("There is no plan by that id.", plan_id=str(plan_id))
    return found[plan_id]


def plan_money_many(plan_ids: Sequence[UUID]) -> Mapping[UUID, PlanMoney]:
    """
    Return plans with what is owed and what was paid, by their keys.

    Three statements, whatever their number; a plan that is not there is left out.
    """
    plans = (
        Plan.objects.select_related("disclosure", "terms")
        .annotate(
            mandated=Exists(Mandate.objects.filter(plan=OuterRef("pk"), revoked_at=None)),
            paused=Exists(PlanPause.objects.filter(plan=OuterRef("pk"), until_at=None)),
        )
        .filter(pk__in=plan_ids)
    )
    owed = owed_rows_many(plan_ids)
    paid: dict[UUID, list[PlanPayment]] = {plan_id: [] for plan_id in plan_ids}
    for row in PlanPayment.objects.filter(plan__in=plan_ids).order_by("plan", "serial"):
        paid[row.plan_id].append(row)
    return {
        plan.id: PlanMoney(
            plan_id=plan.id,
            order_line_id=plan.order_line_id,
            state=PlanState(plan.state),
            currency=plan.currency,
            market=plan.terms.market_id,
            buyer_email=plan.buyer_email,
            contract_date=date.fromisoformat(plan.disclosure.body["contract_date"]),
            owed=owed[plan.id],
            payments=tuple(_payment(row, currency=plan.currency) for row in paid[plan.id]),
            has_mandate=plan.mandated,
            is_paused=plan.paused,
            credits_kept=Money(plan.credits_kept_minor, plan.currency),
        )
        for plan in plans
    }


def card_of(plan_id: UUID) -> str:
    """Return the token of the card that may be charged for a plan; empty if none may."""
    found = Mandate.objects.filter(plan_id=plan_id, revoked_at=None)
    return found.values_list("card_token", flat=True).first() or ""


def markets_of(plan_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return the markets that plans were sold in, by the plans' keys."""
    return dict(Plan.objects.filter(pk__in=plan_ids).values_list("id", "terms__market_id"))


def cards_of(plan_ids: Sequence[UUID]) -> Mapping[UUID, str]:
    """Return the tokens of the cards that may be charged for plans, by the plans' keys."""
    found = Mandate.objects.filter(plan__in=plan_ids, revoked_at=None)
    return dict(found.values_list("plan_id", "card_token"))


def collectable(*, by: date, after: UUID | None, limit: int) -> tuple[UUID, ...]:
    """
    Return active plans that have something due by a day and a card that may be charged.

    Plans that are paused, have a payment under way, or wait for a credit that was promised for by
    then, are left out. ``after`` continues a walk.
    """
    of_plan = OuterRef("pk")
    due = Instalment.objects.filter(
        plan=of_plan, due_on__lte=by, state=InstalmentState.SCHEDULED.value
    )
    found = Plan.objects.filter(
        Q(credit_expected_on=None) | Q(credit_expected_on__gt=by),
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


def owed_of(row: Instalment) -> Owed:
    """Return an instalment as the rules take it."""
    return _owed(*(getattr(row, name) for name in OWED_COLUMNS))


def _owed(*columns: Any) -> Owed:  # noqa: ANN401 -- the columns named by OWED_COLUMNS, in their order
    number, due_on, principal, interest, paid, waived, state, kind, version = columns
    return Owed(
        number=number,
        due_on=due_on,
        principal=principal,
        interest=interest,
        paid=paid,
        waived=waived,
        state=STATES[state],
        kind=KINDS[kind],
        version=version,
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
        label=row.label,
    )
