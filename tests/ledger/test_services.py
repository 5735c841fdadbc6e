from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings, strategies as st

from bandstand.ledger import queries, rules, services
from bandstand.ledger.models import Posting, Transfer
from bandstand.ledger.rules import AccountCode, Entry, TransferOrder
from bandstand.money import Money
from tests.factories import ledger
from tests.factories.ledger import NOON

pytestmark = pytest.mark.django_db

CLEARING, SELLER = AccountCode.PSP_CLEARING, AccountCode.SELLER_PAYABLE


def balance(code: AccountCode, key: str) -> int:
    return queries.balance(code=code, key=key, currency="USD").minor


def test_posting_moves_both_accounts() -> None:
    ledger.transfer(minor=2500)

    assert balance(CLEARING, "sandbox") == 2500
    assert balance(SELLER, "northgate") == -2500
    assert queries.imbalance() == 0


def test_same_key_and_legs_are_the_same_transfer() -> None:
    first = ledger.transfer(key="sale:1")
    again = ledger.transfer(key="sale:1")

    assert again == first
    assert Transfer.objects.count() == 1
    assert balance(CLEARING, "sandbox") == 1000


def test_same_key_for_another_amount_is_refused_and_nothing_moves() -> None:
    ledger.transfer(key="sale:1", minor=1000)

    with pytest.raises(rules.IdempotencyConflictError), transaction.atomic():
        ledger.transfer(key="sale:1", minor=1001)

    assert balance(CLEARING, "sandbox") == 1000


def test_batch_with_one_bad_order_posts_none() -> None:
    good = ledger.transfer_order()
    bad = TransferOrder(
        idempotency_key="sale:bad",
        kind="sale",
        entries=(Entry(CLEARING, "sandbox", Money(1, "USD")),),
        effective_at=NOON,
    )

    with pytest.raises(rules.UnbalancedTransferError):
        services.post_batch(orders=[good, bad], now=NOON)

    assert not Transfer.objects.exists()


def test_batch_answers_in_the_order_given_and_mixes_new_and_known() -> None:
    orders = [ledger.transfer_order(key=f"sale:{name}") for name in "cab"]
    known = services.post_batch(orders=[orders[2]], now=NOON)[0]

    ids = services.post_batch(orders=[*orders, orders[0]], now=NOON)

    keys = dict(Transfer.objects.values_list("id", "idempotency_key"))
    assert [keys[one] for one in ids] == ["sale:c", "sale:a", "sale:b", "sale:c"]
    assert ids[2] == known
    assert Posting.objects.count() == 6


def test_batch_takes_as_many_statements_as_one_transfer() -> None:
    def statements(size: int) -> int:
        orders = [ledger.transfer_order(seller=f"seller-{size}-{at}") for at in range(size)]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            services.post_batch(orders=orders, now=NOON)
        return len(seen)

    assert statements(1) == statements(300)


def test_empty_batch_posts_nothing() -> None:
    assert services.post_batch(orders=[], now=NOON) == ()


def test_reversal_takes_everything_back_once() -> None:
    sale = ledger.transfer(minor=2500)

    first = services.reverse(transfer_id=sale, idempotency_key="undo:1", now=NOON)
    again = services.reverse(transfer_id=sale, idempotency_key="undo:1", now=NOON)

    assert first == again
    assert balance(CLEARING, "sandbox") == 0
    assert balance(SELLER, "northgate") == 0
    assert Transfer.objects.get(pk=first).reverses_id == sale


def test_second_reversal_under_another_key_is_refused() -> None:
    sale = ledger.transfer()
    services.reverse(transfer_id=sale, idempotency_key="undo:1", now=NOON)

    with pytest.raises(rules.IdempotencyConflictError, match="undo:1"):
        services.reverse(transfer_id=sale, idempotency_key="undo:2", now=NOON)

    assert Transfer.objects.count() == 2


def test_reversal_of_nothing_is_refused() -> None:
    with pytest.raises(rules.NothingToReverseError):
        services.reverse(transfer_id=uuid4(), idempotency_key="undo:1", now=NOON)


accounts = st.tuples(st.sampled_from(list(AccountCode)), st.sampled_from(["", "a", "b"]))
movements = st.lists(
    st.tuples(
        accounts,
        accounts,
        st.integers(1, 10**9),
        st.sampled_from(["USD", "JPY"]),
        st.integers(0, 9),
    ),
    max_size=8,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(movements)
def test_any_sequence_of_transfers_sums_to_zero(
    drawn: list[tuple[tuple[AccountCode, str], tuple[AccountCode, str], int, str, int]],
) -> None:
    with transaction.atomic():
        for debited, credited, minor, currency, key in drawn:
            entries = [
                rules.debit(debited[0], Money(minor, currency), key=debited[1]),
                rules.credit(credited[0], Money(minor, currency), key=credited[1]),
            ]
            try:
                services.post(
                    idempotency_key=f"k{key}",
                    kind="drawn",
                    entries=entries,
                    effective_at=NOON,
                    now=NOON,
                )
            except rules.IdempotencyConflictError:
                continue

        assert queries.imbalance() == 0
        for currency in ("USD", "JPY"):
            rows = queries.trial_balance(currency=currency)
            assert sum(row.balance.minor for row in rows) == 0
        assert Transfer.objects.count() == len({key for *_, key in drawn})
        transaction.set_rollback(True)
