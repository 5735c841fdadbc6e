from uuid import uuid4

import pytest

from bandstand.money import Money
from bandstand.payments import queries, rules, services
from bandstand.payments.gateways import sandbox
from bandstand.payments.models import (
    MoneyCommand,
    Payment,
    PaymentMoveRecord,
    SandboxIntent,
)
from bandstand.payments.rules import CommandState, PaymentState
from bandstand.plumbing.models import OutboxEvent
from tests.factories import payments
from tests.factories.payments import MINUTE, NOON, PRICE

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    return list(OutboxEvent.objects.order_by("emitted_at", "id").values_list("kind", flat=True))


def test_nothing_is_final_before_the_webhook() -> None:
    begun = payments.begun_payment()

    assert begun.state is PaymentState.CREATED
    assert told() == []
    assert queries.commands_of(begun.id)[0].state is CommandState.SENT


def test_good_card_is_authorised_by_webhook_and_told_once() -> None:
    paid = payments.authorised_payment()
    payments.settle(now=NOON + 2 * MINUTE)

    assert paid.state is PaymentState.AUTHORISED
    assert paid.captured == Money.zero("USD")
    assert told() == ["payments.authorised"]
    assert queries.commands_of(paid.id)[0].state is CommandState.SUCCEEDED
    assert paid.public_id.startswith("pay_")


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("tok_declined", "card_declined"),
        ("tok_insufficient", "insufficient_funds"),
        ("tok_expired", "expired_card"),
    ],
)
def test_bad_card_is_declined_with_its_reason(card: str, code: str) -> None:
    shown = payments.authorised_payment(card=card)

    assert shown.state is PaymentState.DECLINED
    assert shown.decline_code == code
    assert shown.decline_text == rules.DECLINE_TEXTS[code]
    event = OutboxEvent.objects.get()
    assert event.kind == "payments.declined"
    assert event.payload["code"] == code


def test_card_the_sandbox_does_not_know_is_declined_at_once() -> None:
    shown = payments.begun_payment(card="tok_3sd")

    assert shown.state is PaymentState.DECLINED
    assert shown.decline_code == "no_such_card"
    assert told() == ["payments.declined"]


def test_amount_below_the_minimum_is_declined_as_a_real_provider_would() -> None:
    shown = payments.begun_payment(amount=Money(49, "USD"))

    assert shown.state is PaymentState.DECLINED
    assert shown.decline_code == "amount_too_small"


def test_challenge_waits_for_the_buyer_and_then_pays() -> None:
    begun = payments.begun_payment(card="tok_3ds")
    ref = begun.action_url.rstrip("/").rpartition("/")[2]
    asked = sandbox.challenge(ref)
    payments.settle()
    waiting = queries.payment_row(begun.id)

    sandbox.approve(ref, now=NOON + MINUTE)
    payments.settle(now=NOON + 2 * MINUTE)

    assert begun.state is waiting.state is PaymentState.ACTION_NEEDED
    assert asked is not None
    assert asked.amount == PRICE
    assert asked.return_url == "https://shop.lark.example/checkout/"
    assert asked.is_open
    shown = queries.payment_row(begun.id)
    assert shown.state is PaymentState.AUTHORISED
    assert shown.action_url == ""
    after = sandbox.challenge(ref)
    assert after is not None
    assert not after.is_open


@pytest.mark.parametrize(
    ("card", "code"),
    [("tok_3ds", "authentication_refused"), ("tok_3ds_refused", "authentication_failed")],
)
def test_challenge_that_fails_declines(card: str, code: str) -> None:
    begun = payments.begun_payment(card=card)
    ref = begun.action_url.rstrip("/").rpartition("/")[2]

    if card == "tok_3ds":
        sandbox.refuse(ref, now=NOON)
    else:
        sandbox.approve(ref, now=NOON)
    payments.settle()

    assert queries.payment_row(begun.id).decline_code == code
    assert sandbox.challenge("sbx_nothing") is None


def test_first_answer_to_a_challenge_counts() -> None:
    begun = payments.begun_payment(card="tok_3ds")
    ref = begun.action_url.rstrip("/").rpartition("/")[2]

    sandbox.refuse(ref, now=NOON)
    sandbox.approve(ref, now=NOON)
    payments.settle()

    assert queries.payment_row(begun.id).state is PaymentState.DECLINED


def test_same_purpose_is_the_same_payment() -> None:
    first = payments.begun_payment(purpose="checkout:1")
    again = payments.begun_payment(purpose="checkout:1")
    payments.settle()
    once_more = payments.begun_payment(purpose="checkout:1", now=NOON + MINUTE)

    assert first.id == again.id == once_more.id
    assert once_more.state is PaymentState.AUTHORISED
    assert MoneyCommand.objects.count() == 1
    assert SandboxIntent.objects.count() == 1
    assert queries.payment_by_purpose("checkout:1") == once_more
    assert queries.payment_by_purpose("checkout:2") is None


def test_same_purpose_for_another_amount_is_refused() -> None:
    payments.begun_payment(purpose="checkout:1")

    with pytest.raises(rules.PaymentDiffersError, match="checkout:1"):
        payments.begun_payment(purpose="checkout:1", amount=Money(1, "USD"))

    assert SandboxIntent.objects.count() == 1


def test_another_card_may_be_tried_after_a_decline() -> None:
    payments.begun_payment(purpose="checkout:1", card="tok_declined")
    payments.settle()

    payments.begun_payment(purpose="checkout:1", card="tok_ok", now=NOON + MINUTE)
    payments.settle(now=NOON + 2 * MINUTE)

    shown = queries.payment_by_purpose("checkout:1")
    assert shown is not None
    assert shown.state is PaymentState.AUTHORISED
    assert shown.decline_code == ""
    assert [one.key for one in queries.commands_of(shown.id)] == [
        "auth:checkout:1:1",
        "auth:checkout:1:2",
    ]
    assert told() == ["payments.declined", "payments.authorised"]
    moves = PaymentMoveRecord.objects.order_by("moved_at", "id").values_list("to_state", flat=True)
    assert list(moves) == ["declined", "created", "authorised"]


def test_lost_answer_is_unknown_and_learnt_by_asking_never_charged_twice() -> None:
    begun = payments.begun_payment(card="tok_lost_answer")
    before = queries.commands_of(begun.id)[0].state

    services.send_open_commands(now=NOON + MINUTE)

    assert before is CommandState.UNKNOWN
    assert begun.state is PaymentState.CREATED
    assert queries.payment_row(begun.id).state is PaymentState.AUTHORISED
    assert SandboxIntent.objects.count() == 1


def test_lost_answer_is_also_learnt_from_the_webhook() -> None:
    begun = payments.begun_payment(card="tok_lost_answer")

    payments.settle()

    assert queries.payment_row(begun.id).state is PaymentState.AUTHORISED


def test_paying_again_after_a_lost_answer_resumes() -> None:
    payments.begun_payment(purpose="checkout:1", card="tok_lost_answer")

    payments.begun_payment(purpose="checkout:1", card="tok_ok", now=NOON + MINUTE)

    assert SandboxIntent.objects.count() == 1
    assert Payment.objects.get().state == PaymentState.AUTHORISED.value


@pytest.mark.parametrize("place", ["card_token", "return_url", "purpose", "metadata"])
def test_card_number_never_enters_and_nothing_is_written(place: str) -> None:
    number = "4111 1111 1111 1111"
    fields = {
        "purpose": "checkout:1",
        "card_token": "tok_ok",
        "return_url": "https://shop.lark.example/",
        "metadata": {"order": "1"},
    }
    fields[place] = {"note": number} if place == "metadata" else number

    with pytest.raises(rules.CardNumberRefusedError):
        services.begin_payment(**fields, amount=PRICE, now=NOON)  # type: ignore[arg-type]  # one field is spoilt

    assert not Payment.objects.exists()
    assert not SandboxIntent.objects.exists()


def test_unknown_payment_and_command_are_not_found() -> None:
    with pytest.raises(rules.PaymentNotFoundError):
        queries.payment_row(uuid4())
    with pytest.raises(rules.PaymentNotFoundError):
        services.send_command(command_id=uuid4(), now=NOON)


def test_command_whose_job_was_lost_is_sent_by_the_sweep() -> None:
    payment = payments.authorised_payment()
    command = payments.capture_command(payment.id)

    early = services.send_open_commands(now=NOON + MINUTE / 10)
    late = services.send_open_commands(now=NOON + MINUTE)

    assert (early, late) == (0, 1)
    command.refresh_from_db()
    assert command.state == CommandState.SENT.value


@pytest.mark.parametrize("count", [1, 3])
def test_money_page_takes_two_statements_whatever_its_length(
    count: int, django_assert_num_queries: object
) -> None:
    for _ in range(count):
        payments.begun_payment()

    assert callable(django_assert_num_queries)
    with django_assert_num_queries(2):
        page = queries.money_page()

    assert len(page.rows) == page.total == count
    assert queries.money_page(state="captured").rows == ()


def test_command_that_cannot_be_sent_does_not_keep_the_others_back() -> None:
    stray = payments.begun_payment(card="tok_lost_answer")
    Payment.objects.filter(pk=stray.id).update(gateway="gone")
    other = payments.begun_payment(card="tok_lost_answer")

    services.send_open_commands(now=NOON + MINUTE)

    assert queries.payment_row(other.id).state is PaymentState.AUTHORISED
    assert queries.payment_row(stray.id).state is PaymentState.CREATED
