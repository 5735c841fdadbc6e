from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings, strategies as st

from bandstand.money import (
    ACTUAL_365,
    Conventions,
    CurrencyMismatchError,
    Every,
    Fee,
    Frequency,
    InstalmentTerms,
    Money,
    PlanQuote,
    Regime,
    ScheduleError,
    plan_quote,
)

SIGNED = date(2026, 11, 22)
FIRST_DUE = date(2026, 12, 22)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def quote(price: Money, terms: InstalmentTerms) -> PlanQuote:
    return plan_quote(price, terms, first_due=FIRST_DUE, contract_date=SIGNED)


def test_a_plan_without_charges_costs_the_price_at_zero_per_cent() -> None:
    plan = quote(usd(99999), InstalmentTerms(36))
    assert [str(line) for line in plan.payment_lines] == [
        "35 payments of $27.77",
        "1 payment of $28.04",
    ]
    assert plan.monthly == usd(2777)
    assert plan.finance_charge == usd(0)
    assert plan.apr.rate == 0
    assert plan.amount_financed == plan.total_of_payments == plan.total_sale_price == usd(99999)


@pytest.mark.parametrize(
    ("price", "months", "fee", "printed"),
    [(83000, 24, 3500, "4.171"), (99999, 36, 1000, "0.653")],
)
def test_a_fee_only_financers_pay_is_a_finance_charge(
    *, price: int, months: int, fee: int, printed: str
) -> None:
    terms = InstalmentTerms(
        months, fees=(Fee("connection charge", usd(fee), cash_buyers_too=False),)
    )

    plan = quote(usd(price), terms)

    assert plan.apr.rounded() == Decimal(printed)
    assert plan.finance_charge == plan.due_at_signing == usd(fee)
    assert plan.amount_financed == usd(price - fee)
    assert plan.total_sale_price == usd(price + fee)


def test_the_same_fee_asked_of_cash_buyers_too_is_no_finance_charge() -> None:
    fee = Fee("activation", usd(3500), cash_buyers_too=True)
    plan = quote(usd(83000), InstalmentTerms(24, fees=(fee,)))
    assert plan.apr.rate == 0
    assert plan.finance_charge == usd(0)
    assert plan.due_at_signing == usd(3500)
    assert plan.total_sale_price == usd(86500)


def test_financed_amounts_go_into_the_payments() -> None:
    tax = Fee("sales tax", usd(8000), cash_buyers_too=True, financed=True)
    charge = Fee("financing fee", usd(2400), cash_buyers_too=False, financed=True)
    plan = quote(usd(100_000), InstalmentTerms(24, fees=(tax, charge)))
    assert plan.amount_financed == usd(108_000)
    assert plan.total_of_payments == usd(110_400) == plan.total_sale_price
    assert plan.finance_charge == usd(2400)
    assert plan.due_at_signing == usd(0)


def test_a_down_payment_is_due_at_signing_and_not_financed() -> None:
    plan = quote(usd(100_000), InstalmentTerms(24, Decimal("9.99"), down_payment=usd(20_000)))
    assert plan.due_at_signing == plan.down_payment == usd(20_000)
    assert plan.amount_financed == usd(80_000)
    assert plan.total_sale_price == plan.total_of_payments + usd(20_000)
    assert plan.apr.rounded(2) == Decimal("9.99")
    assert plan.derivation.lines()[0].startswith("Law: United States")


def test_a_plan_signed_on_the_31st_keeps_to_month_ends() -> None:
    plan = plan_quote(
        usd(90_000),
        InstalmentTerms(24),
        first_due=date(2026, 2, 28),
        contract_date=date(2026, 1, 31),
    )
    days = [line.due_date for line in plan.schedule.lines[:3]]
    assert days == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert plan.apr.unit_period == "month"


def test_weekly_payments_have_a_weekly_unit_period() -> None:
    rules = Conventions(ACTUAL_365, Frequency(Every.WEEK, 2))
    terms = InstalmentTerms(26, Decimal(12), conventions=rules)
    plan = plan_quote(usd(50_000), terms, first_due=date(2026, 12, 6), contract_date=SIGNED)
    assert plan.apr.unit_period == "2 weeks"
    assert plan.apr.unit_periods_per_year == 26
    # 26 fortnights are 364 days of the 365 that the plan's interest counts.
    assert plan.apr.rounded(1) == Decimal("12.0")


def test_a_european_quote_has_an_effective_rate() -> None:
    terms = InstalmentTerms(24, Decimal("9.99"), regime=Regime.EU_APRC)
    plan = plan_quote(Money(100_000, "EUR"), terms, first_due=FIRST_DUE, contract_date=SIGNED)
    assert plan.apr.rounded(1) == Decimal("10.5")
    assert plan.apr.regime is Regime.EU_APRC


@settings(max_examples=40)
@given(
    price=st.integers(5_000, 300_000),
    months=st.integers(1, 48),
    down_percent=st.integers(0, 60),
    rate_bp=st.integers(0, 3599),
    fee=st.integers(0, 1_000),
    is_cash_too=st.booleans(),
    is_financed=st.booleans(),
)
def test_the_figures_of_a_quote_add_up(
    *,
    price: int,
    months: int,
    down_percent: int,
    rate_bp: int,
    fee: int,
    is_cash_too: bool,
    is_financed: bool,
) -> None:
    terms = InstalmentTerms(
        months,
        Decimal(rate_bp) / 100,
        down_payment=usd(price * down_percent // 100),
        fees=(Fee("fee", usd(fee), cash_buyers_too=is_cash_too, financed=is_financed),),
    )

    plan = quote(usd(price), terms)

    assert plan.amount_financed + plan.finance_charge == plan.total_of_payments
    assert plan.total_sale_price == plan.due_at_signing + plan.total_of_payments
    assert (plan.apr.rate == 0) == plan.finance_charge.is_zero
    assert plan.apr.rate >= 0
    assert sum(line.count for line in plan.payment_lines) == months


@pytest.mark.parametrize(
    ("terms", "error", "why"),
    [
        (InstalmentTerms(0), ScheduleError, "1 to 120 payments"),
        (InstalmentTerms(121), ScheduleError, "1 to 120 payments"),
        (InstalmentTerms(12, down_payment=usd(1000)), ScheduleError, "nothing of"),
        (InstalmentTerms(12, down_payment=usd(-1)), ScheduleError, "zero or more"),
        (InstalmentTerms(12, down_payment=Money(1, "EUR")), CurrencyMismatchError, "EUR"),
        (InstalmentTerms(12, Decimal(-1)), ScheduleError, "0 % or more"),
        (
            InstalmentTerms(12, fees=(Fee("fee", usd(2000), cash_buyers_too=False),)),
            ScheduleError,
            "left to finance",
        ),
    ],
)
def test_terms_that_make_no_plan_are_refused(
    *, terms: InstalmentTerms, error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        quote(usd(1000), terms)


def test_a_price_of_zero_is_refused() -> None:
    with pytest.raises(ScheduleError, match="price is more than zero"):
        quote(usd(0), InstalmentTerms(12))
