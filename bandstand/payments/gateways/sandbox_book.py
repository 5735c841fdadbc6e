"""
The sandbox provider's book: what it was asked, and what became of it.

This is the other side of the wire. It enforces what a real provider does (one key is one charge, a
refund is at most what was captured, one capture lets go of the rest) and knows nothing of orders.
An outcome becomes final when its time has come and not before, whoever asks.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from bandstand.kernel.canonical import sha256_hex
from bandstand.money import Money
from bandstand.payments.gateways import sandbox_cards, sandbox_disputes, sandbox_events
from bandstand.payments.gateways.port import (
    CaptureOrder,
    CardAuthorisation,
    GatewayRefusedError,
    RefundOrder,
    VoidOrder,
)
from bandstand.payments.gateways.sandbox_chaos import Chaos
from bandstand.payments.models import SandboxIntent, SandboxOperation
from bandstand.payments.rules import CommandKind, OperationState, PaymentState
from bandstand.plumbing.ids import new_id

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
    request_hash = _hash_of_authorisation(order)
    card = sandbox_cards.card(order.card_token)
    sandbox_cards.require_chargeable(order.amount)
    declines_later = order.is_off_session and (card.needs_challenge or card.is_off_session_refused)
    waits = card.needs_challenge and not order.is_off_session
    intent, is_new = SandboxIntent.objects.get_or_create(
        idempotency_key=order.key,
        defaults={
            "ref": f"sbx_{new_id().hex}"[:40],
            "request_hash": request_hash,
            "amount_minor": order.amount.minor,
            "currency": order.amount.currency,
            "card_token": order.card_token,
            "state": (PaymentState.ACTION_NEEDED if waits else PaymentState.CREATED).value,
            "decline_code": "authentication_required" if declines_later else card.decline_code,
            "return_url": order.return_url,
            "metadata": dict(order.metadata),
            "created_at": now,
            "settles_at": None if waits else now + chaos.settling_delay(order.key),
        },
    )
    _require_same_request(intent.request_hash, request_hash, key=order.key)
    if is_new and intent.settles_at is not None:
        _announce_intent(intent, chaos=chaos)
    return settled(intent.ref, now=now)


@transaction.atomic
def operate(order: Order, *, kind: CommandKind, chaos: Chaos, now: datetime) -> SandboxIntent:
    """
    Enter a capture, void or refund, or find it by its key.

    Raises: GatewayRefusedError if the authorisation does not allow it.
    Lock: takes the authorisation's row.
    """
    intent = settled(order.ref, now=now)
    request_hash = sha256_hex(
        {
            "kind": kind.value,
            "ref": order.ref,
            "amount": [order.amount.minor, order.amount.currency],
        }
    )
    earlier = SandboxOperation.objects.filter(pk=order.key).first()
    if earlier is not None:
        _require_same_request(earlier.request_hash, request_hash, key=order.key)
        return intent
    _require_allowed(intent, order=order, kind=kind, now=now)
    operation = SandboxOperation.objects.create(
        idempotency_key=order.key,
        ref=f"sbo_{new_id().hex}"[:40],
        intent=intent,
        kind=kind.value,
        request_hash=request_hash,
        amount_minor=order.amount.minor,
        state=OperationState.PENDING.value,
        created_at=now,
        settles_at=now + chaos.settling_delay(order.key),
    )
    sandbox_events.announce(
        event_id=f"evt_{operation.ref}",
        kind=f"{kind.value}.settled",
        ref=intent.ref,
        due_at=operation.settles_at,
        chaos=chaos,
    )
    if kind is CommandKind.CAPTURE:
        sandbox_disputes.announce(intent, taken_at=operation.settles_at, chaos=chaos)
    return intent


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
    _announce_intent(intent, chaos=chaos)
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
    _settle_intent(intent, now=now)
    due = intent.operations.filter(state=OperationState.PENDING.value, settles_at__lte=now)
    for operation in due.order_by("settles_at", "created_at"):
        _settle_operation(intent, operation)
    return intent


def _settle_intent(intent: SandboxIntent, *, now: datetime) -> None:
    is_due = intent.settles_at is not None and intent.settles_at <= now
    if intent.state != PaymentState.CREATED.value or not is_due:
        return
    outcome = PaymentState.DECLINED if intent.decline_code else PaymentState.AUTHORISED
    intent.state = outcome.value
    intent.save(update_fields=["state"])


def _settle_operation(intent: SandboxIntent, operation: SandboxOperation) -> None:
    failure = _failure(intent, operation)
    outcome = OperationState.FAILED if failure else OperationState.SUCCEEDED
    operation.state = outcome.value
    operation.failure = failure
    operation.save(update_fields=["state", "failure"])
    if failure:
        return
    if operation.kind == CommandKind.CAPTURE.value:
        intent.captured_minor = operation.amount_minor
        intent.state = PaymentState.CAPTURED.value
    elif operation.kind == CommandKind.VOID.value:
        intent.state = PaymentState.VOIDED.value
    else:
        intent.refunded_minor += operation.amount_minor
    intent.save(update_fields=["captured_minor", "refunded_minor", "state"])


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
    left = intent.captured_minor - intent.refunded_minor - promised
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


def _announce_intent(intent: SandboxIntent, *, chaos: Chaos) -> None:
    outcome = "declined" if intent.decline_code else "authorised"
    sandbox_events.announce(
        event_id=f"evt_{intent.ref}",
        kind=f"payment.{outcome}",
        ref=intent.ref,
        due_at=intent.settles_at or intent.created_at,
        chaos=chaos,
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
        }
    )


def _require_same_request(recorded: str, asked: str, *, key: str) -> None:
    if recorded != asked:
        raise GatewayRefusedError(
            f"The key “{key}” was already used for another request.", code="idempotency_mismatch"
        )
