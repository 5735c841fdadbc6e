"""Reads of plan terms and plans, as frozen rows."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from bandstand.credit.models import Disclosure, Instalment, Plan, PlanMoveRecord, PlanTerms
from bandstand.credit.rules import (
    InstalmentState,
    PlanState,
    PriceDisclosure,
    TermsRow,
    read_disclosure,
    suits,
    terms_label,
)
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money, sum_of


@dataclass(frozen=True, slots=True)
class InstalmentRow:
    """One due payment of a plan."""

    number: int
    due_on: date
    principal: Money
    interest: Money
    state: InstalmentState
    settled_at: datetime | None
    paid: Money
    waived: Money

    @property
    def total(self) -> Money:
        return self.principal + self.interest


@dataclass(frozen=True, slots=True)
class PlanMoveRow:
    """One step in a plan's life."""

    move: str
    to_state: PlanState
    moved_at: datetime
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan as its buyer and the operator see it."""

    id: UUID
    public_id: str
    order_line_id: UUID
    state: PlanState
    buyer_email: str
    disclosure: PriceDisclosure
    instalments: tuple[InstalmentRow, ...]
    moves: tuple[PlanMoveRow, ...]
    agreed_at: datetime
    ended_at: datetime | None

    @property
    def paid(self) -> Money:
        """What was paid in instalments, interest included, without the down payment."""
        return sum_of((row.paid for row in self.instalments), currency=self.disclosure.currency)

    @property
    def open(self) -> Money:
        """What is still owed."""
        owed = (
            row.total - row.paid - row.waived
            for row in self.instalments
            if row.state is InstalmentState.SCHEDULED
        )
        return sum_of(owed, currency=self.disclosure.currency)

    @property
    def next_due(self) -> InstalmentRow | None:
        scheduled = (row for row in self.instalments if row.state is InstalmentState.SCHEDULED)
        return min(scheduled, key=lambda row: (row.due_on, row.number), default=None)


def terms_for(*, market: str, price: Money, now: datetime) -> tuple[TermsRow, ...]:
    """
    Return the plans on offer for a price in a market, shortest first.

    Where two rows of one length overlap, the one that began later counts.
    """
    rows = PlanTerms.objects.filter(
        Q(until_at=None) | Q(until_at__gt=now),
        market=market,
        currency=price.currency,
        price_minimum_minor__lte=price.minor,
        from_at__lte=now,
    ).order_by("months", "from_at")
    newest = {row.months: _terms_row(row) for row in rows}
    return tuple(row for row in newest.values() if suits(price, row))


def terms_row(terms_id: UUID) -> TermsRow:
    """
    Return one row of terms, whether or not it is still on offer.

    Raises: NotFoundError.
    """
    row = PlanTerms.objects.filter(pk=terms_id).first()
    if row is None:
        raise NotFoundError("There are no plan terms by that id.", terms_id=str(terms_id))
    return _terms_row(row)


def is_on_offer(*, terms_id: UUID, price: Money, market: str, now: datetime) -> bool:
    """Say whether a price may be put on these terms today."""
    return any(row.id == terms_id for row in terms_for(market=market, price=price, now=now))


def disclosure(disclosure_id: UUID) -> PriceDisclosure:
    """
    Return a stored disclosure as the buyer saw it.

    Raises: NotFoundError.
    """
    row = Disclosure.objects.filter(pk=disclosure_id).first()
    if row is None:
        raise NotFoundError("There is no disclosure by that id.", disclosure_id=str(disclosure_id))
    return read_disclosure(row.body)


def plan_page(order_line_id: UUID) -> PlanPage | None:
    """Return the plan of an order line, or nothing if it was bought outright."""
    plan = Plan.objects.select_related("disclosure").filter(order_line_id=order_line_id).first()
    if plan is None:
        return None
    return PlanPage(
        id=plan.id,
        public_id=print_id(IdKind.PLAN, plan.id),
        order_line_id=plan.order_line_id,
        state=PlanState(plan.state),
        buyer_email=plan.buyer_email,
        disclosure=read_disclosure(plan.disclosure.body),
        instalments=tuple(
            _instalment_row(row, currency=plan.currency) for row in _that_count(plan)
        ),
        moves=tuple(
            _move_row(row) for row in PlanMoveRecord.objects.filter(plan=plan).order_by("moved_at")
        ),
        agreed_at=plan.agreed_at,
        ended_at=plan.ended_at,
    )


def _that_count(plan: Plan) -> QuerySet[Instalment]:
    """Return what falls due in its order; of what a change replaced, only what was paid on it."""
    gone = Q(state=InstalmentState.REPLACED.value, paid_minor=0)
    return Instalment.objects.filter(~gone, plan=plan).order_by("due_on", "number")


def _terms_row(row: PlanTerms) -> TermsRow:
    return TermsRow(
        id=row.id,
        months=row.months,
        annual_rate_bps=row.annual_rate_bps,
        down_payment_bps=row.down_payment_bps,
        label=terms_label(
            months=row.months,
            annual_rate_bps=row.annual_rate_bps,
            fee=Money(row.fee_minor, row.currency),
        ),
        fee_minor=row.fee_minor,
        fee_label=row.fee_label,
    )


def _instalment_row(row: Instalment, *, currency: str) -> InstalmentRow:
    return InstalmentRow(
        number=row.number,
        due_on=row.due_on,
        principal=Money(row.principal_minor, currency),
        interest=Money(row.interest_minor, currency),
        state=InstalmentState(row.state),
        settled_at=row.settled_at,
        paid=Money(row.paid_minor, currency),
        waived=Money(row.waived_minor, currency),
    )


def _move_row(row: PlanMoveRecord) -> PlanMoveRow:
    return PlanMoveRow(
        move=row.move,
        to_state=PlanState(row.to_state),
        moved_at=row.moved_at,
        actor=row.actor,
        reason=row.reason,
    )
