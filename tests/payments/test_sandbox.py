"""The sandbox refuses what a real provider refuses, and is never early."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bandstand.money import Money
from bandstand.payments import gateways
from bandstand.payments.gateways.port import (
    CaptureOrder,
    CardAuthorisation,
    GatewayRefusedError,
    GatewaySilentError,
    RefundOrder,
    VoidOrder,
)
from bandstand.payments.gateways.sandbox import NASTY, Chaos, SandboxGateway
from bandstand.payments.models import SandboxEvent, SandboxIntent, SandboxOperation
from bandstand.payments.rules import GatewayAnswer, OperationState, PaymentState
from tests.factories.payments import MINUTE, NOON

pytestmark = pytest.mark.django_db

TEN = Money(1000, "USD")
SECOND = timedelta(seconds=1)


def asked(
    *, key: str = "auth:1", amount: Money = TEN, card: str = "tok_ok", off: bool = False
) -> CardAuthorisation:
    return CardAuthorisation(
        key=key, amount=amount, card_token=card, return_url="", is_off_session=off
    )


def look(key: str = "auth:1", *, after: timedelta = MINUTE) -> GatewayAnswer:
    found = SandboxGateway().look_up(key=key, now=NOON + after)
    assert found is not None
    return found


def authorised(amount: Money = TEN, card: str = "tok_ok") -> GatewayAnswer:
    SandboxGateway().authorise(asked(amount=amount, card=card), now=NOON)
    return look()


def captured(amount: Money = TEN) -> GatewayAnswer:
    before = authorised()
    order = CaptureOrder(key="cap:1", ref=before.ref, amount=amount)
    SandboxGateway().capture(order, now=NOON + MINUTE)
    return look(after=2 * MINUTE)


def refusal(call: Callable[[], object]) -> str:
    with pytest.raises(GatewayRefusedError) as refused:
        call()
    return refused.value.code


def test_outcome_is_not_known_before_its_time_whoever_asks() -> None:
    answer = SandboxGateway().authorise(asked(), now=NOON)

    assert answer.state is PaymentState.CREATED
    assert look(after=timedelta()).state is PaymentState.CREATED
    assert look(after=SECOND).state is PaymentState.AUTHORISED


def test_decline_code_is_told_only_once_it_is_final() -> None:
    answer = SandboxGateway().authorise(asked(card="tok_expired"), now=NOON)

    assert answer.decline_code == ""
    assert look().decline_code == "expired_card"


def test_same_key_and_body_is_the_same_payment() -> None:
    first = SandboxGateway().authorise(asked(), now=NOON)
    again = SandboxGateway().authorise(asked(), now=NOON + MINUTE)

    assert again.ref == first.ref
    assert SandboxIntent.objects.count() == 1
    assert SandboxEvent.objects.count() == 1


def test_same_key_with_another_body_is_refused() -> None:
    SandboxGateway().authorise(asked(), now=NOON)
    other = asked(amount=Money(1001, "USD"))

    assert refusal(lambda: SandboxGateway().authorise(other, now=NOON)) == "idempotency_mismatch"
    assert SandboxIntent.objects.count() == 1


def test_same_capture_key_is_the_same_capture() -> None:
    done = captured()
    gateway = SandboxGateway()

    again = gateway.capture(CaptureOrder("cap:1", done.ref, TEN), now=NOON + 3 * MINUTE)

    assert again.captured == TEN
    assert SandboxOperation.objects.count() == 1
    other = CaptureOrder("cap:1", done.ref, Money(1, "USD"))
    assert refusal(lambda: gateway.capture(other, now=NOON)) == "idempotency_mismatch"


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (Money(49, "USD"), "amount_too_small"),
        (Money(29, "GBP"), "amount_too_small"),
        (Money(49, "JPY"), "amount_too_small"),
        (Money(0, "SEK"), "amount_too_small"),
        (Money(1251, "KWD"), "amount_not_settleable"),
    ],
)
def test_amounts_a_real_provider_refuses_are_refused(amount: Money, code: str) -> None:
    assert refusal(lambda: SandboxGateway().authorise(asked(amount=amount), now=NOON)) == code
    assert not SandboxIntent.objects.exists()


@pytest.mark.parametrize("amount", [Money(50, "JPY"), Money(1250, "KWD"), Money(30, "GBP")])
def test_amounts_at_the_limit_of_each_currency_pass(amount: Money) -> None:
    assert authorised(amount=amount).amount == amount


def test_unknown_card_names_near_matches() -> None:
    with pytest.raises(GatewayRefusedError, match="tok_declined"):
        SandboxGateway().authorise(asked(card="tok_decline"), now=NOON)


@pytest.mark.parametrize("card", ["tok_off_session_refused", "tok_3ds"])
def test_card_that_needs_its_owner_is_declined_off_session(card: str) -> None:
    SandboxGateway().authorise(asked(card=card, off=True), now=NOON)

    assert look().state is PaymentState.DECLINED
    assert look().decline_code == "authentication_required"


def test_card_that_refuses_off_session_pays_on_session() -> None:
    assert authorised(card="tok_off_session_refused").state is PaymentState.AUTHORISED


@pytest.mark.parametrize(
    ("minor", "code"), [(1001, "capture_exceeds_authorised"), (0, "capture_exceeds_authorised")]
)
def test_capture_takes_more_than_nothing_and_at_most_what_was_authorised(
    minor: int, code: str
) -> None:
    ref = authorised().ref
    order = CaptureOrder("cap:1", ref, Money(minor, "USD"))

    assert refusal(lambda: SandboxGateway().capture(order, now=NOON + MINUTE)) == code
    assert not SandboxOperation.objects.exists()


def test_second_capture_is_refused_while_pending_and_after() -> None:
    ref = authorised().ref
    gateway = SandboxGateway()
    gateway.capture(CaptureOrder("cap:1", ref, Money(400, "USD")), now=NOON + MINUTE)
    second = CaptureOrder("cap:2", ref, Money(400, "USD"))
    void = VoidOrder("void:1", ref, TEN)

    def refusals(now: datetime) -> tuple[str, str]:
        return (
            refusal(lambda: gateway.capture(second, now=now)),
            refusal(lambda: gateway.void(void, now=now)),
        )

    assert refusals(NOON + MINUTE) == ("not_capturable", "not_voidable")
    assert refusals(NOON + 2 * MINUTE) == ("not_capturable", "not_voidable")


def test_unauthorised_payment_is_neither_captured_nor_refunded() -> None:
    gateway = SandboxGateway()
    ref = gateway.authorise(asked(), now=NOON).ref

    assert refusal(lambda: gateway.capture(CaptureOrder("c", ref, TEN), now=NOON)) == (
        "not_capturable"
    )
    assert refusal(lambda: gateway.refund(RefundOrder("r", ref, TEN), now=NOON)) == "not_refundable"


def test_refunds_together_are_at_most_what_was_captured_pending_ones_counted() -> None:
    done = captured()
    gateway, now = SandboxGateway(), NOON + 3 * MINUTE
    gateway.refund(RefundOrder("r:1", done.ref, Money(600, "USD")), now=now)

    over = RefundOrder("r:2", done.ref, Money(401, "USD"))
    assert refusal(lambda: gateway.refund(over, now=now)) == "refund_exceeds_captured"
    gateway.refund(RefundOrder("r:3", done.ref, Money(400, "USD")), now=now)

    assert look(after=3 * MINUTE).refunded == Money(0, "USD")
    assert look(after=4 * MINUTE).refunded == TEN


def test_refund_in_another_currency_is_refused() -> None:
    order = RefundOrder("r:1", captured().ref, Money(100, "EUR"))

    assert refusal(lambda: SandboxGateway().refund(order, now=NOON + 3 * MINUTE)) == (
        "currency_mismatch"
    )


def test_void_of_a_payment_that_was_declined_meanwhile_fails() -> None:
    gateway = SandboxGateway(chaos=Chaos(delay_ms_min=100, delay_ms_max=100))
    ref = gateway.authorise(asked(card="tok_declined"), now=NOON).ref
    gateway.void(VoidOrder("void:1", ref, TEN), now=NOON + timedelta(milliseconds=50))

    answer = look()

    assert answer.state is PaymentState.DECLINED
    operation = answer.operation("void:1")
    assert operation is not None
    assert (operation.state, operation.failure) == (OperationState.FAILED, "already_declined")


def test_what_was_never_asked_is_not_there() -> None:
    gateway = SandboxGateway()

    assert gateway.look_up(key="auth:9", now=NOON) is None
    assert gateway.look_up(ref="sbx_9", now=NOON) is None
    assert authorised().operation("cap:9") is None
    order = CaptureOrder("cap:1", "sbx_9", TEN)
    assert refusal(lambda: gateway.capture(order, now=NOON)) == "no_such_payment"


def test_lost_call_did_nothing_and_lost_answer_did() -> None:
    deaf = SandboxGateway(chaos=Chaos(lost_before_percent=100))
    mute = SandboxGateway(chaos=Chaos(lost_after_percent=100))

    with pytest.raises(GatewaySilentError):
        deaf.authorise(asked(), now=NOON)
    assert deaf.look_up(key="auth:1", now=NOON) is None
    with pytest.raises(GatewaySilentError):
        mute.authorise(asked(), now=NOON)
    assert look().state is PaymentState.AUTHORISED
    assert mute.authorise(asked(), now=NOON).key == "auth:1"


def test_same_seed_is_the_same_bad_day() -> None:
    again = Chaos(seed="nasty", duplicate_percent=10, reorder_percent=10)
    keys = [f"evt_{at}" for at in range(500)]

    days = [[chaos.delivery_delays(key) for key in keys] for chaos in (NASTY, again)]

    assert days[0] == days[1]
    doubled = sum(len(delays) == 2 for delays in days[0])
    late = sum(delays[0] > timedelta() for delays in days[0])
    assert 25 <= doubled <= 75
    assert 25 <= late <= 75
    assert all(50 <= NASTY.settling_delay(key) / timedelta(milliseconds=1) <= 400 for key in keys)


def test_gateway_by_a_wrong_name_names_near_matches() -> None:
    with pytest.raises(gateways.UnknownGatewayError, match="sandbox"):
        gateways.gateway("sandbx")
