"""
The sandbox provider's book: what it was asked, and what became of it.

This is the other side of the wire. It enforces what a real provider does (one key is one charge, a
refund is at most what was captured, one capture lets go of the rest) and knows nothing of orders.
An outcome becomes final when its time has come and not before, whoever asks.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from bandstand.kernel.canonical import sha256_hex
from bandstand.money import Money
from bandstand.payments.gateways import (
    sandbox_cards,
    sandbox_disputes,
    sandbox_events,
    sandbox_methods,
)
from bandstand.payments.gateways.port import (
    CaptureOrder,
    CardAuthorisation,
    GatewayRefusedError,
    RefundOrder,
    VoidOrder,
)
from bandstand.payments.gateways.sandbox_cards import CardBehaviour
from bandstand.payments.gateways.sandbox_chaos import Chaos
from bandstand.payments.gateways.sandbox_events import Told
from bandstand.payments.gateways.sandbox_methods import ChosenCard
from bandstand.payments.models import SandboxIntent, SandboxOperation
from bandstand.payments.rules import CommandKind, OperationState, PaymentState
from bandstand.plumbing.ids import new_id

KEYS_LIVE: Final = timedelta(hours=24)
"""
How long the sandbox remembers a key; sent again later, the same call is done again.

Source: Stripe, "Idempotent requests": keys may be removed after 24 hours.
"""
FORGOTTEN: Final = " @ "
RETURNS_AFTER: Final = timedelta(days=2)
SETTLED_FIELDS: Final = (
    "captured_minor",
    "refunded_minor",
    "state",
    "customer_ref",
    "method_ref",
)
"""What may change of an authorisation when something of it becomes final."""
Order = CaptureOrder | VoidOrder | RefundOrder
VOIDABLE: Final = frozenset(
    {PaymentState.CREATED.value, PaymentState.ACTION_NEEDED.value, PaymentState.AUTHORISED.value}
)


@transaction.atomic
def open_intent(order: CardAuthorisation, *, chaos: Chaos, now: datetime) -> SandboxIntent:
    """
    Enter an authorisation, or find it by its key.

    Raises: GatewayRefusedError for an unknown card, an amount that cannot be charged, or a key that
        was used for something else.
    """
    columns = intent_columns(order, chaos=chaos, now=now)
    _forget_intent(order.key, now=now)
    intent, is_new = SandboxIntent.objects.get_or_create(
        idempotency_key=order.key, defaults=columns
    )
    _require_same_request(intent.request_hash, columns["request_hash"], key=order.key)
    if is_new and intent.settles_at is not None:
        sandbox_events.announce(*intent_events(intent), chaos=chaos)
    return settled(intent.ref, now=now)


def intent_columns(order: CardAuthorisation, *, chaos: Chaos, now: datetime) -> dict[str, Any]:
    """
    Return the columns of a new authorisation but its key.

    Raises: GatewayRefusedError for an unknown card or an amount that cannot be charged.
    """
    chosen = sandbox_methods.card_behind(order.card_token, now=now)
    card = sandbox_cards.card(chosen.token)
    sandbox_cards.require_chargeable(order.amount)
    waits = card.needs_challenge and not order.is_off_session and not chosen.has_ended
    return {
        "ref": f"sbx_{new_id().hex}"[:40],
        "request_hash": _hash_of_authorisation(order),
        "amount_minor": order.amount.minor,
        "currency": order.amount.currency,
        "card_token": chosen.token,
        "state": (PaymentState.ACTION_NEEDED if waits else PaymentState.CREATED).value,
        "decline_code": _decline_code(card, chosen=chosen, order=order),
        "return_url": order.return_url,
        "metadata": dict(order.metadata),
        "saves_card": order.saves_card,
        "customer_ref": order.customer or chosen.customer,
        "created_at": now,
        "settles_at": None if waits else now + chaos.settling_delay(order.key),
    }


@transaction.atomic
def operate(order: Order, *, kind: CommandKind, chaos: Chaos, now: datetime) -> SandboxIntent:
    """
    Enter a capture, void or refund, or find it by its key.

    Raises: GatewayRefusedError if the authorisation does not allow it.
    Lock: takes the authorisation's row.
    """
    intent = settled(order.ref, now=now)
    operation = new_operation(order, intent=intent, kind=kind, chaos=chaos, now=now)
    _forget_operation(order.key, now=now)
    earlier = SandboxOperation.objects.filter(pk=order.key).first()
    if earlier is not None:
        _require_same_request(earlier.request_hash, operation.request_hash, key=order.key)
        return intent
    _require_allowed(intent, order=order, kind=kind, now=now)
    SandboxOperation.objects.bulk_create([operation])
    sandbox_events.announce(*operation_events(operation), chaos=chaos)
    return intent


def new_operation(
    order: Order, *, intent: SandboxIntent, kind: CommandKind, chaos: Chaos, now: datetime
) -> SandboxOperation:
    """Return an operation that is not entered yet."""
    request = {
        "kind": kind.value,
        "ref": order.ref,
        "amount": [order.amount.minor, order.amount.currency],
    }
    settles_at = now + chaos.settling_delay(order.key)
    comes_back = (
        kind is CommandKind.REFUND and sandbox_cards.card(intent.card_token).do_refunds_return
    )
    return SandboxOperation(
        idempotency_key=order.key,
        ref=f"sbo_{new_id().hex}"[:40],
        intent=intent,
        kind=kind.value,
        request_hash=sha256_hex(request),
        amount_minor=order.amount.minor,
        state=OperationState.PENDING.value,
        created_at=now,
        settles_at=settles_at,
        returns_at=settles_at + RETURNS_AFTER if comes_back else None,
    )


def operation_events(operation: SandboxOperation) -> tuple[Told, ...]:
    """Return the events that an operation will bring, its dispute's too."""
    own = Told(
        event_id=f"evt_{operation.ref}",
        kind=f"{operation.kind}.settled",
        ref=operation.intent.ref,
        due_at=operation.settles_at,
    )
    if operation.returns_at is not None:
        return (
            own,
            replace(
                own,
                event_id=f"evt_return_{operation.ref}",
                kind="refund.failed",
                due_at=operation.returns_at,
            ),
        )
    if operation.kind != CommandKind.CAPTURE.value:
        return (own,)
    return (own, *sandbox_disputes.events_of(operation.intent, taken_at=operation.settles_at))


@transaction.atomic
def answer_challenge(ref: str, *, is_approved: bool, chaos: Chaos, now: datetime) -> SandboxIntent:
    """
    Enter what the buyer told the bank; the first answer counts.

    Raises: GatewayRefusedError for an authorisation that is not there.
    Lock: takes the authorisation's row.
    """
    intent = settled(ref, now=now)
    if intent.state != PaymentState.ACTION_NEEDED.value:
        return intent
    intent.state = PaymentState.CREATED.value
    if not is_approved:
        intent.decline_code = "authentication_refused"
    intent.settles_at = now + chaos.settling_delay(intent.idempotency_key)
    intent.save(update_fields=["state", "decline_code", "settles_at"])
    sandbox_events.announce(*intent_events(intent), chaos=chaos)
    return intent


@transaction.atomic
def settled(ref: str, *, now: datetime) -> SandboxIntent:
    """
    Return an authorisation after everything whose time has come became final.

    Raises: GatewayRefusedError if it is not there.
    Lock: takes the authorisation's row.
    """
    intent = SandboxIntent.objects.select_for_update().filter(pk=ref).first()
    if intent is None:
        raise GatewayRefusedError(f"The sandbox has no payment “{ref}”.", code="no_such_payment")
    is_news = settle_intent(intent, now=now)
    due = intent.operations.filter(state=OperationState.PENDING.value, settles_at__lte=now)
    for operation in due.order_by("settles_at", "created_at"):
        settle_operation(intent, operation)
        operation.save(update_fields=["state", "failure"])
        is_news = True
    if is_news:
        intent.save(update_fields=list(SETTLED_FIELDS))
    return _returned(intent, now=now)


def command_key(kept: str) -> str:
    """Return the key that something was asked under, also after the sandbox forgot the call."""
    return kept.partition(FORGOTTEN)[0]


def intent_refs(key: str) -> tuple[str, ...]:
    """Return every authorisation that was made under a key, oldest first: a search by metadata."""
    found = SandboxIntent.objects.filter(
        Q(idempotency_key=key) | Q(idempotency_key__startswith=f"{key}{FORGOTTEN}")
    )
    return tuple(found.order_by("created_at", "ref").values_list("ref", flat=True))


def _forget_intent(key: str, *, now: datetime) -> None:
    old = SandboxIntent.objects.filter(idempotency_key=key, created_at__lte=now - KEYS_LIVE)
    for ref in list(old.values_list("ref", flat=True)):
        old.filter(pk=ref).update(idempotency_key=f"{key}{FORGOTTEN}{ref}")


def _forget_operation(key: str, *, now: datetime) -> None:
    old = SandboxOperation.objects.filter(pk=key, created_at__lte=now - KEYS_LIVE)
    for ref in list(old.values_list("ref", flat=True)):
        old.update(idempotency_key=f"{key}{FORGOTTEN}{ref}")


def _decline_code(card: CardBehaviour, *, chosen: ChosenCard, order: CardAuthorisation) -> str:
    if chosen.has_ended:
        return "expired_card"
    if order.is_off_session and (card.needs_challenge or card.is_off_session_refused):
        return "authentication_required"
    return card.decline_code


def settle_intent(intent: SandboxIntent, *, now: datetime) -> bool:
    """Enter the outcome of an authorisation whose time has come; return whether it had."""
    is_due = intent.settles_at is not None and intent.settles_at <= now
    if intent.state != PaymentState.CREATED.value or not is_due:
        return False
    outcome = PaymentState.DECLINED if intent.decline_code else PaymentState.AUTHORISED
    intent.state = outcome.value
    if outcome is PaymentState.AUTHORISED and intent.saves_card:
        intent.customer_ref = intent.customer_ref or sandbox_methods.new_customer()
        kept = sandbox_methods.keep_card(
            intent.card_token, customer=intent.customer_ref, now=intent.settles_at or now
        )
        intent.method_ref = kept.ref
    return True


def settle_operation(intent: SandboxIntent, operation: SandboxOperation) -> None:
    """Enter the outcome of an operation whose time has come, and what it did."""
    failure = _failure(intent, operation)
    outcome = OperationState.FAILED if failure else OperationState.SUCCEEDED
    operation.state = outcome.value
    operation.failure = failure
    if failure:
        return
    if operation.kind == CommandKind.CAPTURE.value:
        intent.captured_minor = operation.amount_minor
        intent.state = PaymentState.CAPTURED.value
    elif operation.kind == CommandKind.VOID.value:
        intent.state = PaymentState.VOIDED.value
    else:
        intent.refunded_minor += operation.amount_minor


def _returned(intent: SandboxIntent, *, now: datetime) -> SandboxIntent:
    """Enter the refunds that went through and have come back since."""
    if not sandbox_cards.card(intent.card_token).do_refunds_return:
        return intent
    back = intent.operations.filter(state=OperationState.SUCCEEDED.value, returns_at__lte=now)
    for operation in back.order_by("returns_at", "ref"):
        operation.state = OperationState.FAILED.value
        operation.failure = "refund_returned"
        operation.save(update_fields=["state", "failure"])
        intent.refunded_minor -= operation.amount_minor
        intent.save(update_fields=["refunded_minor"])
    return intent


def _failure(intent: SandboxIntent, operation: SandboxOperation) -> str:
    if operation.kind == CommandKind.VOID.value and intent.state not in VOIDABLE:
        return f"already_{intent.state}"
    card = sandbox_cards.card(intent.card_token)
    if operation.kind == CommandKind.REFUND.value and card.do_refunds_fail:
        return "refund_rejected"
    return ""


def _require_allowed(
    intent: SandboxIntent, *, order: Order, kind: CommandKind, now: datetime
) -> None:
    if order.amount.currency != intent.currency:
        raise GatewayRefusedError(
            f"The payment is in {intent.currency}, not {order.amount.currency}.",
            code="currency_mismatch",
        )
    refusal = _REFUSALS[kind](intent, order.amount, now=now)
    if refusal:
        raise GatewayRefusedError(
            f"The sandbox refuses to {kind.value} {order.amount}: {refusal}.", code=refusal
        )


def _capture_refusal(intent: SandboxIntent, amount: Money, *, now: datetime) -> str:  # noqa: ARG001 -- one shape for all refusals
    if intent.state != PaymentState.AUTHORISED.value or _is_closing(intent):
        return "not_capturable"
    return "" if 0 < amount.minor <= intent.amount_minor else "capture_exceeds_authorised"


def _void_refusal(intent: SandboxIntent, _amount: Money, *, now: datetime) -> str:  # noqa: ARG001 -- one shape for all refusals
    return "not_voidable" if intent.state not in VOIDABLE or _is_closing(intent) else ""


def _refund_refusal(intent: SandboxIntent, amount: Money, *, now: datetime) -> str:
    if intent.state != PaymentState.CAPTURED.value:
        return "not_refundable"
    if sandbox_disputes.holds_money(intent, now=now):
        return "charge_disputed"
    promised = sum(
        one.amount_minor for one in _pending(intent) if one.kind == CommandKind.REFUND.value
    )
    lost = sandbox_disputes.lost_minor(intent, now=now)
    left = intent.captured_minor - intent.refunded_minor - promised - lost
    return "" if 0 < amount.minor <= left else "refund_exceeds_captured"


_REFUSALS: Final = {
    CommandKind.CAPTURE: _capture_refusal,
    CommandKind.VOID: _void_refusal,
    CommandKind.REFUND: _refund_refusal,
}


def _is_closing(intent: SandboxIntent) -> bool:
    return any(one.kind != CommandKind.REFUND.value for one in _pending(intent))


def _pending(intent: SandboxIntent) -> list[SandboxOperation]:
    return list(intent.operations.filter(state=OperationState.PENDING.value))


def intent_events(intent: SandboxIntent) -> tuple[Told, ...]:
    """Return the event that an authorisation will bring."""
    outcome = "declined" if intent.decline_code else "authorised"
    return (
        Told(
            event_id=f"evt_{intent.ref}",
            kind=f"payment.{outcome}",
            ref=intent.ref,
            due_at=intent.settles_at or intent.created_at,
        ),
    )


def _hash_of_authorisation(order: CardAuthorisation) -> str:
    metadata: Mapping[str, str] = dict(order.metadata)
    return sha256_hex(
        {
            "amount": [order.amount.minor, order.amount.currency],
            "card_token": order.card_token,
            "return_url": order.return_url,
            "metadata": metadata,
            "is_off_session": order.is_off_session,
            "saves_card": order.saves_card,
            "customer": order.customer,
        }
    )


def _require_same_request(recorded: str, asked: str, *, key: str) -> None:
    if recorded != asked:
        raise GatewayRefusedError(
            f"The key “{key}” was already used for another request.", code="idempotency_mismatch"
        )
