"""
PAY: the card is asked, outside any transaction.

The checkout is marked as paying first. Should the shop fall over right after, the sweep finds it
and asks the provider what became of the payment.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.kernel.errors import BadInputError, RefusedError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.offers import queries as offer_queries, services as offers
from bandstand.orders.models import Checkout
from bandstand.orders.queries.checkouts import purpose_of
from bandstand.orders.rules import (
    PAYING_FOR,
    CheckoutEndedError,
    CheckoutMove,
    CheckoutState,
    ReservationExpiredError,
)
from bandstand.orders.services.ending import (
    FAILURE_LENGTH_MAX,
    end_checkout,
    lock_checkout,
    move_checkout,
)
from bandstand.orders.services.keeping import RefusedLineError, keep_unit
from bandstand.payments import services as payments
from bandstand.payments.queries import PaymentRow
from bandstand.payments.rules import PaymentState
from bandstand.payments.rules.cards import CardOwner, owner_of


def pay(
    *,
    checkout_id: UUID,
    card_token: str,
    return_url: str,
    now: datetime,
    keeps_card: bool = False,
) -> PaymentRow:
    """
    Ask a card for what is due today and return the payment as far as it is known.

    Paying twice is one payment. After a decline another card may be tried. Units whose time ran
    out are kept again if they are still there. ``keeps_card`` is the buyer's word that the card may
    be charged when the instalments of the order fall due.
    Raises: CheckoutNotFoundError; CheckoutEndedError; ReservationExpiredError; BadInputError for a
        card token that is none.
    """
    refusal = _begin(checkout_id, now=now)
    if refusal is not None:
        end_checkout(
            checkout_id=checkout_id, move=CheckoutMove.EXPIRE, reason=refusal.message, now=now
        )
        raise refusal
    checkout = Checkout.objects.get(pk=checkout_id)
    try:
        payment = payments.begin_payment(
            purpose=purpose_of(checkout_id),
            amount=Money(checkout.due_today_minor, checkout.currency),
            card_token=card_token,
            return_url=return_url,
            metadata={"checkout": print_id(IdKind.CHECKOUT, checkout_id)},
            now=now,
            keeps_card_for=_owner(checkout) if keeps_card else None,
        )
    except (BadInputError, RefusedError) as refused:
        decline(checkout_id=checkout_id, reason=refused.message, now=now)
        raise
    Checkout.objects.filter(pk=checkout_id).update(payment_id=payment.id)
    if payment.state is PaymentState.DECLINED:
        decline(checkout_id=checkout_id, reason=payment.decline_text, now=now)
    return payment


def _owner(checkout: Checkout) -> CardOwner:
    return owner_of(
        person_id=checkout.basket.person_id, checkout_id=checkout.id, email=checkout.email
    )


@transaction.atomic
def decline(*, checkout_id: UUID, reason: str, now: datetime) -> bool:
    """
    Note that the card was refused, so that the buyer may try another; return whether that was news.

    Lock: the checkout.
    """
    checkout = lock_checkout(checkout_id)
    if checkout.state != CheckoutState.PAYING.value:
        return False
    move_checkout(checkout, CheckoutMove.DECLINE, now=now)
    checkout.failure = reason[:FAILURE_LENGTH_MAX]
    checkout.save(update_fields=["failure"])
    return True


@transaction.atomic
def _begin(checkout_id: UUID, *, now: datetime) -> ReservationExpiredError | None:
    """
    Mark a checkout as paying and keep its units longer.

    The refusal is returned, not raised, so that what it leads to is committed.
    Raises: CheckoutEndedError.
    """
    checkout = lock_checkout(checkout_id)
    if checkout.state in {CheckoutState.PAYING.value, CheckoutState.FINALIZED.value}:
        return None
    if checkout.state != CheckoutState.PREPARED.value:
        raise CheckoutEndedError(
            f"This checkout has ended. {checkout.failure} Begin again from your basket."
        )
    until = now + PAYING_FOR
    refusal = keep_again(checkout, until=until, now=now)
    if refusal is not None:
        return refusal
    offers.extend(holder=checkout.id, until=until)
    move_checkout(checkout, CheckoutMove.PAY, now=now)
    checkout.expires_at = until
    checkout.failure = ""
    checkout.save(update_fields=["expires_at", "failure"])
    return None


def keep_again(
    checkout: Checkout, *, until: datetime, now: datetime
) -> ReservationExpiredError | None:
    """
    Keep another unit for every line whose own was freed; say which line could not be kept.

    Lock: the caller holds the checkout.
    """
    kept = offer_queries.kept_units(checkout.id)
    lost = [line for line in checkout.lines.order_by("offer_id", "id") if line.unit_id not in kept]
    rows = offer_queries.offer_rows([line.offer_id for line in lost]) if lost else {}
    for line in lost:
        try:
            again = keep_unit(rows[line.offer_id], holder=checkout.id, until=until, now=now)
        except RefusedLineError as refused:
            return ReservationExpiredError(
                f"We kept {refused.refusal.title} for you as long as we could, and it has gone."
                f" {refused.refusal.reason}",
                offer=str(line.offer_id),
            )
        line.unit_id, line.decision_id = again.unit.id, again.decision.id
        line.save(update_fields=["unit_id", "decision_id"])
    return None
