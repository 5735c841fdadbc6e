"""Whether a basket can be bought by somebody at the total they saw. Nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.money import Money
from bandstand.orders.models import Basket
from bandstand.orders.queries.baskets import NOT_LISTED, SOLD_OUT, TERMS_GONE, basket_page
from bandstand.orders.queries.checkouts import checkout_row
from bandstand.orders.queries.taxes import basket_tax
from bandstand.orders.queries.words import BasketLineRow, BasketPage, CheckoutRow
from bandstand.orders.rules import (
    BasketRefusedError,
    CheckoutState,
    LineRefusal,
    LineRefusedError,
    PriceChangedError,
)
from bandstand.orders.services.buyers import Buyer, checked_buyer


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleAsked:
    """What a buyer sends from the checkout."""

    basket_id: UUID
    email: str
    buyer_name: str
    address: Mapping[str, str]
    expected_total: Money
    has_agreed: bool
    income: Money | None
    """What they say they earn in the month, where the market's policy asks."""


@dataclass(frozen=True, slots=True)
class CheckedSale:
    """A basket that can be bought, by whom, and the tax added to its prices."""

    page: BasketPage
    buyer: Buyer
    added: Money


def settled_checkout(basket: Basket) -> CheckoutRow | None:
    """Return the checkout of a basket that was bought or is being paid for: that is the answer."""
    standing = [CheckoutState.PAYING.value, CheckoutState.FINALIZED.value]
    found = basket.checkouts.filter(state__in=standing).order_by("-prepared_at").first()
    if found is None and basket.closed_at is not None:
        raise BasketRefusedError("This basket was bought. Begin another.")
    return None if found is None else checkout_row(found.id)


def check_sale(basket: Basket, *, asked: SaleAsked, now: datetime) -> CheckedSale:
    """
    Return what would be bought, or refuse it for everything that stands in the way.

    Raises: CheckoutFormError; BasketRefusedError; LineRefusedError; PriceChangedError.
    """
    buyer = checked_buyer(
        email=asked.email,
        name=asked.buyer_name,
        address=asked.address,
        countries=catalogue.market(basket.market_id).members,
    )
    page = basket_page(basket_id=basket.id, now=now)
    if not page.lines:
        raise BasketRefusedError("The basket is empty.")
    refusals = [_refusal(line) for line in page.lines if not line.can_be_bought]
    if refusals:
        raise LineRefusedError(refusals)
    added = basket_tax(page, address=buyer.address, now=now).added
    total = page.total + added
    if total != asked.expected_total:
        raise PriceChangedError(old=asked.expected_total, new=total, tax_added=added)
    if not asked.has_agreed and any(line.disclosure is not None for line in page.lines):
        raise BasketRefusedError("A plan needs your agreement to its credit terms.")
    return CheckedSale(page, buyer, added)


def _refusal(line: BasketLineRow) -> LineRefusal:
    code = {SOLD_OUT: "sold_out", NOT_LISTED: "not_listed", TERMS_GONE: "terms_gone"}
    return LineRefusal(
        offer_id=line.offer.id,
        title=line.offer.title,
        code="held" if line.hold is not None else code[line.problem],
        reason=line.problem,
    )
