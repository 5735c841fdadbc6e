"""
PREPARE: one transaction that asks the gate, keeps the units, prices, discloses, and compares
totals.

It promises nothing yet. Submitting again finds the same checkout and refreshes it; a basket that
was bought answers with the checkout that bought it.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from bandstand.catalogue import queries as catalogue
from bandstand.credit import services as credit
from bandstand.money import Money
from bandstand.offers import services as offers
from bandstand.orders.models import Basket, BasketLine, Checkout, CheckoutLine
from bandstand.orders.queries.baskets import NOT_LISTED, SOLD_OUT, TERMS_GONE, basket_page
from bandstand.orders.queries.checkouts import checkout_row, purpose_of
from bandstand.orders.queries.taxes import basket_tax
from bandstand.orders.queries.words import BasketLineRow, BasketPage, CheckoutRow
from bandstand.orders.rules import (
    LIVE_CHECKOUT,
    PREPARED_FOR,
    BasketNotFoundError,
    BasketRefusedError,
    CheckoutMove,
    CheckoutState,
    LineRefusal,
    LineRefusedError,
    PriceChangedError,
)
from bandstand.orders.services.agreeing import accept_agreements
from bandstand.orders.services.buyers import Buyer, checked_buyer
from bandstand.orders.services.ending import end_checkout
from bandstand.orders.services.keeping import KeptUnit, RefusedLineError, keep_unit
from bandstand.orders.services.taxing import quote_lines, void_quotes_of
from bandstand.payments import queries as payments


@transaction.atomic
def prepare(
    *,
    basket_id: UUID,
    email: str,
    buyer_name: str,
    address: Mapping[str, str],
    expected_total: Money,
    now: datetime,
    has_agreed: bool = False,
) -> CheckoutRow:
    """
    Prepare a basket for payment and return its checkout.

    ``has_agreed`` says that the buyer accepted the credit agreement of every plan in it.

    ``expected_total`` is the total that the buyer saw; another one is shown to them before
    anything is kept.
    Lock: the basket's row.
    Raises: BasketNotFoundError; BasketRefusedError if it is empty; CheckoutFormError;
        LineRefusedError with every line that cannot be bought; PriceChangedError. Then nothing was
        written.
    """
    basket = Basket.objects.select_for_update().filter(pk=basket_id).first()
    if basket is None:
        raise BasketNotFoundError("There is no such basket.", given=str(basket_id))
    settled = _settled(basket)
    if settled is not None:
        return settled
    buyer = checked_buyer(
        email=email,
        name=buyer_name,
        address=address,
        countries=catalogue.market(basket.market_id).members,
    )
    page = basket_page(basket_id=basket_id, now=now)
    if not page.lines:
        raise BasketRefusedError("The basket is empty.")
    refusals = [_refusal(line) for line in page.lines if not line.can_be_bought]
    if refusals:
        raise LineRefusedError(refusals)
    added = basket_tax(page, address=buyer.address, now=now).added
    total = page.total + added
    if total != expected_total:
        raise PriceChangedError(old=expected_total, new=total, tax_added=added)
    if not has_agreed and any(line.disclosure is not None for line in page.lines):
        raise BasketRefusedError("A plan needs your agreement to its credit terms.")
    checkout = _checkout(basket, page=page, added=added, buyer=buyer, now=now)
    _keep_lines(checkout, page=page, now=now)
    quote_lines(checkout, now=now)
    accept_agreements(checkout, now=now)
    return checkout_row(checkout.id)


def _settled(basket: Basket) -> CheckoutRow | None:
    """Return the checkout of a basket that was bought or is being paid for: that is the answer."""
    standing = [CheckoutState.PAYING.value, CheckoutState.FINALIZED.value]
    found = basket.checkouts.filter(state__in=standing).order_by("-prepared_at").first()
    if found is None and basket.closed_at is not None:
        raise BasketRefusedError("This basket was bought. Begin another.")
    return None if found is None else checkout_row(found.id)


def _refusal(line: BasketLineRow) -> LineRefusal:
    code = {SOLD_OUT: "sold_out", NOT_LISTED: "not_listed", TERMS_GONE: "terms_gone"}
    return LineRefusal(
        offer_id=line.offer.id,
        title=line.offer.title,
        code="held" if line.hold is not None else code[line.problem],
        reason=line.problem,
    )


def _checkout(
    basket: Basket, *, page: BasketPage, added: Money, buyer: Buyer, now: datetime
) -> Checkout:
    """Return the basket's live checkout with this buyer and these amounts, or a new one."""
    due_today = page.due_today + added
    live = (
        basket.checkouts.select_for_update()
        .filter(state__in=[state.value for state in LIVE_CHECKOUT])
        .first()
    )
    if live is not None and _must_be_replaced(live, due_today=due_today):
        end_checkout(
            checkout_id=live.id,
            move=CheckoutMove.EXPIRE,
            reason="The basket changed; another checkout took its place.",
            now=now,
        )
        live = None
    values = {
        "email": buyer.email,
        "buyer_name": buyer.name,
        "address": buyer.address,
        "total_minor": (page.total + added).minor,
        "due_today_minor": due_today.minor,
        "prepared_at": now,
        "expires_at": now + PREPARED_FOR,
        "failure": "",
    }
    if live is None:
        return Checkout.objects.create(
            basket=basket,
            state=CheckoutState.PREPARED.value,
            market_id=page.market,
            currency=page.currency,
            **values,
        )
    for name, value in values.items():
        setattr(live, name, value)
    live.save(update_fields=list(values))
    return live


def _must_be_replaced(live: Checkout, *, due_today: Money) -> bool:
    # A payment was declined: its purpose is bound to its amount, so another amount is another
    # checkout.
    has_payment = payments.payment_by_purpose(purpose_of(live.id)) is not None
    return has_payment and live.due_today_minor != due_today.minor


def _keep_lines(checkout: Checkout, *, page: BasketPage, now: datetime) -> None:
    """Keep one unit for each line. Raises: LineRefusedError with every line that cannot be kept."""
    # Freed and kept again in one transaction: nobody else sees the units free.
    offers.free_holder(holder=checkout.id, now=now)
    void_quotes_of(checkout, reason="The checkout was prepared anew.", now=now)
    checkout.lines.all().delete()
    refusals: list[LineRefusal] = []
    # In one order for every buyer, so that two baskets with the same things cannot wait in a
    # circle.
    for line in sorted(page.lines, key=lambda one: (one.offer.id, one.id)):
        try:
            kept = keep_unit(line.offer, holder=checkout.id, until=checkout.expires_at, now=now)
        except RefusedLineError as refused:
            refusals.append(refused.refusal)
            continue
        _write_line(checkout, line=line, kept=kept, now=now)
    if refusals:
        raise LineRefusedError(refusals)


def _write_line(checkout: Checkout, *, line: BasketLineRow, kept: KeptUnit, now: datetime) -> None:
    stored = None
    if line.disclosure is not None:
        stored = credit.store_disclosure(
            disclosure=line.disclosure, market=checkout.market_id, now=now
        )
    CheckoutLine.objects.create(
        checkout=checkout,
        offer_id=line.offer.id,
        unit_id=kept.unit.id,
        price_minor=line.price.minor,
        due_today_minor=line.due_today.minor,
        terms_id=line.terms_id,
        disclosure_id=stored,
        decision_id=kept.decision.id,
    )
    BasketLine.objects.filter(pk=line.id).update(seen_price_minor=line.price.minor)
