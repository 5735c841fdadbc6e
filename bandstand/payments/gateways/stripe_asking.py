"""
Asking Stripe for an amount: on its page, of a payment method, or of a saved card.

Whatever the way, money is only set aside (manual capture), and the command's key travels in the
metadata of what is made.
"""

from collections.abc import Callable
from typing import Final

import stripe

from bandstand.payments.gateways.port import CardAuthorisation, GatewayRefusedError
from bandstand.payments.gateways.stripe_reading import COMMAND_KEY
from bandstand.payments.gateways.stripe_wire import to_wire
from bandstand.payments.rules.cards import read_token

Ask = Callable[[stripe.StripeClient, CardAuthorisation], stripe.StripeObject]

NAMED: Final = "Your order"
SAVED_BY: Final = "pi_"
METHOD: Final = "pm_"


def ask_on_page(client: stripe.StripeClient, order: CardAuthorisation) -> stripe.StripeObject:
    """Open a page at Stripe on which the buyer pays; the card is saved only if it was agreed to."""
    metadata = _metadata(order)
    intent: stripe.params.checkout.SessionCreateParamsPaymentIntentData = {
        "capture_method": "manual",
        "metadata": metadata,
        "transfer_group": order.key,
    }
    params: stripe.params.checkout.SessionCreateParams = {
        "mode": "payment",
        "success_url": order.return_url,
        "cancel_url": order.return_url,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": order.amount.currency.lower(),
                    "unit_amount": to_wire(order.amount),
                    "product_data": {"name": NAMED},
                },
            }
        ],
        "metadata": metadata,
        "payment_intent_data": intent,
    }
    if order.saves_card:
        intent["setup_future_usage"] = "off_session"
        if not order.customer:
            params["customer_creation"] = "always"
    if order.customer:
        params["customer"] = order.customer
    return client.v1.checkout.sessions.create(params, {"idempotency_key": order.key})


def ask_with_method(client: stripe.StripeClient, order: CardAuthorisation) -> stripe.StripeObject:
    """Charge a payment method whose owner is present and may be asked by the bank."""
    params: stripe.params.PaymentIntentCreateParams = {
        "amount": to_wire(order.amount),
        "currency": order.amount.currency.lower(),
        "payment_method": order.card_token,
        "automatic_payment_methods": {
            "enabled": True,
            "allow_redirects": "always" if order.return_url else "never",
        },
        "confirm": True,
        "capture_method": "manual",
        "metadata": _metadata(order),
        "transfer_group": order.key,
    }
    if order.return_url:
        params["return_url"] = order.return_url
    if order.saves_card:
        params["customer"] = order.customer or _new_customer(client, order)
        params["setup_future_usage"] = "off_session"
    return client.v1.payment_intents.create(params, {"idempotency_key": order.key})


def ask_saved_card(client: stripe.StripeClient, order: CardAuthorisation) -> stripe.StripeObject:
    """
    Charge a saved card, with its owner present or not.

    The token names customer and method; one from before names the payment that saved the card.
    Raises: GatewayRefusedError if no card was saved under it.
    """
    customer, method = read_token(order.card_token) or _saved(client, order.card_token)
    is_here = not order.is_off_session and bool(order.return_url)
    params: stripe.params.PaymentIntentCreateParams = {
        "amount": to_wire(order.amount),
        "currency": order.amount.currency.lower(),
        "customer": customer,
        "payment_method": method,
        "automatic_payment_methods": {
            "enabled": True,
            "allow_redirects": "always" if is_here else "never",
        },
        "confirm": True,
        "capture_method": "manual",
        "metadata": _metadata(order),
        "transfer_group": order.key,
    }
    if is_here:
        params["return_url"] = order.return_url
    if order.is_off_session:
        params["off_session"] = True
    return client.v1.payment_intents.create(params, {"idempotency_key": order.key})


def way_of(order: CardAuthorisation) -> Ask | None:
    """Return how a card is asked without Stripe's page; None if the buyer is to type one there."""
    if order.is_off_session or read_token(order.card_token) is not None:
        return ask_saved_card
    return ask_with_method if order.card_token.startswith(METHOD) else None


def _new_customer(client: stripe.StripeClient, order: CardAuthorisation) -> str:
    made = client.v1.customers.create({}, {"idempotency_key": f"{order.key}:customer"})
    return str(made.id)


def _saved(client: stripe.StripeClient, token: str) -> tuple[str, str]:
    if not token.startswith(SAVED_BY):
        raise GatewayRefusedError("No card was saved under this token.", code="no_such_card")
    intent = client.v1.payment_intents.retrieve(token).to_dict()
    customer, method = intent.get("customer"), intent.get("payment_method")
    if not customer or not method or not intent.get("setup_future_usage"):
        raise GatewayRefusedError(
            "The payment did not save its card; ask the buyer to pay on the page.",
            code="no_such_card",
        )
    return _id(customer), _id(method)


def _id(found: object) -> str:
    return str(found["id"] if isinstance(found, dict) else found)


def _metadata(order: CardAuthorisation) -> dict[str, str]:
    return {**order.metadata, COMMAND_KEY: order.key}
