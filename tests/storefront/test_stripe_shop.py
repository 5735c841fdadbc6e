"""The shop whose buyers pay at Stripe: no test cards, a button that says where it leads."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from bandstand.config.wiring import wire
from bandstand.credit import queries as credit
from bandstand.orders import queries as orders_queries
from bandstand.orders.models import Order
from bandstand.orders.services import card_mandates
from bandstand.payments import gateways, queries, services
from bandstand.payments.gateways.stripe_gateway import StripeGateway
from bandstand.payments.models import CardSetup, Payment
from bandstand.payments.services import record
from bandstand.plumbing import clock, outbox
from tests.payments.contract.shapes import SECRET
from tests.payments.contract.stripe_double import KEY, StripeDouble, serving
from tests.storefront.conftest import World
from tests.storefront.test_basket_pages import put_in
from tests.storefront.test_checkout_pages import FORM


@pytest.fixture
def double(settings: Any) -> Iterator[StripeDouble]:  # noqa: ANN401 -- pytest-django's fixture
    """Let the shop take its money at a Stripe of our own."""
    wire()
    settings.GATEWAY = "stripe"
    with serving() as one:
        gateway = StripeGateway(secret_key=KEY, webhook_secret=SECRET, base_url=one.url)
        gateways.register(gateway)
        yield one
        gateway.close()
        gateways.register(StripeGateway())


def catch_up() -> None:
    """Ask Stripe what became of everything, as the sweep does."""
    for _ in range(4):
        for payment in Payment.objects.exclude(provider_ref=""):
            answer = gateways.gateway("stripe").look_up(ref=payment.provider_ref, now=clock.now())
            assert answer is not None
            with transaction.atomic():
                locked = record.locked_payment(payment.id)
                record.record_answer(locked, answer, because="asked", now=clock.now())
        services.resolve_setups(now=clock.now() + timedelta(minutes=5))
        outbox.deliver_waiting(now=clock.now())
        services.send_open_commands(now=clock.now() + timedelta(minutes=1))


def words(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_buyer_pays_at_stripe_saves_the_card_and_replaces_it(  # noqa: PLR0915 -- one way, in order
    double: StripeDouble, world: World, shopper: Client
) -> None:
    put_in(shopper, world.phone("One"))
    shown = words(shopper, "/checkout/")
    assert "Continue to Stripe" in shown
    assert "tok_" not in shown
    assert 'name="keeps_card"' in shown
    assert not re.search(r'name="keeps_card"[^>]*checked', shown)

    led = shopper.post("/checkout/", {**FORM, "card": "checkout", "keeps_card": "on"})
    assert led["Location"].startswith("https://checkout.stripe.test/")
    session = next(iter(double.book.sessions))
    double.book.pay_session(session, method="pm_card_visa")
    catch_up()

    order = orders_queries.order_page(Order.objects.get().id)
    plan = order.lines[0].plan
    assert plan is not None
    here = f"{order.link}plan/{order.lines[0].public_id}/"
    card = queries.saved_cards(card_mandates.card_owners(order.order.id), gateway="stripe")[0]
    assert credit.card_of(plan.id) == card.token
    page = words(shopper, here)
    assert "Visa ending 4242, expires 08/29" in page
    assert "Another card, at Stripe" in page
    assert "tok_" not in page
    assert card.token not in page

    led = shopper.post(f"{here}card/")
    assert led["Location"].startswith("https://checkout.stripe.test/c/setup/")
    setup = CardSetup.objects.get()
    double.book.save_on_page(setup.provider_ref, method="pm_card_authenticationRequired")
    catch_up()

    newest = queries.saved_cards(card_mandates.card_owners(order.order.id), gateway="stripe")[0]
    assert newest.token != card.token
    assert newest.token.partition("/")[0] == card.token.partition("/")[0]
    assert credit.card_of(plan.id) == newest.token
    paid = shopper.post(f"{here}pay/", {"kind": "instalment", "card": f"saved:{newest.id}"})
    assert paid["Location"].startswith("https://hooks.stripe.test/3ds/")
