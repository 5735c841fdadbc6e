"""Pages of the desk are told in words and pictures, never as a program prints them."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from bandstand.console.desk import ROOMS
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger.models import Transfer
from bandstand.payouts.models import PayoutRun
from bandstand.payouts.services import mature_due
from bandstand.plumbing import audit, clock
from bandstand.plumbing.desk.words import bound_text
from tests.factories import gate, offers, orders, payouts

LATE = datetime(2026, 11, 22, 22, 15, tzinfo=UTC)


def test_ledger_draws_its_balances(operator: Client) -> None:
    orders.paid(offers.offer())

    page = operator.get("/console/ledger/").content.decode()

    assert '<figure class="whole"><svg' in page
    assert "&lt;figure" not in page


def test_journal_has_no_empty_row_heading(operator: Client) -> None:
    orders.paid(offers.offer())

    page = operator.get("/console/ledger/journal/").content.decode()

    assert '<th scope="row"><a' in page
    assert '<th scope="row"></th>' not in page


def test_transfer_is_titled_by_what_it_is(operator: Client) -> None:
    orders.paid(offers.offer())
    row = Transfer.objects.filter(kind="sale").get()
    number = print_id(IdKind.TRANSFER, row.id)

    page = operator.get(f"/console/ledger/transfers/{number}/").content.decode()

    assert "<h1>Transfer: sale</h1>" in page
    assert f"<td>{number}</td>" in page


def test_audit_log_tells_nested_details_in_words(operator: Client) -> None:
    audit.record(
        actor="ada@lark.example.org",
        action="notice.file",
        subject="ntc_1",
        now=clock.now(),
        preview={"open_baskets": 2, "money": [{"currency": "USD", "minor": 5}]},
        is_first=True,
    )

    page = operator.get("/console/audit/").content.decode()

    assert "preview (money (minor 5, currency USD), open baskets 2)" in page
    assert "is first yes" in page


def test_inbox_names_what_to_ship(operator: Client) -> None:
    assert "Orders to ship" not in operator.get("/console/").content.decode()
    order = orders.paid(offers.offer())

    page = operator.get("/console/").content.decode()

    assert "Orders to ship" in page
    assert f"/console/orders/{order.public_id}/" in page


def test_inbox_names_what_a_second_person_must_confirm(operator: Client) -> None:
    hold = gate.hold(seller_id=offers.offer().seller_id)
    url = f"/console/holds/{print_id(IdKind.HOLD, hold.id)}/"
    assert "Waits for a second person" not in operator.get("/console/").content.decode()

    operator.post(f"{url}lift/", {"reason": "The licence was shown.", "confirmed": "yes"})
    page = operator.get("/console/").content.decode()

    assert "Waits for a second person" in page
    assert "Lift the hold on" in page
    assert f'href="{url}"' in page


def test_inbox_names_a_proposed_payout_run(operator: Client) -> None:
    payouts.terms()
    payouts.delivered(offers.offer())
    mature_due(now=payouts.after_window())
    operator.post("/console/payouts/new/", {"currency": "USD"})
    run = PayoutRun.objects.get()

    assert f"/console/payouts/runs/{run.id}/" in operator.get("/console/").content.decode()


def test_seller_page_lists_what_is_missing_once(operator: Client) -> None:
    seller = offers.offer().seller

    page = operator.get(f"/console/sellers/{seller.slug}/").content.decode()

    assert page.count("Not stated yet") == 1
    assert "Bank account" in page


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "1 Jan 2026 UTC"),
        (LATE, "22 Nov 2026, 17:15"),
    ],
)
def test_bound_at_a_midnight_is_a_day(at: datetime, told: str) -> None:
    assert bound_text(at, zone="America/New_York") == told


def test_every_room_of_the_rail_answers_and_marks_itself(operator: Client) -> None:
    for _, rooms in ROOMS:
        for url, name in rooms:
            page = operator.get(url).content.decode()

            assert f'<a href="{url}" aria-current="page">{name}' in page, url
