"""
The sandbox gateway: an honest provider without money.

What it answers is never final; what is final comes by signed webhook, late, and on a bad day twice,
out of order or not at all. It keeps its own book and refuses what a real provider refuses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from bandstand.money import Money
from bandstand.payments.gateways import sandbox_book, sandbox_disputes, sandbox_events
from bandstand.payments.gateways.port import (
    CaptureOrder,
    CardAuthorisation,
    GatewaySilentError,
    ProviderNotice,
    RefundOrder,
    VoidOrder,
)
from bandstand.payments.gateways.sandbox_book import Order
from bandstand.payments.gateways.sandbox_cards import CARDS, CardBehaviour, card
from bandstand.payments.gateways.sandbox_chaos import CALM, NASTY, Chaos
from bandstand.payments.gateways.sandbox_events import Send
from bandstand.payments.models import SandboxIntent, SandboxOperation
from bandstand.payments.rules import (
    CommandKind,
    GatewayAnswer,
    OperationState,
    PaymentState,
    ProviderOperation,
)

__all__ = [
    "CALM",
    "CARDS",
    "NASTY",
    "CardBehaviour",
    "Challenge",
    "Chaos",
    "SandboxGateway",
    "approve",
    "challenge",
    "deliver_due",
    "refuse",
]


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the page of the sandbox's bank asks the buyer."""

    ref: str
    amount: Money
    return_url: str
    is_open: bool


class SandboxGateway:
    """The sandbox behind the gateway port."""

    name = "sandbox"

    def __init__(self, *, chaos: Chaos = CALM, secret: str = "") -> None:
        self.chaos = chaos
        self._secret = secret

    @property
    def secret(self) -> str:
        """The secret that signs events; the settings' own unless another was given."""
        return self._secret or str(settings.SANDBOX_WEBHOOK_SECRET)

    def authorise(self, order: CardAuthorisation, *, now: datetime) -> GatewayAnswer:
        """Enter an authorisation. Raises: GatewayRefusedError; GatewaySilentError."""
        self._lose_call(order.key, now=now)
        is_replay = SandboxIntent.objects.filter(idempotency_key=order.key).exists()
        intent = sandbox_book.open_intent(order, chaos=self.chaos, now=now)
        self._lose_answer(
            order.key, is_sure=card(order.card_token).is_answer_lost, replay=is_replay
        )
        return _answer(intent, now=now)

    def capture(self, order: CaptureOrder, *, now: datetime) -> GatewayAnswer:
        """Enter a capture. Raises: GatewayRefusedError; GatewaySilentError."""
        return self._operate(order, kind=CommandKind.CAPTURE, now=now)

    def void(self, order: VoidOrder, *, now: datetime) -> GatewayAnswer:
        """Enter a void. Raises: GatewayRefusedError; GatewaySilentError."""
        return self._operate(order, kind=CommandKind.VOID, now=now)

    def refund(self, order: RefundOrder, *, now: datetime) -> GatewayAnswer:
        """Enter a refund. Raises: GatewayRefusedError; GatewaySilentError."""
        return self._operate(order, kind=CommandKind.REFUND, now=now)

    def look_up(self, *, now: datetime, ref: str = "", key: str = "") -> GatewayAnswer | None:
        """Return the book on an authorisation, by the provider's reference or by our key."""
        wanted = SandboxIntent.objects.filter(pk=ref) if ref else None
        if wanted is None:
            wanted = SandboxIntent.objects.filter(idempotency_key=key)
        found = wanted.values_list("ref", flat=True).first()
        return None if found is None else _answer(sandbox_book.settled(found, now=now), now=now)

    def verify_webhook(
        self, raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> ProviderNotice:
        """Return what a signed event says. Raises: WebhookRefusedError."""
        return sandbox_events.verify(raw, headers, secret=self.secret, now=now)

    def _operate(self, order: Order, *, kind: CommandKind, now: datetime) -> GatewayAnswer:
        self._lose_call(order.key, now=now)
        is_replay = SandboxOperation.objects.filter(pk=order.key).exists()
        intent = sandbox_book.operate(order, kind=kind, chaos=self.chaos, now=now)
        self._lose_answer(order.key, is_sure=False, replay=is_replay)
        return _answer(intent, now=now)

    def _lose_call(self, key: str, *, now: datetime) -> None:
        # The instant is in the dice: the same call made again later may arrive.
        if self.chaos.is_call_lost(f"{key} {now.isoformat()}"):
            raise GatewaySilentError("The sandbox did not answer.")

    def _lose_answer(self, key: str, *, is_sure: bool, replay: bool) -> None:
        if not replay and (is_sure or self.chaos.is_answer_lost(key)):
            raise GatewaySilentError("The sandbox's answer was lost.")


def deliver_due(*, now: datetime, send: Send) -> int:
    """Deliver the sandbox's events that are due, signed; return how many were taken."""
    secret = str(settings.SANDBOX_WEBHOOK_SECRET)
    return sandbox_events.deliver_due(secret=secret, now=now, send=send)


def challenge(ref: str) -> Challenge | None:
    """Return what the bank's page asks about a payment, or nothing if there is no such payment."""
    intent = SandboxIntent.objects.filter(pk=ref).first()
    if intent is None:
        return None
    return Challenge(
        ref=intent.ref,
        amount=Money(intent.amount_minor, intent.currency),
        return_url=intent.return_url,
        is_open=intent.state == PaymentState.ACTION_NEEDED.value,
    )


def approve(ref: str, *, now: datetime, chaos: Chaos = CALM) -> None:
    """Let the buyer confirm a payment to the bank; the outcome comes by webhook."""
    sandbox_book.answer_challenge(ref, is_approved=True, chaos=chaos, now=now)


def refuse(ref: str, *, now: datetime, chaos: Chaos = CALM) -> None:
    """Let the buyer refuse a payment; the outcome comes by webhook."""
    sandbox_book.answer_challenge(ref, is_approved=False, chaos=chaos, now=now)


def _answer(intent: SandboxIntent, *, now: datetime) -> GatewayAnswer:
    state = PaymentState(intent.state)
    waits = state is PaymentState.ACTION_NEEDED
    return GatewayAnswer(
        ref=intent.ref,
        key=intent.idempotency_key,
        state=state,
        amount=Money(intent.amount_minor, intent.currency),
        captured=Money(intent.captured_minor, intent.currency),
        refunded=Money(intent.refunded_minor, intent.currency),
        action_url=f"{settings.BASE_URL}/payments/sandbox/{intent.ref}/" if waits else "",
        decline_code=intent.decline_code if state is PaymentState.DECLINED else "",
        operations=tuple(
            _operation(one, currency=intent.currency)
            for one in intent.operations.order_by("settles_at", "created_at")
        ),
        disputes=sandbox_disputes.disputes_of(intent, now=now),
    )


def _operation(operation: SandboxOperation, *, currency: str) -> ProviderOperation:
    return ProviderOperation(
        key=operation.idempotency_key,
        ref=operation.ref,
        kind=CommandKind(operation.kind),
        amount=Money(operation.amount_minor, currency),
        state=OperationState(operation.state),
        failure=operation.failure,
    )
