"""
What Stripe keeps and refuses, as far as the adapter asks it: payments, sessions, refunds, disputes.

Shapes, states, codes and test payment methods follow Stripe's published interface, version
2026-10-28. It shares no code with the adapter, so that a slip there is not repeated here.
"""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

Book = dict[str, Any]
CREATED = 1_772_366_400
MINIMUM = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50}
DECLINES = {
    "pm_card_visa_chargeDeclined": ("card_declined", "generic_decline"),
    "pm_card_visa_chargeDeclinedInsufficientFunds": ("card_declined", "insufficient_funds"),
    "pm_card_chargeDeclinedExpiredCard": ("expired_card", "expired_card"),
}
ASKING = "pm_card_authenticationRequired"
DISPUTED = "pm_card_createDispute"
UNREFUNDABLE = "pm_card_refundFail"


class StripeRefusal(Exception):  # noqa: N818 -- it is Stripe's refusal, not an error of the double
    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        param: str = "",
        kind: str = "invalid_request_error",
        status: int = 400,
        decline_code: str = "",
        intent: Book | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        named = {"code": code, "param": param, "decline_code": decline_code}
        self.body: Book = {"type": kind, "message": message}
        self.body |= {name: value for name, value in named.items() if value}
        if intent is not None:
            self.body["payment_intent"] = intent


@dataclass
class StripeBook:
    intents: dict[str, Book] = field(default_factory=dict)
    sessions: dict[str, Book] = field(default_factory=dict)
    refunds: dict[str, Book] = field(default_factory=dict)
    disputes: dict[str, Book] = field(default_factory=dict)
    customers: dict[str, Book] = field(default_factory=dict)
    methods: dict[str, Book] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def customer(self) -> Book:
        made = {"id": f"cus_{next(self.numbers)}", "object": "customer"}
        self.customers[made["id"]] = made
        return made

    def intent(self, wanted: Book, *, session: str = "") -> Book:
        amount, currency = int(wanted["amount"]), wanted["currency"]
        if amount < MINIMUM.get(currency, 50):
            raise StripeRefusal("Amount must be more.", code="amount_too_small", param="amount")
        made = {
            "id": f"pi_{next(self.numbers)}",
            "object": "payment_intent",
            "amount": amount,
            "amount_received": 0,
            "currency": currency,
            "status": "requires_payment_method",
            "metadata": dict(wanted.get("metadata") or {}),
            "latest_charge": None,
            "last_payment_error": None,
            "next_action": None,
            "customer": wanted.get("customer"),
            "payment_method": None,
            "_method": "",
            "setup_future_usage": wanted.get("setup_future_usage"),
            "capture_method": wanted.get("capture_method", "automatic_async"),
            "created": CREATED,
            "_session": session,
        }
        self.intents[made["id"]] = made
        if wanted.get("confirm") == "true":
            is_off = wanted.get("off_session") == "true"
            self.confirm(made, method=wanted["payment_method"], is_off_session=is_off)
        return made

    def confirm(self, intent: Book, *, method: str, is_off_session: bool = False) -> None:
        temper = self._temper(method, customer=intent["customer"])
        code, decline = DECLINES.get(temper, ("", ""))
        if temper == ASKING and is_off_session:
            code = decline = "authentication_required"
        if code:
            intent["last_payment_error"] = {"code": code, "decline_code": decline}
            raise StripeRefusal(
                "Your card was declined.",
                code=code,
                kind="card_error",
                status=402,
                decline_code=decline,
                intent=intent,
            )
        saves = intent["setup_future_usage"] == "off_session" and intent["customer"]
        intent["payment_method"] = self._attach(method, intent["customer"]) if saves else method
        intent["_method"] = temper
        intent["latest_charge"] = f"ch_{next(self.numbers)}"
        if temper == ASKING:
            intent["status"] = "requires_action"
            url = f"https://hooks.stripe.test/3ds/{intent['id']}"
            intent["next_action"] = {"type": "redirect_to_url", "redirect_to_url": {"url": url}}
            return
        intent["status"] = "requires_capture"

    def capture(self, intent: Book, wanted: Book) -> Book:
        if intent["status"] != "requires_capture":
            raise StripeRefusal(
                f"This PaymentIntent could not be captured: it is {intent['status']}.",
                code="payment_intent_unexpected_state",
            )
        amount = int(wanted.get("amount_to_capture") or intent["amount"])
        if amount > intent["amount"]:
            raise StripeRefusal(
                "The amount to capture is too large.",
                code="amount_too_large",
                param="amount_to_capture",
            )
        if amount < 1:
            raise StripeRefusal(
                "Invalid positive integer",
                code="parameter_invalid_integer",
                param="amount_to_capture",
            )
        intent["metadata"] |= wanted.get("metadata") or {}
        intent["amount_received"] = amount
        intent["status"] = "succeeded"
        if intent["_method"] == DISPUTED:
            self._dispute(intent)
        return intent

    def cancel(self, intent: Book) -> Book:
        session = self.sessions.get(intent["_session"])
        if session is not None and session["status"] == "open":
            raise StripeRefusal("This PaymentIntent was created by Checkout; expire the session.")
        if intent["status"] in {"succeeded", "canceled"}:
            raise StripeRefusal(
                "You cannot cancel this PaymentIntent.", code="payment_intent_unexpected_state"
            )
        intent["status"] = "canceled"
        return intent

    def detach(self, method: str) -> Book:
        found = self.found(self.methods, method)
        if found["customer"] is None:
            raise StripeRefusal("The payment method you provided is not attached to a customer.")
        found["customer"] = None
        return found

    def expanded(self, intent: Book, wanted: Book) -> Book:
        """Return a payment with its method as an object, if that was asked for."""
        asked = set((wanted.get("expand") or {}).values())
        method = self.methods.get(intent["payment_method"] or "")
        if "payment_method" not in asked or method is None:
            return intent
        return {**intent, "payment_method": method}

    def expanded_session(self, session: Book, wanted: Book) -> Book:
        asked = set((wanted.get("expand") or {}).values())
        setup = session.get("_setup")
        if setup is None or "setup_intent.payment_method" not in asked:
            return session
        return {
            **session,
            "setup_intent": self.expanded(setup, {"expand": {"0": "payment_method"}}),
        }

    def save_on_page(self, session_id: str, *, method: str) -> None:
        """Let the buyer save a card on Stripe's page; a refused one leaves the page open."""
        session = self.sessions[session_id]
        if method in DECLINES:
            return
        session["customer"] = session["customer"] or self.customer()["id"]
        session["_setup"]["customer"] = session["customer"]
        session["_setup"]["payment_method"] = self._attach(method, session["customer"])
        session["_setup"]["status"] = "succeeded"
        session["status"] = "complete"

    def return_refund(self, refund_id: str) -> None:
        """Let a refund that had succeeded come back, as a closed account sends it back."""
        self.refunds[refund_id] |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}

    def _attach(self, method: str, customer: str) -> str:
        if method in self.methods:
            return method
        made: Book = {
            "id": f"pm_{next(self.numbers)}",
            "object": "payment_method",
            "customer": customer,
            "card": {"brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2029},
            "_temper": method,
        }
        self.methods[made["id"]] = made
        return str(made["id"])

    def _temper(self, method: str, *, customer: str | None) -> str:
        known = self.methods.get(method)
        if known is None:
            return method
        if known["customer"] is None or known["customer"] != customer:
            raise StripeRefusal("The PaymentMethod does not belong to the Customer.")
        return str(known["_temper"])

    def _setup_session(self, wanted: Book) -> Book:
        number = next(self.numbers)
        made = {
            "id": f"cs_test_{number}",
            "object": "checkout.session",
            "mode": "setup",
            "status": "open",
            "amount_total": None,
            "currency": wanted["currency"],
            "url": f"https://checkout.stripe.test/c/setup/cs_test_{number}",
            "metadata": dict(wanted.get("metadata") or {}),
            "payment_intent": None,
            "customer": wanted.get("customer"),
            "setup_intent": f"seti_{number}",
            "_setup": {
                "id": f"seti_{number}",
                "object": "setup_intent",
                "status": "requires_payment_method",
                "usage": "off_session",
                "customer": wanted.get("customer"),
                "payment_method": None,
            },
        }
        self.sessions[made["id"]] = made
        return made

    def session(self, wanted: Book) -> Book:
        if wanted["mode"] == "setup":
            return self._setup_session(wanted)
        price = wanted["line_items"]["0"]["price_data"]
        total = int(price["unit_amount"]) * int(wanted["line_items"]["0"]["quantity"])
        if total < MINIMUM.get(price["currency"], 50):
            raise StripeRefusal("Amount must be more.", code="amount_too_small")
        number = next(self.numbers)
        made = {
            "id": f"cs_test_{number}",
            "object": "checkout.session",
            "status": "open",
            "amount_total": total,
            "currency": price["currency"],
            "url": f"https://checkout.stripe.test/c/pay/cs_test_{number}#" + "x" * 700,
            "metadata": dict(wanted.get("metadata") or {}),
            "payment_intent": None,
            "success_url": wanted["success_url"],
            "customer": wanted.get("customer"),
            "_intent": wanted.get("payment_intent_data") or {},
        }
        self.sessions[made["id"]] = made
        return made

    def pay_session(self, session_id: str, *, method: str) -> Book:
        """Let the buyer type a card on Stripe's page; a refused one leaves the page open."""
        session = self.sessions[session_id]
        if session["payment_intent"] is None:
            wanted = {
                **session["_intent"],
                "amount": session["amount_total"],
                "currency": session["currency"],
            }
            if wanted.get("setup_future_usage"):
                wanted["customer"] = session["customer"] or self.customer()["id"]
            session["payment_intent"] = self.intent(wanted, session=session_id)["id"]
        intent = self.intents[session["payment_intent"]]
        try:
            self.confirm(intent, method=method)
        except StripeRefusal:
            return intent
        session["status"] = "complete"
        return intent

    def expire(self, session: Book) -> Book:
        if session["status"] != "open":
            raise StripeRefusal("Only Checkout Sessions with a status of open can be expired.")
        session["status"] = "expired"
        session["url"] = None
        if session["payment_intent"]:
            self.intents[session["payment_intent"]]["status"] = "canceled"
        return session

    def refund(self, wanted: Book) -> Book:
        intent = self.found(self.intents, wanted["payment_intent"])
        if intent["status"] != "succeeded":
            raise StripeRefusal("This PaymentIntent does not have a successful charge to refund.")
        disputed = [one for one in self.disputes.values() if one["payment_intent"] == intent["id"]]
        if any(one["status"] not in {"won", "warning_closed"} for one in disputed):
            raise StripeRefusal("The charge was charged back.", code="charge_disputed")
        back = sum(one["amount"] for one in self.refunds_of(intent["id"]) if _counts(one))
        amount = int(wanted["amount"])
        if amount > intent["amount_received"] - back:
            raise StripeRefusal("Refund amount is greater than unrefunded amount.", param="amount")
        has_failed = intent["_method"] == UNREFUNDABLE
        made = {
            "id": f"re_{next(self.numbers)}",
            "object": "refund",
            "amount": amount,
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "metadata": dict(wanted.get("metadata") or {}),
            "status": "failed" if has_failed else "succeeded",
            "failure_reason": "unknown" if has_failed else None,
        }
        self.refunds[made["id"]] = made
        return made

    def refunds_of(self, intent_id: str) -> list[Book]:
        return [one for one in self.refunds.values() if one["payment_intent"] == intent_id]

    def disputes_of(self, intent_id: str) -> list[Book]:
        return [one for one in self.disputes.values() if one["payment_intent"] == intent_id]

    def found(self, among: dict[str, Book], wanted: str) -> Book:
        if wanted not in among:
            raise StripeRefusal(f"No such object: '{wanted}'", code="resource_missing", status=404)
        return among[wanted]

    def _dispute(self, intent: Book) -> None:
        made = {
            "id": f"du_{next(self.numbers)}",
            "object": "dispute",
            "amount": intent["amount_received"],
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "charge": intent["latest_charge"],
            "status": "needs_response",
            "reason": "fraudulent",
            "created": CREATED,
            "evidence_details": {"due_by": CREATED + 604_800},
        }
        self.disputes[made["id"]] = made


def _counts(refund: Book) -> bool:
    return refund["status"] not in {"failed", "canceled"}
