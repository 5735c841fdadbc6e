"""Who pays for a promotion agrees first, its places are limited, and what was agreed is kept."""

import pytest

from bandstand.config.wiring import wire
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger.rules import AccountCode
from bandstand.orders import queries as orders_queries
from bandstand.plumbing import clock
from bandstand.promotions import queries, services
from bandstand.promotions.models import PromisedCredits, Promotion
from tests.factories import credit as credit_factory, offers, orders, parties, promotions
from tests.factories.promotions import balance, plan_of, require_sound

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lark() -> None:
    wire()
    orders.shop()


def test_seller_who_funds_it_owes_the_operator() -> None:
    offer = offers.offer()
    made = promotions.draft(funder_id=offer.seller_id)
    services.start_promotion(promotion_id=made, actor="ada", now=clock.now())
    services.answer_promotion(
        promotion_id=made, funder_id=offer.seller_id, agrees=True, actor="nora", now=clock.now()
    )

    plan_id = plan_of(orders.paid(offer, terms_id=credit_factory.terms(months=24).id))

    key = print_id(IdKind.PARTY, offer.seller_id)
    assert balance(AccountCode.SELLER_RECEIVABLE, key) == 6000
    assert balance(AccountCode.PROMOTION_EXPENSE) == 0
    require_sound(plan_id)


def test_funder_must_agree_before_it_starts() -> None:
    offer = offers.offer()
    made = promotions.draft(funder_id=offer.seller_id)
    services.start_promotion(promotion_id=made, actor="ada", now=clock.now())

    orders.paid(offer, terms_id=credit_factory.terms(months=24).id)

    assert not PromisedCredits.objects.exists()
    stranger = parties.party()
    with pytest.raises(NotFoundError, match="no such promotion"):
        services.answer_promotion(
            promotion_id=made, funder_id=stranger.id, agrees=True, actor="x", now=clock.now()
        )
    assert Promotion.objects.get(pk=made).state == "asked"


def test_last_place_goes_to_one_checkout_and_comes_back_with_it() -> None:
    promotions.promotion(uses_max=1)
    offer, terms = offers.offer(units=3), credit_factory.terms(months=24)
    first = orders.basket(offer, terms_id=terms.id)
    second = orders.basket(offer, terms_id=terms.id)
    orders.prepare(first)

    shown = orders_queries.basket_page(basket_id=second, now=clock.now()).lines[0]
    again = orders.prepare(first)

    assert shown.credits is None
    orders.pay(again.id)
    orders.hear_everything()
    assert PromisedCredits.objects.count() == 1
    assert queries.running(market="US", now=clock.now()) == ()


def test_promotion_that_ends_between_agreeing_and_paying_is_kept() -> None:
    made = promotions.promotion()
    orders.authorised(offers.offer(), terms_id=credit_factory.terms(months=24).id)
    services.end_promotion(promotion_id=made, reason="spent", actor="ada", now=clock.now())

    orders.hear_everything()

    assert PromisedCredits.objects.count() == 1
