from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bandstand.offers import access, queries
from bandstand.offers.rules import OfferNotFoundError
from bandstand.parties.rules import Actor, Role
from bandstand.plumbing import clock
from tests.factories import credit, gate, offers, orders, parties, rights

pytestmark = pytest.mark.django_db


def actor(*roles: tuple[Role, UUID]) -> Actor:
    return Actor(person_id=uuid4(), email="mira@example.org", name="Mira", roles=frozenset(roles))


def test_an_offer_page_tells_every_plan_and_the_fit() -> None:
    network = orders.shop()
    offer = offers.offer(units=2)
    offers.stored_fit(offer.variant, network)
    credit.terms(months=12, down_payment_bps=0)
    credit.terms(months=24, down_payment_bps=0)

    page = queries.offer_page(offer_id=offer.id, now=clock.now())

    assert page is not None
    assert [plan.terms.months for plan in page.plans] == [12, 24]
    assert page.default_plan is not None
    assert page.default_plan.terms.months == 24
    assert page.fit is not None
    assert page.is_on_sale
    assert page.offer.stock_left == 2


def test_a_held_offer_names_its_hold() -> None:
    orders.shop()
    offer = offers.offer()
    hold = gate.hold(variant_id=offer.variant_id)

    page = queries.offer_page(offer_id=offer.id, now=clock.now())

    assert page is not None
    assert page.hold is not None
    assert page.hold.id == hold.id
    assert not page.is_on_sale


def test_there_is_no_page_of_an_unknown_offer() -> None:
    assert queries.offer_page(offer_id=uuid4(), now=clock.now()) is None


@pytest.mark.parametrize("count", [1, 3])
def test_a_sellers_list_takes_two_queries_whatever_its_length(count: int) -> None:
    seller = parties.party()
    for number in range(count):
        _, variant = rights.sellable(seller=seller)
        offers.draft(seller=seller, variant=variant, storage_gb=number)

    with CaptureQueriesContext(connection) as captured:
        page = queries.seller_offers(seller_id=seller.id)

    assert page.total == count
    assert len(captured) == 2


def test_the_review_queue_holds_what_waits_and_nothing_else() -> None:
    offers.offer()
    draft = offers.draft()

    assert queries.review_queue().total == 0
    assert [one.id for one in queries.review_queue(state="draft").offers] == [draft]
    assert queries.counts_by_state() == {
        "draft": 1,
        "in_review": 0,
        "listed": 1,
        "refused": 0,
        "withdrawn": 0,
    }


def test_offers_of_a_variant_stand_cheapest_first() -> None:
    seller, variant = rights.sellable()
    dear = offers.offer(seller=seller, variant=variant, storage_gb=512)
    other = offers.draft(seller=parties.party(), variant=variant)

    found = queries.offers_of_variant(variant_id=variant.id, market="US")

    assert [one.id for one in found] == [dear.id]
    assert other not in {one.id for one in found}


@pytest.mark.parametrize("who", ["anonymous", "other_seller", "brand_of_seller", "own", "operator"])
def test_an_offer_opens_for_its_seller_and_the_operator_only(who: str) -> None:
    northgate, wren = parties.party(slug="northgate"), parties.party(slug="wren")
    offer = offers.offer(seller=northgate, variant=rights.sellable(seller=northgate)[1])
    callers: dict[str, Any] = {
        "anonymous": Actor.anonymous(),
        "other_seller": actor((Role.SELLER, wren.id)),
        "brand_of_seller": actor((Role.BRAND, northgate.id)),
        "own": actor((Role.SELLER, northgate.id)),
        "operator": actor((Role.OPERATOR, wren.id)),
    }

    if who in {"own", "operator"}:
        assert access.offer_for_seller(callers[who], offer.id).id == offer.id
    else:
        with pytest.raises(OfferNotFoundError):
            access.offer_for_seller(callers[who], offer.id)


def test_a_shopper_never_sees_a_draft() -> None:
    listed, draft = offers.offer(), offers.draft()

    assert access.offer_for_shopper(listed.id).id == listed.id
    with pytest.raises(OfferNotFoundError):
        access.offer_for_shopper(draft)
