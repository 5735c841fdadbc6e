from uuid import uuid4

import pytest

from bandstand.money import Money
from bandstand.payments import queries, rules, services
from bandstand.payments.models import MoneyCommand, Payment, Refund, SandboxIntent
from bandstand.payments.rules import CommandKind, CommandState, PaymentState
from bandstand.plumbing.models import OutboxEvent
from tests.factories import payments
from tests.factories.payments import MINUTE, NOON, PRICE

pytestmark = pytest.mark.django_db

LATER = NOON + 5 * MINUTE


def told() -> list[str]:
    return list(OutboxEvent.objects.order_by("emitted_at", "id").values_list("kind", flat=True))


def refund(payment: queries.PaymentRow, *, key: str = "rf:1", minor: int = 4000) -> object:
    return services.claim_refund(
        payment_id=payment.id,
        key=key,
        amount=Money(minor, "USD"),
        order_line_id=None,
        reason="stopped by the brand",
        now=LATER,
    )


def send_all() -> None:
    for command in MoneyCommand.objects.filter(state=CommandState.WRITTEN.value):
        services.send_command(command_id=command.id, now=LATER)
    payments.settle(now=LATER + MINUTE)


def test_capture_is_final_by_webhook_only() -> None:
    payment = payments.authorised_payment()
    command = payments.capture_command(payment.id)

    sent = services.send_command(command_id=command.id, now=LATER)
    before = queries.payment_row(payment.id)
    payments.settle(now=LATER + MINUTE)

    assert sent is CommandState.SENT
    assert before.state is PaymentState.AUTHORISED
    after = queries.payment_row(payment.id)
    assert after.state is PaymentState.CAPTURED
    assert after.captured == PRICE
    assert told() == ["payments.authorised", "payments.captured"]
    event = OutboxEvent.objects.get(kind="payments.captured")
    assert event.payload["command_id"] == str(command.id)
    assert event.payload["amount_minor"] == 10_000


def test_partial_capture_lets_the_rest_go() -> None:
    payment = payments.captured_payment()
    assert payment.captured == PRICE

    partial = payments.authorised_payment()
    command = payments.capture_command(partial.id, amount=Money(2500, "USD"))
    services.send_command(command_id=command.id, now=LATER)
    payments.settle(now=LATER + MINUTE)

    shown = queries.payment_row(partial.id)
    assert shown.captured == Money(2500, "USD")
    with pytest.raises(rules.RefundRefusedError):
        refund(shown, minor=2501)


def test_capture_the_gateway_refuses_is_told() -> None:
    payment = payments.authorised_payment()
    SandboxIntent.objects.update(state=PaymentState.VOIDED.value)  # the bank let it run out
    command = payments.capture_command(payment.id)

    state = services.send_command(command_id=command.id, now=LATER)

    assert state is CommandState.FAILED
    assert OutboxEvent.objects.get(kind="payments.capture_failed").payload["code"] == (
        "not_capturable"
    )


def test_void_lets_an_authorised_payment_go() -> None:
    payment = payments.authorised_payment()

    first = services.claim_void(payment_id=payment.id, now=LATER)
    again = services.claim_void(payment_id=payment.id, now=LATER)
    send_all()

    assert first == again
    assert queries.payment_row(payment.id).state is PaymentState.VOIDED
    assert services.claim_void(payment_id=payment.id, now=LATER) is None
    assert told() == ["payments.authorised", "payments.voided"]


def test_void_before_the_outcome_is_known_voids() -> None:
    begun = payments.begun_payment()

    services.claim_void(payment_id=begun.id, now=NOON)
    for command in MoneyCommand.objects.filter(kind=CommandKind.VOID.value):
        services.send_command(command_id=command.id, now=NOON)
    payments.settle()

    assert queries.payment_row(begun.id).state is PaymentState.VOIDED
    assert "payments.voided" in told()


def test_void_after_a_lost_answer_finds_the_payment_by_our_key() -> None:
    begun = payments.begun_payment(card="tok_lost_answer")

    services.claim_void(payment_id=begun.id, now=LATER)
    send_all()

    assert queries.payment_row(begun.id).state is PaymentState.VOIDED
    assert SandboxIntent.objects.get().state == PaymentState.VOIDED.value


def test_void_of_what_the_provider_never_saw_waits_then_closes() -> None:
    begun = payments.begun_payment(card="tok_lost_answer")
    SandboxIntent.objects.all().delete()  # the call never arrived
    void_id = services.claim_void(payment_id=begun.id, now=NOON)
    assert void_id is not None

    soon = services.send_command(command_id=void_id, now=NOON + MINUTE)
    late = services.send_command(command_id=void_id, now=NOON + 30 * MINUTE)

    assert soon is CommandState.UNKNOWN
    assert late is CommandState.FAILED
    assert queries.payment_row(begun.id).state is PaymentState.VOIDED
    assert not MoneyCommand.objects.filter(state__in=["written", "sent", "unknown"]).exists()
    assert services.send_open_commands(now=NOON + 60 * MINUTE) == 0


def test_void_withdraws_a_capture_that_was_not_sent() -> None:
    payment = payments.authorised_payment()
    command = payments.capture_command(payment.id)

    services.claim_void(payment_id=payment.id, now=LATER)
    send_all()

    command.refresh_from_db()
    assert (command.state, command.failure) == ("failed", "withdrawn")
    assert queries.payment_row(payment.id).state is PaymentState.VOIDED


def test_void_while_a_capture_is_on_its_way_is_refused() -> None:
    payment = payments.authorised_payment()
    services.send_command(command_id=payments.capture_command(payment.id).id, now=LATER)

    with pytest.raises(rules.CaptureInFlightError):
        services.claim_void(payment_id=payment.id, now=LATER)

    assert not MoneyCommand.objects.filter(kind=CommandKind.VOID.value).exists()


def test_captured_payment_cannot_be_voided() -> None:
    payment = payments.captured_payment()

    with pytest.raises(rules.VoidRefusedError):
        services.claim_void(payment_id=payment.id, now=LATER)


def test_refund_goes_back_once_and_is_told() -> None:
    payment = payments.captured_payment()

    first, again = refund(payment), refund(payment)
    send_all()

    assert first == again
    shown = queries.payment_row(payment.id)
    assert shown.refunded == Money(4000, "USD")
    assert shown.state is PaymentState.CAPTURED
    row = queries.refund_by_key("rf:1")
    assert row is not None
    assert row.state is CommandState.SUCCEEDED
    assert row.settled_at == LATER + MINUTE
    assert queries.refunds_of(payment.id) == (row,)
    assert told()[-1] == "payments.refund_settled"
    assert told().count("payments.refund_settled") == 1
    assert queries.refund_by_key("rf:2") is None


def test_refund_key_for_another_amount_is_refused() -> None:
    payment = payments.captured_payment()
    refund(payment, minor=4000)

    with pytest.raises(rules.RefundDiffersError, match="rf:1"):
        refund(payment, minor=4001)

    assert Refund.objects.count() == 1


def test_refunds_together_never_exceed_what_was_captured() -> None:
    payment = payments.captured_payment()
    refund(payment, key="rf:1", minor=6000)

    with pytest.raises(rules.RefundRefusedError):
        refund(payment, key="rf:2", minor=4001)
    refund(payment, key="rf:3", minor=4000)
    send_all()

    assert queries.payment_row(payment.id).refunded == PRICE
    assert Refund.objects.count() == 2


def test_refund_before_capture_is_refused() -> None:
    payment = payments.authorised_payment()

    with pytest.raises(rules.RefundRefusedError):
        refund(payment)

    assert not Refund.objects.exists()


def test_refund_the_provider_rejects_is_told_and_frees_its_amount() -> None:
    payment = payments.captured_payment(card="tok_refund_fails")
    refund(payment, minor=10_000)
    send_all()

    row = queries.refund_by_key("rf:1")
    assert row is not None
    assert row.state is CommandState.FAILED
    assert row.settled_at is None
    assert OutboxEvent.objects.get(kind="payments.refund_failed").payload["code"] == (
        "refund_rejected"
    )
    assert queries.payment_row(payment.id).refunded == Money.zero("USD")
    refund(payment, key="rf:2", minor=10_000)
    assert Refund.objects.count() == 2


def test_refund_reason_with_a_card_number_is_refused() -> None:
    payment = payments.captured_payment()

    with pytest.raises(rules.CardNumberRefusedError):
        services.claim_refund(
            payment_id=payment.id,
            key="rf:1",
            amount=PRICE,
            order_line_id=None,
            reason="to 4111111111111111",
            now=LATER,
        )

    assert not Refund.objects.exists()


def test_claims_on_a_payment_that_is_not_there_are_refused() -> None:
    for claim in (services.claim_void,):
        with pytest.raises(rules.PaymentNotFoundError):
            claim(payment_id=uuid4(), now=NOON)


def test_database_refuses_amounts_that_cannot_be() -> None:
    payment = payments.captured_payment()

    with pytest.raises(Exception, match="payment_refunds_at_most_captured"):
        Payment.objects.filter(pk=payment.id).update(refunded_minor=10_001)
