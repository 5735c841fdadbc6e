"""Checkouts as frozen rows."""

from uuid import UUID

from bandstand.credit.rules import read_disclosure
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.offers.rules import configuration_text, title_text
from bandstand.orders.models import Checkout, CheckoutLine, Order
from bandstand.orders.queries.words import CheckoutLineRow, CheckoutRow
from bandstand.orders.rules import CheckoutNotFoundError, CheckoutState


def checkout_row(checkout_id: UUID) -> CheckoutRow:
    """
    Return a checkout with its lines and, once there is one, its order.

    Raises: CheckoutNotFoundError.
    """
    checkout = Checkout.objects.filter(pk=checkout_id).first()
    if checkout is None:
        raise CheckoutNotFoundError("There is no such checkout.", given=str(checkout_id))
    order = Order.objects.filter(checkout=checkout).values_list("id", "number").first()
    lines = CheckoutLine.objects.filter(checkout=checkout).select_related(
        "disclosure", "offer__seller", "offer__variant__model__brand"
    )
    return CheckoutRow(
        id=checkout.id,
        public_id=print_id(IdKind.CHECKOUT, checkout.id),
        basket_id=checkout.basket_id,
        state=CheckoutState(checkout.state),
        email=checkout.email,
        buyer_name=checkout.buyer_name,
        address=dict(checkout.address),
        market=checkout.market_id,
        total=Money(checkout.total_minor, checkout.currency),
        due_today=Money(checkout.due_today_minor, checkout.currency),
        lines=tuple(_line_row(line, currency=checkout.currency) for line in lines.order_by("id")),
        payment_id=checkout.payment_id,
        prepared_at=checkout.prepared_at,
        expires_at=checkout.expires_at,
        failure=checkout.failure,
        order_id=order[0] if order else None,
        order_number=order[1] if order else "",
    )


def purpose_of(checkout_id: UUID) -> str:
    """Return the purpose of a checkout's payment: one payment for one checkout."""
    return f"checkout:{print_id(IdKind.CHECKOUT, checkout_id)}"


def _line_row(line: CheckoutLine, *, currency: str) -> CheckoutLineRow:
    offer, model = line.offer, line.offer.variant.model
    told = None if line.disclosure is None else read_disclosure(line.disclosure.body)
    return CheckoutLineRow(
        id=line.id,
        offer_id=offer.id,
        title=title_text(brand=model.brand.name, model=model.name),
        configuration=configuration_text(storage_gb=offer.storage_gb, colour=offer.colour),
        seller_name=offer.seller.trading_name,
        condition=offer.condition,
        colour_hex=offer.colour_hex,
        price=Money(line.price_minor, currency),
        due_today=Money(line.due_today_minor, currency),
        terms_id=line.terms_id,
        disclosure=told,
        first_payment_today=told is not None and told.is_first_payment_today,
    )
