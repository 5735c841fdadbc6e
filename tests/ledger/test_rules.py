import pytest
from hypothesis import given, strategies as st

from bandstand.ledger import rules
from bandstand.ledger.rules import AccountCode, Entry
from bandstand.money import Money
from tests.factories.ledger import transfer_order

TEN = Money(1000, "USD")


def test_every_account_code_has_a_kind() -> None:
    assert set(rules.KINDS) == set(AccountCode)


@pytest.mark.parametrize("side", [rules.debit, rules.credit])
@pytest.mark.parametrize("minor", [0, -1])
def test_leg_of_zero_or_less_is_refused(side: object, minor: int) -> None:
    assert callable(side)
    with pytest.raises(rules.WrongSideError, match="positive amount"):
        side(AccountCode.BANK, Money(minor, "USD"))


def test_legs_leave_out_parts_that_move_nothing() -> None:
    none = Money.zero("USD")

    legs = rules.legs(
        rules.debit_if_any(AccountCode.BANK, TEN),
        rules.credit_if_any(AccountCode.SELLER_PAYABLE, TEN, key="northgate"),
        rules.credit_if_any(AccountCode.TAX_PAYABLE, none),
        rules.debit_if_any(AccountCode.PSP_FEE, none),
    )

    assert [(leg.code, leg.amount.minor) for leg in legs] == [
        (AccountCode.BANK, 1000),
        (AccountCode.SELLER_PAYABLE, -1000),
    ]


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [Entry(AccountCode.BANK, "", TEN)],
        [
            Entry(AccountCode.BANK, "", TEN),
            Entry(AccountCode.SELLER_PAYABLE, "", Money(-1000, "EUR")),
        ],
        [
            Entry(AccountCode.BANK, "", TEN),
            Entry(AccountCode.SELLER_PAYABLE, "", Money(-1000, "USD")),
            Entry(AccountCode.TAX_PAYABLE, "", Money(0, "USD")),
        ],
    ],
    ids=["empty", "one-sided", "two currencies", "a leg of nothing"],
)
def test_transfer_that_does_not_balance_is_refused(entries: list[Entry]) -> None:
    with pytest.raises(rules.UnbalancedTransferError):
        rules.require_balanced(entries)


def test_request_hash_ignores_the_order_of_legs_and_the_instant() -> None:
    order = transfer_order(key="sale:1")
    swapped = rules.TransferOrder(
        idempotency_key="sale:1",
        kind="sale",
        entries=order.entries[::-1],
        effective_at=order.effective_at.replace(hour=13),
        memo="again",
    )

    assert swapped.request_hash == order.request_hash


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_request_hash_tells_amounts_apart(first: int, second: int) -> None:
    one, other = (transfer_order(minor=minor, key="sale:1") for minor in (first, second))

    assert (one.request_hash == other.request_hash) == (first == second)


def test_batch_keeps_each_key_once() -> None:
    order = transfer_order(key="sale:1")

    assert rules.require_postable([order, order]) == (order,)


def test_batch_with_one_key_for_two_movements_is_refused() -> None:
    orders = [transfer_order(key="sale:1"), transfer_order(key="sale:1", minor=1)]

    with pytest.raises(rules.IdempotencyConflictError, match="sale:1"):
        rules.require_postable(orders)


def test_blank_key_is_refused() -> None:
    with pytest.raises(rules.MissingKeyError):
        rules.require_postable([transfer_order(key=" ")])
