"""
Stripe behind the gateway port, by its own library.

A buyer who is present pays on Stripe's page (Checkout, by redirect), so that no card number comes
near the shop; a saved card is charged off session. Money is set aside first and taken by a capture.
What was asked is found again by our key in the metadata, also after Stripe has forgotten the call
(its idempotency keys live 24 hours; ours live for ever).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Final

import stripe
from django.conf import settings

from bandstand.payments.gateways import stripe_cards, stripe_events, stripe_reading as reading
from bandstand.payments.gateways.port import (
    CaptureOrder,
    CardAuthorisation,
    GatewayRefusedError,
    ProviderNotice,
    RefundOrder,
    SetupOrder,
    VoidOrder,
)
from bandstand.payments.gateways.stripe_asking import ask_on_page, way_of
from bandstand.payments.gateways.stripe_reading import Found
from bandstand.payments.gateways.stripe_wire import (
    Book,
    Wire,
    book,
    books,
    call,
    client,
    to_wire,
    was_replayed,
)
from bandstand.payments.rules import GatewayAnswer, OperationState, PaymentState
from bandstand.payments.rules.reports import SetupAnswer

SESSION: Final = "cs_"
SETUP: Final = "seti_"
NO_PAYMENT: Final = "no_such_payment"


class StripeGateway:
    """Stripe; the settings' own account unless another key, secret or host is given."""

    name = "stripe"

    def __init__(
        self, *, secret_key: str = "", webhook_secret: str = "", base_url: str = ""
    ) -> None:
        self._secret_key = secret_key
        self._webhook_secret = webhook_secret
        self._base_url = base_url
        self._wire = Wire()

    @cached_property
    def _stripe(self) -> stripe.StripeClient:
        key = self._secret_key or str(settings.STRIPE_SECRET_KEY)
        return client(secret_key=key, wire=self._wire, base_url=self._base_url)

    def close(self) -> None:
        """Hang up; another call dials anew."""
        self._wire.close()

    def authorise(self, order: CardAuthorisation, *, now: datetime) -> GatewayAnswer:  # noqa: ARG002 -- the port's signature; Stripe has its own clock
        """
        Ask for an amount: of a saved card, of a payment method, or on Stripe's page.

        Raises: GatewayRefusedError; GatewaySilentError.
        """
        ask = way_of(order)
        if ask is None:
            session = call(lambda: ask_on_page(self._stripe, order), doing="authorise")
            answer = reading.answer_of(Found(intent=None, session=book(session)))
            return replace(answer, is_replay=was_replayed(session))
        try:
            intent = call(lambda: ask(self._stripe, order), doing="authorise")
        except stripe.CardError as refused:
            return self._declined(refused, order=order)
        return replace(self._whole(str(book(intent)["id"])), is_replay=was_replayed(intent))

    def capture(self, order: CaptureOrder, *, now: datetime) -> GatewayAnswer:  # noqa: ARG002 -- the port's signature
        """Take an authorised amount. Raises: GatewayRefusedError; GatewaySilentError."""
        standing = self._standing(order)
        if standing.operation(order.key) is not None:
            return standing
        call(
            lambda: self._stripe.v1.payment_intents.capture(
                order.ref,
                {
                    "amount_to_capture": to_wire(order.amount),
                    "metadata": {reading.CAPTURE_KEY: order.key},
                },
                {"idempotency_key": order.key},
            ),
            doing="capture",
        )
        return self._whole(order.ref)

    def void(self, order: VoidOrder, *, now: datetime) -> GatewayAnswer:  # noqa: ARG002 -- the port's signature
        """Let go of an authorised amount. Raises: GatewayRefusedError; GatewaySilentError."""
        standing = self._standing(order)
        if standing.operation(order.key) is not None:
            return standing
        session = self._session(standing.ref)
        if session is not None and session["status"] == "open":
            # While the page is open the payment is the page's: it ends with it.
            self._end_session(session["id"], key=order.key)
            return self._whole(standing.ref)
        # Marked before it is let go: letting go takes no metadata of its own.
        self._mark(standing.ref, key=order.key)
        call(
            lambda: self._stripe.v1.payment_intents.cancel(
                standing.ref,
                {"cancellation_reason": "requested_by_customer"},
                {"idempotency_key": order.key},
            ),
            doing="void",
        )
        return self._whole(standing.ref)

    def refund(self, order: RefundOrder, *, now: datetime) -> GatewayAnswer:  # noqa: ARG002 -- the port's signature
        """Give back what was captured. Raises: GatewayRefusedError; GatewaySilentError."""
        standing = self._standing(order)
        earlier = standing.operation(order.key)
        if earlier is not None and earlier.state is not OperationState.FAILED:
            return standing
        if standing.state is not PaymentState.CAPTURED:
            raise GatewayRefusedError("Nothing was captured to give back.", code="not_refundable")
        call(
            lambda: self._stripe.v1.refunds.create(
                {
                    "payment_intent": order.ref,
                    "amount": to_wire(order.amount),
                    "metadata": {reading.COMMAND_KEY: order.key},
                },
                {"idempotency_key": order.key},
            ),
            doing="refund",
        )
        return self._whole(order.ref)

    def look_up(self, *, now: datetime, ref: str = "", key: str = "") -> GatewayAnswer | None:  # noqa: ARG002 -- the port's signature
        """
        Return Stripe's book on an authorisation, by its reference or by our key.

        By key, Stripe's search is asked, which may be a minute behind: a key that is not found is
        sent again under the same key, so a call that was done is answered and not done twice. A
        session that nobody opened cannot be searched; it lapses within a day by itself.
        """
        found_ref = ref or self._search(key)
        if not found_ref or found_ref.startswith(SETUP):
            return None
        try:
            return self._whole(found_ref)
        except GatewayRefusedError as refused:
            if refused.code == NO_PAYMENT:
                return None
            raise

    def begin_setup(self, order: SetupOrder, *, now: datetime) -> SetupAnswer:  # noqa: ARG002 -- the port's signature
        """Open a page on which a card is saved. Raises: GatewayRefusedError; GatewaySilentError."""
        return stripe_cards.setup_answer(stripe_cards.ask_setup(self._stripe, order))

    def look_up_setup(self, *, now: datetime, ref: str = "", key: str = "") -> SetupAnswer | None:  # noqa: ARG002 -- the port's signature; a page is not searched by key
        """Return Stripe's book on a page for saving a card; one that nobody was sent to lapses."""
        return stripe_cards.look_up_setup(self._stripe, ref) if ref else None

    def forget_card(self, *, customer: str, method: str, now: datetime) -> None:  # noqa: ARG002 -- the port's signature
        """Detach a saved card. Raises: GatewaySilentError."""
        stripe_cards.forget(self._stripe, method)

    def verify_webhook(
        self, raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> ProviderNotice:
        """Return what a signed event says. Raises: WebhookRefusedError."""
        secret = self._webhook_secret or str(settings.STRIPE_WEBHOOK_SECRET)
        return stripe_events.verify(raw, headers, secret=secret, now=now)

    def _standing(self, order: CaptureOrder | VoidOrder | RefundOrder) -> GatewayAnswer:
        """Return the book before a change; what a key already did is told, what differs refused."""
        standing = self._whole(order.ref)
        if standing.amount.currency != order.amount.currency:
            raise GatewayRefusedError(
                f"The payment is in {standing.amount.currency}, not {order.amount.currency}.",
                code="currency_mismatch",
            )
        earlier = standing.operation(order.key)
        is_void = isinstance(order, VoidOrder)
        if earlier is not None and not is_void and earlier.amount != order.amount:
            raise GatewayRefusedError(
                f"The key “{order.key}” was already used for another request.",
                code="idempotency_mismatch",
            )
        return standing

    def _whole(self, ref: str) -> GatewayAnswer:
        """Read everything Stripe has on an attempt."""
        session = self._session(ref)
        if session is not None and session.get("mode") == "setup":
            raise GatewayRefusedError("The page saves a card and pays nothing.", code=NO_PAYMENT)
        intent_ref = reading.intent_of(session) if session is not None else ref
        if not intent_ref:
            return reading.answer_of(Found(intent=None, session=session))
        intent = book(
            call(
                lambda: self._stripe.v1.payment_intents.retrieve(
                    intent_ref, {"expand": ["payment_method"]}
                ),
                doing="look up",
            )
        )
        is_taken = bool(intent.get("amount_received"))
        found = Found(
            intent=intent,
            session=session,
            refunds=self._refunds(intent_ref) if is_taken else (),
            disputes=self._disputes(intent_ref) if is_taken else (),
        )
        return reading.answer_of(found)

    def _session(self, ref: str) -> Book | None:
        sessions = self._stripe.v1.checkout.sessions
        if ref.startswith(SESSION):
            return book(call(lambda: sessions.retrieve(ref), doing="look up"))
        page = call(lambda: sessions.list({"payment_intent": ref, "limit": 1}), doing="look up")
        return next(iter(books(page.data)), None)

    def _refunds(self, intent_ref: str) -> tuple[Book, ...]:
        return call(
            lambda: books(
                self._stripe.v1.refunds.list(
                    {"payment_intent": intent_ref, "limit": 100}
                ).auto_paging_iter()
            ),
            doing="look up",
        )

    def _disputes(self, intent_ref: str) -> tuple[Book, ...]:
        return call(
            lambda: books(
                self._stripe.v1.disputes.list(
                    {"payment_intent": intent_ref, "limit": 100}
                ).auto_paging_iter()
            ),
            doing="look up",
        )

    def _search(self, key: str) -> str:
        quoted = key.replace("\\", "\\\\").replace("'", "\\'")
        query = f"metadata['{reading.COMMAND_KEY}']:'{quoted}'"
        page = call(
            lambda: self._stripe.v1.payment_intents.search({"query": query, "limit": 1}),
            doing="look up",
        )
        return next((str(one.id) for one in page.data), "")

    def _end_session(self, ref: str, *, key: str) -> None:
        sessions = self._stripe.v1.checkout.sessions
        call(
            lambda: sessions.update(
                ref,
                {"metadata": {reading.VOID_KEY: key}},
                {"idempotency_key": f"{key}:mark"},
            ),
            doing="void",
        )
        call(lambda: sessions.expire(ref, {}, {"idempotency_key": key}), doing="void")

    def _mark(self, ref: str, *, key: str) -> None:
        call(
            lambda: self._stripe.v1.payment_intents.update(
                ref,
                {"metadata": {reading.VOID_KEY: key}},
                {"idempotency_key": f"{key}:mark"},
            ),
            doing="void",
        )

    def _declined(self, refused: stripe.CardError, *, order: CardAuthorisation) -> GatewayAnswer:
        """Return the attempt that a bank refused; one that left no trace was refused outright."""
        error = refused.error
        intent = getattr(error, "payment_intent", None) if error is not None else None
        ref = str(intent["id"]) if intent else self._search(order.key)
        if not ref:
            raise GatewayRefusedError(
                "The bank refused the card.", code=refused.code or "card_declined"
            ) from None
        return self._whole(ref)
