"""A fee that only those who finance pay is a finance charge, and shows in the rate."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given, strategies as st

from bandstand.credit import queries, services
from bandstand.credit.rules import TermsRefusedError, TermsRow, disclose, read_disclosure, suits
from bandstand.money import Money
from tests.factories import catalogue
from tests.factories.credit import NOON

DAY = date(2026, 11, 22)


def terms(*, fee: int = 3_500, down_bps: int = 1_000, rate_bps: int = 0) -> TermsRow:
    return TermsRow(uuid4(), 24, rate_bps, down_bps, "24 months", fee, "Connection fee")


def test_a_fee_raises_the_charge_and_the_rate_and_not_the_amount_financed() -> None:
    price = Money(83_000, "USD")
    plain = disclose(price, terms(fee=0), contract_date=DAY, market="US")
    told = disclose(price, terms(), contract_date=DAY, market="US")

    assert plain.apr == 0
    assert told.apr > Decimal(4)
    assert told.finance_charge == Money(3_500, "USD")
    assert told.amount_financed == plain.amount_financed
    assert told.total_sale_price == price + Money(3_500, "USD")


@given(
    price=st.integers(20_000, 200_000), fee=st.integers(0, 9_999), rate=st.sampled_from([0, 999])
)
def test_every_payment_earns_its_part_of_the_fee(price: int, fee: int, rate: int) -> None:
    told = disclose(
        Money(price, "USD"), terms(fee=fee, rate_bps=rate), contract_date=DAY, market="US"
    )

    charged = sum(row.interest.minor for row in told.schedule)
    repaid = sum(row.principal.minor for row in told.schedule)
    assert charged == told.finance_charge.minor
    assert repaid == told.amount_financed.minor
    assert all(row.interest.minor >= 0 and row.principal.minor >= 0 for row in told.schedule)
    assert read_disclosure(told.as_json()) == told


def test_a_fee_needs_a_down_payment() -> None:
    price, asked = Money(83_000, "USD"), terms(down_bps=0)

    assert not suits(price, asked)
    with pytest.raises(TermsRefusedError):
        disclose(price, asked, contract_date=DAY, market="US")


@pytest.mark.django_db
def test_terms_with_a_fee_say_so_in_their_name() -> None:
    catalogue.market()
    made = services.offer_terms(
        market="US",
        months=24,
        annual_rate_bps=0,
        down_payment_bps=1_000,
        price_minimum=Money(0, "USD"),
        from_at=NOON,
        fee_minor=3_500,
        fee_label="Connection fee",
    )

    row = queries.terms_row(made)
    assert (row.fee_minor, row.fee_label) == (3_500, "Connection fee")
    assert "35.00" in row.label
