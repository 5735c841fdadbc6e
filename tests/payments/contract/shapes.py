"""The gateways that must behave alike, each with how its cards are called and its time passes."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

import stripe

from bandstand.money import Money
from bandstand.payments.gateways.port import CardAuthorisation, Gateway
from bandstand.payments.gateways.sandbox import Chaos, SandboxGateway, answer_setup, choose
from bandstand.payments.gateways.sandbox_events import sign
from bandstand.payments.gateways.stripe_gateway import StripeGateway
from bandstand.payments.rules import GatewayAnswer
from tests.factories.payments import NOON
from tests.payments.contract.stripe_double import KEY, StripeDouble, serving

SECRET = "whsec_c2FuZGJveC1nYXRld2F5LXNlY3JldA=="  # noqa: S105 -- a secret for tests
TEN = Money(1000, "USD")
REAL_KEY = os.environ.get("STRIPE_TEST_KEY", "")
SHAPES = ("sandbox", "stripe double", *(["stripe test mode"] if REAL_KEY else []))
"""The real test mode joins where a key for it is set."""

STRIPE_CARDS = {
    "ok": "pm_card_visa",
    "declined": "pm_card_visa_chargeDeclined",
    "insufficient_funds": "pm_card_visa_chargeDeclinedInsufficientFunds",
    "expired": "pm_card_chargeDeclinedExpiredCard",
    "asks": "pm_card_authenticationRequired",
    "disputed": "pm_card_createDispute",
    "refund fails": "pm_card_refundFail",
    "refund returns": "pm_card_visa",
}
SANDBOX_CARDS = {
    "ok": "tok_ok",
    "declined": "tok_declined",
    "insufficient_funds": "tok_insufficient",
    "expired": "tok_expired",
    "asks": "tok_3ds",
    "disputed": "tok_dispute_lost",
    "refund fails": "tok_refund_fails",
    "refund returns": "tok_refund_returns",
}


class Shape(Protocol):
    """One gateway under the contract."""

    gateway: Gateway
    now: datetime
    run: str

    def card(self, name: str) -> str: ...

    def saved_card(self, name: str) -> str: ...

    def settle(self) -> None: ...

    def pass_days(self, days: int) -> None: ...

    def save_on_page(self, ref: str, *, name: str) -> None: ...

    def return_refund(self, answer: GatewayAnswer, *, key: str) -> None: ...

    def go_wrong(self, fault: str) -> None: ...

    def be_well(self) -> None: ...

    def event(self, ref: str) -> tuple[bytes, dict[str, str]]: ...


@dataclass
class SandboxShape:
    gateway: Gateway = field(default_factory=lambda: SandboxGateway(secret=SECRET))
    now: datetime = NOON
    run: str = ""

    def card(self, name: str) -> str:
        return SANDBOX_CARDS[name]

    def saved_card(self, name: str) -> str:
        return SANDBOX_CARDS[name]

    def settle(self) -> None:
        self.now += timedelta(minutes=1)

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)

    def save_on_page(self, ref: str, *, name: str) -> None:
        if choose(ref, token=self.card(name), now=self.now):
            answer_setup(ref, is_approved=True, now=self.now)

    def return_refund(self, answer: GatewayAnswer, *, key: str) -> None:
        """Let the card's own temper send the refund back after its days."""
        assert answer.operation(key) is not None
        self.pass_days(3)

    def go_wrong(self, fault: str) -> None:
        tempers = {"lose": Chaos(lost_after_percent=100), "slow_down": Chaos(busy_percent=100)}
        chaos = tempers.get(fault, Chaos(lost_before_percent=100))
        self.gateway = SandboxGateway(chaos=chaos, secret=SECRET)

    def be_well(self) -> None:
        self.gateway = SandboxGateway(secret=SECRET)

    def event(self, ref: str) -> tuple[bytes, dict[str, str]]:
        raw = json.dumps({"type": "payment.authorised", "data": {"ref": ref}}).encode()
        return raw, sign(raw, event_id="evt_1", secret=SECRET, now=self.now)


@dataclass
class StripeShape:
    gateway: Gateway
    double: StripeDouble | None
    run: str = ""
    now: datetime = NOON
    saved: int = 0

    def card(self, name: str) -> str:
        return STRIPE_CARDS[name]

    def saved_card(self, name: str) -> str:
        """Return the reference of a payment that saved a card of that temper."""
        self.saved += 1
        order = CardAuthorisation(
            key=f"{self.run}save:{self.saved}",
            amount=TEN,
            card_token=STRIPE_CARDS[name],
            return_url="https://shop.lark.example/",
            saves_card=True,
        )
        return self.gateway.authorise(order, now=self.now).ref

    def settle(self) -> None:
        """Stripe answers with what is; nothing is waited for."""

    def pass_days(self, days: int) -> None:
        """Let Stripe forget its keys, as it does after a day."""
        assert self.double is not None
        self.now += timedelta(days=days)
        self.double.forget_keys()

    def save_on_page(self, ref: str, *, name: str) -> None:
        assert self.double is not None
        self.double.book.save_on_page(ref, method=STRIPE_CARDS[name])

    def return_refund(self, answer: GatewayAnswer, *, key: str) -> None:
        assert self.double is not None
        operation = answer.operation(key)
        assert operation is not None
        self.double.book.return_refund(operation.ref)

    def go_wrong(self, fault: str) -> None:
        assert self.double is not None
        self.double.next_fault = fault

    def be_well(self) -> None:
        """One fault is one call."""

    def event(self, ref: str) -> tuple[bytes, dict[str, str]]:
        about = {"id": ref, "object": "payment_intent"}
        event = {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": about}}
        body = json.dumps(event)
        header = stripe.WebhookSignature.generate_signature_header(
            body, SECRET, int(self.now.timestamp())
        )
        return body.encode(), {"Stripe-Signature": header}


@contextmanager
def shape_of(name: str) -> Iterator[Shape]:
    """Set up one gateway for one test."""
    if name == "sandbox":
        yield SandboxShape()
    elif name == "stripe double":
        with serving() as double:
            gateway = StripeGateway(secret_key=KEY, webhook_secret=SECRET, base_url=double.url)
            try:
                yield StripeShape(gateway=gateway, double=double)
            finally:
                gateway.close()
    else:
        gateway = StripeGateway(secret_key=REAL_KEY, webhook_secret=SECRET)
        try:
            yield StripeShape(gateway=gateway, double=None, run=f"{uuid4()}:")
        finally:
            gateway.close()


def asked(
    shape: Shape,
    *,
    key: str = "auth:1",
    card: str = "ok",
    amount: Money = TEN,
    metadata: Mapping[str, str] | None = None,
) -> CardAuthorisation:
    """Return an authorisation of a buyer who is present."""
    return CardAuthorisation(
        key=shape.run + key,
        amount=amount,
        card_token=shape.card(card),
        return_url="https://shop.lark.example/checkout/",
        metadata=metadata or {},
    )


def looked(shape: Shape, *, ref: str) -> GatewayAnswer:
    """Return the book once everything is final."""
    shape.settle()
    found = shape.gateway.look_up(ref=ref, now=shape.now)
    assert found is not None
    return found


def authorised(shape: Shape, *, card: str = "ok", amount: Money = TEN) -> GatewayAnswer:
    """Have an amount set aside."""
    answer = shape.gateway.authorise(asked(shape, card=card, amount=amount), now=shape.now)
    return looked(shape, ref=answer.ref)
