"""Payout runs and commission rules at the console, and a seller's money at the portal."""

import re

import pytest

from bandstand.offers.models import Offer
from bandstand.orders.queries.commissions import commission_rules
from bandstand.parties.rules import Role
from bandstand.payouts import services
from bandstand.payouts.models import Payout, PayoutRun
from tests.console.conftest import Callers, client_of
from tests.factories import offers, payouts

pytestmark = pytest.mark.django_db


def test_a_run_is_looked_at_confirmed_and_answered(callers: Callers) -> None:
    phone = _earned()
    desk = callers.operator

    begun = desk.post("/console/payouts/new/", {"currency": "USD"})
    run = PayoutRun.objects.get()
    question = desk.get(f"/console/payouts/runs/{run.id}/confirm/").content.decode()
    total = re.search(r'name="total" value="(\d+)"', question)
    assert total is not None
    assert not Payout.objects.exists()
    answer = desk.post(
        f"/console/payouts/runs/{run.id}/confirm/", {"confirmed": "yes", "total": total.group(1)}
    )
    payout = Payout.objects.get(seller=phone.seller_id)
    desk.post(f"/console/payouts/{payout.id}/result/", {"answer": "paid", "words": "BANK-1"})
    payout.refresh_from_db()

    assert (begun.status_code, answer.status_code) == (302, 302)
    assert (payout.state, payout.bank_reference) == ("paid", "BANK-1")
    file = desk.get(f"/console/payouts/runs/{run.id}/?format=csv").content.decode()
    assert "BANK-1" in file
    assert desk.get("/console/payouts/").status_code == 200


def test_a_run_with_another_total_than_was_seen_pays_nobody(callers: Callers) -> None:
    _earned()
    callers.operator.post("/console/payouts/new/", {"currency": "USD"})
    run = PayoutRun.objects.get()

    answer = callers.operator.post(
        f"/console/payouts/runs/{run.id}/confirm/", {"confirmed": "yes", "total": "1"}
    )

    assert answer.status_code == 409
    assert not Payout.objects.exists()


def test_a_commission_rule_is_previewed_set_and_ended(callers: Callers) -> None:
    desk = callers.operator
    typed = {"position": "1", "label": "Phones", "rate": "6.5", "market": "", "seller": "",
             "condition": "new"}  # fmt: skip

    preview = desk.post("/console/commission/new/", typed).content.decode()
    assert "6.5 %" in preview
    assert commission_rules() == ()
    desk.post("/console/commission/new/", {**typed, "confirmed": "yes"})
    (row,) = commission_rules()
    assert row.rule.rate_bps == 650
    desk.post(f"/console/commission/{row.id}/end/", {"confirmed": "yes"})

    assert all(one.rule.until_at is not None for one in commission_rules())


def test_a_rule_for_a_seller_nobody_knows_is_refused_at_its_field(callers: Callers) -> None:
    answer = callers.operator.post(
        "/console/commission/new/",
        {"position": "1", "label": "X", "rate": "5", "seller": "nobody", "condition": ""},
    )

    assert "nobody" in answer.content.decode()
    assert commission_rules() == ()


def test_a_seller_sees_only_their_own_money(callers: Callers) -> None:
    phone = _earned()
    own = client_of("own@example.org", party=phone.seller, role=Role.SELLER)
    sheet = "/portals/seller/money/?format=csv"

    assert "Kept back" in own.get("/portals/seller/money/").content.decode()
    assert "sale" in own.get(sheet).content.decode()
    assert "sale" not in callers.seller.get(sheet).content.decode()
    assert callers.shopper.get(sheet).status_code == 403


def _earned() -> Offer:
    payouts.terms()
    phone = offers.offer()
    payouts.delivered(phone)
    services.mature_due(now=payouts.after_window())
    return phone
