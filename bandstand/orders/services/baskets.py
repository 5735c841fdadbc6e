"""Baskets: what someone means to buy. Nothing is promised yet."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries as catalogue
from bandstand.credit import queries as credit
from bandstand.money import Money
from bandstand.offers import queries as offers
from bandstand.offers.queries import OfferRow
from bandstand.offers.rules import OfferNotFoundError
from bandstand.orders.models import Basket, BasketLine, Checkout
from bandstand.orders.rules import (
    BASKET_LINES_MAX,
    BasketNotFoundError,
    BasketRefusedError,
    CheckoutState,
)


@transaction.atomic
def open_basket(*, person_id: UUID | None, market: str, now: datetime) -> UUID:
    """
    Open a basket for someone, or for a guest, and return its key.

    Raises: NotFoundError naming near matches if the market is not known.
    """
    place = catalogue.market(market)
    return Basket.objects.create(person_id=person_id, market_id=place.code, made_at=now).id


@transaction.atomic
def add_line(*, basket_id: UUID, offer_id: UUID, terms_id: UUID | None, now: datetime) -> UUID:
    """
    Put one thing into a basket, outright or on a plan, and return the line's key.

    Lock: the basket's row.
    Raises: BasketNotFoundError; BasketRefusedError; OfferNotFoundError.
    """
    basket = _locked(basket_id)
    offer = _offer_in(basket, offer_id=offer_id)
    _require_terms(terms_id, offer=offer, now=now)
    if basket.lines.count() >= BASKET_LINES_MAX:
        raise BasketRefusedError(
            f"A basket holds {BASKET_LINES_MAX} things. Buy these first, then begin another."
        )
    line = BasketLine.objects.create(
        basket=basket,
        offer_id=offer.id,
        terms_id=terms_id,
        seen_price_minor=offer.price.minor,
        added_at=now,
    )
    return line.id


@transaction.atomic
def change_terms(*, basket_id: UUID, line_id: UUID, terms_id: UUID | None, now: datetime) -> None:
    """
    Put a line on another plan, or on none.

    Lock: the basket's row.
    Raises: BasketNotFoundError; BasketRefusedError.
    """
    basket = _locked(basket_id)
    line = basket.lines.filter(pk=line_id).first()
    if line is None:
        raise BasketRefusedError("This is no longer in the basket.", line=str(line_id))
    _require_terms(terms_id, offer=_offer_in(basket, offer_id=line.offer_id), now=now)
    line.terms_id = terms_id
    line.down_payment_minor = None
    line.save(update_fields=["terms_id", "down_payment_minor"])


@transaction.atomic
def step_up(*, basket_id: UUID, line_id: UUID, terms_id: UUID, down_payment: Money) -> None:
    """
    Let a line on a plan ask another down payment than its terms do, as its buyer accepted it.

    Choosing a plan again takes it away.
    Lock: the basket's row.
    Raises: BasketNotFoundError; BasketRefusedError.
    """
    line = _locked(basket_id).lines.filter(pk=line_id, terms_id=terms_id).first()
    if line is None:
        raise BasketRefusedError("The basket changed. Look at the plan again.", line=str(line_id))
    line.down_payment_minor = down_payment.minor
    line.save(update_fields=["down_payment_minor"])


@transaction.atomic
def remove_line(*, basket_id: UUID, line_id: UUID) -> bool:
    """
    Take a line out; return whether it was there. Taking it out twice is no mistake.

    Lock: the basket's row.
    Raises: BasketNotFoundError; BasketRefusedError while a payment is under way.
    """
    removed, _ = _locked(basket_id).lines.filter(pk=line_id).delete()
    return bool(removed)


@transaction.atomic
def see_prices(*, basket_id: UUID, seen: Sequence[tuple[UUID, Money]]) -> int:
    """
    Note the prices that a page has just shown to the buyer; return how many lines changed.

    Lock: the basket's row.
    """
    basket = _locked(basket_id)
    return sum(
        basket.lines.filter(pk=line_id)
        .exclude(seen_price_minor=price.minor)
        .update(seen_price_minor=price.minor)
        for line_id, price in seen
    )


@transaction.atomic
def claim_basket(*, basket_id: UUID, person_id: UUID) -> None:
    """
    Let a guest's basket belong to the person who signed in. One that has an owner keeps them.

    Lock: none beyond the row's update.
    """
    Basket.objects.filter(pk=basket_id, person__isnull=True).update(person_id=person_id)


@transaction.atomic
def drop_offers(*, offer_ids: Sequence[UUID]) -> int:
    """
    Take offers out of every open basket that is not being paid for; return how many lines went.

    For goods that were stopped: what cannot be bought need not be carried along.
    """
    found = BasketLine.objects.filter(offer_id__in=offer_ids, basket__closed_at=None).exclude(
        basket__checkouts__state=CheckoutState.PAYING.value
    )
    dropped, _ = found.delete()
    return dropped


def _locked(basket_id: UUID) -> Basket:
    basket = Basket.objects.select_for_update().filter(pk=basket_id).first()
    if basket is None:
        raise BasketNotFoundError("There is no such basket.", given=str(basket_id))
    if basket.closed_at is not None:
        raise BasketRefusedError("This basket was bought. Begin another.")
    if Checkout.objects.filter(basket=basket, state=CheckoutState.PAYING.value).exists():
        raise BasketRefusedError(
            "A payment for this basket is under way. Wait for it, then change the basket."
        )
    return basket


def _offer_in(basket: Basket, *, offer_id: UUID) -> OfferRow:
    offer = offers.offer_rows([offer_id]).get(offer_id)
    if offer is None:
        raise OfferNotFoundError("There is no such offer.", given=str(offer_id))
    if offer.market != basket.market_id:
        raise BasketRefusedError(
            f"This is sold in {offer.market}, and the basket is for {basket.market_id}."
        )
    if not offer.is_listed:
        raise BasketRefusedError(f"{offer.title} is not on sale.")
    hold = offers.hold_on(offer_id)
    if hold is not None:
        raise BasketRefusedError(hold.reason)
    return offer


def _require_terms(terms_id: UUID | None, *, offer: OfferRow, now: datetime) -> None:
    if terms_id is not None and not credit.is_on_offer(
        terms_id=terms_id, price=offer.price, market=offer.market, now=now
    ):
        raise BasketRefusedError(
            f"This plan is not offered for {offer.title}. Choose one that its page shows."
        )
