from typing import Any
from uuid import UUID, uuid4

import pytest

from bandstand.orders import access, links, queries, services
from bandstand.orders.models import Basket, Order
from bandstand.orders.rules import (
    BasketNotFoundError,
    CheckoutNotFoundError,
    OrderNotFoundError,
)
from bandstand.parties.rules import Actor, Role
from bandstand.plumbing import clock
from tests.factories import offers, orders, parties

pytestmark = pytest.mark.django_db


def signed_in(person_id: UUID, *roles: tuple[Role, UUID]) -> Actor:
    return Actor(person_id=person_id, email="x@example.org", name="X", roles=frozenset(roles))


def miras_order() -> tuple[UUID, UUID]:
    mira = parties.person(email="mira@example.org")
    checkout = orders.prepare(orders.basket(offers.offer(), person_id=mira.id))
    orders.pay(checkout.id)
    orders.hear_everything()
    return mira.id, Order.objects.get().id


CALLERS = ["anonymous", "other_shopper", "seller_of_it", "buyer", "operator"]


@pytest.mark.parametrize("who", CALLERS)
def test_an_order_opens_for_its_buyer_and_the_operator_only(who: str) -> None:
    orders.shop()
    mira_id, order_id = miras_order()
    seller_id = Order.objects.get().lines.get().seller_id
    assert seller_id is not None
    callers: dict[str, Any] = {
        "anonymous": Actor.anonymous(),
        "other_shopper": signed_in(parties.person().id),
        "seller_of_it": signed_in(parties.person().id, (Role.SELLER, seller_id)),
        "buyer": signed_in(mira_id),
        "operator": signed_in(parties.person().id, (Role.OPERATOR, parties.party().id)),
    }

    if who in {"buyer", "operator"}:
        assert access.order_for(callers[who], order_id) == order_id
    else:
        with pytest.raises(OrderNotFoundError):
            access.order_for(callers[who], order_id)


@pytest.mark.parametrize("who", CALLERS)
def test_a_line_is_moved_by_its_seller_and_the_operator_only(who: str) -> None:
    orders.shop()
    mira_id, _ = miras_order()
    line = Order.objects.get().lines.get()
    assert line.seller_id is not None
    callers: dict[str, Any] = {
        "anonymous": Actor.anonymous(),
        "other_shopper": signed_in(parties.person().id, (Role.SELLER, parties.party().id)),
        "seller_of_it": signed_in(parties.person().id, (Role.SELLER, line.seller_id)),
        "buyer": signed_in(mira_id),
        "operator": signed_in(parties.person().id, (Role.OPERATOR, parties.party().id)),
    }

    if who in {"seller_of_it", "operator"}:
        assert access.line_for(callers[who], line.id) == line.id
    else:
        with pytest.raises(OrderNotFoundError):
            access.line_for(callers[who], line.id)


def test_a_guests_order_opens_for_no_other_guest() -> None:
    orders.shop()
    order = orders.placed(offers.offer())

    with pytest.raises(OrderNotFoundError):
        access.order_for(Actor.anonymous(), order.id)
    with pytest.raises(OrderNotFoundError):
        access.order_for(signed_in(parties.person().id), order.id)


def test_a_signed_link_opens_its_order_and_a_forged_one_none() -> None:
    orders.shop()
    order = orders.placed(offers.offer())
    token = links.order_token(order.id)

    assert access.order_by_link(token) == order.id
    assert services.order_link(order.id) == f"/order/{token}/"
    for forged in (token[:-1], token.replace("ord_", "ord_0", 1), order.public_id, "", "a.b"):
        with pytest.raises(OrderNotFoundError):
            access.order_by_link(forged)
    with pytest.raises(OrderNotFoundError):
        access.order_by_link(links.order_token(uuid4()))


def test_a_persons_basket_and_checkout_are_theirs_alone() -> None:
    orders.shop()
    mira, other = parties.person(), parties.person()
    checkout = orders.prepare(orders.basket(offers.offer(), person_id=mira.id))

    assert access.basket_for(signed_in(mira.id), checkout.basket_id) == checkout.basket_id
    assert access.checkout_for(signed_in(mira.id), checkout.id) == checkout.id
    for caller in (Actor.anonymous(), signed_in(other.id)):
        with pytest.raises(BasketNotFoundError):
            access.basket_for(caller, checkout.basket_id)
        with pytest.raises(CheckoutNotFoundError):
            access.checkout_for(caller, checkout.id)


def test_a_guests_basket_opens_by_its_key_until_somebody_claims_it() -> None:
    orders.shop()
    mira, basket_id = parties.person(), orders.basket()
    assert access.basket_for(Actor.anonymous(), basket_id) == basket_id

    services.claim_basket(basket_id=basket_id, person_id=mira.id)
    services.claim_basket(basket_id=basket_id, person_id=parties.person().id)

    assert Basket.objects.get(pk=basket_id).person_id == mira.id
    with pytest.raises(BasketNotFoundError):
        access.basket_for(Actor.anonymous(), basket_id)
    with pytest.raises(BasketNotFoundError):
        access.basket_for(Actor.anonymous(), uuid4())


def test_a_buyer_lists_only_their_own_orders() -> None:
    orders.shop()
    mira_id, order_id = miras_order()
    orders.placed(offers.offer())

    own = queries.orders_list(filters=queries.OrderFilters(person_id=mira_id))

    assert [one.id for one in own.orders] == [order_id]
    assert clock.now() >= own.orders[0].placed_at
