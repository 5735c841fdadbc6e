"""What buyers see of credits: beside the price, in the basket, on the order and on the plan."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from bandstand.config.wiring import wire
from bandstand.credit import queries as credit_queries
from bandstand.credit.rules import PlanState
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers.models import Offer
from bandstand.orders import queries as orders_queries
from bandstand.orders.queries import OrderRow
from bandstand.payments.models import Payment
from bandstand.plumbing import clock
from bandstand.promotions import services
from bandstand.promotions.models import CreditRow, PromisedCredits
from bandstand.promotions.rules import OnPayoff, PromotionScope
from tests.factories import credit, offers, orders, promotions

pytestmark = pytest.mark.django_db
CARD = "tok_ok"


@pytest.fixture(autouse=True)
def lark() -> None:
    wire()
    orders.shop()


def product(client: Client, offer: Offer) -> str:
    found = offer.variant.slug
    url = f"/phones/{found}/{print_id(IdKind.OFFER, offer.id)}/"
    return client.get(url).content.decode()


def sold(*, months: int = 24, **fields: object) -> OrderRow:
    promotions.promotion(**fields)
    return orders.paid(offers.offer(), terms_id=credit.terms(months=months).id)


def plan_page(order: OrderRow) -> str:
    page = orders_queries.order_page(order.id)
    return f"{page.link}plan/{page.lines[0].public_id}/"


def test_product_page_shows_the_credit_beside_the_month_with_every_term(client: Client) -> None:
    promotions.promotion(conditions="For new customers.")
    credit.terms(months=24)

    page = product(client, offers.offer())

    assert "less <b>$10.00</b> credit each month for 6 months: $60.00 in credits" in page
    assert "APR" in page
    assert "by contract" in page
    assert "For new customers." in page
    assert "you keep them" in page


def test_uneven_credits_name_their_last(client: Client) -> None:
    promotions.promotion(minor=1000, credits_count=3)
    credit.terms(months=24)

    page = product(client, offers.offer())

    assert "less <b>$3.33</b> credit each month for 3 months, the last $3.34" in page


def test_credit_shows_only_where_it_applies(client: Client) -> None:
    credit.terms(months=24)
    promoted, other = offers.offer(), offers.offer()
    promotions.promotion(scope=PromotionScope(offer_id=promoted.id))

    assert "in credits" in product(client, promoted)
    assert "in credits" not in product(client, other)


@pytest.mark.parametrize(
    "fields",
    [
        {"from_at": clock.now() + timedelta(days=1)},
        {
            "from_at": clock.now() - timedelta(days=9),
            "until_at": clock.now() - timedelta(days=1),
        },
        {"scope": PromotionScope(months=36)},
        {"credits_count": 25, "minor": 5000},
    ],
    ids=["not yet", "over", "another plan", "more credits than payments"],
)
def test_no_credit_is_shown_that_would_not_be_promised(
    client: Client, fields: dict[str, object]
) -> None:
    credit.terms(months=24)
    promotions.promotion(**fields)

    assert "in credits" not in product(client, offers.offer())


def test_basket_and_checkout_show_the_credit(client: Client) -> None:
    promotions.promotion()
    terms = credit.terms(months=24)
    offer = offers.offer()
    client.post(
        "/basket/add/", {"offer": print_id(IdKind.OFFER, offer.id), "months": str(terms.months)}
    )

    basket = client.get("/basket/").content.decode()
    checkout = client.get("/checkout/").content.decode()

    assert "less <b>$10.00</b> credit each month for 6 months" in basket
    assert "less <b>$10.00</b> credit each month for 6 months" in checkout
    assert "by contract" in checkout


def test_order_and_plan_pages_list_credits_and_what_became_of_them(client: Client) -> None:
    order = sold()
    plan_id = promotions.plan_of(order)
    first = promotions.credits_of(plan_id).rows[0].due_on
    services.give_due(now=datetime.combine(first, credit.NOON.timetz()))

    shown = client.get(orders_queries.order_page(order.id).link).content.decode()
    plan = client.get(plan_page(order)).content.decode()

    for page in (shown, plan):
        assert "Credits: Spring credit" in page
        assert "to come" in page
        assert ">given<" in page
    assert "A credit; no card was charged." in plan
    assert "You keep $50.00 in credits" in plan
    assert "<dt>Paid in instalments</dt><dd>$0.00</dd>" in plan


def test_plan_page_says_what_a_payoff_loses_before_the_button(client: Client) -> None:
    order = sold(on_payoff=OnPayoff.LOSE)

    page = client.get(plan_page(order)).content.decode()

    assert "You would lose $60.00 in credits" in page


def test_plan_without_credits_says_so(client: Client) -> None:
    order = orders.paid(offers.offer(), terms_id=credit.terms(months=24).id)

    page = client.get(plan_page(order)).content.decode()

    assert "You lose no credits: this plan has none." in page
    assert "Credits:" not in page


def test_late_credit_is_told_on_the_plan_page(client: Client) -> None:
    order = sold()
    CreditRow.objects.create(
        promise=PromisedCredits.objects.get(),
        number=99,
        due_on=clock.now().date() - timedelta(days=3),
        amount_minor=1000,
        state="open",
    )

    page = client.get(plan_page(order)).content.decode()

    assert "A credit is late" in page
    assert "That is our fault" in page


def test_credits_that_cover_all_that_is_owed_pay_it_off_without_a_card(client: Client) -> None:
    order = sold(months=6, minor=43_200)
    plan_id = promotions.plan_of(order)
    url = plan_page(order)
    asked = Payment.objects.count()
    assert sum(row.open for row in credit_queries.plan_money(plan_id).owed) == 43_200

    answer = client.post(f"{url}pay/", {"kind": "payoff", "card": CARD})
    orders.hear_everything()

    assert answer.status_code == 302
    assert credit_queries.plan_money(plan_id).state is PlanState.SETTLED
    assert Payment.objects.count() == asked
    promotions.require_sound(plan_id)
