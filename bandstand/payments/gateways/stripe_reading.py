"""
Reading Stripe's book: a payment, its session, refunds and disputes as one answer of the port.

Our keys travel in the metadata of Stripe's objects, so that what was done can be found by the key
it was done under long after Stripe has forgotten the call itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from bandstand.money import Money
from bandstand.payments.gateways.stripe_cards import card_of_payment
from bandstand.payments.gateways.stripe_wire import Book, from_wire
from bandstand.payments.rules import (
    CommandKind,
    DisputeState,
    GatewayAnswer,
    OperationState,
    PaymentState,
    ProviderDispute,
    ProviderOperation,
)

COMMAND_KEY: Final = "command_key"
CAPTURE_KEY: Final = "capture_key"
VOID_KEY: Final = "void_key"
SESSION_EXPIRED: Final = "checkout_expired"
GENERIC: Final = "generic_decline"
SAVED_BY_THEN: Final = frozenset({PaymentState.AUTHORISED, PaymentState.CAPTURED})

INTENT_STATES: Final[Mapping[str, PaymentState]] = MappingProxyType(
    {
        "requires_confirmation": PaymentState.CREATED,
        "processing": PaymentState.CREATED,
        "requires_action": PaymentState.ACTION_NEEDED,
        "requires_payment_method": PaymentState.DECLINED,
        "requires_capture": PaymentState.AUTHORISED,
        "succeeded": PaymentState.CAPTURED,
        "canceled": PaymentState.VOIDED,
    }
)
REFUND_STATES: Final[Mapping[str, OperationState]] = MappingProxyType(
    {
        "pending": OperationState.PENDING,
        "requires_action": OperationState.PENDING,
        "succeeded": OperationState.SUCCEEDED,
        "failed": OperationState.FAILED,
        "canceled": OperationState.FAILED,
    }
)
DISPUTE_STATES: Final[Mapping[str, DisputeState]] = MappingProxyType(
    {
        "warning_needs_response": DisputeState.INQUIRY,
        "warning_under_review": DisputeState.INQUIRY,
        "warning_closed": DisputeState.INQUIRY,
        "needs_response": DisputeState.OPEN,
        "under_review": DisputeState.UNDER_REVIEW,
        "prevented": DisputeState.INQUIRY,
        "won": DisputeState.WON,
        "lost": DisputeState.LOST,
    }
)
"""Source: Stripe, the Dispute object, ``status``, version 2026-10-28; from general knowledge."""


@dataclass(frozen=True, slots=True)
class Found:
    """What Stripe's book holds of one attempt: a session, a payment, or both."""

    intent: Book | None
    session: Book | None
    refunds: tuple[Book, ...] = ()
    disputes: tuple[Book, ...] = ()


def answer_of(found: Found) -> GatewayAnswer:
    """Return the whole of an attempt, as every gateway tells it."""
    if found.intent is None:
        return _session_answer(found.session or {})
    intent = found.intent
    state = _state(intent, session=found.session)
    return GatewayAnswer(
        ref=intent["id"],
        key=_metadata(intent).get(COMMAND_KEY, ""),
        state=state,
        amount=_amount(intent, "amount"),
        captured=_amount(intent, "amount_received"),
        refunded=_refunded(found),
        action_url=_action_url(found) if state is PaymentState.ACTION_NEEDED else "",
        decline_code=_decline_code(found) if state is PaymentState.DECLINED else "",
        operations=(*_steps(found, state=state), *(_refund(one) for one in found.refunds)),
        disputes=tuple(_dispute(one) for one in found.disputes),
        card=card_of_payment(intent) if state in SAVED_BY_THEN else None,
    )


def intent_of(session: Book) -> str:
    """Return the id of the payment a session has begun, or nothing while nobody has paid."""
    intent = session.get("payment_intent")
    return str(intent["id"] if isinstance(intent, dict) else intent or "")


def _session_answer(session: Book) -> GatewayAnswer:
    is_open = session["status"] == "open"
    metadata = _metadata(session)
    currency = str(session["currency"])
    is_let_go = not is_open and VOID_KEY in metadata
    ended = PaymentState.VOIDED if is_let_go else PaymentState.DECLINED
    amount = from_wire(session["amount_total"], currency)
    nothing = Money(0, amount.currency)
    return GatewayAnswer(
        ref=session["id"],
        key=metadata.get(COMMAND_KEY, ""),
        state=PaymentState.ACTION_NEEDED if is_open else ended,
        amount=amount,
        captured=nothing,
        refunded=nothing,
        action_url=str(session.get("url") or "") if is_open else "",
        decline_code=SESSION_EXPIRED if ended is PaymentState.DECLINED and not is_open else "",
        operations=_voids(session, amount=amount) if is_let_go else (),
    )


def _state(intent: Book, *, session: Book | None) -> PaymentState:
    status = str(intent["status"])
    is_kept_open = session is not None and session["status"] == "open"
    if status == "requires_payment_method" and is_kept_open:
        # On Stripe's page a refused card is not the end: the buyer may type another one.
        return PaymentState.ACTION_NEEDED
    is_void = VOID_KEY in _metadata(intent) or (session and VOID_KEY in _metadata(session))
    has_lapsed = session is not None and session["status"] == "expired"
    if status == "canceled" and has_lapsed and not is_void:
        return PaymentState.DECLINED
    return INTENT_STATES.get(status, PaymentState.CREATED)


def _decline_code(found: Found) -> str:
    if found.session is not None and found.session["status"] == "expired":
        return SESSION_EXPIRED
    error = (found.intent or {}).get("last_payment_error") or {}
    code = str(error.get("decline_code") or error.get("code") or GENERIC)
    return "card_declined" if code == GENERIC else code


def _action_url(found: Found) -> str:
    redirect = ((found.intent or {}).get("next_action") or {}).get("redirect_to_url") or {}
    return str(redirect.get("url") or (found.session or {}).get("url") or "")


def _steps(found: Found, *, state: PaymentState) -> tuple[ProviderOperation, ...]:
    """Return the capture or void that ended a payment, if it was ours."""
    intent = found.intent or {}
    key = _metadata(intent).get(CAPTURE_KEY, "")
    if state is PaymentState.CAPTURED and key:
        return (
            ProviderOperation(
                key=key,
                ref=_charge_ref(intent),
                kind=CommandKind.CAPTURE,
                amount=_amount(intent, "amount_received"),
                state=OperationState.SUCCEEDED,
            ),
        )
    if state is PaymentState.VOIDED:
        amount = _amount(intent, "amount")
        return _voids(intent, amount=amount) or _voids(found.session or {}, amount=amount)
    return ()


def _voids(ended: Book, *, amount: Money) -> tuple[ProviderOperation, ...]:
    key = _metadata(ended).get(VOID_KEY, "")
    if not key:
        return ()
    return (
        ProviderOperation(
            key=key,
            ref=ended["id"],
            kind=CommandKind.VOID,
            amount=amount,
            state=OperationState.SUCCEEDED,
        ),
    )


def _charge_ref(intent: Book) -> str:
    charge = intent.get("latest_charge")
    return str(charge["id"] if isinstance(charge, dict) else charge or intent["id"])


def _refund(refund: Book) -> ProviderOperation:
    return ProviderOperation(
        key=_metadata(refund).get(COMMAND_KEY, ""),
        ref=refund["id"],
        kind=CommandKind.REFUND,
        amount=_amount(refund, "amount"),
        state=REFUND_STATES.get(str(refund["status"]), OperationState.PENDING),
        failure=str(refund.get("failure_reason") or ""),
    )


def _refunded(found: Found) -> Money:
    done = [one for one in found.refunds if one["status"] == "succeeded"]
    currency = str((found.intent or {})["currency"])
    return from_wire(sum(one["amount"] for one in done), currency)


def _dispute(dispute: Book) -> ProviderDispute:
    due = (dispute.get("evidence_details") or {}).get("due_by")
    return ProviderDispute(
        ref=dispute["id"],
        amount=_amount(dispute, "amount"),
        state=DISPUTE_STATES.get(str(dispute["status"]), DisputeState.OPEN),
        reason=str(dispute.get("reason") or "general"),
        opened_at=datetime.fromtimestamp(dispute["created"], tz=UTC),
        due_at=datetime.fromtimestamp(due, tz=UTC) if due else None,
    )


def _amount(book: Book, name: str) -> Money:
    return from_wire(int(book.get(name) or 0), str(book["currency"]))


def _metadata(book: Book) -> Mapping[str, str]:
    found: Any = book.get("metadata") or {}
    return dict(found)
