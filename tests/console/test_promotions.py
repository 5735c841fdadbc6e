"""Promotions at the operator's desk: made after a look at their cost, started, ended, paid out."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from bandstand.config.wiring import wire
from bandstand.credit import queries as credit_queries
from bandstand.credit.rules import AskKind
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.money import Money
from bandstand.payments.services import collecting
from bandstand.plumbing import clock
from bandstand.promotions import services
from bandstand.promotions.models import CreditRow, PromisedCredits, Promotion
from bandstand.promotions.rules import PromotionState
from tests.console.conftest import Callers
from tests.factories import credit, offers, orders, promotions

pytestmark = pytest.mark.django_db
HERE = "/console/promotions/"
TYPED = {
    "market": "US",
    "name": "Spring credit",
    "words": "Lark gives you money off.",
    "amount": "60.00",
    "credits_count": "6",
    "on_payoff": "keep",
    "from_day": "2026-01-01",
}


def address(promotion: Promotion) -> str:
    return f"{HERE}{print_id(IdKind.PROMOTION, promotion.id)}/"


def test_strangers_make_and_see_no_promotions(callers: Callers) -> None:
    made = promotions.promotion()

    for client in callers.strangers.values():
        assert client.get(HERE).status_code in {302, 403}
        assert client.post(f"{HERE}new/", {**TYPED, "confirmed": "yes"}).status_code in {302, 403}
        ending = f"{HERE}{print_id(IdKind.PROMOTION, made)}/end/"
        assert client.post(ending, {"reason": "x"}).status_code in {302, 403}
    assert Promotion.objects.get().state == PromotionState.RUNNING.value


def test_promotion_is_previewed_made_started_and_ended(operator: Client) -> None:
    orders.shop()
    offers.offer(units=3)

    empty = dict.fromkeys(["months", "brand", "until_day", "uses_max", "price_minimum"], "")
    preview = operator.post(f"{HERE}new/", {**TYPED, **empty}).content.decode()
    assert not Promotion.objects.exists()
    # Sent again as the preview holds it: what was left empty must stay empty.
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', preview))
    operator.post(f"{HERE}new/", {**kept, "confirmed": "yes"})
    made = Promotion.objects.get()
    question = operator.post(f"{address(made)}start/").content.decode()
    assert Promotion.objects.get().state == PromotionState.DRAFT.value
    operator.post(f"{address(made)}start/", {"confirmed": "yes"})
    assert Promotion.objects.get().state == PromotionState.RUNNING.value
    no_reason = operator.post(f"{address(made)}end/", {"reason": ""})
    assert Promotion.objects.get().state == PromotionState.RUNNING.value
    operator.post(f"{address(made)}end/", {"reason": "spent"})

    assert "$180.00" in preview
    assert "Phones of them in stock" in preview
    assert "Start “Spring credit”?" in question
    assert no_reason.status_code == 422
    assert Promotion.objects.get().state == PromotionState.ENDED.value
    assert "spent" in operator.get(address(made)).content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "0.03"}, "some would be nothing"),
        ({"brand": "astre"}, "brand"),
        ({"funder": "nobody"}, "nobody"),
        ({"offer": "ord_1"}, "not an id of the form ofr_"),
        ({"until_day": "2025-12-01"}, "ends after it begins"),
    ],
    ids=["too little", "brand", "funder", "offer", "ends before"],
)
def test_form_says_what_is_wrong(operator: Client, typed: dict[str, str], said: str) -> None:
    orders.shop()

    answer = operator.post(f"{HERE}new/", {**TYPED, **typed, "confirmed": "yes"})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Promotion.objects.exists()


def test_list_and_page_show_what_was_promised_given_and_missed(operator: Client) -> None:
    wire()
    orders.shop()
    promotions.promotion()
    order = orders.paid(offers.offer(), terms_id=credit.terms(months=24).id)
    plan_id = promotions.plan_of(order)
    first = promotions.credits_of(plan_id).rows[0]
    noon = datetime.combine(first.due_on, credit.NOON.timetz())
    services.give_due(now=noon)
    made = Promotion.objects.get()

    shown = operator.get(f"{HERE}?state=running&market=US&q=spring").content.decode()
    page = operator.get(address(made)).content.decode()
    sheet = operator.get(f"{HERE}?format=csv").content.decode()
    none = operator.get(f"{HERE}?state=ended").content.decode()

    assert "Spring credit" in shown
    assert "$50.00" in shown
    assert print_id(IdKind.PLAN, plan_id) in page
    assert "What it gives by month" in page
    assert sheet.splitlines()[1].split(",")[8:13] == ["1", "60.00", "10.00", "50.00", "0.00"]
    assert "No promotion" in none


def test_late_credit_alarms_in_inbox_list_and_rail(operator: Client) -> None:
    wire()
    orders.shop()
    now = clock.now()
    promotions.promotion()
    order = orders.paid(offers.offer(), terms_id=credit.terms(months=24).id)
    plan_id = promotions.plan_of(order)
    before = operator.get("/console/").content.decode()
    # A credit's day never changes, so its promise is written as of long ago.
    promise = PromisedCredits.objects.get()
    CreditRow.objects.create(
        promise=promise,
        number=99,
        due_on=now.date() - timedelta(days=3),
        amount_minor=1000,
        state="open",
    )

    inbox = operator.get("/console/").content.decode()
    listed = operator.get(HERE).content.decode()

    assert "Credits that buyers wait for" not in before
    assert "Credits that buyers wait for" in inbox
    assert "Late credits" in listed
    assert "is the worker running?" in listed
    assert print_id(IdKind.PLAN, plan_id) in listed


def test_what_a_buyer_is_owed_is_paid_out_once_with_a_reference(operator: Client) -> None:
    wire()
    orders.shop()
    promotions.promotion()
    order = orders.paid(offers.offer(), terms_id=credit.terms(months=6).id)
    plan_id = promotions.plan_of(order)
    owed = sum(row.open for row in credit_queries.plan_money(plan_id).owed)
    collecting.pay_plan(
        plan_id=plan_id,
        kind=AskKind.EXTRA,
        extra=Money(owed, "USD"),
        card_token="tok_ok",  # noqa: S106 -- a test card
        return_url="",
        now=clock.now(),
    )
    orders.hear_everything()
    url = f"{HERE}owed/{print_id(IdKind.PLAN, plan_id)}/"

    listed = operator.get(HERE).content.decode()
    empty = operator.post(url, {"reference": ""})
    paid = operator.post(url, {"reference": "ACH 4711"})
    again = operator.post(url, {"reference": "ACH 4711"})

    assert "Owed to buyers as money" in listed
    assert "$60.00" in listed
    assert empty.status_code == 422
    assert paid.status_code == 302
    assert again.status_code == 409
    promotions.require_sound(plan_id)
