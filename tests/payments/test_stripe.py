"""What is Stripe's alone: the page buyers are sent to, forgotten keys, secrets in no words."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import stripe

from bandstand.config.environment import MisconfiguredError, read_environment
from bandstand.money import Money
from bandstand.payments import gateways, queries, services
from bandstand.payments.gateways.port import (
    CaptureOrder,
    CardAuthorisation,
    GatewayRefusedError,
    GatewaySilentError,
    RefundOrder,
    VoidOrder,
)
from bandstand.payments.gateways.stripe_gateway import StripeGateway
from bandstand.payments.models import MoneyCommand, ProviderEvent
from bandstand.payments.rules import GatewayAnswer, PaymentState
from tests.factories import payments
from tests.factories.payments import MINUTE, NOON, PRICE
from tests.payments.contract.shapes import SECRET, TEN
from tests.payments.contract.stripe_double import KEY, StripeDouble, serving

pytestmark = pytest.mark.django_db

RETURN = "https://shop.lark.example/checkout/"


@pytest.fixture
def double() -> Iterator[StripeDouble]:
    """Serve Stripe's wire format for one test."""
    with serving() as one:
        yield one


@pytest.fixture
def gateway(double: StripeDouble) -> Iterator[StripeGateway]:
    """Let the shop speak to the double as its Stripe account."""
    one = StripeGateway(secret_key=KEY, webhook_secret=SECRET, base_url=double.url)
    gateways.register(one)
    yield one
    one.close()
    gateways.register(StripeGateway())


def on_page(gateway: StripeGateway, *, key: str = "auth:1", saves: bool = False) -> GatewayAnswer:
    order = CardAuthorisation(
        key=key,
        amount=TEN,
        card_token="checkout",  # noqa: S106 -- a word, no secret
        return_url=RETURN,
        saves_card=saves,
    )
    return gateway.authorise(order, now=NOON)


def looked(gateway: StripeGateway, ref: str) -> GatewayAnswer:
    found = gateway.look_up(ref=ref, now=NOON)
    assert found is not None
    return found


def knock(intent: str, *, event_id: str = "evt_1") -> bool:
    """Deliver one of Stripe's events as it comes over the wire, with all it says of the buyer."""
    about = {
        "id": intent,
        "object": "payment_intent",
        "network_transaction_id": "411111111111111",
        "receipt_email": "mira@example.org",
        "card": {"number": "4111111111111111"},
    }
    body = json.dumps({"id": event_id, "type": "payment_intent.x", "data": {"object": about}})
    stamp = int((NOON + MINUTE).timestamp())
    header = stripe.WebhookSignature.generate_signature_header(body, SECRET, stamp)
    return services.receive_webhook(
        gateway_name="stripe",
        raw=body.encode(),
        headers={"Stripe-Signature": header},
        now=NOON + MINUTE,
    )


def test_buyer_is_sent_to_the_page_and_the_money_is_only_set_aside(
    gateway: StripeGateway, double: StripeDouble
) -> None:
    asked = on_page(gateway)
    assert asked.state is PaymentState.ACTION_NEEDED
    assert asked.action_url.startswith("https://checkout.stripe.test/")

    double.book.pay_session(asked.ref, method="pm_card_visa")

    paid = looked(gateway, asked.ref)
    assert (paid.state, paid.key) == (PaymentState.AUTHORISED, "auth:1")
    assert paid.captured == Money(0, "USD")
    assert double.book.intents[paid.ref]["capture_method"] == "manual"
    assert double.book.intents[paid.ref]["setup_future_usage"] is None
    assert looked(gateway, paid.ref) == paid


def test_card_refused_on_the_page_leaves_the_page_open(
    gateway: StripeGateway, double: StripeDouble
) -> None:
    asked = on_page(gateway)

    double.book.pay_session(asked.ref, method="pm_card_visa_chargeDeclined")

    waiting = looked(gateway, asked.ref)
    assert waiting.state is PaymentState.ACTION_NEEDED
    assert waiting.action_url == asked.action_url
    double.book.pay_session(asked.ref, method="pm_card_visa")
    assert looked(gateway, asked.ref).state is PaymentState.AUTHORISED


@pytest.mark.parametrize("tried", [True, False])
def test_page_left_open_too_long_is_a_decline_and_let_go_is_a_void(
    gateway: StripeGateway, double: StripeDouble, *, tried: bool
) -> None:
    lapsed, left = on_page(gateway), on_page(gateway, key="auth:2")
    if tried:
        for one in (lapsed, left):
            double.book.pay_session(one.ref, method="pm_card_visa_chargeDeclined")

    double.book.expire(double.book.sessions[lapsed.ref])
    gateway.void(VoidOrder("void:2", left.ref, TEN), now=NOON)

    assert looked(gateway, lapsed.ref).decline_code == "checkout_expired"
    answer = looked(gateway, left.ref)
    assert answer.state is PaymentState.VOIDED
    assert answer.operation("void:2") is not None


def test_card_is_saved_only_if_the_buyer_agreed(
    gateway: StripeGateway, double: StripeDouble
) -> None:
    saved, other = on_page(gateway, saves=True), on_page(gateway, key="auth:2")
    refs = [double.book.pay_session(one.ref, method="pm_card_visa")["id"] for one in (saved, other)]

    def charge(token: str, key: str) -> GatewayAnswer:
        order = CardAuthorisation(
            key=key, amount=TEN, card_token=token, return_url="", is_off_session=True
        )
        return gateway.authorise(order, now=NOON)

    assert charge(refs[0], "inst:1").state is PaymentState.AUTHORISED
    with pytest.raises(GatewayRefusedError, match="did not save"):
        charge(refs[1], "inst:2")


def test_keys_are_kept_for_ever_though_stripe_forgets_them(
    gateway: StripeGateway, double: StripeDouble
) -> None:
    ref = double.book.pay_session(on_page(gateway).ref, method="pm_card_visa")["id"]
    gateway.capture(CaptureOrder("cap:1", ref, TEN), now=NOON)
    gateway.refund(RefundOrder("ref:1", ref, Money(100, "USD")), now=NOON)

    double.forget_keys()
    gateway.capture(CaptureOrder("cap:1", ref, TEN), now=NOON + timedelta(days=30))
    again = gateway.refund(RefundOrder("ref:1", ref, Money(100, "USD")), now=NOON)

    assert again.refunded == Money(100, "USD")
    assert len(double.book.refunds) == 1
    assert gateway.look_up(key="auth:1", now=NOON) == again


def test_lost_answers_of_a_whole_life_are_resolved_by_asking(
    gateway: StripeGateway, double: StripeDouble, settings: object
) -> None:
    settings.GATEWAY = "stripe"  # type: ignore[attr-defined]  # pytest-django's fixture
    assert gateway.name == "stripe"
    begun = payments.begun_payment(card="pm_card_visa")
    assert begun.state is PaymentState.AUTHORISED
    command = payments.capture_command(begun.id)

    double.next_fault = "lose"
    services.send_command(command_id=command.id, now=NOON)
    assert queries.payment_row(begun.id).state is PaymentState.AUTHORISED
    services.send_open_commands(now=NOON + MINUTE)

    assert queries.payment_row(begun.id).captured == PRICE
    captures = [path for _, path in double.calls if path.endswith("/capture")]
    assert len(captures) == 1
    assert MoneyCommand.objects.get(pk=command.pk).provider_ref.startswith("ch_")


def test_event_is_kept_without_the_buyer_and_what_is_true_is_asked(
    gateway: StripeGateway, double: StripeDouble, settings: object
) -> None:
    settings.GATEWAY = "stripe"  # type: ignore[attr-defined]  # pytest-django's fixture
    assert gateway.name == "stripe"
    begun = payments.begun_payment(card="checkout")
    session = next(iter(double.book.sessions))
    intent = double.book.pay_session(session, method="pm_card_visa")["id"]

    assert knock(intent)
    assert not knock(intent)
    services.apply_waiting(now=NOON + MINUTE)

    assert queries.payment_row(begun.id).state is PaymentState.AUTHORISED
    kept = json.dumps(ProviderEvent.objects.get().payload)
    assert "mira" not in kept
    assert "4111" not in kept


def test_secret_key_is_in_no_message(
    double: StripeDouble, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    wrong = StripeGateway(secret_key="sk_test_wrong_0123", base_url=double.url)  # noqa: S106 -- a wrong one

    with pytest.raises(GatewaySilentError) as silent:
        on_page(wrong)
    wrong.close()

    words = capsys.readouterr()
    said = f"{silent.value.message} {words.out} {words.err} {caplog.text}"
    assert "STRIPE_SECRET_KEY" in said
    assert "sk_test_wrong" not in said
    assert silent.value.__cause__ is None


def test_amounts_are_counted_as_stripe_counts_them(
    gateway: StripeGateway, double: StripeDouble
) -> None:
    for minor, currency, wire in ((5000, "ISK", 500_000), (5000, "JPY", 5000)):
        order = CardAuthorisation(
            key=currency,
            amount=Money(minor, currency),
            card_token="pm_card_visa",  # noqa: S106 -- a test card's name
            return_url=RETURN,
        )
        answer = gateway.authorise(order, now=NOON)

        assert answer.amount == Money(minor, currency)
        assert double.book.intents[answer.ref]["amount"] == wire


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"GATEWAY": "sandbox"}, "the sandbox gateway"),
        ({"GATEWAY": "stripe", "STRIPE_SECRET_KEY": "sk_test_1"}, "without a live key"),
        ({"GATEWAY": "stripe", "STRIPE_SECRET_KEY": "sk_live_1"}, "webhook secret"),
    ],
)
def test_production_refuses_to_start_without_real_money(given: dict[str, str], said: str) -> None:
    with pytest.raises(MisconfiguredError, match=said):
        read_environment({"ENV": "production", **given})
