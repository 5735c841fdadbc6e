"""The trade-in desk: scan, look at, send back, pay in twos, sell, list values, set terms."""

from datetime import timedelta

import pytest
from django.test import Client

from bandstand.offers.models import Offer
from bandstand.orders.queries import OrderRow
from bandstand.parties.models import OperatorProfile
from bandstand.parties.rules import Role
from bandstand.plumbing import clock
from bandstand.plumbing.models import AuditEntry
from bandstand.trade_in import services
from bandstand.trade_in.models import (
    CreditPayout,
    Disposal,
    Inspection,
    ListedValue,
    TradeIn,
    TradeInPolicy,
)
from bandstand.trade_in.rules import PayoutState, Question, TradeInState
from tests.console.conftest import client_of
from tests.factories import offers, orders, trade_in

pytestmark = pytest.mark.django_db
YES = dict.fromkeys((one.value for one in Question), "yes")
HERE = "/console/trade-in/"
LISTS = (HERE, *(f"{HERE}{room}/" for room in (
    "scan", "stock", "values", "values/import", "terms", "payouts",
)))  # fmt: skip


@pytest.fixture
def phone() -> Offer:
    """Put a new phone on the shelf."""
    orders.shop()
    return offers.offer(units=3)


@pytest.fixture
def order(phone: Offer) -> OrderRow:
    """Let Mira buy it."""
    return orders.paid(phone)


@pytest.fixture
def ada(phone: Offer) -> Client:
    """Let one of the operator's staff sit down."""
    assert phone.state == "listed"
    lark = OperatorProfile.objects.get().party
    return client_of("ada@lark.example.org", party=lark, role=Role.OPERATOR)


@pytest.fixture
def ben(phone: Offer) -> Client:
    """Let another sit down."""
    assert phone.state == "listed"
    lark = OperatorProfile.objects.get().party
    return client_of("ben@lark.example.org", party=lark, role=Role.OPERATOR)


@pytest.mark.parametrize("url", LISTS)
def test_every_room_opens_to_the_operator_alone(ada: Client, url: str) -> None:
    assert ada.get(url).status_code == 200
    assert Client().get(url).status_code == 302
    assert client_of("mira@example.org").get(url).status_code == 403


def test_deeds_of_strangers_change_nothing(order: OrderRow) -> None:
    one = trade_in.received(order)
    payout_less = CreditPayout.objects.count()
    stranger = client_of("mira@example.org")

    for room in ("inspect", "back", "gone"):
        answer = stranger.post(f"{HERE}{one.reference}/{room}/", {"confirmed": "yes", **YES})
        assert answer.status_code == 403
    assert trade_in.fresh(one).state == TradeInState.RECEIVED.value
    assert CreditPayout.objects.count() == payout_less


def test_a_parcel_is_scanned_and_a_wrong_scan_is_told(ada: Client, order: OrderRow) -> None:
    one = trade_in.accepted(order)

    wrong = ada.post(f"{HERE}scan/", {"code": "TI-0000-0000"})
    short = ada.post(f"{HERE}scan/", {"code": "12345"})
    done = ada.post(f"{HERE}scan/", {"code": one.reference.lower()}, follow=True)

    assert (wrong.status_code, short.status_code) == (422, 422)
    assert "There is no trade-in TI-0000-0000" in wrong.content.decode()
    assert "Look at it" in done.content.decode()
    assert trade_in.fresh(one).state == TradeInState.RECEIVED.value


def inspect(desk: Client, one: TradeIn, *, confirmed: bool, **said: str) -> str:
    form = {
        "imei": trade_in.imei(),
        "phone": f"Aster/{one.variant.code}",
        "reported": "no",
        "register_asked": "the carriers' list",
        "photos_at": "card 12",
        **YES,
        **said,
    }
    if confirmed:
        form["confirmed"] = "yes"
    answer = desk.post(f"{HERE}{one.reference}/inspect/", form, follow=True)
    return str(answer.content.decode())


def test_an_inspection_is_foreseen_and_then_written_down(ada: Client, order: OrderRow) -> None:
    one = trade_in.received(order)

    foreseen = inspect(ada, one, confirmed=False, screen_whole="no")
    before = (Inspection.objects.count(), trade_in.fresh(one).state)
    done = inspect(ada, one, confirmed=True, screen_whole="no")

    assert "Its owner is asked to take less" in foreseen
    assert "US$60.00" in foreseen or "$60.00" in foreseen
    assert before == (0, TradeInState.RECEIVED.value)
    assert trade_in.fresh(one).state == TradeInState.REVALUED.value
    assert "card 12" in done
    assert Inspection.objects.get().inspected_by == "ada@lark.example.org"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"imei": "490154203237519"}, "A digit is wrong"),
        ({"phone": "Aster/Nothing"}, "has no variant"),
        ({"screen_whole": ""}, "Test it and answer."),
        ({"register_asked": ""}, "Name the register"),
    ],
)
def test_what_is_wrong_with_an_inspection_is_said(
    ada: Client, order: OrderRow, said: dict[str, str], why: str
) -> None:
    one = trade_in.received(order)

    assert why in inspect(ada, one, confirmed=True, **said)
    assert not Inspection.objects.exists()


def test_a_phone_is_sent_back(ada: Client, order: OrderRow) -> None:
    one = trade_in.received(order)
    services.withdraw(trade_in_id=one.id, now=clock.now())

    ada.post(f"{HERE}{one.reference}/back/", {"carrier": "Parcel Co", "tracking": "B1"})

    assert trade_in.fresh(one).state == TradeInState.RETURNED.value
    assert "Sent back" in ada.get(f"{HERE}{one.reference}/").content.decode()


def test_money_is_proposed_by_one_and_confirmed_by_another(
    ada: Client, ben: Client, order: OrderRow
) -> None:
    one = trade_in.credited(order)
    services.ask_payout(trade_in_id=one.id, account=trade_in.ACCOUNT, now=clock.now())
    row = CreditPayout.objects.get()
    url = f"{HERE}payouts/{row.id}/"

    listed = ada.get(f"{HERE}payouts/").content.decode()
    early = ada.post(url, {"deed": "confirm"})
    ada.post(url, {"deed": "propose"})
    alone = ada.post(url, {"deed": "confirm"})
    assert CreditPayout.objects.get().state == PayoutState.PROPOSED.value
    ben.post(url, {"deed": "confirm"})
    seen = ben.post(url, {"deed": "show"}).content.decode()
    ben.post(url, {"deed": "paid", "words": "BANK-7"})

    assert "account ending 5001" in listed
    assert "5555001" not in listed
    assert (early.status_code, alone.status_code) == (422, 409)
    assert "5555001" in seen
    assert AuditEntry.objects.filter(action="trade_in.payout_show_account").count() == 1
    row.refresh_from_db()
    assert (row.state, row.bank_reference) == (PayoutState.PAID.value, "BANK-7")
    assert ben.get(url).status_code == 404


def test_a_credited_phone_leaves_the_stock(ada: Client, order: OrderRow) -> None:
    one = trade_in.credited(order)
    url = f"{HERE}{one.reference}/gone/"
    form = {"kind": "sold", "proceeds": "150.00", "reason": "Invoice 7"}

    stock = ada.get(f"{HERE}stock/?format=csv").content.decode()
    wrong = ada.post(url, {**form, "proceeds": "much"})
    asked = ada.post(url, form)
    before = Disposal.objects.count()
    ada.post(url, {**form, "confirmed": "yes"})

    assert one.reference in stock
    assert wrong.status_code == 422
    assert "150.00" in asked.content.decode()
    assert (before, Disposal.objects.get().proceeds_minor) == (0, 15_000)
    assert one.reference not in ada.get(f"{HERE}stock/?format=csv").content.decode()


def test_values_are_looked_at_and_then_imported(ada: Client) -> None:
    variant = trade_in.taken()
    later = clock.day_in("UTC", at=clock.now() + timedelta(days=4)).isoformat()
    text = f"phone,grade,value,from\nAster/{variant.code},good,190.00,{later}\nx,good,1,{later}"
    url = f"{HERE}values/import/"
    count = ListedValue.objects.count()

    asked = ada.post(url, {"market": "US", "values": text}).content.decode()
    before = ListedValue.objects.count()
    bad = ada.post(url, {"market": "US", "values": "a,b\n1,2"})
    nowhere = ada.post(url, {"market": "QQ", "values": text})
    ada.post(url, {"market": "US", "values": text, "confirmed": "yes"})

    assert "Line 3" in asked
    assert before == count
    assert (bad.status_code, nowhere.status_code) == (422, 422)
    assert "No market" in nowhere.content.decode()
    assert ListedValue.objects.count() == count + 1
    file = ada.get(f"{HERE}values/?format=csv&history=all").content.decode()
    assert f"Aster/{variant.code},good,200.00" in file
    assert f"Aster/{variant.code},good,190.00" in file


def test_terms_are_set_from_now_on(ada: Client) -> None:
    form = {
        "market": "US", "quote_days": 10, "arrive_days": 20, "remind_days": 5, "inspect_days": 3,
        "answer_days": 7, "send_to": "1 Quay Street, Springfield", "source": "Terms 2",
    }  # fmt: skip

    wrong = ada.post(f"{HERE}terms/", {**form, "inspect_days": 0})
    ada.post(f"{HERE}terms/", form)

    assert wrong.status_code == 422
    assert TradeInPolicy.objects.get().inspect_days == 3
    assert "Terms 2" in ada.get(f"{HERE}values/").content.decode()
    assert "1 Quay Street, Springfield" in ada.get(f"{HERE}terms/").content.decode()


def test_the_queue_tells_what_is_late_and_what_was_given(ada: Client, order: OrderRow) -> None:
    variant = trade_in.taken()
    late = trade_in.received(order, variant, number=1)
    trade_in.credited(order, variant, number=2)
    TradeIn.objects.filter(pk=late.pk).update(inspect_by=clock.now() - timedelta(days=3))

    page = ada.get(HERE).content.decode()
    chosen = ada.get(f"{HERE}?state=credited").content.decode()
    odd = ada.get(f"{HERE}?state=crediet").content.decode()
    file = ada.get(f"{HERE}?format=csv").content.decode()

    assert "1 late" in page
    assert "3 d late" in page
    assert "Credited by week" in page
    assert '<figure class="columns"><svg' in page
    assert "&lt;figure" not in page
    assert late.reference not in chosen
    assert "Did you mean “credited”" in odd
    assert len(file.strip().splitlines()) == 3
    assert "We are late" in ada.get(f"{HERE}{late.reference}/").content.decode()
    assert "is late" in ada.get("/console/").content.decode()
