"""What waits for a person."""

from datetime import timedelta

import pytest
from django.test import Client

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.payments.models import MoneyCommand
from bandstand.plumbing import clock
from bandstand.plumbing.letters import write_letter
from bandstand.plumbing.models import Letter
from bandstand.takedowns.services import run_aftermath
from tests.factories import gate, offers, orders


def test_nothing_waits_in_a_shop_that_is_in_order(operator: Client) -> None:
    offers.offer()

    page = operator.get("/console/").content.decode()

    assert "Nothing waits" in page
    assert "in balance" in page


def test_buyer_who_is_not_whole_leads_to_the_hold(operator: Client) -> None:
    offer = offers.offer()
    order = orders.paid(offer)
    hold = gate.hold(seller_id=offer.seller_id)
    run_aftermath(hold_id=hold.id, now=clock.now())

    page = operator.get("/console/").content.decode()

    assert "Buyers not whole yet" in page
    assert order.number in page
    assert f"/console/holds/{print_id(IdKind.HOLD, hold.id)}/" in page


def test_letter_that_did_not_go_out_is_named(operator: Client) -> None:
    write_letter(
        key="letter:1",
        kind="notice",
        to_address="mira@example.org",
        subject="Your phone",
        body="Hello.",
        about="",
        now=clock.now() - timedelta(hours=3),
    )
    assert "Letters that did not go out" not in operator.get("/console/").content.decode()
    Letter.objects.update(attempts=2, last_error="The mail server said no.")

    page = operator.get("/console/").content.decode()

    assert "Letters that did not go out" in page
    assert "3 h ago" in page


@pytest.mark.parametrize("state", ["failed", "unknown"])
def test_money_that_did_not_move_leads_to_its_order(operator: Client, state: str) -> None:
    order = orders.paid(offers.offer())
    assert "Money that did not move" not in operator.get("/console/").content.decode()
    MoneyCommand.objects.filter(kind="capture").update(state=state, attempts=2, failure="no route")

    page = operator.get("/console/").content.decode()

    assert "Money that did not move" in page
    assert f"/console/orders/{order.public_id}/" in page
