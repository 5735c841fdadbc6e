"""What a shopper reads when a plan is not approved as asked, and the ways on from there."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client

from bandstand.credit.links import application_path
from bandstand.credit.models import AdverseNotice, Application
from bandstand.credit.services.deciding import decide_application
from bandstand.orders.models import BasketLine, Checkout
from bandstand.payments.models import Payment
from bandstand.plumbing import clock
from tests.factories import credit
from tests.storefront.conftest import World
from tests.storefront.test_basket_pages import put_in
from tests.storefront.test_checkout_pages import FORM, arrived, buy

LIMIT = 40_000


def limited(world: World, client: Client, **policy: Any) -> None:  # noqa: ANN401 -- parts of a policy
    """Lend at most 400 dollars, and put a phone of 480 into the basket on 24 months."""
    put_in(client, world.phone("One"))
    at = clock.now() - timedelta(minutes=1)
    credit.eligibility(from_at=at, **{"financed_max_minor": LIMIT, **policy})


def words_of(answer: Any) -> str:  # noqa: ANN401 -- a response
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_counter_offer_is_shown_whole_with_its_reasons_and_three_ways_on(
    world: World, shopper: Client
) -> None:
    limited(world, shopper)

    answer = shopper.post("/checkout/", FORM)
    shown = words_of(answer)

    assert answer.status_code == 422
    for words in (
        "We can offer this plan with a down payment of $80.00",
        "We lend at most $400.00 to one buyer.",
        "Amount financed $400.00",
        "Finance charge $0.00",
        "APR 0.00 %",
        "Every payment and its day",
        "Take it with $80.00 down",
        "Buy it outright for $480.00",
        "Choose another plan",
    ):
        assert words in shown
    assert 'value="Mira Example"' in answer.content.decode()
    assert not Checkout.objects.exists()
    assert not Payment.objects.exists()


def test_accepting_the_offer_puts_its_disclosure_into_the_agreement(
    world: World, shopper: Client
) -> None:
    limited(world, shopper)
    shopper.post("/checkout/", FORM)
    path = application_path(Application.objects.get().id)

    page = shopper.post(path, {"deed": "accept"}, follow=True)

    shown = words_of(page)
    assert page.redirect_chain == [("/checkout/", 302)]
    assert "Read the credit terms below and agree" in shown
    assert "amount financed $400.00" in shown
    assert "Order and pay $80.00 today" in shown
    assert 'value="Mira Example"' in page.content.decode()
    order = shopper.get(arrived(shopper, buy(shopper))).content.decode()
    assert "$80.00" in order
    assert AdverseNotice.objects.count() == 1


def test_buying_outright_instead_needs_no_plan(world: World, shopper: Client) -> None:
    limited(world, shopper)
    shopper.post("/checkout/", FORM)
    path = application_path(Application.objects.get().id)

    page = shopper.post(path, {"deed": "outright"}, follow=True)

    assert "Order and pay $480.00 today" in words_of(page)
    assert BasketLine.objects.get().terms_id is None
    assert buy(shopper).endswith("/waiting/")


def test_a_no_is_told_with_its_reasons_and_the_notice_can_be_read_and_kept(
    world: World, shopper: Client
) -> None:
    limited(world, shopper, open_plans_max=0)

    shown = words_of(shopper.post("/checkout/", FORM))
    path = application_path(Application.objects.get().id)
    notice = AdverseNotice.objects.get()
    page = words_of(Client().get(path))

    assert "We could not approve this plan" in shown
    assert "we lend at most 0 at a time" in shown
    assert "Take it with" not in shown
    assert "Equal Credit Opportunity Act" in page
    assert notice.sha256 in page
    assert "By fixed rules, without a person" in page
    assert Client().get(f"{path}notice.txt").content == notice.text.encode()


def test_a_link_nobody_signed_opens_nothing(world: World, shopper: Client) -> None:
    limited(world, shopper)
    shopper.post("/checkout/", FORM)
    path = application_path(Application.objects.get().id)
    forged = path.replace(".", ".x")

    assert shopper.get(forged).status_code == 404
    assert shopper.post(forged, {"deed": "accept"}).status_code == 404
    assert shopper.post(path, {"deed": "burn"}).status_code == 400
    assert BasketLine.objects.get().down_payment_minor is None


def test_a_referred_buyer_waits_is_written_to_and_goes_on(world: World, shopper: Client) -> None:
    limited(world, shopper, financed_max_minor=100_000, unverified_max_minor=0, answer_hours=6)

    waits = words_of(shopper.post("/checkout/", FORM))
    application = Application.objects.get()
    path = application_path(application.id)
    assert "A person looks at this plan" in waits
    assert "Your basket stays as it is" in waits
    assert words_of(shopper.post(path, {"deed": "accept"})).count("There is no offer") == 1
    decide_application(
        application_id=application.id,
        is_approved=True,
        reasons=[],
        words="Known to us.",
        actor="ada@lark.example",
        now=clock.now(),
    )

    # The letter may be opened in another browser.
    elsewhere = Client()
    assert "This plan is approved" in words_of(elsewhere.get(path))
    page = elsewhere.post(path, {"deed": "go"}, follow=True)
    assert "Order and pay $20.00 today" in words_of(page)
    assert arrived(elsewhere, buy(elsewhere)).startswith("/order/")


def test_after_the_sale_an_old_offer_leads_nowhere(world: World, shopper: Client) -> None:
    limited(world, shopper)
    shopper.post("/checkout/", FORM)
    path = application_path(Application.objects.get().id)
    shopper.post(path, {"deed": "accept"})
    arrived(shopper, buy(shopper))

    again = shopper.post(path, {"deed": "accept"})

    assert again.status_code == 409
    assert "no longer in the basket" in words_of(again)


def test_income_is_asked_for_a_plan_where_the_policy_asks_and_never_repeated(
    world: World, shopper: Client
) -> None:
    limited(world, shopper, financed_max_minor=100_000, income_ratio_bps=1_000)

    assert "What you earn in a month" in words_of(shopper.get("/checkout/"))
    missing = shopper.post("/checkout/", FORM)
    wrong = shopper.post("/checkout/", {**FORM, "income": "plenty"})
    little = shopper.post("/checkout/", {**FORM, "income": "100.00"})

    assert "a plan is set beside it" in words_of(missing)
    assert wrong.status_code == 422
    assert "too large a share of the income" in words_of(little)
    path = application_path(Application.objects.get().id)
    assert "$100.00" not in words_of(shopper.get(path))
    assert "$100.00" not in AdverseNotice.objects.get().text
    accepted = shopper.get("/checkout/").content.decode()
    assert 'name="income" value=' not in accepted
    assert buy(shopper, income="3000.00").endswith("/waiting/")
