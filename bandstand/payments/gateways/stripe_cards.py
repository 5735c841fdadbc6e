"""
Cards that Stripe keeps for us: the page on which one is saved, what is known of it, forgetting it.

A card is named by its customer and its payment method; of the card itself only brand, last four
digits and end are read.
"""

from typing import Any, Final

import stripe

from bandstand.payments.gateways.port import GatewayRefusedError, SetupOrder
from bandstand.payments.gateways.stripe_wire import Book, book, call
from bandstand.payments.rules.cards import ProviderCard, SetupState
from bandstand.payments.rules.reports import SetupAnswer

KEY: Final = "command_key"
EXPIRED: Final = "checkout_expired"
EXPAND: Final = ["setup_intent.payment_method"]


def ask_setup(client: stripe.StripeClient, order: SetupOrder) -> Book:
    """Open a page at Stripe on which the buyer saves a card; nothing is charged."""
    metadata = {**order.metadata, KEY: order.key}
    params: stripe.params.checkout.SessionCreateParams = {
        "mode": "setup",
        "currency": order.currency.lower(),
        "success_url": order.return_url,
        "cancel_url": order.return_url,
        "metadata": metadata,
        "setup_intent_data": {"metadata": metadata},
    }
    if order.customer:
        params["customer"] = order.customer
    else:
        params["customer_creation"] = "always"
    made = call(
        lambda: client.v1.checkout.sessions.create(params, {"idempotency_key": order.key}),
        doing="set up",
    )
    return book(made)


def look_up_setup(client: stripe.StripeClient, ref: str) -> SetupAnswer | None:
    """Return Stripe's book on a page for saving a card; None if there is no such page."""
    if not ref.startswith("cs_"):
        return None
    try:
        found = call(
            lambda: client.v1.checkout.sessions.retrieve(ref, {"expand": EXPAND}), doing="look up"
        )
    except GatewayRefusedError as refused:
        if refused.code == "no_such_payment":
            return None
        raise
    return setup_answer(book(found))


def setup_answer(session: Book) -> SetupAnswer:
    """Return a page for saving a card as every gateway tells it."""
    state, failure = _state(session)
    is_open = session["status"] == "open"
    intent: Any = session.get("setup_intent")
    return SetupAnswer(
        ref=session["id"],
        key=str((session.get("metadata") or {}).get(KEY, "")),
        state=state,
        action_url=str(session.get("url") or "") if is_open else "",
        card=_card_of_setup(session, intent) if state is SetupState.SUCCEEDED else None,
        failure=failure,
    )


def card_of_payment(intent: Book) -> ProviderCard | None:
    """Return the card that a payment saved, with the buyer's word; None if it saved none."""
    method = intent.get("payment_method")
    if intent.get("setup_future_usage") != "off_session" or not isinstance(method, dict):
        return None
    return _card(method, customer=intent.get("customer"))


def forget(client: stripe.StripeClient, method: str) -> None:
    """Detach a card from its customer; one that is gone already is forgotten."""
    try:
        call(lambda: client.v1.payment_methods.detach(method), doing="forget a card")
    except GatewayRefusedError:
        return  # Stripe knows no such card, or it belongs to nobody any more


def _state(session: Book) -> tuple[SetupState, str]:
    if session["status"] == "open":
        return SetupState.ASKED, ""
    intent: Any = session.get("setup_intent")
    if session["status"] == "complete" and isinstance(intent, dict):
        if intent.get("status") == "succeeded":
            return SetupState.SUCCEEDED, ""
        error = intent.get("last_setup_error") or {}
        if intent.get("status") in {"canceled", "requires_payment_method"}:
            return SetupState.FAILED, str(error.get("code") or "card_declined")
        return SetupState.ASKED, ""
    return SetupState.FAILED, EXPIRED


def _card_of_setup(session: Book, intent: Book) -> ProviderCard | None:
    method = intent.get("payment_method")
    customer = intent.get("customer") or session.get("customer")
    return _card(method, customer=customer) if isinstance(method, dict) else None


def _card(method: Book, *, customer: object) -> ProviderCard | None:
    shown = method.get("card") or {}
    if not shown or not customer:
        return None
    return ProviderCard(
        customer=str(customer["id"] if isinstance(customer, dict) else customer),
        method=str(method["id"]),
        brand=str(shown.get("brand") or "card"),
        last_four=str(shown.get("last4") or ""),
        expires_year=int(shown["exp_year"]),
        expires_month=int(shown["exp_month"]),
    )
