"""
Who may see a basket, a checkout or an order. The only fetch by id for delivery code.

A guest's basket and checkout have keys that nobody can guess and that only their own session
holds; a person's belong to that person. An order is its buyer's and the operator's, or whoever
holds its signed link.
"""

from uuid import UUID

from bandstand.orders.links import read_order_token
from bandstand.orders.models import Basket, Checkout, Order, OrderLine
from bandstand.orders.rules import (
    BasketNotFoundError,
    CheckoutNotFoundError,
    OrderNotFoundError,
)
from bandstand.parties.rules import Actor, Role


def basket_for(actor: Actor, basket_id: UUID) -> UUID:
    """
    Return a basket that the caller may fill: a guest's by its key, or their own.

    Raises: BasketNotFoundError.
    """
    owner = Basket.objects.filter(pk=basket_id).values_list("person_id", flat=True)
    if not _is_theirs(actor, list(owner)):
        raise BasketNotFoundError("There is no such basket.", given=str(basket_id))
    return basket_id


def checkout_for(actor: Actor, checkout_id: UUID) -> UUID:
    """
    Return a checkout that the caller may pay: a guest's by its key, or their own.

    Raises: CheckoutNotFoundError.
    """
    owner = Checkout.objects.filter(pk=checkout_id).values_list("basket__person_id", flat=True)
    if not _is_theirs(actor, list(owner)):
        raise CheckoutNotFoundError("There is no such checkout.", given=str(checkout_id))
    return checkout_id


def order_for(actor: Actor, order_id: UUID) -> UUID:
    """
    Return an order that the caller may see: as its buyer, or as the operator.

    Raises: OrderNotFoundError, alike for an order that is not theirs and one that is not there.
    """
    owner = Order.objects.filter(pk=order_id).values_list("person_id", flat=True).first()
    is_buyer = actor.is_signed_in and owner == actor.person_id
    if not (is_buyer or (actor.is_operator and Order.objects.filter(pk=order_id).exists())):
        raise OrderNotFoundError("There is no such order, or it is not yours.", given=str(order_id))
    return order_id


def line_for(actor: Actor, line_id: UUID) -> UUID:
    """
    Return an order line that the caller may act on: as the operator, or as the seller who sold it.

    Raises: OrderNotFoundError.
    """
    seller = OrderLine.objects.filter(pk=line_id).values_list("seller_id", flat=True).first()
    is_seller = seller is not None and (Role.SELLER, seller) in actor.roles
    if seller is None or not (actor.is_operator or is_seller):
        raise OrderNotFoundError(
            "There is no such order line, or it is not yours.", given=str(line_id)
        )
    return line_id


def order_by_link(token: str) -> UUID:
    """
    Return the order that a signed link opens.

    Raises: OrderNotFoundError for a link this shop did not sign, or an order that is gone.
    """
    order_id = read_order_token(token)
    if not Order.objects.filter(pk=order_id).exists():
        raise OrderNotFoundError("There is no such order.")
    return order_id


def _is_theirs(actor: Actor, owners: list[UUID | None]) -> bool:
    return bool(owners) and owners[0] in {None, actor.person_id}
