"""A takedown keeps only the affected sales' money from their sellers, and not for ever."""

from datetime import timedelta

import pytest

from bandstand.payouts import services as payouts_services
from bandstand.payouts.models import Payable
from bandstand.plumbing import clock
from tests.factories import gate, offers, orders, payouts, takedowns

pytestmark = pytest.mark.django_db


def test_only_affected_sales_wait_and_lifting_the_hold_frees_them() -> None:
    orders.shop()
    payouts.terms()
    stopped, other = offers.offer(), offers.offer()
    affected, free = payouts.delivered(stopped), payouts.delivered(other)
    hold = gate.hold(seller_id=stopped.seller_id)
    takedowns.walked(hold.id)

    assert payouts_services.mature_due(now=payouts.after_window()) == 1
    assert Payable.objects.get(line_id=free.id).state == "available"
    assert Payable.objects.get(line_id=affected.id).state == "pending"

    gate.lift(hold.id)
    orders.hear_everything()
    assert payouts_services.mature_due(now=payouts.after_window()) == 1


def test_an_affected_sale_waits_no_longer_than_its_buyer_may_choose() -> None:
    orders.shop()
    payouts.terms()
    stopped = offers.offer()
    payouts.delivered(stopped)
    takedowns.walked(gate.hold(seller_id=stopped.seller_id).id)

    assert payouts_services.mature_due(now=clock.now() + timedelta(days=29)) == 0
    assert payouts_services.mature_due(now=clock.now() + timedelta(days=31)) == 1
