"""What pages say of promotions and their credits: frozen values."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bandstand.money import Money, sum_of
from bandstand.promotions.rules import (
    LIABLE,
    LIVE,
    CreditDue,
    CreditState,
    OnPayoff,
    PromotionScope,
    PromotionState,
    is_missed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionRow:
    """A promotion as it was made, and where it stands."""

    id: UUID
    public_id: str
    market: str
    name: str
    words: str
    conditions: str
    amount: Money
    credits_count: int
    on_payoff: OnPayoff
    scope: PromotionScope
    funder_id: UUID | None
    funder_name: str
    """Empty: the operator pays."""
    uses_max: int | None
    from_at: datetime
    until_at: datetime | None
    state: PromotionState
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditOffer:
    """The credits that an offer comes with on a plan."""

    promotion_id: UUID
    name: str
    words: str
    conditions: str
    amount: Money
    on_payoff: OnPayoff
    dues: tuple[CreditDue, ...]

    @property
    def each(self) -> Money:
        """What every credit but the last is."""
        return self.dues[0].amount

    @property
    def last(self) -> Money:
        """What the last one is."""
        return self.dues[-1].amount

    @property
    def count(self) -> int:
        return len(self.dues)


@dataclass(frozen=True, slots=True)
class PlanCredit:
    """One credit of a plan as it stands on a day."""

    number: int
    due_on: date
    amount: Money
    given: Money
    state: CreditState
    reason: str
    ended_at: datetime | None
    is_missed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCredits:
    """Everything that was promised with a plan in credits."""

    plan_id: UUID
    order_line_id: UUID
    promotion_id: UUID
    name: str
    words: str
    conditions: str
    on_payoff: OnPayoff
    amount: Money
    rows: tuple[PlanCredit, ...]

    def _sum(self, states: frozenset[CreditState]) -> Money:
        found = (row.amount - row.given for row in self.rows if row.state in states)
        return sum_of(found, currency=self.amount.currency)

    @property
    def given(self) -> Money:
        """What the plan was given and has kept."""
        kept = (row.given for row in self.rows if row.state is not CreditState.UNDONE)
        return sum_of(kept, currency=self.amount.currency)

    @property
    def left(self) -> Money:
        """What is promised and not given yet."""
        return self._sum(LIABLE)

    @property
    def owed(self) -> Money:
        """What the buyer is owed as money, because the plan owes nothing any more."""
        return self._sum(LIVE - LIABLE)

    @property
    def lost_on_payoff(self) -> Money:
        """What paying the plan off now would cost in credits."""
        return self.left if self.on_payoff is OnPayoff.LOSE else Money.zero(self.amount.currency)

    @property
    def kept_on_payoff(self) -> Money:
        """What of the credits paying the plan off now would bring forward."""
        return self.left if self.on_payoff is OnPayoff.KEEP else Money.zero(self.amount.currency)

    @property
    def missed(self) -> tuple[PlanCredit, ...]:
        """Credits that should have been given more than a day ago."""
        return tuple(row for row in self.rows if row.is_missed)


def plan_credit(  # noqa: PLR0913 -- a credit has these parts
    *,
    number: int,
    due_on: date,
    amount: Money,
    given: Money,
    state: CreditState,
    reason: str,
    ended_at: datetime | None,
    today: date,
) -> PlanCredit:
    """Return one credit as it stands on a day."""
    return PlanCredit(
        number=number,
        due_on=due_on,
        amount=amount,
        given=given,
        state=state,
        reason=reason,
        ended_at=ended_at,
        is_missed=is_missed(state=state, due_on=due_on, today=today),
    )
