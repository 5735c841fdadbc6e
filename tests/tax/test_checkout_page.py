"""What a shopper sees of the tax: the total asked for once more, and the line it is made of."""

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.orders.models import Checkout, Order
from tests.factories import offers, orders, tax as taxes

pytestmark = pytest.mark.django_db

FORM = {
    **orders.ADDRESS,
    "email": "mira@example.org",
    "buyer_name": "Mira Example",
    "card": "tok_ok",
    "expected_total": "48000",
}
ELSEWHERE = {"country_area": "OR", "city": "Portland", "postal_code": "97201"}


@pytest.fixture
def shopper() -> Client:
    """Put one phone into a shopper's basket, outright."""
    orders.shop()
    client = Client()
    printed = print_id(IdKind.OFFER, offers.offer(units=2).id)
    put = client.post("/basket/add/", {"offer": printed, "months": "outright"})
    assert put.status_code == 302
    return client


def words(answer: Any) -> str:  # noqa: ANN401 -- what a test client answers
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def total_in(answer: Any) -> str:  # noqa: ANN401 -- what a test client answers
    found = re.search(r'name="expected_total" value="(\d+)"', answer.content.decode())
    assert found is not None
    return found.group(1)


def test_the_tax_is_its_own_line_and_is_agreed_to_before_anything_is_paid(shopper: Client) -> None:
    taxes.policy()
    first = shopper.get("/checkout/")

    asked = shopper.post("/checkout/", FORM)

    assert "Tax once your address is known" in words(first)
    assert asked.status_code == 422
    assert "The total changed" in words(asked)
    assert "Estimated sales tax, Illinois $30.00 In all $510.00" in words(asked)
    assert "Order and pay $510.00 today" in words(asked)
    assert not Checkout.objects.exists()

    agreed = shopper.post("/checkout/", {**FORM, "expected_total": total_in(asked)})
    orders.hear_everything()

    assert agreed.status_code == 302
    order = Order.objects.get()
    assert (order.total_minor, order.tax_minor, order.due_today_minor) == (51_000, 3_000, 51_000)
    page = words(shopper.get(shopper.get(agreed["Location"])["Location"]))
    assert "What the phones cost $480.00 Estimated sales tax, Illinois $30.00" in page
    assert "In all $510.00" in page


def test_another_state_is_another_total_to_agree_to(shopper: Client) -> None:
    taxes.policy()

    asked = shopper.post("/checkout/", {**FORM, **ELSEWHERE, "expected_total": "51000"})

    assert asked.status_code == 422
    assert total_in(asked) == "48000"
    assert not Checkout.objects.exists()


def test_where_no_policy_is_set_nothing_is_said_of_tax(shopper: Client) -> None:
    assert "Tax" not in words(shopper.get("/checkout/"))

    assert shopper.post("/checkout/", FORM).status_code == 302


def test_a_price_that_holds_its_tax_is_sold_at_once_and_says_so(shopper: Client) -> None:
    taxes.policy()
    taxes.load("US-IL,vat,20,2026-01-01,,Illinois,A loaded file")

    sent = shopper.post("/checkout/", FORM)
    orders.hear_everything()

    assert sent.status_code == 302
    page = words(shopper.get(shopper.get(sent["Location"])["Location"]))
    assert "Including VAT 20 %, Illinois $80.00" in page
    assert "In all" not in page.partition("What the phones cost")[2].partition("Taken")[0]


def test_a_state_that_cannot_be_sold_to_is_told_and_nothing_is_kept(
    shopper: Client, settings: Settings
) -> None:
    taxes.policy()
    settings.TAX_MUST_BE_KNOWN = True

    answer = shopper.post("/checkout/", FORM)

    assert answer.status_code == 422
    assert "Only an estimate of the tax in Illinois is known" in words(answer)
    assert not Checkout.objects.exists()
