from datetime import UTC, datetime

import pytest

from bandstand.money import Money
from bandstand.takedowns.rules import letters
from bandstand.takedowns.rules.letters import BuyerFacts

REASON = "Aster has told us that its phones may not be sold here."
MIRA = BuyerFacts(
    shop_name="Lark Mobile",
    support_email="help@lark.example.org",
    buyer_name="Mira",
    order_number="LK-1",
    title="Aster One",
    reason=REASON,
    due_at=datetime(2016, 2, 12, 5, tzinfo=UTC),
    time_zone="America/New_York",
    order_url="https://shop.example.org/order/x/",
    alternatives_url="https://shop.example.org/phones/",
)
PAID = Money(21_900, "USD")


@pytest.mark.parametrize(
    "letter",
    [
        letters.cancelled_and_refunded(MIRA, amount=PAID, had_plan=False),
        letters.cancelled_and_voided(MIRA, had_plan=False),
        letters.return_offered(MIRA, amount=PAID),
        letters.checkout_stopped(MIRA),
    ],
)
def test_a_buyer_reads_why_and_where_to_look_next(letter: letters.Letter) -> None:
    assert REASON in letter.body
    assert MIRA.alternatives_url in letter.body
    assert MIRA.support_email in letter.body
    assert "Aster One" in letter.subject


def test_a_refund_names_the_amount_and_the_last_day() -> None:
    body = letters.cancelled_and_refunded(MIRA, amount=PAID, had_plan=True).body

    assert "$219.00" in body
    assert "by February 11, 2016 at the latest" in body  # the deadline is that day's midnight
    assert "you owe nothing more" in body


def test_an_uncharged_buyer_is_not_promised_a_refund() -> None:
    body = letters.cancelled_and_voided(MIRA, had_plan=False).body

    assert "We do not charge your card" in body
    assert "plan" not in body


def test_the_last_letter_says_what_was_given_back() -> None:
    assert "$219.00" in letters.made_whole(MIRA, amount=PAID).body
    assert "your card was not charged" in letters.made_whole(MIRA, amount=None).body


def test_a_checkout_that_never_ordered_has_no_order_to_show() -> None:
    nowhere = BuyerFacts(
        **{name: getattr(MIRA, name) for name in BuyerFacts.__slots__ if name != "order_url"},
        order_url="",
    )

    assert "Your order:" not in letters.checkout_stopped(nowhere).body
