"""One order: its page, release and cancellation of a line, and the passport."""

import pytest
from django.test import Client

from bandstand.offers.models import Offer
from bandstand.orders.models import OrderLine, Release
from bandstand.orders.passport import public_jwks, verify_passport
from bandstand.orders.queries import OrderRow, order_page
from bandstand.payments.models import Refund
from bandstand.plumbing.models import Letter
from tests.factories import credit, gate, offers, orders


@pytest.fixture
def order(db: None) -> OrderRow:  # noqa: ARG001 -- opens the database
    """Mira's paid order of one phone."""
    orders.shop()
    return orders.paid(offers.offer())


def line_url(order: OrderRow, deed: str) -> str:
    line = order_page(order.id).lines[0]
    return f"/console/orders/{order.public_id}/{line.public_id}/{deed}/"


def test_order_shows_lines_payment_letters_and_where_it_goes(
    operator: Client, order: OrderRow
) -> None:
    page = operator.get(f"/console/orders/{order.public_id}/").content.decode()

    for words in (order.number, "mira@example.org", "1 Main Street", "Taken", "Capture", "Passport",
                  "Hand to the carrier", "Cancel this line", "Your order"):  # fmt: skip
        assert words in page


def test_phone_is_released_after_a_preview(operator: Client, order: OrderRow) -> None:
    url, said = line_url(order, "release"), {"carrier": "UPS", "tracking": "1Z 999"}

    asked = operator.post(url, said)
    assert b"1Z 999" in asked.content
    assert Release.objects.count() == 0
    done = operator.post(url, {**said, "confirmed": "yes"})

    assert done.status_code == 302
    assert Release.objects.get().carrier == "UPS"
    assert OrderLine.objects.get().state == "released"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"tracking": "1Z999"}, b"Name the carrier"),
        ({"carrier": "UPS", "tracking": "1Z<999>"}, b"letters, digits, spaces and hyphens"),
        ({"carrier": "U" * 61}, b"at most 60 characters"),
    ],
)
def test_release_with_a_wrong_word_is_told_and_nothing_leaves(
    operator: Client, order: OrderRow, said: dict[str, str], told: bytes
) -> None:
    answer = operator.post(line_url(order, "release"), {**said, "confirmed": "yes"})

    assert answer.status_code == 400
    assert told in answer.content
    assert Release.objects.count() == 0


def test_phone_under_a_hold_does_not_leave(operator: Client, order: OrderRow) -> None:
    offer = Offer.objects.get()
    gate.hold(brand_id=offer.variant.model.brand_id, reason="The brand asked us to stop.")

    answer = operator.post(line_url(order, "release"), {"carrier": "UPS", "confirmed": "yes"})

    assert answer.status_code == 409
    assert b"UPS" in answer.content
    assert Release.objects.count() == 0
    assert OrderLine.objects.get().state == "paid"


def test_line_is_cancelled_after_a_preview_and_its_buyer_is_paid_back(
    operator: Client, order: OrderRow
) -> None:
    url, said = line_url(order, "cancel"), {"reason": "The phone was damaged in our house."}

    operator.post(url, said)
    assert OrderLine.objects.get().state == "paid"
    operator.post(url, {**said, "confirmed": "yes"})

    assert OrderLine.objects.get().state == "cancelled"
    assert Refund.objects.count() == 1
    assert Letter.objects.filter(body__contains=said["reason"]).exists()


def test_cancelling_without_a_reason_is_told_and_changes_nothing(
    operator: Client, order: OrderRow
) -> None:
    answer = operator.post(line_url(order, "cancel"), {"reason": " ", "confirmed": "yes"})

    assert answer.status_code == 400
    assert b"Say why" in answer.content
    assert OrderLine.objects.get().state == "paid"


def test_released_phone_cannot_be_cancelled(operator: Client, order: OrderRow) -> None:
    operator.post(line_url(order, "release"), {"carrier": "UPS", "confirmed": "yes"})

    answer = operator.post(line_url(order, "cancel"), {"reason": "Too late.", "confirmed": "yes"})

    assert answer.status_code == 409
    assert b"cannot cancel" in answer.content
    assert OrderLine.objects.get().state == "released"


def test_line_of_another_order_is_not_found_under_this_one(
    operator: Client, order: OrderRow
) -> None:
    other = orders.paid(offers.offer())
    line = order_page(other.id).lines[0]

    answer = operator.post(
        f"/console/orders/{order.public_id}/{line.public_id}/cancel/",
        {"reason": "Mixed up.", "confirmed": "yes"},
    )

    assert answer.status_code == 404
    assert set(OrderLine.objects.values_list("state", flat=True)) == {"paid"}


def test_passport_is_the_file_that_can_be_checked_without_us(
    operator: Client, order: OrderRow
) -> None:
    answer = operator.get(line_url(order, "passport"))

    assert verify_passport(answer.content, public_jwks()).ok


def test_order_on_a_plan_shows_every_instalment(operator: Client) -> None:
    terms = credit.terms(months=12)
    order = orders.paid(offers.offer(), terms_id=terms.id)

    page = operator.get(f"/console/orders/{order.public_id}/").content.decode()

    assert "Every instalment" in page
    assert "Still owed" in page
