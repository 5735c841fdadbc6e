"""A plan that was sold, as tests of its life take it: its rows, its books, money by hand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from bandstand.credit import queries as credit_queries, services
from bandstand.credit.queries import PlanMoney
from bandstand.credit.rules import AskKind, TermsRow
from bandstand.credit.rules.standing import Owed
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger, services as ledger_services
from bandstand.ledger.rules import AccountCode, credit as credit_leg, debit
from bandstand.money import Money
from bandstand.payments.services.collecting_books import post_charge_off, post_plan_payment
from tests.factories import credit
from tests.factories.credit import NOON

NOTHING = Money.zero("USD")


@dataclass(frozen=True)
class Sold:
    """A plan whose down payment was taken."""

    plan_id: UUID
    line_id: UUID

    @property
    def money(self) -> PlanMoney:
        return credit_queries.plan_money(self.plan_id)

    @property
    def rows(self) -> tuple[Owed, ...]:
        return self.money.owed

    @property
    def still_open(self) -> list[Owed]:
        return sorted((row for row in self.rows if row.open), key=lambda row: row.due_on)

    @property
    def owed(self) -> int:
        return sum(row.open for row in self.rows)

    def balance(self, code: AccountCode, *, key: str | None = None) -> int:
        printed = print_id(IdKind.PLAN, self.plan_id) if key is None else key
        return ledger.balance(code=code, key=printed, currency="USD").minor

    def require_sound(self) -> None:
        """Require that the plan and the books say the same, and that the books balance."""
        assert self.balance(AccountCode.INSTALMENT_RECEIVABLE) == self.owed
        interest = sum(row.open_interest for row in self.rows)
        assert -self.balance(AccountCode.DEFERRED_FINANCE_INCOME) == interest
        assert ledger.imbalance() == 0
        assert all(row.open >= 0 and row.paid >= 0 and row.waived >= 0 for row in self.rows)

    def pay(self, kind: AskKind, *, minor: int = 0, at: datetime = NOON) -> None:
        """Pay by hand, at once."""
        asked = services.ask_payment(
            plan_id=self.plan_id, kind=kind, extra=Money(minor, "USD"), on=at.date(), now=at
        )
        self.take(asked.serial, amount=asked.amount, at=at)

    def take(self, serial: int, *, amount: Money, at: datetime) -> None:
        """Take money that was asked for, as collecting writes it down."""
        payment_id = uuid4()
        recorded = services.record_paid(
            plan_id=self.plan_id,
            serial=serial,
            payment_id=payment_id,
            amount=amount,
            on=at.date(),
            now=at,
        )
        post_plan_payment(recorded, payment_id=payment_id, gateway="sandbox", amount=amount, now=at)

    def give_up(self, *, at: datetime) -> None:
        """Charge it off."""
        lost = services.charge_off(plan_id=self.plan_id, actor="ada", reason="late", now=at)
        post_charge_off(plan_id=self.plan_id, amount=lost, now=at)


def sold(*, months: int = 12, rate_bps: int = 0, terms: TermsRow | None = None) -> Sold:
    """Sell on a plan whose down payment was taken, as orders post it."""
    line = credit.plan(terms=terms or credit.terms(months=months, annual_rate_bps=rate_bps))
    plan_id = services.activate_plan(order_line_id=line, now=NOON)
    assert plan_id is not None
    made = Sold(plan_id, line)
    charge = sum(row.interest for row in made.rows)
    key = print_id(IdKind.PLAN, plan_id)
    legs = [
        debit(AccountCode.INSTALMENT_RECEIVABLE, Money(made.owed, "USD"), key=key),
        credit_leg(AccountCode.SELLER_PAYABLE, Money(made.owed - charge, "USD"), key="northgate"),
    ]
    if charge:
        legs.append(credit_leg(AccountCode.DEFERRED_FINANCE_INCOME, Money(charge, "USD"), key=key))
    ledger_services.post(
        idempotency_key=f"sale:{key}", kind="sale", entries=legs, effective_at=NOON, now=NOON
    )
    return made


def noon_of(day: date) -> datetime:
    """Return noon of a day, UTC."""
    return NOON + timedelta(days=(day - NOON.date()).days)
