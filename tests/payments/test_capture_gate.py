"""A capture passes the gate when it is claimed, and is looked at once more before it is sent."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bandstand.gate.guard import HeldError, StaleDecisionError
from bandstand.gate.rules import Activity, DecisionRow
from bandstand.money import Money
from bandstand.orders.models import OrderLine
from bandstand.payments import queries, rules, services
from bandstand.payments.models import Capture, MoneyCommand, SandboxOperation
from bandstand.payments.queries import PaymentRow
from bandstand.payments.rules import CommandState, PaymentState
from bandstand.payments.services import CaptureLine
from bandstand.plumbing import clock
from bandstand.plumbing.models import OutboxEvent
from tests.factories import gate, payments, sale

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Sold:
    """Two phones of one order, and the money set aside for both."""

    first: OrderLine
    second: OrderLine
    payment: PaymentRow


@pytest.fixture
def sold() -> Sold:
    order = sale.order()
    first, second = (sale.line(sale.offer(), order=order) for _ in range(2))
    begun = payments.begun_payment(amount=Money(59_800, "USD"), now=clock.now())
    payments.settle(now=clock.now() + MINUTE)
    return Sold(first, second, queries.payment_row(begun.id))


def decision(line: OrderLine) -> DecisionRow:
    return gate.decision(line.offer, action=Activity.PAYMENT_CAPTURE, sold_at=line.committed_at)


def part(line: OrderLine, *, minor: int = 29_900, on: DecisionRow | None = None) -> CaptureLine:
    return CaptureLine(line.id, Money(minor, "USD"), on or decision(line))


def claim(sold: Sold, *parts: CaptureLine) -> UUID:
    return services.claim_capture(payment_id=sold.payment.id, lines=parts, now=clock.now())


def told(kind: str) -> list[dict[str, object]]:
    return list(OutboxEvent.objects.filter(kind=kind).values_list("payload", flat=True))


def captured(sold: Sold) -> UUID:
    command = claim(sold, part(sold.first), part(sold.second))
    services.send_command(command_id=command, now=clock.now() + MINUTE)
    payments.settle(now=clock.now() + 2 * MINUTE)
    return command


def test_claimed_lines_are_captured_together(sold: Sold) -> None:
    command = captured(sold)

    assert queries.payment_row(sold.payment.id).state is PaymentState.CAPTURED
    assert {row.order_line_id for row in queries.capture_lines(command)} == {
        sold.first.id,
        sold.second.id,
    }
    assert queries.captured_by_line([sold.first.id]) == {sold.first.id: Money(29_900, "USD")}
    assert [event["command_id"] for event in told("payments.captured")] == [str(command)]


def test_nothing_counts_as_captured_before_the_webhook(sold: Sold) -> None:
    command = claim(sold, part(sold.first))
    services.send_command(command_id=command, now=clock.now() + MINUTE)

    assert queries.captured_by_line([sold.first.id]) == {}


def test_same_lines_claimed_again_are_the_same_capture(sold: Sold) -> None:
    first = claim(sold, part(sold.first), part(sold.second))
    again = claim(sold, part(sold.second), part(sold.first))

    assert first == again
    assert Capture.objects.count() == 2


def test_other_lines_of_a_claimed_payment_are_refused(sold: Sold) -> None:
    claim(sold, part(sold.first))

    with pytest.raises(rules.CaptureRefusedError):
        claim(sold, part(sold.second))

    assert Capture.objects.count() == 1


def test_claim_of_more_than_was_authorised_is_refused(sold: Sold) -> None:
    with pytest.raises(rules.CaptureRefusedError):
        claim(sold, part(sold.first, minor=59_801))

    assert not MoneyCommand.objects.filter(kind="capture").exists()


def test_claim_under_a_hold_is_refused_and_leaves_nothing(sold: Sold) -> None:
    allowed = decision(sold.first)
    gate.hold(variant_id=sold.first.offer.variant_id)

    with pytest.raises(HeldError):
        claim(sold, part(sold.second), part(sold.first, on=allowed))

    assert not Capture.objects.exists()
    assert not MoneyCommand.objects.filter(kind="capture").exists()


def test_claim_on_another_lines_decision_is_refused(sold: Sold) -> None:
    with pytest.raises(StaleDecisionError):
        claim(sold, part(sold.first, on=decision(sold.second)))

    assert not Capture.objects.exists()


@pytest.mark.parametrize("scope", ["variant_id", "seller_id", "offer_id", "market"])
def test_hold_between_claim_and_call_stops_the_capture(sold: Sold, scope: str) -> None:
    command = claim(sold, part(sold.first), part(sold.second))
    offer = sold.first.offer
    words: dict[str, Any] = {
        "market": offer.market_id,
        "offer_id": offer.id,
        "seller_id": offer.seller_id,
        "variant_id": offer.variant_id,
    }
    hold = gate.hold(**{scope: words[scope]})

    state = services.send_command(command_id=command, now=clock.now() + MINUTE)

    assert state is CommandState.FAILED
    assert not SandboxOperation.objects.exists()
    assert queries.payment_row(sold.payment.id).state is PaymentState.AUTHORISED
    assert [event["hold_id"] for event in told("payments.capture_held")] == [str(hold.id)]
    assert MoneyCommand.objects.get(pk=command).failure == "held"


def test_hold_on_something_else_stops_nothing(sold: Sold) -> None:
    command = claim(sold, part(sold.first))
    gate.hold(offer_id=sold.second.offer_id)

    assert services.send_command(command_id=command, now=clock.now()) is CommandState.SENT
    assert told("payments.capture_held") == []


def test_after_a_held_capture_what_is_free_can_be_claimed(sold: Sold) -> None:
    held = claim(sold, part(sold.first), part(sold.second))
    gate.hold(offer_id=sold.first.offer_id)
    services.send_command(command_id=held, now=clock.now())

    command = claim(sold, part(sold.second))
    services.send_command(command_id=command, now=clock.now() + MINUTE)
    payments.settle(now=clock.now() + 2 * MINUTE)

    lines = [sold.first.id, sold.second.id]
    assert queries.captured_by_line(lines) == {sold.second.id: Money(29_900, "USD")}
    assert queries.payment_row(sold.payment.id).captured == Money(29_900, "USD")


def test_hold_after_the_provider_was_asked_does_not_hide_what_it_did(sold: Sold) -> None:
    command = claim(sold, part(sold.first))
    services.send_command(command_id=command, now=clock.now() + MINUTE)
    gate.hold(offer_id=sold.first.offer_id)

    state = services.send_command(command_id=command, now=clock.now() + 2 * MINUTE)

    assert state is CommandState.SUCCEEDED
    assert told("payments.capture_held") == []


def test_refund_of_a_line_is_at_most_what_was_captured_for_it(sold: Sold) -> None:
    captured(sold)

    def refund(key: str, *, minor: int) -> UUID:
        return services.claim_refund(
            payment_id=sold.payment.id,
            key=key,
            amount=Money(minor, "USD"),
            order_line_id=sold.first.id,
            reason="stopped",
            now=clock.now(),
        )

    with pytest.raises(rules.RefundRefusedError):
        refund("rf:1", minor=29_901)
    refund("rf:2", minor=29_900)
    with pytest.raises(rules.RefundRefusedError):
        refund("rf:3", minor=1)

    services.send_open_commands(now=clock.now() + 3 * MINUTE)
    payments.settle(now=clock.now() + 4 * MINUTE)
    lines = [sold.first.id, sold.second.id]
    assert queries.refunded_by_line(lines) == {sold.first.id: Money(29_900, "USD")}
