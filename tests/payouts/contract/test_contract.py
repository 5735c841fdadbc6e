"""What every payout gateway must do alike: once per key, honest about money, silent when lost."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import stripe

from bandstand.money import Money
from bandstand.payments.gateways.port import (
    GatewayRefusedError,
    GatewaySilentError,
    WebhookRefusedError,
)
from bandstand.payments.gateways.sandbox_chaos import Chaos
from bandstand.payments.gateways.sandbox_events import sign
from bandstand.payouts.gateways.port import PayoutGateway, PayoutsWaitError
from bandstand.payouts.gateways.sandbox import SandboxPayouts
from bandstand.payouts.gateways.stripe_connect import StripeConnect
from bandstand.payouts.rules import (
    SELLER_SHORT,
    AccountKind,
    PayoutAnswer,
    PayoutOrder,
    PayoutState,
    ReversalOrder,
    read_account,
)
from tests.payouts.contract.stripe_double import KEY, ConnectDouble, serving

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "whsec_c2FuZGJveC1nYXRld2F5LXNlY3JldA=="  # noqa: S105 -- a secret for tests
TEN = Money(1000, "USD")
GROUP = "payout:run1"


@dataclass
class Shape:
    """One gateway under the contract, and how its day goes wrong."""

    gateway: PayoutGateway
    double: ConnectDouble | None = None
    now: datetime = NOON

    def settle(self) -> None:
        self.now += timedelta(minutes=5)

    def go_wrong(self, fault: str) -> None:
        if self.double is not None:
            self.double.next_fault = fault
            return
        lost = {"lose": Chaos(lost_after_percent=100), "fail": Chaos(lost_before_percent=100)}
        self.gateway = SandboxPayouts(secret=SECRET, chaos=lost[fault])

    def be_well(self) -> None:
        if self.double is None:
            self.gateway = SandboxPayouts(secret=SECRET)

    def run_dry(self) -> None:
        if self.double is None:
            self.gateway = SandboxPayouts(secret=SECRET, funds={"USD": 500})
        else:
            self.double.book.ours = 500

    def spent(self) -> str:
        """Return an account whose seller has spent what was paid to it."""
        if self.double is not None:
            self.double.book.accounts["acct_spent"] = -1000
        return "acct_spent"

    def event(self, ref: str) -> tuple[bytes, dict[str, str]]:
        if self.double is None:
            raw = json.dumps({"type": "payout.paid", "data": {"ref": ref}}).encode()
            return raw, sign(raw, event_id="evt_1", secret=SECRET, now=self.now)
        about = {"id": ref, "object": "transfer"}
        body = json.dumps({"id": "evt_1", "type": "transfer.created", "data": {"object": about}})
        stamp = int(self.now.timestamp())
        header = stripe.WebhookSignature.generate_signature_header(body, SECRET, stamp)
        return body.encode(), {"Stripe-Signature": header}


@pytest.fixture(params=["sandbox", "stripe double"])
def shape(request: pytest.FixtureRequest) -> Iterator[Shape]:
    if request.param == "sandbox":
        yield Shape(SandboxPayouts(secret=SECRET))
        return
    with serving() as double:
        double.book.accounts["acct_northgate"] = 0
        gateway = StripeConnect(secret_key=KEY, webhook_secret=SECRET, base_url=double.url)
        try:
            yield Shape(gateway, double=double)
        finally:
            gateway.close()


def order(
    seller: str = "pty_1", *, amount: Money = TEN, account: str = "acct_northgate"
) -> PayoutOrder:
    to = read_account(kind=AccountKind.CONNECTED, number=account, holder="Northgate Ltd")
    return PayoutOrder(f"{GROUP}:{seller}", amount, to, group=GROUP)


def back(
    of: PayoutAnswer, *, minor: int = 400, key: str = "payout_reversal:lin_1"
) -> ReversalOrder:
    return ReversalOrder(key, of.ref, Money(minor, "USD"), order().to)


def looked(shape: Shape, *, key: str = f"{GROUP}:pty_1") -> PayoutAnswer:
    shape.settle()
    found = shape.gateway.look_up(key=key, now=shape.now)
    assert found is not None
    return found


def test_a_payout_arrives_and_is_found_by_its_key_and_its_reference(shape: Shape) -> None:
    sent = shape.gateway.send(order(), now=shape.now)

    found = looked(shape)

    assert (found.state, found.amount, found.ref) == (PayoutState.PAID, TEN, sent.ref)
    assert shape.gateway.look_up(key="", ref=sent.ref, now=shape.now) == found


def test_a_payout_sent_twice_is_made_once(shape: Shape) -> None:
    first = shape.gateway.send(order(), now=shape.now)
    again = shape.gateway.send(order(), now=shape.now)

    assert again.ref == first.ref
    if shape.double is not None:
        assert len(shape.double.book.transfers) == 1


def test_a_payout_sent_again_after_the_gateway_forgot_the_call_is_made_once(shape: Shape) -> None:
    first = shape.gateway.send(order(), now=shape.now)
    if shape.double is not None:
        shape.double.remembered.clear()

    again = shape.gateway.send(order(), now=shape.now + timedelta(days=2))

    assert again.ref == first.ref


def test_a_key_used_for_another_amount_is_refused(shape: Shape) -> None:
    shape.gateway.send(order(), now=shape.now)

    with pytest.raises(GatewayRefusedError) as refused:
        shape.gateway.send(order(amount=Money(1001, "USD")), now=shape.now)

    assert refused.value.code == "idempotency_mismatch"
    assert looked(shape).amount == TEN


def test_a_lost_answer_leaves_a_payout_that_can_be_asked_after(shape: Shape) -> None:
    shape.go_wrong("lose")
    with pytest.raises(GatewaySilentError):
        shape.gateway.send(order(), now=shape.now)
    shape.be_well()

    assert looked(shape).state is PayoutState.PAID


def test_a_call_that_never_arrived_is_unknown_to_the_gateway(shape: Shape) -> None:
    shape.go_wrong("fail")
    with pytest.raises(GatewaySilentError):
        shape.gateway.send(order(), now=shape.now)
    shape.be_well()

    assert shape.gateway.look_up(key=f"{GROUP}:pty_1", now=shape.now) is None
    shape.gateway.send(order(), now=shape.now)
    assert looked(shape).state is PayoutState.PAID


def test_too_little_of_ours_makes_the_payout_wait(shape: Shape) -> None:
    shape.run_dry()

    with pytest.raises(PayoutsWaitError):
        shape.gateway.send(order(), now=shape.now)

    assert shape.gateway.look_up(key=f"{GROUP}:pty_1", now=shape.now) is None


def test_an_account_that_is_not_there_is_refused_for_good(shape: Shape) -> None:
    with pytest.raises(GatewayRefusedError) as refused:
        shape.gateway.send(order(account="acct_closed"), now=shape.now)

    assert refused.value.code == "no_such_account"


def test_part_of_a_payout_is_taken_back_once(shape: Shape) -> None:
    shape.gateway.send(order(), now=shape.now)
    paid = looked(shape)

    shape.gateway.reverse(back(paid), now=shape.now)
    again = shape.gateway.reverse(back(paid), now=shape.now)

    assert [one.amount.minor for one in again.reversals] == [400]
    assert looked(shape).state is PayoutState.PAID


@pytest.mark.parametrize("minor", [1001, 100_000])
def test_more_than_was_paid_is_not_taken_back(shape: Shape, minor: int) -> None:
    shape.gateway.send(order(), now=shape.now)
    paid = looked(shape)

    with pytest.raises(GatewayRefusedError):
        shape.gateway.reverse(back(paid, minor=minor), now=shape.now)

    assert looked(shape).reversals == ()


def test_what_a_seller_has_spent_is_not_taken_back(shape: Shape) -> None:
    account = shape.spent()
    shape.gateway.send(order(account=account), now=shape.now)
    paid = looked(shape)
    to = order(account=account).to

    with pytest.raises(GatewayRefusedError) as refused:
        shape.gateway.reverse(
            ReversalOrder("payout_reversal:lin_1", paid.ref, TEN, to), now=shape.now
        )

    assert refused.value.code == SELLER_SHORT
    assert looked(shape).reversals == ()


def test_an_event_is_believed_only_with_its_signature(shape: Shape) -> None:
    raw, headers = shape.event("tr_1")

    told = shape.gateway.verify_webhook(raw, headers, now=shape.now)

    assert (told.event_id, told.ref) == ("evt_1", "tr_1")
    with pytest.raises(WebhookRefusedError):
        shape.gateway.verify_webhook(raw.replace(b"tr_1", b"tr_2"), headers, now=shape.now)
    with pytest.raises(WebhookRefusedError):
        shape.gateway.verify_webhook(raw, headers, now=shape.now + timedelta(hours=1))


def test_a_transfer_taken_back_whole_by_a_person_at_stripe_has_come_back() -> None:
    with serving() as double:
        double.book.accounts["acct_northgate"] = 0
        gateway = StripeConnect(secret_key=KEY, webhook_secret=SECRET, base_url=double.url)
        sent = gateway.send(order(), now=NOON)
        gateway.reverse(back(sent), now=NOON)
        double.book.reverse(sent.ref, {})

        found = gateway.look_up(key="", ref=sent.ref, now=NOON)
        gateway.close()

    assert found is not None
    assert (found.state, len(found.reversals)) == (PayoutState.RETURNED, 1)


def test_the_sandbox_gives_a_payout_back_days_later() -> None:
    gateway = SandboxPayouts(secret=SECRET)
    gateway.send(order(account="acct_returned"), now=NOON)
    key = f"{GROUP}:pty_1"

    states = [
        gateway.look_up(key=key, now=NOON + timedelta(days=days, minutes=5)) for days in (0, 2, 3)
    ]

    assert [one.state for one in states if one] == ["paid", "paid", "returned"]
