"""Rates against independent solvers and against their own definition."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypedDict

import numpy_financial
import pytest
import pyxirr
from hypothesis import given, settings, strategies as st

from bandstand.money import AprError, Flow, Money, eu_aprc, us_apr
from bandstand.money.equation import Run, exact_value
from bandstand.money.months import due_dates
from bandstand.money.solver import lowest_root

START = date(2026, 1, 15)


class Level(TypedDict):
    advances: list[Flow]
    payments: list[Flow]


def level_flows(amount: int, payment: int, *, count: int) -> Level:
    days = due_dates(date(2026, 2, 15), count=count)
    return {
        "advances": [Flow(START, Money(amount, "USD"))],
        "payments": [Flow(day, Money(payment, "USD")) for day in days],
    }


@settings(max_examples=60)
@given(
    amount=st.integers(1_000, 300_000),
    count=st.integers(1, 60),
    charge_permille=st.integers(1, 300),
)
def test_level_plans_agree_with_two_other_solvers(
    *, amount: int, count: int, charge_permille: int
) -> None:
    payment = amount * (1000 + charge_permille) // (1000 * count) + 1

    rate = us_apr(**level_flows(amount, payment, count=count)).rate

    exact = numpy_financial.rate(count, -payment, amount, 0, guess=0.01) * 1200
    assert float(rate) == pytest.approx(exact, rel=1e-6)
    other = pyxirr.irr([-float(amount), *[float(payment)] * count])
    assert other is not None
    assert float(rate) == pytest.approx(other * 1200, rel=1e-6)


@settings(max_examples=60)
@given(
    amounts=st.lists(st.integers(1, 50_000), min_size=1, max_size=40),
    odd=st.integers(0, 29),
    lent=st.integers(1, 100_000),
)
def test_the_value_of_the_payments_at_the_rate_is_the_value_of_the_advance(
    *, amounts: list[int], odd: int, lent: int
) -> None:
    lent = min(lent, sum(amounts))
    payments = tuple(
        Run(amount, whole=at, part=Fraction(odd, 30)) for at, amount in enumerate(amounts, start=1)
    )

    root = lowest_root(advances=(Run(lent),), payments=payments)

    assert root.rate >= 0
    assert abs(exact_value(payments, rate=root.rate) - lent) < Decimal("1e-15") * lent
    assert (root.rate == 0) == (sum(amounts) == lent)


@settings(max_examples=40)
@given(amount=st.integers(10_000, 200_000), count=st.integers(2, 48), permille=st.integers(1, 400))
def test_the_yearly_rate_compounds_from_the_monthly_one(
    *, amount: int, count: int, permille: int
) -> None:
    payment = amount * (1000 + permille) // (1000 * count) + 1
    flows = level_flows(amount, payment, count=count)

    nominal, effective = us_apr(**flows).rate, eu_aprc(**flows).rate

    assert float(effective) == pytest.approx(
        100 * ((1 + float(nominal) / 1200) ** 12 - 1), rel=1e-9
    )


@given(st.integers(2, 10_000), st.integers(1, 24))
def test_payments_that_do_not_cover_the_advance_have_no_rate(amount: int, count: int) -> None:
    with pytest.raises(AprError, match="do not cover"):
        us_apr(**level_flows(amount * count, amount - 1, count=count))


def test_a_tiny_and_a_huge_rate_are_both_exact() -> None:
    tiny = us_apr(**level_flows(10**11, 10**11 + 1, count=1)).rate
    assert tiny == pytest.approx(Decimal(12) / 10**9, rel=Decimal("1e-9"))
    huge = us_apr(**level_flows(1, 10**6, count=1)).rate
    assert huge == (10**6 - 1) * 1200
