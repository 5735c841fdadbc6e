"""The ledger and the audit log call things by their names, and lead to their pages."""

import pytest
from django.test import Client

from bandstand.console.pages.named import named
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.orders.models import OrderLine
from bandstand.orders.queries import order_page
from bandstand.plumbing import audit, clock
from tests.console.conftest import Callers, callers, client_of, operator
from tests.factories import credit, offers, orders

__all__ = ["Callers", "callers", "client_of", "operator"]

pytestmark = pytest.mark.django_db


def test_the_books_say_whose_plan_and_which_seller(operator: Client) -> None:
    order = orders.paid(offers.offer(units=1), terms_id=credit.terms(months=24).id)
    line = OrderLine.objects.get()
    plan = order_page(order.id).lines[0].plan
    assert plan is not None
    seller = line.offer.seller
    key = print_id(IdKind.PLAN, plan.id)

    journal = operator.get("/console/ledger/journal/").content.decode()
    sale = next(row for row in ledger.journal().rows if row.kind == "sale")
    transfer = operator.get(f"/console/ledger/transfers/{sale.public_id}/").content.decode()
    party = operator.get(f"/console/ledger/party/?key={key}").content.decode()

    whose = f"Plan of mira@example.org, order {order.number}"
    assert whose in journal
    assert seller.trading_name in journal
    assert whose in transfer
    assert f'href="/console/plans/{key}/"' in transfer
    assert f'href="/console/sellers/{seller.slug}/"' in transfer
    assert f"Statement of {whose}" in party
    ledgers = f"/console/ledger/account/?code={AccountCode.INSTALMENT_RECEIVABLE}&currency=USD"
    assert whose in operator.get(ledgers).content.decode()


def test_the_audit_log_calls_subjects_by_their_names(operator: Client) -> None:
    order = orders.paid(offers.offer(units=1))
    printed = print_id(IdKind.ORDER, order.id)
    offer = OrderLine.objects.get().offer
    now = clock.now()
    audit.record(actor="ada", action="order.look", subject=printed, now=now)
    audit.record(actor="ada", action="offer.look", subject=f"offer:{offer.id}", now=now)
    audit.record(actor="ada", action="none.look", subject="plan:pln_nonsense", now=now)

    page = operator.get("/console/audit/").content.decode()

    assert f"Order {order.number}" in page
    assert f'href="/console/orders/{printed}/"' in page
    assert f'href="/console/offers/{print_id(IdKind.OFFER, offer.id)}/"' in page
    assert "plan:pln_nonsense" in page


def test_what_is_no_id_has_no_name() -> None:
    assert named(["", "US-IL", "sandbox", "ord_x", "party:not-a-key", "zzz_123"]) == {}
