import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bandstand.ledger import queries, services
from bandstand.ledger.rules import AccountCode, AccountKind
from bandstand.money import Money
from tests.factories import ledger
from tests.factories.ledger import NOON

pytestmark = pytest.mark.django_db


def test_account_never_used_stands_at_zero() -> None:
    assert queries.balance(code=AccountCode.BANK, currency="USD") == Money.zero("USD")


def test_balances_list_each_sub_ledger_that_is_not_zero() -> None:
    for seller, minor in (("wren-goods", 300), ("northgate", 700)):
        order = ledger.transfer_order(seller=seller, minor=minor)
        services.post_batch(orders=[order], now=NOON)
    undone = services.post_batch(orders=[ledger.transfer_order(seller="gone")], now=NOON)[0]
    services.reverse(transfer_id=undone, idempotency_key="undo:1", now=NOON)

    rows = queries.balances(code=AccountCode.SELLER_PAYABLE, currency="USD")

    assert [(row.key, row.balance.minor) for row in rows] == [
        ("northgate", -700),
        ("wren-goods", -300),
    ]


def test_trial_balance_adds_up_both_columns_per_currency() -> None:
    ledger.transfer(minor=1000)
    ledger.transfer(minor=500)
    ledger.transfer(minor=70, currency="EUR")

    rows = queries.trial_balance()

    assert [(row.code, row.kind, row.debit, row.credit) for row in rows] == [
        (AccountCode.PSP_CLEARING, AccountKind.ASSET, Money(70, "EUR"), Money.zero("EUR")),
        (AccountCode.SELLER_PAYABLE, AccountKind.LIABILITY, Money.zero("EUR"), Money(70, "EUR")),
        (AccountCode.PSP_CLEARING, AccountKind.ASSET, Money(1500, "USD"), Money.zero("USD")),
        (AccountCode.SELLER_PAYABLE, AccountKind.LIABILITY, Money.zero("USD"), Money(1500, "USD")),
    ]
    assert len(queries.trial_balance(currency="EUR")) == 2


def test_statement_runs_a_balance() -> None:
    sale = ledger.transfer(minor=1000)
    ledger.transfer(minor=500)
    services.reverse(transfer_id=sale, idempotency_key="undo:1", now=NOON.replace(hour=13))

    rows = queries.statement(code=AccountCode.PSP_CLEARING, key="sandbox", currency="USD")

    assert [(row.amount.minor, row.balance_after.minor) for row in rows] == [
        (1000, 1000),
        (500, 1500),
        (-1000, 500),
    ]
    assert rows[0].public_id.startswith("tfr_")


def test_journal_shows_newest_first_by_pages() -> None:
    for at in range(3):
        order = ledger.transfer_order(key=f"sale:{at}")
        services.post_batch(orders=[order], now=NOON.replace(minute=at))

    first = queries.journal(page_size=2)
    beyond = queries.journal(page=9, page_size=2)

    assert [row.idempotency_key for row in first.rows] == ["sale:2", "sale:1"]
    assert (first.total, first.pages) == (3, 2)
    assert [row.idempotency_key for row in beyond.rows] == ["sale:0"]
    assert [leg.amount.minor for leg in first.rows[0].legs] == [1000, -1000]
    assert queries.journal(kind="refund").rows == ()


@pytest.mark.parametrize("count", [1, 3])
def test_journal_takes_four_statements_whatever_its_length(count: int) -> None:
    for _ in range(count):
        ledger.transfer()

    with CaptureQueriesContext(connection) as seen:
        queries.journal()

    assert len(seen) == 4


def test_transfer_is_found_by_its_key() -> None:
    ledger.transfer(key="sale:1")

    found = queries.transfer_by_key("sale:1")

    assert found is not None
    assert found.kind == "sale"
    assert queries.transfer_by_key("sale:2") is None
