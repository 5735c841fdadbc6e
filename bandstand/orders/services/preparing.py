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

from bandstand.credit import services as credit
from bandstand.credit.services.applications import ApprovalMissingError, bind_approval
from bandstand.money import Money
from bandstand.offers import services as offers
from bandstand.orders.models import Basket, BasketLine, Checkout, CheckoutLine
from bandstand.orders.queries.checkouts import checkout_row, purpose_of
from bandstand.orders.queries.words import BasketLineRow, BasketPage, CheckoutRow
from bandstand.orders.rules import (
    LIVE_CHECKOUT,
    PREPARED_FOR,
    BasketNotFoundError,
    CheckoutMove,
    CheckoutState,
    LineRefusal,
    LineRefusedError,
)
from bandstand.orders.services.agreeing import accept_agreements
from bandstand.orders.services.applying import apply_for_basket
from bandstand.orders.services.buyers import Buyer
from bandstand.orders.services.checking import SaleAsked, check_sale, settled_checkout
from bandstand.orders.services.crediting import keep_credits
from bandstand.orders.services.ending import end_checkout
from bandstand.orders.services.keeping import KeptUnit, RefusedLineError, keep_unit
from bandstand.orders.services.taxing import quote_lines, void_quotes_of
from bandstand.payments import queries as payments
from bandstand.promotions import services as promotions


def prepare(  # noqa: PLR0913 -- a checkout form has these parts
    *,
    basket_id: UUID,
    email: str,
    buyer_name: str,
    address: Mapping[str, str],
    expected_total: Money,
    now: datetime,
    has_agreed: bool = False,
    income: Money | None = None,
) -> CheckoutRow:
    """
    Prepare a basket for payment and return its checkout.

    ``has_agreed`` says that the buyer accepted the credit agreement of every plan in it. Every plan
    is applied for first; its decision is kept, whatever it is.

    ``expected_total`` is the total that the buyer saw; another one is shown to them before
    anything is kept.
    Lock: the buyer's credit, then the basket's row, each in a transaction of its own.
    Raises: BasketNotFoundError; BasketRefusedError if it is empty; CheckoutFormError;
        LineRefusedError with every line that cannot be bought; PriceChangedError;
        PlansNotApprovedError. Then nothing was kept.
    """
    asked = SaleAsked(
        basket_id=basket_id,
        email=email,
        buyer_name=buyer_name,
        address=address,
        expected_total=expected_total,
        has_agreed=has_agreed,
        income=income,
    )
    approvals = apply_for_basket(asked, now=now)
    return _keep(asked, approvals=approvals, now=now)


@transaction.atomic
def _keep(asked: SaleAsked, *, approvals: Mapping[UUID, UUID], now: datetime) -> CheckoutRow:
    basket = Basket.objects.select_for_update().filter(pk=asked.basket_id).first()
    if basket is None:
        raise BasketNotFoundError("There is no such basket.", given=str(asked.basket_id))
    settled = settled_checkout(basket)
    if settled is not None:
        return settled
    sale = check_sale(basket, asked=asked, now=now)
    checkout = _checkout(basket, page=sale.page, added=sale.added, buyer=sale.buyer, now=now)
    _keep_lines(checkout, page=sale.page, approvals=approvals, now=now)
    quote_lines(checkout, now=now)
    accept_agreements(checkout, now=now)
    return checkout_row(checkout.id)


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


def _keep_lines(
    checkout: Checkout, *, page: BasketPage, approvals: Mapping[UUID, UUID], now: datetime
) -> None:
    """Keep one unit for each line. Raises: LineRefusedError with every line that cannot be kept."""
    # Freed and kept again in one transaction: nobody else sees the units free.
    offers.free_holder(holder=checkout.id, now=now)
    promotions.free_places(holder=checkout.id)
    void_quotes_of(checkout, reason="The checkout was prepared anew.", now=now)
    checkout.lines.all().delete()
    refusals: list[LineRefusal] = []
    # In one order for every buyer, so that two baskets with the same things cannot wait in a
    # circle.
    for line in sorted(page.lines, key=lambda one: (one.offer.id, one.id)):
        try:
            kept = keep_unit(line.offer, holder=checkout.id, until=checkout.expires_at, now=now)
            keep_credits(line, holder=checkout.id, until=checkout.expires_at, now=now)
        except RefusedLineError as refused:
            refusals.append(refused.refusal)
            continue
        _write_line(checkout, line=line, kept=kept, approval=approvals.get(line.id), now=now)
    if refusals:
        raise LineRefusedError(refusals)


def _write_line(
    checkout: Checkout,
    *,
    line: BasketLineRow,
    kept: KeptUnit,
    approval: UUID | None,
    now: datetime,
) -> None:
    stored = None
    if line.disclosure is not None:
        stored = credit.store_disclosure(
            disclosure=line.disclosure, market=checkout.market_id, now=now
        )
        if approval is None:
            raise ApprovalMissingError("Your basket changed while we looked. Send it once more.")
        bind_approval(disclosure_id=stored, decision_id=approval, now=now)
    CheckoutLine.objects.create(
        checkout=checkout,
        promotion_id=None if line.credits is None else line.credits.promotion_id,
        offer_id=line.offer.id,
        unit_id=kept.unit.id,
        price_minor=line.price.minor,
        due_today_minor=line.due_today.minor,
        terms_id=line.terms_id,
        disclosure_id=stored,
        decision_id=kept.decision.id,
    )
    BasketLine.objects.filter(pk=line.id).update(seen_price_minor=line.price.minor)
