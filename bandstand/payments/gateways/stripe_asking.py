"""
Asking Stripe for an amount: on its page, of a payment method, or of a saved card.

Whatever the way, money is only set aside (manual capture), and the command's key travels in the
metadata of what is made.
"""

from typing import Final

import stripe

from bandstand.payments.gateways.port import CardAuthorisation, GatewayRefusedError
from bandstand.payments.gateways.stripe_reading import COMMAND_KEY
from bandstand.payments.gateways.stripe_wire import to_wire

NAMED: Final = "Your order"
SAVED_BY: Final = "pi_"


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
        params["customer_creation"] = "always"
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
        made = client.v1.customers.create({}, {"idempotency_key": f"{order.key}:customer"})
        params["customer"] = str(made.id)
        params["setup_future_usage"] = "off_session"
    return client.v1.payment_intents.create(params, {"idempotency_key": order.key})


def ask_saved_card(client: stripe.StripeClient, order: CardAuthorisation) -> stripe.StripeObject:
    """
    Charge the card that an earlier payment saved; the token is that payment's reference.

    Raises: GatewayRefusedError if that payment saved no card.
    """
    customer, method = _saved(client, order.card_token)
    return client.v1.payment_intents.create(
        {
            "amount": to_wire(order.amount),
            "currency": order.amount.currency.lower(),
            "customer": customer,
            "payment_method": method,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "confirm": True,
            "off_session": True,
            "capture_method": "manual",
            "metadata": _metadata(order),
            "transfer_group": order.key,
        },
        {"idempotency_key": order.key},
    )


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
