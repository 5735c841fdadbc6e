"""A checkout ends without an order: units go back, money is given back, and the buyer is told."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.credit.services.applications import end_claims
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers import services as offers
from bandstand.orders import letters
from bandstand.orders.events import CheckoutFailed
from bandstand.orders.models import Checkout
from bandstand.orders.queries.checkouts import purpose_of
from bandstand.orders.rules import (
    LIVE_CHECKOUT,
    CheckoutMove,
    CheckoutNotFoundError,
    CheckoutState,
    next_checkout_state,
)
from bandstand.orders.services.taxing import void_quotes_of
from bandstand.payments import queries as payment_queries, services as payments
from bandstand.payments.rules import CaptureInFlightError, VoidRefusedError
from bandstand.plumbing import audit, locks, outbox
from bandstand.promotions import services as promotions

FAILURE_LENGTH_MAX = 300


def lock_checkout(checkout_id: UUID) -> Checkout:
    """
    Return a checkout that nobody else is moving.

    Lock: the checkout's business identity, then its row; both to the end of the transaction.
    Raises: CheckoutNotFoundError.
    """
    locks.lock(f"checkout:{checkout_id}")
    checkout = Checkout.objects.select_for_update(of=("self",)).filter(pk=checkout_id).first()
    if checkout is None:
        raise CheckoutNotFoundError("There is no such checkout.", given=str(checkout_id))
    return checkout


def move_checkout(checkout: Checkout, move: CheckoutMove, *, now: datetime) -> None:
    """
    Move a checkout that the caller has locked, and leave a record of it.

    Raises: CheckoutMoveRefusedError.
    """
    before = CheckoutState(checkout.state)
    after = next_checkout_state(before, move)
    checkout.state = after.value
    checkout.ended_at = None if after in LIVE_CHECKOUT else now
    checkout.save(update_fields=["state", "ended_at"])
    audit.record(
        actor="system:checkout",
        action=f"checkout.{move.value}",
        subject=print_id(IdKind.CHECKOUT, checkout.id),
        now=now,
        from_state=before.value,
        to_state=after.value,
    )


@transaction.atomic
def end_checkout(*, checkout_id: UUID, move: CheckoutMove, reason: str, now: datetime) -> bool:
    """
    End a live checkout without an order; return whether this call ended it.

    Lock: the checkout.
    """
    checkout = lock_checkout(checkout_id)
    if CheckoutState(checkout.state) not in LIVE_CHECKOUT:
        return False
    move_checkout(checkout, move, now=now)
    checkout.failure = reason[:FAILURE_LENGTH_MAX]
    checkout.save(update_fields=["failure"])
    offers.free_holder(holder=checkout.id, now=now)
    end_claims(group_id=checkout.basket_id, now=now)
    promotions.free_places(holder=checkout.id)
    void_quotes_of(checkout, reason=reason, now=now)
    outbox.emit(CheckoutFailed(checkout_id=str(checkout.id), reason=reason), now=now)
    if give_back(checkout_id=checkout.id, now=now):
        letters.write_checkout_failed(checkout, reason=reason, now=now)
    return True


def give_back(*, checkout_id: UUID, now: datetime) -> bool:
    """Void what was set aside for a checkout; return whether a payment had been begun."""
    payment = payment_queries.payment_by_purpose(purpose_of(checkout_id))
    if payment is None:
        return False
    void_if_possible(payment.id, now=now)
    return True


def void_if_possible(payment_id: UUID, *, now: datetime) -> bool:
    """
    Claim the void of a payment; return whether it could be.

    A capture that was sent, or that succeeded, cannot be voided: its report is heard later, and
    what it took for a cancelled line is refunded then.
    """
    try:
        payments.claim_void(payment_id=payment_id, now=now)
    except (CaptureInFlightError, VoidRefusedError):
        return False
    return True
