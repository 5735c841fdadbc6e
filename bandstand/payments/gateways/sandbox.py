"""
The sandbox gateway: an honest provider without money.

What it answers is never final; what is final comes by signed webhook, late, and on a bad day twice,
out of order or not at all. It keeps its own book and refuses what a real provider refuses.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from bandstand.money import Money
from bandstand.payments.gateways import (
    sandbox_book,
    sandbox_disputes,
    sandbox_events,
    sandbox_methods,
)
from bandstand.payments.gateways.port import (
    CaptureOrder,
    CardAuthorisation,
    GatewayBusyError,
    GatewaySilentError,
    ProviderNotice,
    RefundOrder,
    SetupOrder,
    VoidOrder,
)
from bandstand.payments.gateways.sandbox_book import Order
from bandstand.payments.gateways.sandbox_cards import CARDS, CardBehaviour, card
from bandstand.payments.gateways.sandbox_chaos import CALM, NASTY, Chaos
from bandstand.payments.gateways.sandbox_events import Send
from bandstand.payments.models import (
    SandboxIntent,
    SandboxMethod,
    SandboxOperation,
    SandboxSetup,
)
from bandstand.payments.rules import (
    CommandKind,
    GatewayAnswer,
    OperationState,
    PaymentState,
    ProviderOperation,
)
from bandstand.payments.rules.cards import ProviderCard, SetupState
from bandstand.payments.rules.reports import SetupAnswer

__all__ = [
    "CALM",
    "CARDS",
    "NASTY",
    "CardBehaviour",
    "Challenge",
    "Chaos",
    "SandboxGateway",
    "SetupPage",
    "answer_setup",
    "approve",
    "challenge",
    "choose",
    "deliver_due",
    "refuse",
    "setup_page",
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
        before = SandboxIntent.objects.filter(idempotency_key=order.key).values_list(
            "ref", flat=True
        )
        known = set(before)
        intent = sandbox_book.open_intent(order, chaos=self.chaos, now=now)
        is_replay = intent.ref in known
        self._lose_answer(
            order.key, is_sure=card(intent.card_token).is_answer_lost, replay=is_replay
        )
        return replace(answer_of(intent, now=now), is_replay=is_replay)

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
        known = SandboxIntent.objects.filter(pk=ref).exists()
        refs = ((ref,) if known else ()) if ref else sandbox_book.intent_refs(key)
        return answer_of(sandbox_book.settled(refs[0], now=now), now=now) if refs else None

    def begin_setup(self, order: SetupOrder, *, now: datetime) -> SetupAnswer:
        """Open the page that keeps a card. Raises: GatewayRefusedError; GatewaySilentError."""
        self._lose_call(order.key, now=now)
        is_replay = SandboxSetup.objects.filter(idempotency_key=order.key).exists()
        setup = sandbox_methods.open_setup(order, now=now)
        self._lose_answer(order.key, is_sure=False, replay=is_replay)
        return sandbox_methods.setup_answer(setup)

    def look_up_setup(self, *, now: datetime, ref: str = "", key: str = "") -> SetupAnswer | None:
        """Return the book on a setup, by the provider's reference or by our key."""
        return sandbox_methods.look_up_setup(ref=ref, key=key, now=now)

    def forget_card(self, *, customer: str, method: str, now: datetime) -> None:
        """Forget a kept card. Raises: GatewaySilentError."""
        self._lose_call(f"forget {method}", now=now)
        sandbox_methods.forget_card(customer=customer, method=method, now=now)

    def verify_webhook(
        self, raw: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> ProviderNotice:
        """Return what a signed event says. Raises: WebhookRefusedError."""
        return sandbox_events.verify(raw, headers, secret=self.secret, now=now)

    def _operate(self, order: Order, *, kind: CommandKind, now: datetime) -> GatewayAnswer:
        self._lose_call(order.key, now=now)
        before = SandboxOperation.objects.filter(pk=order.key).values_list("ref", flat=True)
        known = set(before)
        intent = sandbox_book.operate(order, kind=kind, chaos=self.chaos, now=now)
        is_replay = SandboxOperation.objects.filter(pk=order.key, ref__in=known).exists()
        self._lose_answer(order.key, is_sure=False, replay=is_replay)
        return replace(answer_of(intent, now=now), is_replay=is_replay)

    def _lose_call(self, key: str, *, now: datetime) -> None:
        # The instant is in the dice: the same call made again later may arrive.
        if self.chaos.is_call_lost(f"{key} {now.isoformat()}"):
            raise GatewaySilentError("The sandbox did not answer.")
        after = self.chaos.busy_for(f"{key} {now.isoformat()}")
        if after is not None:
            raise GatewayBusyError("The sandbox is busy and did nothing.", after=after)

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


@dataclass(frozen=True, slots=True)
class SetupPage:
    """What the sandbox's page for saving a card asks: first a card, then, for some, the bank."""

    ref: str
    return_url: str
    is_open: bool
    asks_bank: bool
    card_title: str


def setup_page(ref: str) -> SetupPage | None:
    """Return what the page asks, or nothing if there is no such setup."""
    setup = SandboxSetup.objects.filter(pk=ref).first()
    if setup is None:
        return None
    return SetupPage(
        ref=setup.ref,
        return_url=setup.return_url,
        is_open=setup.state == SetupState.ASKED.value and setup.settles_at is None,
        asks_bank=bool(setup.card_token),
        card_title=card(setup.card_token).title if setup.card_token else "",
    )


def choose(ref: str, *, token: str, now: datetime, chaos: Chaos = CALM) -> bool:
    """Let the buyer choose the card to save; return whether their bank asks them next."""
    setup = sandbox_methods.choose_card(ref, token=token, chaos=chaos, now=now)
    return setup.settles_at is None and setup.state == SetupState.ASKED.value


def answer_setup(ref: str, *, is_approved: bool, now: datetime, chaos: Chaos = CALM) -> None:
    """Let the buyer confirm or refuse to the bank that their card is saved."""
    sandbox_methods.answer_setup(ref, is_approved=is_approved, chaos=chaos, now=now)


def answer_of(
    intent: SandboxIntent,
    *,
    now: datetime,
    operations: Iterable[SandboxOperation] | None = None,
) -> GatewayAnswer:
    """Return the whole book on an authorisation; ``operations`` if they are known already."""
    if operations is None:
        operations = intent.operations.order_by("settles_at", "created_at")
    state = PaymentState(intent.state)
    waits = state is PaymentState.ACTION_NEEDED
    return GatewayAnswer(
        ref=intent.ref,
        key=sandbox_book.command_key(intent.idempotency_key),
        state=state,
        amount=Money(intent.amount_minor, intent.currency),
        captured=Money(intent.captured_minor, intent.currency),
        refunded=Money(intent.refunded_minor, intent.currency),
        action_url=f"{settings.BASE_URL}/payments/sandbox/{intent.ref}/" if waits else "",
        decline_code=intent.decline_code if state is PaymentState.DECLINED else "",
        operations=tuple(_operation(one, currency=intent.currency) for one in operations),
        disputes=sandbox_disputes.disputes_of(intent, now=now),
        card=_kept_card(intent),
    )


def _kept_card(intent: SandboxIntent) -> ProviderCard | None:
    if not intent.method_ref:
        return None
    return sandbox_methods.provider_card(SandboxMethod.objects.get(pk=intent.method_ref))


def _operation(operation: SandboxOperation, *, currency: str) -> ProviderOperation:
    return ProviderOperation(
        key=sandbox_book.command_key(operation.idempotency_key),
        ref=operation.ref,
        kind=CommandKind(operation.kind),
        amount=Money(operation.amount_minor, currency),
        state=OperationState(operation.state),
        failure=operation.failure,
    )
