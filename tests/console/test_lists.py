"""Filters, orders, pages and exports of the console's lists."""

import csv
from io import StringIO
from typing import Protocol

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bandstand.money import Money
from bandstand.offers.services import publish
from bandstand.orders.queries import order_page
from bandstand.plumbing import clock
from bandstand.plumbing.desk import exports
from bandstand.plumbing.letters import write_letter
from bandstand.plumbing.models import Letter
from tests.factories import catalogue, gate, offers, orders, parties, rights


class Answer(Protocol):
    """What a page answered."""

    content: bytes


EXPORTS = (
    "/console/offers/?state=any&format=csv",
    "/console/orders/?format=csv",
    "/console/holds/?format=csv",
    "/console/notices/?format=csv",
    "/console/letters/?format=csv",
    "/console/quality/?format=csv",
    "/console/ledger/?format=csv",
    "/console/ledger/journal/?format=csv",
    "/console/ledger/account/?code=pay.seller&currency=USD&format=csv",
    "/console/audit/?format=csv",
)


def rows_of(answer: Answer) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(answer.content.decode())))


def test_review_queue_shows_each_offer_with_its_reason(operator: Client) -> None:
    phone = catalogue.variant(model=catalogue.device_model(name="Aster One"))
    rights.policy()
    offer_id = offers.draft(seller=parties.party(slug="northgate"), variant=phone)
    publish(offer_id=offer_id, actor="nora@northgate.example.org", now=clock.now())

    page = operator.get("/console/offers/?state=refused")

    assert b"Aster One" in page.content
    assert b"Northgate" in page.content
    assert b"more reason" in page.content


def test_offers_are_filtered_by_text_seller_and_state(operator: Client) -> None:
    northgate = parties.party(slug="northgate")
    parties.membership(party=northgate)
    offers.offer(seller=northgate)
    offers.offer()

    by_seller = operator.get("/console/offers/?state=any&seller=northgate&format=csv")
    by_state = operator.get("/console/offers/?state=refused&format=csv")
    by_text = operator.get("/console/offers/?state=any&q=Northgate&format=csv")

    assert [row["seller"] for row in rows_of(by_seller)] == ["Northgate"]
    assert rows_of(by_state) == []
    assert [row["seller"] for row in rows_of(by_text)] == ["Northgate"]


def test_offers_are_put_in_the_order_asked_for(operator: Client) -> None:
    for minor in (30_000, 10_000, 20_000):
        offers.offer(price=Money(minor, "USD"))

    up = rows_of(operator.get("/console/offers/?state=any&sort=price&format=csv"))
    down = rows_of(operator.get("/console/offers/?state=any&sort=-price&format=csv"))

    assert [row["price"] for row in up] == ["100.00", "200.00", "300.00"]
    assert [row["price"] for row in down] == ["300.00", "200.00", "100.00"]


def test_ordered_column_is_told_to_assistive_technology(operator: Client) -> None:
    offers.offer()

    page = operator.get("/console/offers/?state=any&sort=-price").content.decode()

    assert 'aria-sort="descending"' in page
    assert "sort=price" in page


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("state=refusd", "Did you mean “refused”?"),
        ("sort=colour", "is not a known sort"),
        ("page=zwei", "“zwei” is not a page"),
        ("seller=nobody", "is not a known seller"),
    ],
)
def test_filter_that_cannot_be_understood_is_named_and_the_rest_counts(
    operator: Client, asked: str, told: str
) -> None:
    parties.membership(party=parties.party(slug="northgate"))

    page = operator.get(f"/console/offers/?{asked}")

    assert page.status_code == 200
    assert told in page.content.decode()


def test_page_after_the_last_is_the_last(operator: Client) -> None:
    offers.offer()

    assert operator.get("/console/offers/?state=any&page=99").status_code == 200


def test_orders_are_found_by_number_mail_serial_and_state(operator: Client) -> None:
    order = orders.paid(offers.offer())
    line = order_page(order.id).lines[0]

    for asked in (f"q={order.number}", "q=mira@", f"q={line.imei}", "state=paid"):
        found = rows_of(operator.get(f"/console/orders/?{asked}&format=csv"))
        assert [row["number"] for row in found] == [order.number], asked
    for asked in ("q=nobody", "state=cancelled"):
        assert rows_of(operator.get(f"/console/orders/?{asked}&format=csv")) == [], asked


def test_list_of_orders_takes_as_many_queries_for_three_as_for_one(operator: Client) -> None:
    orders.paid(offers.offer())
    operator.get("/console/orders/")
    with CaptureQueriesContext(connection) as one:
        operator.get("/console/orders/")
    for _ in range(2):
        orders.paid(offers.offer())

    with CaptureQueriesContext(connection) as three:
        operator.get("/console/orders/")

    assert len(three) == len(one)


def test_list_of_offers_takes_as_many_queries_for_three_as_for_one(operator: Client) -> None:
    offers.offer()
    operator.get("/console/offers/?state=any")
    with CaptureQueriesContext(connection) as one:
        operator.get("/console/offers/?state=any")
    for _ in range(2):
        offers.offer()

    with CaptureQueriesContext(connection) as three:
        operator.get("/console/offers/?state=any")

    assert len(three) == len(one)


@pytest.mark.parametrize("url", EXPORTS)
def test_export_is_a_file_with_a_head(operator: Client, url: str) -> None:
    orders.paid(offers.offer())
    gate.hold(market="US")

    answer = operator.get(url)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    assert "," in answer.content.decode().splitlines()[0]


def test_export_goes_through_every_page(operator: Client) -> None:
    for number in range(51):
        write_letter(
            key=f"letter:{number}",
            kind="notice",
            to_address="mira@example.org",
            subject=f"Letter {number}",
            body="Hello.",
            about="",
            now=clock.now(),
        )

    assert len(rows_of(operator.get("/console/letters/?format=csv"))) == 51


def test_export_takes_the_sting_out_of_formulas() -> None:
    answer = exports.csv_answer("x", heads=["a", "b", "c"], rows=[("=1+1", "-5.00", "-cmd")])

    assert answer.content.decode().splitlines()[1] == "'=1+1,-5.00,'-cmd"


def test_export_is_cut_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "ROWS_MAX", 2)

    answer = exports.csv_answer("x", heads=["a"], rows=[("1",), ("2",), ("3",)])

    assert answer.content.decode().splitlines() == [
        "a",
        "1",
        "2",
        "Cut after 2 rows; narrow the filter for the rest.",
    ]


def test_books_are_in_balance_and_lead_down_to_a_movement(operator: Client) -> None:
    orders.paid(offers.offer())

    trial = operator.get("/console/ledger/").content.decode()
    seller = operator.get("/console/ledger/account/?code=pay.seller&currency=USD").content.decode()
    key = seller.partition("&amp;key=")[2].partition('"')[0]
    moves = operator.get(f"/console/ledger/account/?code=pay.seller&currency=USD&key={key}")

    assert "in balance" in trial
    assert key.startswith("pty_")
    assert "Movements" in moves.content.decode()


def test_letter_is_shown_as_it_was_written_and_never_as_markup(operator: Client) -> None:
    write_letter(
        key="letter:1",
        kind="notice",
        to_address="mira@example.org",
        subject="<b>Hello</b>",
        body="<script>alert(1)</script>",
        about="",
        now=clock.now(),
    )

    kept = Letter.objects.get()

    page = operator.get("/console/letters/").content.decode()
    letter = operator.get(f"/console/letters/{kept.id}/").content.decode()

    assert "<b>Hello" not in page
    assert "<script>alert" not in letter
    assert "&lt;script&gt;alert" in letter
