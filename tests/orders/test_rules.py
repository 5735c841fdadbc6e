from datetime import date
from itertools import product
from uuid import uuid4

import pytest
from hypothesis import given, strategies as st

from bandstand.credit.rules import TermsRow, disclose
from bandstand.kernel.public_ids import ALPHABET
from bandstand.ledger.rules import AccountCode, require_balanced
from bandstand.money import Money
from bandstand.orders import rules
from bandstand.orders.rules import CheckoutMove, CheckoutState, LineMove, LineState, SaleAmounts

KEYS = rules.SaleKeys(gateway="sandbox", seller="pty_1", plan="pln_1", line="lin_1")
TODAY = date(2026, 11, 22)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def terms(*, rate_bps: int = 0, down_bps: int = 0, months: int = 24) -> TermsRow:
    return TermsRow(uuid4(), months, rate_bps, down_bps, "")


@pytest.mark.parametrize(("state", "move"), list(product(CheckoutState, CheckoutMove)))
def test_a_checkout_moves_only_as_its_table_says(state: CheckoutState, move: CheckoutMove) -> None:
    after = rules.CHECKOUT_MOVES.get((state, move))

    if after is None:
        with pytest.raises(rules.CheckoutMoveRefusedError):
            rules.next_checkout_state(state, move)
    else:
        assert rules.next_checkout_state(state, move) is after


@pytest.mark.parametrize(("state", "move"), list(product(LineState, LineMove)))
def test_a_line_moves_only_as_its_table_says(state: LineState, move: LineMove) -> None:
    after = rules.LINE_MOVES.get((state, move))

    if after is None:
        with pytest.raises(rules.LineMoveRefusedError):
            rules.next_line_state(state, move)
    else:
        assert rules.next_line_state(state, move) is after


def test_what_has_ended_stays_ended() -> None:
    assert not {state for state, _ in rules.LINE_MOVES} & rules.ENDED
    assert {state for state, _ in rules.CHECKOUT_MOVES} == rules.LIVE_CHECKOUT


def test_an_unpaid_line_is_never_released() -> None:
    before_released = {
        state for (state, _), after in rules.LINE_MOVES.items() if after is LineState.RELEASED
    }

    assert before_released == {LineState.PAID}


def test_outright_the_whole_price_is_due_today() -> None:
    assert rules.due_today(usd(48_000)) == usd(48_000)


def test_on_a_plan_the_down_payment_is_due_today() -> None:
    told = disclose(usd(48_000), terms(down_bps=1000), contract_date=TODAY, market="US")

    assert rules.due_today(usd(48_000), told) == usd(4_800)
    assert not told.is_first_payment_today


def test_without_a_down_payment_the_first_instalment_is_due_today() -> None:
    told = disclose(usd(48_000), terms(), contract_date=TODAY, market="US")

    assert rules.due_today(usd(48_000), told) == usd(2_000)
    assert told.is_first_payment_today


@given(
    price=st.integers(1, 300_000),
    tax=st.integers(0, 30_000),
    charge=st.integers(0, 60_000),
    share=st.integers(1, 100),
)
def test_a_sale_and_its_unwinding_balance_and_owe_back_what_was_paid(
    price: int, tax: int, charge: int, share: int
) -> None:
    due = max(1, price * share // 100)
    amounts = SaleAmounts(
        price=usd(price),
        tax=usd(tax),
        due_today=usd(due),
        commission=usd(price * 8 // 100),
        finance_charge=usd(charge),
    )

    sale = rules.sale_entries(amounts, keys=KEYS)
    undone = rules.unwind_entries(
        amounts, keys=KEYS, open_receivable=amounts.financed, deferred=usd(charge)
    )

    require_balanced(sale)
    require_balanced(undone)
    owed = [-one.amount.minor for one in undone if one.code is AccountCode.REFUND_DUE]
    assert owed == [due]


@given(charge=st.integers(0, 60_000), earned=st.integers(0, 60_000), paid=st.integers(0, 40_000))
def test_finance_income_earned_meanwhile_is_given_back_too(
    charge: int, earned: int, paid: int
) -> None:
    earned = min(earned, charge)
    amounts = SaleAmounts(
        price=usd(50_000),
        tax=usd(0),
        due_today=usd(5_000),
        commission=usd(4_000),
        finance_charge=usd(charge),
    )

    undone = rules.unwind_entries(
        amounts,
        keys=KEYS,
        open_receivable=amounts.financed - usd(paid),
        deferred=usd(charge - earned),
    )

    require_balanced(undone)
    owed = [-one.amount.minor for one in undone if one.code is AccountCode.REFUND_DUE]
    assert owed == [5_000 + paid]


def test_more_today_than_the_thing_costs_is_refused() -> None:
    amounts = SaleAmounts(
        price=usd(100), tax=usd(0), due_today=usd(101), commission=usd(8), finance_charge=usd(0)
    )

    with pytest.raises(rules.UnsoundSaleError):
        rules.sale_entries(amounts, keys=KEYS)


@given(st.integers(0, 2**rules.NUMBER_BITS - 1))
def test_order_numbers_are_readable_and_tell_numbers_apart(random: int) -> None:
    number = rules.order_number(shop_name="Lark Mobile", random=random)
    prefix, first, second = number.split("-")

    assert prefix == "LK"
    assert len(first) == len(second) == 4
    assert set(first + second) <= set(ALPHABET)
    assert number != rules.order_number(shop_name="Lark Mobile", random=random ^ 1)


def test_a_shop_without_latin_letters_still_numbers_its_orders() -> None:
    assert rules.order_number(shop_name="小鸟", random=0) == "BS-0000-0000"
    assert rules.order_number(shop_name="Wren", random=0) == "WN-0000-0000"
