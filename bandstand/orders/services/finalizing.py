"""
FINALIZE: one transaction under the gate that makes the order, or nothing.

Order, lines, units, plans, passports, the claim on the money and the event stand or fall together.
Two finalizers wait for each other and find one order; one that fell over is finished by the sweep.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.gate import guard
from bandstand.gate.guard import HeldError, StaleDecisionError
from bandstand.gate.rules import Activity, DecisionRow
from bandstand.kernel.errors import RefusedError
from bandstand.offers import queries as offer_queries
from bandstand.offers.queries import OfferRow
from bandstand.orders import letters
from bandstand.orders.events import OrderPlaced
from bandstand.orders.models import Basket, Checkout, CheckoutLine, Order
from bandstand.orders.queries.checkouts import purpose_of
from bandstand.orders.queries.orders import order_of_checkout
from bandstand.orders.queries.words import OrderRow
from bandstand.orders.rules import (
    NUMBER_BITS,
    PREPARED_FOR,
    CheckoutEndedError,
    CheckoutMove,
    CheckoutState,
    NotAuthorisedError,
    OrderNotFoundError,
    order_number,
)
from bandstand.orders.services.asking import ask, reasons_text
from bandstand.orders.services.capturing import claim_captures
from bandstand.orders.services.committing import commit_line
from bandstand.orders.services.ending import end_checkout, lock_checkout, move_checkout
from bandstand.orders.services.paying import keep_again
from bandstand.parties import queries as parties
from bandstand.payments import queries as payments
from bandstand.payments.queries import PaymentRow
from bandstand.payments.rules import PaymentState
from bandstand.plumbing import outbox


class CannotCommitError(RefusedError):
    """Something in the checkout may no longer be sold, or is gone; nothing was written."""

    code = "cannot_commit"


@dataclass(frozen=True, slots=True)
class AllowedLine:
    """A line of a checkout with its offer and the gate's fresh yes."""

    line: CheckoutLine
    offer: OfferRow
    decision: DecisionRow


def finalize(*, checkout_id: UUID, now: datetime) -> OrderRow:
    """
    Turn a checkout whose money is authorised into an order; the same checkout is always the same
    order.

    A hold, a lost unit or a refusal of the gate ends the checkout: units go back, the money is let
    go and the buyer is told. Facts that change in the very moment are asked for once more.
    Raises: CheckoutNotFoundError; NotAuthorisedError; CheckoutEndedError; StaleDecisionError if
        facts changed twice, and then the sweep tries again.
    """
    try:
        return _commit_fresh(checkout_id, now=now)
    except (HeldError, CannotCommitError) as refused:
        end_checkout(
            checkout_id=checkout_id, move=CheckoutMove.FAIL, reason=refused.message, now=now
        )
        raise CheckoutEndedError(
            f"Your order could not be placed. {refused.message}", because=refused.code
        ) from refused


def _commit_fresh(checkout_id: UUID, *, now: datetime) -> OrderRow:
    try:
        return _commit(checkout_id, now=now)
    except StaleDecisionError:
        return _commit(checkout_id, now=now)


@transaction.atomic
def _commit(checkout_id: UUID, *, now: datetime) -> OrderRow:
    """
    Make the order. Lock: the checkout, its units, then every anchor of its lines, shared.

    Raises: HeldError, StaleDecisionError, CannotCommitError, NotAuthorisedError,
        CheckoutEndedError.
    """
    checkout = lock_checkout(checkout_id)
    placed = order_of_checkout(checkout_id)
    if placed is not None:
        return placed
    payment = _authorised_payment(checkout)
    allowed = _allowed_lines(checkout, now=now)
    # All anchors at once and sorted: lines of several brands must not wait in a circle.
    guard.take_anchors(*(one.decision for one in allowed))
    order = _create_order(checkout, payment=payment, now=now)
    for one in allowed:
        commit_line(order, source=one.line, offer=one.offer, decision=one.decision, now=now)
    claim_captures(order, now=now)
    move_checkout(checkout, CheckoutMove.FINALIZE, now=now)
    Basket.objects.filter(pk=checkout.basket_id).update(closed_at=now)
    outbox.emit(OrderPlaced(order_id=str(order.id), number=order.number), now=now)
    letters.write_order_placed(order, now=now)
    made = order_of_checkout(checkout_id)
    if made is None:
        raise OrderNotFoundError("The order that was just made cannot be read.")
    return made


def _authorised_payment(checkout: Checkout) -> PaymentRow:
    if checkout.state == CheckoutState.PREPARED.value:
        raise NotAuthorisedError("Nothing was paid for this checkout yet.")
    if checkout.state != CheckoutState.PAYING.value:
        raise CheckoutEndedError(f"This checkout has ended. {checkout.failure}")
    payment = payments.payment_by_purpose(purpose_of(checkout.id))
    if payment is None or payment.state is not PaymentState.AUTHORISED:
        raise NotAuthorisedError("The payment is not confirmed yet.")
    if payment.amount.minor != checkout.due_today_minor:
        raise CannotCommitError("The payment is not for the amount of this checkout.")
    return payment


def _allowed_lines(checkout: Checkout, *, now: datetime) -> Sequence[AllowedLine]:
    refusal = keep_again(checkout, until=now + PREPARED_FOR, now=now)
    if refusal is not None:
        raise CannotCommitError(refusal.message)
    lines = list(checkout.lines.select_related("disclosure").order_by("offer_id", "id"))
    offers = offer_queries.offer_rows([line.offer_id for line in lines])
    allowed = []
    for line in lines:
        offer = offers[line.offer_id]
        decision = ask(Activity.ORDER_COMMIT, offer=offer, unit_id=line.unit_id, now=now)
        if not decision.is_allowed:
            raise CannotCommitError(f"{offer.title}: {reasons_text(decision)}")
        allowed.append(AllowedLine(line, offer, decision))
    return allowed


def _create_order(checkout: Checkout, *, payment: PaymentRow, now: datetime) -> Order:
    return Order.objects.create(
        number=_fresh_number(),
        checkout=checkout,
        person_id=checkout.basket.person_id,
        email=checkout.email,
        buyer_name=checkout.buyer_name,
        address=checkout.address,
        market_id=checkout.market_id,
        currency=checkout.currency,
        total_minor=checkout.total_minor,
        tax_minor=sum(checkout.lines.values_list("tax_minor", flat=True)),
        due_today_minor=checkout.due_today_minor,
        payment_id=payment.id,
        placed_at=now,
    )


def _fresh_number() -> str:
    """Return a number that no order has; the unique index settles the rest."""
    shop_name = parties.operator().shop_name
    number = order_number(shop_name=shop_name, random=secrets.randbits(NUMBER_BITS))
    while Order.objects.filter(number=number).exists():
        number = order_number(shop_name=shop_name, random=secrets.randbits(NUMBER_BITS))
    return number
