"""
The quote of an instalment plan: what a shopper pays, when, and what the credit costs.

The figures are those of a Truth in Lending disclosure. A fee that only people who finance must pay
is a finance charge, whatever it is called.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from bandstand.money.amount import Money, sum_of
from bandstand.money.apr import AprResult, Flow, Regime, eu_aprc, us_apr
from bandstand.money.derivation import Derivation
from bandstand.money.errors import CurrencyMismatchError, ScheduleError
from bandstand.money.months import due_dates, shift_months
from bandstand.money.schedule import (
    DEFAULT_CONVENTIONS,
    Conventions,
    PaymentLine,
    Schedule,
    ScheduleTerms,
    build_schedule,
)

MONTHS_MAX: Final = 120
"""A device plan longer than ten years is a typing error."""


@dataclass(frozen=True, slots=True)
class Fee:
    """
    An amount asked for beside the price: activation, connection, tax, delivery.

    ``cash_buyers_too`` False makes it a finance charge. ``financed`` adds it to the instalments
    instead of asking for it at signing.
    Source: 12 CFR 1026.4(a): what a cash buyer pays as well is no finance charge.
    """

    name: str
    amount: Money
    cash_buyers_too: bool
    financed: bool = False


@dataclass(frozen=True, slots=True)
class InstalmentTerms:
    """
    The terms on which a price may be paid over time.

    Units: ``rate_percent`` is the nominal yearly rate; ``months`` counts the payments, one per
    period of the conventions (a month unless they say otherwise).
    """

    months: int
    rate_percent: Decimal = Decimal(0)
    down_payment: Money | None = None
    fees: tuple[Fee, ...] = ()
    conventions: Conventions = field(default=DEFAULT_CONVENTIONS)
    regime: Regime = Regime.US_APPENDIX_J


@dataclass(frozen=True, slots=True)
class PlanQuote:
    """
    Every figure a shopper must see before signing.

    ``due_at_signing`` is the down payment and the fees not financed. ``amount_financed``,
    ``finance_charge``, ``total_of_payments`` and ``total_sale_price`` are the terms of
    12 CFR 1026.18 (b), (d), (h) and (j).
    """

    price: Money
    terms: InstalmentTerms
    contract_date: date
    down_payment: Money
    due_at_signing: Money
    amount_financed: Money
    finance_charge: Money
    total_of_payments: Money
    total_sale_price: Money
    apr: AprResult
    schedule: Schedule

    @property
    def payment_lines(self) -> tuple[PaymentLine, ...]:
        return self.schedule.payment_lines

    @property
    def monthly(self) -> Money:
        """The regular payment."""
        return self.schedule.instalment

    @property
    def derivation(self) -> Derivation:
        return self.apr.derivation


def plan_quote(
    price: Money, terms: InstalmentTerms, *, first_due: date, contract_date: date
) -> PlanQuote:
    """
    Quote a price on instalment terms, with its schedule and its annual percentage rate.

    Raises: ScheduleError if the price, months, down payment, fees or dates make no plan; AprError;
        CurrencyMismatchError.
    Source: 12 CFR 1026.4, 1026.18 and 1026.22; Directive (EU) 2023/2225 Annex III.
    """
    down = terms.down_payment or Money.zero(price.currency)
    _refuse_terms(price, terms=terms, down=down)
    prepaid_charge = _fees(terms, price, cash_buyers_too=False, financed=False)
    unfinanced = _fees(terms, price, cash_buyers_too=True, financed=False)
    added = _fees(terms, price, cash_buyers_too=True, financed=True)
    added_charge = _fees(terms, price, cash_buyers_too=False, financed=True)
    schedule = build_schedule(
        ScheduleTerms(
            financed=price - down + added + added_charge,
            contract_date=contract_date,
            due_dates=due_dates(
                first_due,
                count=terms.months,
                frequency=terms.conventions.frequency,
                anchor=_anchor(first_due, contract_date=contract_date, terms=terms),
            ),
            rate_percent=terms.rate_percent,
            conventions=terms.conventions,
        )
    )
    amount_financed = price - down + added - prepaid_charge
    finance_charge = schedule.total_interest + prepaid_charge + added_charge
    return PlanQuote(
        price=price,
        terms=terms,
        contract_date=contract_date,
        down_payment=down,
        due_at_signing=down + prepaid_charge + unfinanced,
        amount_financed=amount_financed,
        finance_charge=finance_charge,
        total_of_payments=schedule.total_of_payments,
        total_sale_price=price + unfinanced + added + finance_charge,
        apr=_apr_of(schedule, amount_financed=amount_financed, regime=terms.regime),
        schedule=schedule,
    )


def _anchor(first_due: date, *, contract_date: date, terms: InstalmentTerms) -> int:
    # Signed on the 31st of January and first due on the 28th of February: the plan keeps to the
    # 31st, not to the day that a short month forced on it.
    months = terms.conventions.frequency.months
    keeps = months and shift_months(contract_date, months=months) == first_due
    return contract_date.day if keeps else 0


def _fees(terms: InstalmentTerms, price: Money, *, cash_buyers_too: bool, financed: bool) -> Money:
    chosen = (
        fee.amount
        for fee in terms.fees
        if fee.cash_buyers_too is cash_buyers_too and fee.financed is financed
    )
    return sum_of(chosen, currency=price.currency)


def _apr_of(schedule: Schedule, *, amount_financed: Money, regime: Regime) -> AprResult:
    if not amount_financed.is_positive:
        raise ScheduleError(
            f"After the down payment and the charges taken at signing {amount_financed} is left to"
            " finance; lower them.",
            amount_financed=str(amount_financed),
        )
    advances = (Flow(schedule.terms.contract_date, amount_financed),)
    payments = tuple(Flow(line.due_date, line.total) for line in schedule.lines)
    if regime is Regime.US_APPENDIX_J:
        return us_apr(advances=advances, payments=payments)
    return eu_aprc(advances=advances, payments=payments, regime=regime)


def _refuse_terms(price: Money, *, terms: InstalmentTerms, down: Money) -> None:
    if not price.is_positive:
        raise ScheduleError(f"A price is more than zero, not {price}.", price=str(price))
    if not 1 <= terms.months <= MONTHS_MAX:
        raise ScheduleError(
            f"A plan has 1 to {MONTHS_MAX} payments, not {terms.months}.", months=terms.months
        )
    for amount in (down, *(fee.amount for fee in terms.fees)):
        if amount.currency != price.currency:
            raise CurrencyMismatchError(
                f"The price is in {price.currency}; {amount} is not.",
                left=price.currency,
                right=amount.currency,
            )
        if amount.is_negative:
            raise ScheduleError(f"Down payments and fees are zero or more, not {amount}.")
    if down >= price:
        raise ScheduleError(
            f"A down payment of {down} leaves nothing of {price} to finance; lower it.",
            down_payment=str(down),
        )
