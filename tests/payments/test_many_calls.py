"""Many calls to a provider that takes one at a time: in order, side by side, none lost."""

from threading import Barrier
from typing import Any

import pytest

from bandstand.money import Money
from bandstand.payments.gateways import many
from bandstand.payments.gateways.port import CardAuthorisation, GatewaySilentError
from bandstand.payments.gateways.sandbox import SandboxGateway
from bandstand.payments.gateways.sandbox_many import ManySandbox
from bandstand.payments.models import SandboxEvent, SandboxIntent
from bandstand.payments.rules import GatewayAnswer, PaymentState
from tests.factories.payments import NOON


def orders(count: int) -> list[CardAuthorisation]:
    return [
        CardAuthorisation(
            key=f"auth:inst:{number}:1",
            amount=Money(2_777, "USD"),
            card_token="tok_ok",  # noqa: S106 -- a test card
            return_url="",
            is_off_session=True,
        )
        for number in range(count)
    ]


class OneByOne:
    """A provider over a network: no pages, and three calls at a time."""

    name = "one_by_one"
    calls_at_once = 3

    def __init__(self) -> None:
        self.together = Barrier(3, timeout=5)

    def authorise(self, order: CardAuthorisation, **_: object) -> GatewayAnswer:
        self.together.wait()  # broken, and the call refused, unless three come at once
        if order.key == "auth:inst:1:1":
            raise GatewaySilentError("No answer.")
        nothing = Money.zero("USD")
        return GatewayAnswer(
            ref=f"ref {order.key}",
            key=order.key,
            state=PaymentState.CREATED,
            amount=order.amount,
            captured=nothing,
            refunded=nothing,
        )


def test_calls_go_side_by_side_and_answers_keep_their_order() -> None:
    gateway: Any = OneByOne()

    found = many.authorise_many(gateway, orders(3), now=NOON)

    assert isinstance(found[1], GatewaySilentError)
    assert [one.key for one in (found[0], found[2]) if isinstance(one, GatewayAnswer)] == [
        "auth:inst:0:1",
        "auth:inst:2:1",
    ]


@pytest.mark.django_db
def test_page_of_the_sandbox_is_what_single_calls_are() -> None:
    asked = orders(3)
    single = SandboxGateway().authorise(asked[0], now=NOON)

    found = many.authorise_many(ManySandbox(), asked, now=NOON)

    assert [one.key for one in found if isinstance(one, GatewayAnswer)] == [
        order.key for order in asked
    ]
    assert isinstance(found[0], GatewayAnswer)
    assert (found[0].ref, found[0].is_replay) == (single.ref, True)
    assert SandboxIntent.objects.count() == SandboxEvent.objects.count() == 3
