from uuid import UUID

import pytest

from bandstand.gate.rules import Activity
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.offers import queries as offer_queries
from bandstand.orders import queries, rules, services
from bandstand.orders.models import LineMoveRecord, OrderLine, Release
from bandstand.orders.rules import LineState
from bandstand.orders.services.releasing import ReleaseRefusedError
from bandstand.payments import queries as payments
from bandstand.payments.models import Refund
from bandstand.payments.rules import PaymentState
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter
from tests.factories import credit, gate, offers, orders

pytestmark = pytest.mark.django_db
ACTOR = "mira@example.org"
REASON = "The buyer changed their mind."


def cancel(line_id: UUID) -> services.UndoneLine:
    return services.cancel_line(line_id=line_id, reason=REASON, actor=ACTOR, now=clock.now())


def release(line_id: UUID) -> bool:
    return services.release_line(
        line_id=line_id,
        carrier="Post",
        tracking="RR1",
        actor=ACTOR,
        now=clock.now(),
    )


def standing(code: AccountCode, key: str = "") -> int:
    return ledger.balance(code=code, key=key, currency="USD").minor


def test_cancelling_an_unpaid_line_lets_the_money_go() -> None:
    orders.shop()
    offer = offers.offer()
    order = orders.placed(offer)

    undone = cancel(orders.line_of(order))
    orders.hear_everything()

    assert undone.was is LineState.COMMITTED
    assert undone.is_void_claimed
    assert undone.refund is None
    page = queries.order_page(order.id)
    assert page.payment_state == PaymentState.VOIDED.value
    assert page.lines[0].state is LineState.CANCELLED
    assert offer_queries.stock_by_offer([offer.id]) == {offer.id: 1}
    assert "Nothing was taken" in Letter.objects.get(kind="order.cancelled").body


def test_cancelling_a_paid_line_refunds_it_and_the_books_come_back_to_zero() -> None:
    orders.shop()
    terms = credit.terms(months=24, annual_rate_bps=999, down_payment_bps=1000)
    order = orders.paid(offers.offer(), terms_id=terms.id)

    undone = cancel(orders.line_of(order))
    owed = standing(AccountCode.REFUND_DUE, queries.order_page(order.id).lines[0].public_id)
    orders.hear_everything()

    assert undone.refund == Money(4_800, "USD")
    assert owed == -4_800
    page = queries.order_page(order.id)
    assert page.refunded == Money(4_800, "USD")
    assert page.lines[0].plan is not None
    assert page.lines[0].plan.state == "cancelled"
    assert all(row.balance.is_zero for row in ledger.trial_balance(currency="USD"))
    assert ledger.imbalance() == 0


def test_cancelling_twice_is_one_cancellation() -> None:
    orders.shop()
    order = orders.paid(offers.offer())
    line_id = orders.line_of(order)

    first, second = cancel(line_id), cancel(line_id)

    assert (first.is_new, second.is_new) == (True, False)
    assert second.refund_key == first.refund_key
    assert Refund.objects.count() == 1
    assert LineMoveRecord.objects.filter(line=line_id, move="cancel").count() == 1


def test_the_unwinding_may_be_posted_under_anothers_key() -> None:
    orders.shop()
    order = orders.paid(offers.offer())

    services.cancel_line(
        line_id=orders.line_of(order),
        reason=REASON,
        actor=ACTOR,
        posting_key="takedown:hld_1:lin_1",
        now=clock.now(),
    )

    kinds = [row.kind for row in ledger.journal().rows]
    assert "takedown" in kinds


def test_money_captured_for_a_cancelled_line_goes_back() -> None:
    orders.shop()
    first, second = offers.offer(), offers.offer()
    order = orders.placed(first, second)
    stays, goes = [line.id for line in queries.order_page(order.id).lines]

    cancel(goes)
    orders.hear_everything()

    page = queries.order_page(order.id)
    assert (page.captured, page.refunded) == (Money(96_000, "USD"), Money(48_000, "USD"))
    assert {line.id: line.state for line in page.lines} == {
        stays: LineState.PAID,
        goes: LineState.CANCELLED,
    }
    assert standing(AccountCode.PSP_CLEARING, "sandbox") == 48_000
    assert ledger.imbalance() == 0


def test_a_hold_between_claim_and_capture_takes_nothing_and_the_rest_is_claimed_anew() -> None:
    orders.shop()
    held, fine = offers.offer(), offers.offer()
    order = orders.placed(held, fine)
    lines = {line.offer_id: line.id for line in queries.order_page(order.id).lines}
    gate.hold(variant_id=held.variant_id)

    orders.hear_everything()
    assert queries.order_page(order.id).captured.is_zero
    cancel(lines[held.id])
    orders.hear_everything()

    page = queries.order_page(order.id)
    assert page.captured == Money(48_000, "USD")
    assert {line.id: line.state for line in page.lines}[lines[fine.id]] is LineState.PAID


def test_a_paid_phone_is_released_delivered_and_returned() -> None:
    orders.shop()
    offer = offers.offer()
    order = orders.paid(offer)
    line_id = orders.line_of(order)

    assert release(line_id)
    assert not release(line_id)
    assert services.deliver_line(line_id=line_id, actor=ACTOR, now=clock.now())
    (row,) = queries.order_page(order.id).lines
    assert (row.state, row.carrier, row.tracking) == (LineState.DELIVERED, "Post", "RR1")
    assert row.delivered_at is not None
    undone = services.return_line(line_id=line_id, reason=REASON, actor=ACTOR, now=clock.now())
    orders.hear_everything()

    assert undone.refund == Money(48_000, "USD")
    assert [unit.state for unit in offer_queries.units_of(offer.id)] == ["quarantined"]
    assert all(row.balance.is_zero for row in ledger.trial_balance(currency="USD"))


def test_an_unpaid_phone_is_not_released() -> None:
    orders.shop()
    line_id = orders.line_of(orders.placed(offers.offer()))

    with pytest.raises(rules.LineMoveRefusedError):
        release(line_id)

    assert not Release.objects.exists()


def test_a_held_phone_is_not_released() -> None:
    orders.shop()
    offer = offers.offer()
    line_id = orders.line_of(orders.paid(offer))
    gate.hold(variant_id=offer.variant_id, activities=frozenset({Activity.FULFILMENT_RELEASE}))

    with pytest.raises(ReleaseRefusedError, match="brand has asked"):
        release(line_id)

    assert not Release.objects.exists()
    assert OrderLine.objects.get(pk=line_id).state == LineState.PAID.value


def test_a_released_phone_cannot_be_cancelled() -> None:
    orders.shop()
    line_id = orders.line_of(orders.paid(offers.offer()))
    release(line_id)

    with pytest.raises(rules.LineMoveRefusedError):
        cancel(line_id)

    assert not Refund.objects.exists()


def test_a_cancelled_unit_may_be_sold_again() -> None:
    orders.shop()
    offer = offers.offer(units=1)
    cancel(orders.line_of(orders.paid(offer)))

    again = orders.paid(offer)

    assert queries.order_page(again.id).lines[0].state is LineState.PAID
    assert payments.payment_row(again.payment_id or again.id).state is PaymentState.CAPTURED
