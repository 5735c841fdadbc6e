"""Credit reports at the desk, from the command line, and on the buyer's page."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from django.test import Client

from bandstand.config.cli.credit import credit as command
from bandstand.credit.models import BureauDispute, BureauPolicy, BureauRecord, BureauReport
from bandstand.credit.queries import bureau as queries
from bandstand.credit.rules.bureau import ReportStatus, month_ends_before
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.orders import services as orders_services
from bandstand.orders.queries import OrderRow, order_page
from bandstand.parties.models import OperatorProfile
from bandstand.parties.rules import Role
from bandstand.plumbing import clock
from tests.console.conftest import Callers, callers, client_of
from tests.factories import credit, offers, orders

__all__ = ["callers", "client_of"]

pytestmark = pytest.mark.django_db

HERE = "/console/credit-reports/"
POLICY = {
    "market": "US",
    "is_on": "on",
    "format": "metro",
    "furnisher": "Lark Mobile Inc.",
    "furnisher_id": "LARK1",
    "dispute_days": "30",
    "source": "Contract with the bureau",
    "confirmed": "yes",
}


@pytest.fixture
def order(callers: Callers) -> Iterator[OrderRow]:
    """Buy on 24 months, and let 95 days go by without a payment."""
    assert callers.strangers
    terms = credit.terms(months=24, down_payment_bps=0, from_at=clock.now())
    bought = orders.paid(offers.offer(units=1), terms_id=terms.id)
    with time_machine.travel(clock.now() + timedelta(days=95), tick=True):
        yield bought


def staff() -> Client:
    """Sign somebody of the staff in on this day: an older session has run out."""
    lark = OperatorProfile.objects.get().party
    return client_of("ben@lark.example.org", party=lark, role=Role.OPERATOR)


def report_url(order: OrderRow) -> str:
    """Return where a buyer reads what is told of their plan."""
    line = order_page(order.id).lines[0]
    link = re.sub("^https?://[^/]+", "", orders_services.order_address(order.id))
    return f"{link}plan/{print_id(IdKind.LINE, line.id)}/report/"


def last_month_end() -> date:
    return month_ends_before(clock.now().date(), count=1)[0]


def test_only_staff_may_see_or_make_reports(callers: Callers) -> None:
    for stranger in callers.strangers.values():
        assert stranger.get(HERE).status_code in {302, 403}
        assert stranger.post(f"{HERE}policy/", POLICY).status_code in {302, 403}
        sent = {"market": "US", "as_of": last_month_end().isoformat(), "confirmed": "yes"}
        assert stranger.post(f"{HERE}make/", sent).status_code in {302, 403}

    assert not BureauPolicy.objects.exists()
    assert not BureauReport.objects.exists()


def test_reporting_is_switched_on_and_a_report_is_made_looked_at_and_kept(
    order: OrderRow, tmp_path: Path
) -> None:
    operator = staff()
    assert order.number
    as_of = last_month_end().isoformat()
    asked = {"market": "us", "as_of": as_of, "confirmed": "yes"}
    off = operator.post(f"{HERE}make/", asked)
    assert "not switched on in US" in off.content.decode()
    question = operator.post(f"{HERE}policy/", {**POLICY, "confirmed": ""}).content.decode()
    assert "Lark Mobile Inc." not in question or not BureauPolicy.objects.exists()
    operator.post(f"{HERE}policy/", POLICY)

    made = operator.post(f"{HERE}make/", asked)

    assert made.status_code == 302
    page = operator.get(made["Location"]).content.decode()
    assert "Past due" in page
    file = operator.get(f"{made['Location']}file/").content.decode()
    (segment,) = file.splitlines()
    assert len(segment) == 426
    assert "MIRA" in segment
    out = tmp_path / "file.csv"
    ask = ["report", "--market", "US", "--as-of", as_of, "--make", "--format", "csv"]
    again = CliRunner().invoke(command, [*ask, "--out", str(out), "--json"])
    assert '"new": false' in again.output
    assert out.read_text().startswith("furnisher,account")
    looked = CliRunner().invoke(command, ["report", "--market", "US", "--as-of", as_of])
    assert "past due: 1" in looked.output
    assert BureauReport.objects.count() == 1


def test_a_buyer_disputes_on_the_plans_page_and_staff_answer(order: OrderRow) -> None:
    operator, buyer, url = staff(), Client(), report_url(order)
    assert "We tell credit bureaus nothing" in buyer.get(url).content.decode()
    operator.post(f"{HERE}policy/", POLICY)
    asked = {"market": "US", "as_of": last_month_end().isoformat(), "confirmed": "yes"}
    operator.post(f"{HERE}make/", asked)

    shown = buyer.get(url).content.decode()
    assert "Past due" in shown
    assert buyer.post(url, {"words": " "}).status_code == 422
    assert not BureauDispute.objects.exists()
    buyer.post(url, {"words": "I paid in the shop."})

    (dispute,) = queries.disputes(is_open=True)
    assert "We answer by" in buyer.get(url).content.decode()
    answer = f"{HERE}disputes/{dispute.id}/"
    assert "I paid in the shop." in operator.get(answer).content.decode()
    sent = {"outcome": "deleted", "answer": "You are right."}
    operator.post(answer, sent)
    assert queries.disputes(is_open=True)
    operator.post(answer, {**sent, "confirmed": "yes"})

    assert "You are right." in buyer.get(url).content.decode()
    newest = BureauRecord.objects.get(replaced_by=None)
    assert newest.body["status"] == ReportStatus.DELETED.value
    printed = print_id(IdKind.PLAN, newest.plan_id)
    page = operator.get(f"{HERE}plans/{printed}/").content.decode()
    assert "Replaced by a later row" in page


def test_a_buyer_agrees_and_takes_it_back(order: OrderRow) -> None:
    line, url = order_page(order.id).lines[0], report_url(order)
    staff().post(f"{HERE}policy/", {**POLICY, "needs_consent": "on"})
    buyer = Client()
    assert line.plan is not None

    assert "only if you agree" in buyer.get(url).content.decode()
    buyer.post(url, {"consent": "yes"})
    assert queries.consents([line.plan.id]) == {line.plan.id: True}
    assert "take that back" in buyer.get(url).content.decode()
    buyer.post(url, {"consent": "no"})

    assert queries.consents([line.plan.id]) == {line.plan.id: False}
