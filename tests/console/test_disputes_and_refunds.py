"""Contested charges and failed refunds at the console: told in time, decided once, asked again."""

from datetime import timedelta

import pytest
from django.test import Client

from bandstand.config.wiring import wire
from bandstand.orders import services as orders_services
from bandstand.payments.models import Dispute, Refund
from bandstand.plumbing import clock
from tests.console.conftest import Callers
from tests.factories import offers, orders, payments

DAY = timedelta(days=1)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def refused_refund() -> Refund:
    wire()
    order = orders.paid(offers.offer(), card="tok_refund_fails")
    orders_services.cancel_line(
        line_id=orders.line_of(order), reason="Out of stock.", actor="ada", now=clock.now()
    )
    orders.hear_everything()
    return Refund.objects.get()


def test_failed_refund_is_in_the_inbox_and_asked_again_once(operator: Client) -> None:
    failed = refused_refund()
    here = f"/console/refunds/{failed.id}/"

    assert "Refunds that buyers wait for" in page(operator, "/console/")
    assert failed.key in page(operator, "/console/refunds/")
    assert operator.post(here, {}).status_code == 200
    assert Refund.objects.count() == 1
    operator.post(here, {"sure": "on"})
    again = operator.post(here, {"sure": "on"})

    assert again.status_code == 404
    assert Refund.objects.get(again_of=failed).key == f"{failed.key}:2"
    assert Refund.objects.count() == 2


def test_evidence_that_is_due_soon_is_in_the_inbox_with_the_days_left(operator: Client) -> None:
    payments.captured_payment(card="tok_dispute_lost")
    opened = clock.now() - 5 * DAY
    payments.settle(now=payments.NOON + 4 * DAY)
    Dispute.objects.update(opened_at=opened, due_at=clock.now() + 2 * DAY + timedelta(hours=1))

    assert "2 days left" in page(operator, "/console/")
    found = Dispute.objects.get()
    assert "2 days left" in page(operator, f"/console/disputes/{found.id}/")
    operator.post(f"/console/disputes/{found.id}/", {"words": "The passport."})

    assert "2 days left" not in page(operator, "/console/")
    found.refresh_from_db()
    assert found.answer_words == "The passport."


@pytest.mark.parametrize("address", ["/console/refunds/", "/console/disputes/"])
def test_strangers_see_nothing(callers: Callers, address: str) -> None:
    for name, client in callers.strangers.items():
        assert client.get(address).status_code in {302, 403}, name
