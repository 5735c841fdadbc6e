"""A refund that went through and came back: owed again, told, and asked again under a new key."""

from datetime import timedelta

import pytest

from bandstand.config.wiring import wire
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.orders import services as orders_services
from bandstand.orders.queries import OrderRow
from bandstand.payments import gateways, queries, services
from bandstand.payments.gateways import sandbox_report
from bandstand.payments.models import Payment, Refund
from bandstand.payments.rules import RefundRefusedError
from bandstand.payments.services import record
from bandstand.plumbing import clock, outbox
from bandstand.plumbing.ids import new_id
from bandstand.plumbing.models import OutboxEvent
from tests.factories import offers, orders, payments
from tests.factories.payments import MINUTE, NOON

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def lark() -> None:
    wire()
    orders.shop()


def refunded(*, card: str) -> OrderRow:
    """Sell, cancel, and have the refund go through."""
    order = orders.paid(offers.offer(), card=card)
    orders_services.cancel_line(
        line_id=orders.line_of(order), reason="Out of stock.", actor="ada", now=clock.now()
    )
    orders.hear_everything()
    return order


def owed_to(order: OrderRow) -> Money:
    key = print_id(IdKind.LINE, orders.line_of(order))
    return -ledger.balance(code=AccountCode.REFUND_DUE, key=key, currency="USD")


def three_days_later() -> None:
    later = clock.now() + 3 * DAY
    payments.settle(now=later)
    outbox.deliver_waiting(now=later)


def test_refund_that_came_back_is_owed_again_and_the_books_balance() -> None:
    order = refunded(card="tok_refund_returns")
    payment = Payment.objects.get()
    assert owed_to(order).is_zero
    assert payment.refunded_minor == payment.captured_minor

    three_days_later()
    three_days_later()

    payment.refresh_from_db()
    refund = Refund.objects.get()
    assert (payment.refunded_minor, refund.settled_at) == (0, None)
    assert refund.came_back_at is not None
    assert owed_to(order).minor == payment.captured_minor
    assert ledger.imbalance() == 0
    assert OutboxEvent.objects.filter(kind="payments.refund_failed").count() == 1
    assert [one.failure for one in queries.failed_refunds()] == ["refund_returned"]


def test_news_from_before_it_came_back_does_not_count_it_again() -> None:
    refunded(card="tok_refund_returns")
    payment = Payment.objects.get()
    old = gateways.gateway("sandbox").look_up(ref=payment.provider_ref, now=clock.now() + MINUTE)
    assert old is not None
    assert old.refunded.minor == payment.captured_minor
    three_days_later()

    record.record_answer(
        record.locked_payment(payment.id), old, because="a slow worker", now=clock.now()
    )

    payment.refresh_from_db()
    assert payment.refunded_minor == 0
    assert Refund.objects.get().settled_at is None


def test_it_is_asked_again_once_under_a_new_key() -> None:
    order = refunded(card="tok_refund_returns")
    three_days_later()
    failed = Refund.objects.get()

    again = services.refund_again(refund_id=failed.id, actor="ada", now=clock.now())
    with pytest.raises(RefundRefusedError, match="already"):
        services.refund_again(refund_id=failed.id, actor="ada", now=clock.now())
    with pytest.raises(NotFoundError):
        services.refund_again(refund_id=new_id(), actor="ada", now=clock.now())
    services.send_open_commands(now=clock.now() + 3 * DAY)
    payments.settle(now=clock.now() + 3 * DAY + MINUTE)
    outbox.deliver_waiting(now=clock.now())

    made = Refund.objects.get(pk=again)
    assert (made.key, made.attempt, made.again_of_id) == (f"{failed.key}:2", 2, failed.id)
    assert queries.payment_row(made.payment_id).refunded.minor == made.amount_minor
    assert Refund.objects.count() == 2
    assert owed_to(order).is_zero
    assert queries.failed_refunds() == ()


def test_refund_that_is_on_its_way_is_not_asked_again() -> None:
    paid = payments.captured_payment()
    refund_id = services.claim_refund(
        payment_id=paid.id,
        key="rf:1",
        amount=Money(100, "USD"),
        order_line_id=None,
        reason="stopped",
        now=NOON,
    )

    with pytest.raises(RefundRefusedError, match="not asked for again"):
        services.refund_again(refund_id=refund_id, actor="ada", now=NOON)

    assert Refund.objects.count() == 1


def test_report_tells_both_ways_of_it_and_both_are_ours() -> None:
    refunded(card="tok_refund_returns")
    three_days_later()
    now = clock.now() + 4 * DAY

    services.import_settlement(
        gateway_name="sandbox",
        text=sandbox_report.report(until=now),
        name="r.csv",
        actor="ada",
        now=now,
    )

    assert queries.unmatched(now=now) == ()
    assert queries.matched_count() == 3
    assert [one.unexplained.minor for one in queries.proofs()] == [0]
