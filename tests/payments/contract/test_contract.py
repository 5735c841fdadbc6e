"""What every gateway must do alike: the sandbox, Stripe over its wire, Stripe's own test mode."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bandstand.money import Money
from bandstand.payments.gateways.port import (
    CaptureOrder,
    CardAuthorisation,
    GatewayBusyError,
    GatewayRefusedError,
    GatewaySilentError,
    RefundOrder,
    VoidOrder,
    WebhookRefusedError,
)
from bandstand.payments.rules import DisputeState, GatewayAnswer, OperationState, PaymentState
from tests.payments.contract.shapes import TEN, Shape, asked, authorised, looked

NOTHING = Money(0, "USD")
FOUR = Money(400, "USD")


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(GatewayRefusedError) as refused:
        call()
    return refused.value.code


def capture(shape: Shape, ref: str, *, amount: Money = TEN, key: str = "cap:1") -> GatewayAnswer:
    shape.gateway.capture(CaptureOrder(shape.run + key, ref, amount), now=shape.now)
    return looked(shape, ref=ref)


def refund(shape: Shape, ref: str, *, amount: Money, key: str = "ref:1") -> GatewayAnswer:
    shape.gateway.refund(RefundOrder(shape.run + key, ref, amount), now=shape.now)
    return looked(shape, ref=ref)


def void(shape: Shape, ref: str, *, key: str = "void:1") -> GatewayAnswer:
    shape.gateway.void(VoidOrder(shape.run + key, ref, TEN), now=shape.now)
    return looked(shape, ref=ref)


def test_amount_is_set_aside_and_not_taken(shape: Shape) -> None:
    answer = authorised(shape)

    assert answer.state is PaymentState.AUTHORISED
    assert (answer.amount, answer.captured, answer.refunded) == (TEN, NOTHING, NOTHING)
    assert answer.key == f"{shape.run}auth:1"


def test_same_key_is_the_same_payment(shape: Shape) -> None:
    first = shape.gateway.authorise(asked(shape), now=shape.now)
    again = shape.gateway.authorise(asked(shape), now=shape.now)

    assert again.ref == first.ref


def test_same_key_for_another_amount_is_refused(shape: Shape) -> None:
    ref = authorised(shape).ref
    other = asked(shape, amount=Money(1001, "USD"))

    assert refusal(lambda: shape.gateway.authorise(other, now=shape.now)) == "idempotency_mismatch"
    assert looked(shape, ref=ref).amount == TEN


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("declined", "card_declined"),
        ("insufficient_funds", "insufficient_funds"),
        ("expired", "expired_card"),
    ],
)
def test_declined_card_says_why(shape: Shape, card: str, code: str) -> None:
    answer = authorised(shape, card=card)

    assert (answer.state, answer.decline_code) == (PaymentState.DECLINED, code)
    assert answer.captured == NOTHING


def test_amount_that_is_too_small_is_refused(shape: Shape) -> None:
    small = asked(shape, amount=Money(49, "USD"))

    assert refusal(lambda: shape.gateway.authorise(small, now=shape.now)) == "amount_too_small"


def test_bank_that_asks_the_buyer_gives_an_address(shape: Shape) -> None:
    answer = shape.gateway.authorise(asked(shape, card="asks"), now=shape.now)

    assert answer.state is PaymentState.ACTION_NEEDED
    assert answer.action_url.startswith("http")


def test_part_is_captured_once_by_its_key(shape: Shape) -> None:
    ref = authorised(shape).ref

    taken = capture(shape, ref, amount=FOUR)
    again = capture(shape, ref, amount=FOUR)

    for answer in (taken, again):
        operation = answer.operation(f"{shape.run}cap:1")
        assert answer.state is PaymentState.CAPTURED
        assert answer.captured == FOUR
        assert operation is not None
        assert (operation.state, operation.amount) == (OperationState.SUCCEEDED, FOUR)
    other = CaptureOrder(f"{shape.run}cap:1", ref, TEN)
    assert refusal(lambda: shape.gateway.capture(other, now=shape.now)) == "idempotency_mismatch"
    assert looked(shape, ref=ref).captured == FOUR


def test_second_capture_under_another_key_is_refused(shape: Shape) -> None:
    ref = authorised(shape).ref
    capture(shape, ref, amount=FOUR)

    assert refusal(lambda: capture(shape, ref, amount=FOUR, key="cap:2")) == "not_capturable"
    assert looked(shape, ref=ref).captured == FOUR


def test_more_than_was_set_aside_is_not_captured(shape: Shape) -> None:
    ref = authorised(shape).ref

    code = refusal(lambda: capture(shape, ref, amount=Money(1001, "USD")))

    assert code == "capture_exceeds_authorised"
    assert looked(shape, ref=ref).state is PaymentState.AUTHORISED


def test_void_lets_go_once_and_for_all(shape: Shape) -> None:
    ref = authorised(shape).ref

    let_go = void(shape, ref)
    again = void(shape, ref)

    for answer in (let_go, again):
        operation = answer.operation(f"{shape.run}void:1")
        assert answer.state is PaymentState.VOIDED
        assert operation is not None
        assert operation.state is OperationState.SUCCEEDED
    assert refusal(lambda: capture(shape, ref)) == "not_capturable"


def test_taken_money_is_not_voided(shape: Shape) -> None:
    ref = authorised(shape).ref
    capture(shape, ref)

    assert refusal(lambda: void(shape, ref)) == "not_voidable"
    assert looked(shape, ref=ref).state is PaymentState.CAPTURED


def test_refunds_together_are_at_most_what_was_captured(shape: Shape) -> None:
    ref = authorised(shape).ref
    capture(shape, ref, amount=Money(900, "USD"))

    part = refund(shape, ref, amount=FOUR)
    same = refund(shape, ref, amount=FOUR)
    code = refusal(lambda: refund(shape, ref, amount=Money(501, "USD"), key="ref:2"))
    rest = refund(shape, ref, amount=Money(500, "USD"), key="ref:3")

    assert part.refunded == same.refunded == FOUR
    assert code == "refund_exceeds_captured"
    assert rest.refunded == Money(900, "USD")
    assert rest.operation(f"{shape.run}ref:2") is None


def test_refund_key_stands_for_one_amount(shape: Shape) -> None:
    ref = authorised(shape).ref
    capture(shape, ref)
    refund(shape, ref, amount=FOUR)

    assert refusal(lambda: refund(shape, ref, amount=Money(1, "USD"))) == "idempotency_mismatch"
    assert looked(shape, ref=ref).refunded == FOUR


def test_refund_in_another_currency_is_refused(shape: Shape) -> None:
    ref = authorised(shape).ref
    capture(shape, ref)

    assert refusal(lambda: refund(shape, ref, amount=Money(400, "EUR"))) == "currency_mismatch"
    assert looked(shape, ref=ref).refunded == NOTHING


def test_nothing_is_refunded_before_it_was_taken(shape: Shape) -> None:
    ref = authorised(shape).ref

    assert refusal(lambda: refund(shape, ref, amount=FOUR)) == "not_refundable"


def test_refund_that_fails_says_so_and_gives_nothing_back(shape: Shape) -> None:
    ref = authorised(shape, card="refund fails").ref
    capture(shape, ref)

    answer = refund(shape, ref, amount=FOUR)

    operation = answer.operation(f"{shape.run}ref:1")
    assert operation is not None
    assert operation.state is OperationState.FAILED
    assert answer.refunded == NOTHING


def test_saved_card_pays_without_its_owner(shape: Shape) -> None:
    order = CardAuthorisation(
        key=f"{shape.run}inst:1",
        amount=FOUR,
        card_token=shape.saved_card("ok"),
        return_url="",
        is_off_session=True,
    )

    answer = looked(shape, ref=shape.gateway.authorise(order, now=shape.now).ref)

    assert (answer.state, answer.amount) == (PaymentState.AUTHORISED, FOUR)


def test_saved_card_whose_bank_wants_its_owner_is_declined(shape: Shape) -> None:
    order = CardAuthorisation(
        key=f"{shape.run}inst:1",
        amount=FOUR,
        card_token=shape.saved_card("asks"),
        return_url="",
        is_off_session=True,
    )

    answer = looked(shape, ref=shape.gateway.authorise(order, now=shape.now).ref)

    assert answer.state is PaymentState.DECLINED
    assert answer.decline_code == "authentication_required"


def test_contested_charge_is_told_and_not_refunded_too(shape: Shape) -> None:
    ref = authorised(shape, card="disputed").ref
    capture(shape, ref)
    if not shape.run:
        shape.pass_days(5)
    answer = looked(shape, ref=ref)

    assert [one.amount for one in answer.disputes] == [TEN]
    assert answer.disputes[0].state is DisputeState.OPEN
    assert answer.disputes[0].due_at is not None
    assert refusal(lambda: refund(shape, ref, amount=FOUR)) == "charge_disputed"
    assert looked(shape, ref=ref).refunded == NOTHING


def test_what_was_never_asked_is_not_there(shape: Shape) -> None:
    assert shape.gateway.look_up(key=f"{shape.run}auth:9", now=shape.now) is None
    assert shape.gateway.look_up(ref="pi_nowhere", now=shape.now) is None


def test_signed_event_names_its_payment(shape: Shape) -> None:
    raw, headers = shape.event("pi_7")

    notice = shape.gateway.verify_webhook(raw, headers, now=shape.now)

    assert (notice.event_id, notice.ref) == ("evt_1", "pi_7")
    with pytest.raises(WebhookRefusedError):
        shape.gateway.verify_webhook(raw + b" ", headers, now=shape.now)
    for late in (timedelta(seconds=301), timedelta(seconds=-301)):
        with pytest.raises(WebhookRefusedError, match="five minutes"):
            shape.gateway.verify_webhook(raw, headers, now=shape.now + late)


@pytest.mark.parametrize("nonsense", [b"", b"[]", b"{}", b"\xff"])
def test_unsigned_nonsense_is_refused(shape: Shape, nonsense: bytes) -> None:
    _, headers = shape.event("pi_7")

    for given in (headers, {}):
        with pytest.raises(WebhookRefusedError):
            shape.gateway.verify_webhook(nonsense, given, now=shape.now)


def test_lost_answer_is_found_by_asking_and_done_once(shape: Shape) -> None:
    if shape.run:
        return  # nobody can lose an answer of the real test mode
    shape.go_wrong("lose")
    with pytest.raises(GatewaySilentError):
        shape.gateway.authorise(asked(shape), now=shape.now)
    shape.be_well()

    found = shape.gateway.look_up(key="auth:1", now=shape.now)
    again = shape.gateway.authorise(asked(shape), now=shape.now)

    assert found is not None
    assert again.ref == found.ref


@pytest.mark.parametrize(
    ("fault", "error"), [("fail", GatewaySilentError), ("slow_down", GatewayBusyError)]
)
def test_call_that_did_nothing_may_be_sent_again(
    shape: Shape, fault: str, error: type[Exception]
) -> None:
    if shape.run:
        return  # nor make it fail
    shape.go_wrong(fault)
    with pytest.raises(error):
        shape.gateway.authorise(asked(shape), now=shape.now)
    shape.be_well()

    assert shape.gateway.look_up(key="auth:1", now=shape.now) is None
    assert authorised(shape).state is PaymentState.AUTHORISED
