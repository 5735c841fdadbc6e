"""Plans at the operator's desk."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from bandstand.config.wiring import wire
from bandstand.credit import queries as credit_queries
from bandstand.credit.models import Instalment
from bandstand.credit.queries.book import ageing
from bandstand.credit.rules import PlanState
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.orders import queries as orders_queries
from bandstand.plumbing import clock
from tests.console.conftest import Callers
from tests.factories import credit, offers, orders

pytestmark = pytest.mark.django_db


def sold() -> UUID:
    wire()
    order = orders.paid(offers.offer(), terms_id=credit.terms().id)
    plan = orders_queries.order_page(order.id).lines[0].plan
    assert plan is not None
    return plan.id


def here(plan_id: UUID) -> str:
    return f"/console/plans/{print_id(IdKind.PLAN, plan_id)}/"


def test_strangers_see_no_plans(callers: Callers) -> None:
    plan_id = sold()

    for client in callers.strangers.values():
        assert client.get("/console/plans/").status_code in {302, 403}
        assert client.post(f"{here(plan_id)}deed/", {"deed": "pause"}).status_code in {302, 403}
    assert not credit_queries.plan_money(plan_id).is_paused


def test_book_shows_filters_and_exports(operator: Client) -> None:
    plan_id = sold()
    late = clock.now().date() - timedelta(days=40)
    Instalment.objects.filter(plan_id=plan_id, number=1).update(due_on=late)

    shown = operator.get("/console/plans/?late=31-60&state=active&q=mira&sort=-late")
    other = operator.get("/console/plans/?late=1-30").content.decode()
    export = operator.get("/console/plans/?format=csv")

    printed = print_id(IdKind.PLAN, plan_id)
    assert printed in shown.content.decode()
    assert printed not in other
    assert printed in export.getvalue().decode()
    counts = {one.name: one.plans for one in ageing(today=clock.now().date())}
    assert counts == {"current": 0, "1-30": 0, "31-60": 1, "61-90": 0, "91+": 0}


def test_plan_is_paused_with_a_reason_and_goes_on(operator: Client) -> None:
    plan_id = sold()
    url = f"{here(plan_id)}deed/"

    assert "Charge it off" in operator.get(url).content.decode()
    operator.post(url, {"deed": "pause", "reason": ""})
    assert not credit_queries.plan_money(plan_id).is_paused
    operator.post(url, {"deed": "pause", "reason": "The phone is on its way back."})
    assert credit_queries.plan_money(plan_id).is_paused
    assert "Paused" in operator.get(here(plan_id)).content.decode()
    operator.post(url, {"deed": "resume", "reason": "It stays."})

    assert not credit_queries.plan_money(plan_id).is_paused


def test_charging_off_needs_a_second_look(operator: Client) -> None:
    plan_id = sold()
    words = {"deed": "charge_off", "reason": "The buyer has died."}

    asked = operator.post(f"{here(plan_id)}deed/", words).content.decode()
    assert "Yes, charge it off" in asked
    assert credit_queries.plan_money(plan_id).state is PlanState.ACTIVE
    operator.post(f"{here(plan_id)}deed/", {**words, "confirmed": "yes"})

    state = credit_queries.plan_money(plan_id).state
    assert state.value == "charged_off"
    assert "charge_off" in operator.get(here(plan_id)).content.decode()
