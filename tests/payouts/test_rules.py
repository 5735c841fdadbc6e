"""The parts of a seller's money always add up."""

import pytest
from hypothesis import given, strategies as st

from bandstand.ledger.rules import require_balanced
from bandstand.money import Money
from bandstand.payouts.rules import (
    Maturing,
    clawback_entries,
    mature_entries,
    shares_of,
    split_clawback,
)
from bandstand.payouts.rules.money import UnsoundShareError

minor = st.integers(min_value=0, max_value=10**9)


@given(amount=st.integers(min_value=1, max_value=10**9), bps=st.integers(0, 10_000))
def test_shares_add_up_and_balance(amount: int, bps: int) -> None:
    shares = shares_of(Money(amount, "USD"), reserve_bps=bps)

    assert shares.available.minor + shares.reserve.minor == amount
    assert abs(shares.reserve.minor - amount * bps / 10_000) < 1
    require_balanced(mature_entries(Maturing("pty", shares)))


@given(
    amount=st.integers(min_value=1, max_value=10**9),
    kept=minor,
    available=st.integers(-(10**9), 10**9),
)
def test_a_clawback_takes_the_whole_share_and_no_more_than_there_is(
    amount: int, kept: int, available: int
) -> None:
    back = split_clawback(
        Money(amount, "USD"), kept_of_sale=Money(kept, "USD"), available=Money(available, "USD")
    )

    parts = (back.reserve.minor, back.available.minor, back.owed.minor)
    assert sum(parts) == amount
    assert min(parts) >= 0
    assert back.reserve.minor <= kept
    assert back.available.minor <= max(available, 0)
    require_balanced(clawback_entries(back, seller="pty"))


@pytest.mark.parametrize("bps", [-1, 10_001])
def test_a_reserve_is_a_part_of_the_whole(bps: int) -> None:
    with pytest.raises(UnsoundShareError):
        shares_of(Money(100, "USD"), reserve_bps=bps)
