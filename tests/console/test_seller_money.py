"""Payout runs and commission rules at the console, and a seller's money at the portal."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client

from bandstand.offers.models import Offer
from bandstand.orders.queries.commissions import commission_rules
from bandstand.parties.models import OperatorProfile, Person
from bandstand.parties.rules import Role
from bandstand.payments.gateways.sandbox_events import sign
from bandstand.payouts import queries, services
from bandstand.payouts.gateways.sandbox import SandboxPayouts
from bandstand.payouts.models import Payout, PayoutAccount, PayoutNotice, PayoutRun
from bandstand.plumbing import clock
from tests.console.conftest import Callers, client_of
from tests.factories import offers, payouts

pytestmark = pytest.mark.django_db


def test_a_run_takes_two_people_and_so_does_the_banks_answer(callers: Callers) -> None:
    phone = _earned()
    desk, colleague = callers.operator, _colleague()

    begun = desk.post("/console/payouts/new/", {"currency": "USD"})
    run = PayoutRun.objects.get()
    here = f"/console/payouts/runs/{run.id}/"
    own = desk.post(f"{here}confirm/", {"confirmed": "yes", "total": _total(desk, here)})
    assert (begun.status_code, own.status_code) == (302, 409)
    assert not Payout.objects.exists()

    colleague.post(f"{here}confirm/", {"confirmed": "yes", "total": _total(colleague, here)})
    payout = Payout.objects.get(seller=phone.seller_id)
    file = desk.get(f"{here}file/")
    assert "000123456789" in file.content.decode()
    assert "attachment" in file["Content-Disposition"]
    page = f"/console/payouts/{payout.id}/"
    desk.post(page, {"answer": "pay", "words": "BANK-1"})
    payout.refresh_from_db()
    assert payout.state == "sent"
    assert desk.post(f"{page}answer/", {"confirmed": "yes"}).status_code == 409
    colleague.post(f"{page}answer/", {"confirmed": "yes"})
    payout.refresh_from_db()

    assert (payout.state, payout.bank_reference) == ("paid", "BANK-1")
    sheet = desk.get(f"{here}?format=csv").content.decode()
    assert "BANK-1" in sheet
    assert "000123456789" not in sheet
    for address in ("/console/payouts/", here, page):
        assert desk.get(address).status_code == 200


def test_a_payout_that_came_back_is_told_to_staff_and_seller(callers: Callers) -> None:
    phone = _earned()
    run = payouts.confirmed(now=payouts.after_window())
    payout = Payout.objects.get(run=run)
    colleague = _colleague()
    page = f"/console/payouts/{payout.id}/"

    callers.operator.post(page, {"answer": "return", "words": "Account closed"})
    colleague.post(f"{page}answer/", {"confirmed": "yes"})
    own = client_of("own@example.org", party=phone.seller, role=Role.SELLER)

    assert "Came back" in callers.operator.get(page).content.decode()
    told = own.get("/portals/seller/money/").content.decode()
    assert "Account closed" in told
    assert "Stopped" in told
    account = PayoutAccount.objects.get()
    assert (
        "Account closed"
        in callers.operator.get(f"/console/payouts/accounts/{account.id}/").content.decode()
    )


def test_a_run_with_another_total_than_was_seen_pays_nobody(callers: Callers) -> None:
    _earned()
    callers.operator.post("/console/payouts/new/", {"currency": "USD"})
    run = PayoutRun.objects.get()

    answer = _colleague().post(
        f"/console/payouts/runs/{run.id}/confirm/", {"confirmed": "yes", "total": "1"}
    )

    assert answer.status_code == 409
    assert not Payout.objects.exists()


def test_the_way_of_paying_is_looked_at_and_set(callers: Callers) -> None:
    _earned()
    told = {
        "currency": "USD", "gateway": "bank_file", "form": "pain.001", "cooling_days": "7",
        "debtor": "Lark Mobile Ltd", "iban": "DE89370400440532013000",
    }  # fmt: skip
    wrong = callers.operator.post("/console/payouts/route/", {**told, "iban": "DE00"})
    assert "does not check" in wrong.content.decode()

    preview = callers.operator.post("/console/payouts/route/", told).content.decode()
    assert "DE •••• 3000" in preview
    assert queries.payout_routes() == ()
    callers.operator.post("/console/payouts/route/", {**told, "confirmed": "yes"})

    (route,) = queries.payout_routes()
    assert (route.gateway, route.debtor_masked, route.cooling_days) == (
        "bank_file", "DE •••• 3000", 7,
    )  # fmt: skip
    assert (
        "DE89370400440532013000" not in callers.operator.get("/console/payouts/").content.decode()
    )


def test_a_seller_states_an_account_with_their_password(callers: Callers) -> None:
    phone = _earned()
    assert callers.shopper.get("/portals/seller/money/account/").status_code == 403
    PayoutAccount.objects.update(ended_at=clock.now())
    own = client_of("own@example.org", party=phone.seller, role=Role.SELLER)
    person = Person.objects.get(email="own@example.org")
    person.set_password("correct horse")
    person.save()
    own.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    told = {
        "kind": "us_bank", "holder": "Northgate Ltd", "number": "000123456789",
        "routing": "110000000", "password": "wrong horse",
    }  # fmt: skip
    page = "/portals/seller/money/account/"

    assert "not your password" in own.post(page, told).content.decode()
    assert not PayoutAccount.objects.filter(ended_at=None).exists()
    assert own.post(page, {**told, "password": "correct horse"}).status_code == 302

    shown = own.get(page).content.decode()
    assert "US •••• 6789" in shown
    assert "000123456789" not in shown
    account = queries.account_of(phone.seller_id, currency="USD")
    assert account is not None
    services.block_account(account_id=account.id, reason="x", actor="a", now=clock.now())
    own.post(f"{page}confirm/", {"password": "correct horse"})
    assert PayoutAccount.objects.get(pk=account.id).blocked_at is None


def test_staff_see_accounts_and_routes_before_anything_is_earned(callers: Callers) -> None:
    payouts.route()
    account = payouts.bank_account(offers.offer().seller_id)

    shown = callers.operator.get("/console/payouts/").content.decode()

    assert "US •••• 6789" in shown
    assert "/console/payouts/route/?currency=USD" in shown
    assert callers.operator.get(f"/console/payouts/accounts/{account.id}/").status_code == 200


def test_closed_statements_are_shown_to_staff_and_to_their_own_seller(callers: Callers) -> None:
    phone = _earned()
    month = clock.now().date().replace(day=1)
    row = services.close_seller_month(
        seller_id=phone.seller_id,
        currency="USD",
        month=month,
        now=clock.now() + timedelta(days=62),
    )
    assert row is not None
    own = client_of("own@example.org", party=phone.seller, role=Role.SELLER)
    for client, here in (
        (callers.operator, "/console/payouts/statements/"),
        (own, "/portals/seller/money/statements/"),
    ):
        assert row.number in client.get(here).content.decode()
        assert "Commission" in client.get(f"{here}{row.id}/").content.decode()
        sheet = client.get(f"{here}{row.id}/?format=csv").content.decode().splitlines()
        assert "opening" in sheet[1]
        assert "closing" in sheet[-1]
        assert client.get(f"{here}{row.id}/pdf/").content.startswith(b"%PDF")
    stranger = callers.seller.get(f"/portals/seller/money/statements/{row.id}/")
    assert stranger.status_code == 404


def test_a_gateways_event_is_taken_once_and_only_signed(callers: Callers) -> None:
    body = json.dumps({"id": "evt_1", "type": "payout.paid", "data": {"ref": "sbo_1"}}).encode()
    secret = SandboxPayouts().secret
    headers = sign(body, event_id="evt_1", secret=secret, now=clock.now())
    door = "/webhooks/payouts/sandbox"

    def knock(raw: bytes) -> tuple[int, str]:
        answer = callers.anonymous.post(door, raw, content_type="application/json", headers=headers)
        return answer.status_code, answer.content.decode()

    assert knock(body + b" ")[0] == 400
    assert not PayoutNotice.objects.exists()
    assert [knock(body) for _ in range(2)] == [(202, '{"new": true}'), (202, '{"new": false}')]
    assert PayoutNotice.objects.count() == 1


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
    payouts.bank_account(phone.seller_id)
    payouts.delivered(phone)
    services.mature_due(now=payouts.after_window())
    return phone


def _colleague() -> Client:
    lark = OperatorProfile.objects.get().party
    return client_of("bo@lark.example.org", party=lark, role=Role.OPERATOR)


def _total(desk: Client, here: str) -> str:
    question = desk.get(f"{here}confirm/").content.decode()
    total = re.search(r'name="total" value="(\d+)"', question)
    assert total is not None
    return total.group(1)
