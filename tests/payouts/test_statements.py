"""A month's statement: equal to the ledger by both clocks, numbered, kept, corrected by another."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given, strategies as st

from bandstand.kernel.canonical import sha256_hex
from bandstand.kernel.errors import NotFoundError
from bandstand.ledger import queries as ledger, services as books
from bandstand.ledger.queries import AsOf
from bandstand.ledger.rules import AccountCode, credit, debit
from bandstand.money import Money
from bandstand.offers.models import Offer
from bandstand.payouts import documents, gateways, queries, services
from bandstand.payouts.gateways.sandbox import SandboxPayouts
from bandstand.payouts.models import SellerStatement, StatementPdf
from bandstand.payouts.queries import seller_key
from bandstand.payouts.rules.statements import (
    Buckets,
    MonthError,
    ShareParts,
    details_of_sale,
    month_before,
    month_of,
    span_of,
)
from bandstand.plumbing import clock
from tests.factories import offers, orders, parties, payouts

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=31)


@pytest.fixture
def phone() -> Offer:
    gateways.register(SandboxPayouts())
    orders.shop()
    payouts.terms()
    payouts.route()
    return offers.offer(units=3)


def sold_month(phone: Offer) -> tuple[date, datetime]:
    """Sell two phones now, give one back, pay the other out; the months in which it happened."""
    line, other = payouts.matured(phone), payouts.delivered(phone)
    payouts.paid_out(now=payouts.after_window())
    payouts.give_back(other)
    assert line.id != other.id
    first = clock.now().date().replace(day=1)
    return first, clock.now() + 3 * MONTH


def closed(phone: Offer, month: date, *, now: datetime) -> SellerStatement:
    row = services.close_seller_month(
        seller_id=phone.seller_id, currency="USD", month=month, now=now
    )
    assert row is not None
    return row


def standing(phone: Offer, *, as_of: AsOf) -> Buckets:
    key = seller_key(phone.seller_id)
    minors = {
        code: ledger.balance(code=code, key=key, currency="USD", as_of=as_of).minor
        for code in (
            AccountCode.SELLER_PAYABLE,
            AccountCode.SELLER_AVAILABLE,
            AccountCode.SELLER_RESERVE,
            AccountCode.SELLER_RECEIVABLE,
        )
    }
    pending, available, reserve, owed = minors.values()
    return Buckets(-pending, -available, -reserve, owed)


def buckets(told: Mapping[str, int]) -> Buckets:
    return Buckets(**told)


def test_a_statement_says_what_the_ledger_says_by_both_clocks(phone: Offer) -> None:
    first, now = sold_month(phone)
    for month in (first, month_of(f"{first + MONTH:%Y-%m}")):
        row = closed(phone, month, now=now)

        body: dict[str, Any] = row.body
        at_end = AsOf(effective_before=row.until, recorded_before=row.closed_at)
        at_start = AsOf(effective_before=row.since, recorded_before=row.closed_at)
        moved = [Buckets(*(one[name] for name in body["closing"])) for one in body["lines"]]
        assert buckets(body["closing"]) == standing(phone, as_of=at_end)
        assert buckets(body["opening"]) == standing(phone, as_of=at_start)
        assert sum(moved, buckets(body["opening"])) == buckets(body["closing"])
        assert sum(body["summary"].values()) == sum(one.worth for one in moved)
        assert row.sha256 == sha256_hex(body)


def test_a_sale_is_told_with_its_commission_and_rule(phone: Offer) -> None:
    first, now = sold_month(phone)

    lines = closed(phone, first, now=now).body["lines"]

    sale = next(one for one in lines if one["kind"] == "sale")
    kinds = {kind: (words, minor) for kind, words, minor in sale["details"]}
    assert sum(minor for _, minor in kinds.values()) == sale["pending"]
    assert kinds["price"][1] > 0 > kinds["commission"][1]
    assert kinds["commission"][0]


def test_a_month_closed_again_is_the_same_statement(phone: Offer) -> None:
    first, now = sold_month(phone)
    made = closed(phone, first, now=now)

    again = services.close_month(month=first, now=now + timedelta(days=1))

    assert (again.new, again.corrected, again.unchanged) == (0, 0, 1)
    assert SellerStatement.objects.get() == made


def test_what_is_recorded_late_makes_a_new_statement_that_names_the_old(phone: Offer) -> None:
    first, now = sold_month(phone)
    old = closed(phone, first, now=now)
    before = dict(old.body)
    amount = Money(250, "USD")
    books.post(
        idempotency_key="adjustment:1",
        kind="adjustment",
        entries=(
            debit(AccountCode.COMMISSION_INCOME, amount),
            credit(AccountCode.SELLER_AVAILABLE, amount, key=seller_key(phone.seller_id)),
        ),
        effective_at=old.until - timedelta(hours=1),
        now=now + timedelta(days=1),
    )

    new = closed(phone, first, now=now + timedelta(days=2))

    old.refresh_from_db()
    assert old.body == before
    assert (new.revision, new.replaces, new.body["replaces"]) == (2, old, old.number)
    assert new.number != old.number
    assert buckets(new.body["closing"]).available == buckets(before["closing"]).available + 250
    rows = queries.closed_statements(seller_id=phone.seller_id)
    assert [(row.number, row.replaced_by) for row in rows] == [
        (new.number, ""),
        (old.number, new.number),
    ]


def test_a_month_that_is_not_over_is_not_closed(phone: Offer) -> None:
    first, _ = sold_month(phone)

    with pytest.raises(MonthError, match="not over"):
        services.close_month(month=first, now=clock.now())

    assert not SellerStatement.objects.exists()


def test_a_statement_can_be_neither_changed_nor_deleted(phone: Offer) -> None:
    first, now = sold_month(phone)
    row = closed(phone, first, now=now)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SellerStatement.objects.update(sha256="0" * 64)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        row.delete()

    assert SellerStatement.objects.get().sha256 == row.sha256


def test_a_statement_is_read_by_its_own_seller_only(phone: Offer) -> None:
    first, now = sold_month(phone)
    row = closed(phone, first, now=now)

    assert queries.statement_page(row.id, seller_id=phone.seller_id).row.number == row.number
    with pytest.raises(NotFoundError):
        queries.statement_page(row.id, seller_id=parties.party().id)


def test_the_pdf_is_drawn_once_and_from_what_was_kept(phone: Offer) -> None:
    first, now = sold_month(phone)
    row = closed(phone, first, now=now)

    kept = services.statement_pdf(statement_id=row.id, now=now)
    again = services.statement_pdf(statement_id=row.id, now=now + MONTH)

    assert kept is not None
    assert again is not None
    assert (again.sha256, StatementPdf.objects.count()) == (kept.sha256, 1)
    assert bytes(kept.content).startswith(b"%PDF")
    assert len(bytes(kept.content)) > 10_000
    html = documents.statement_html(row.body)
    assert row.number in html
    assert "Commission: " in html


@given(st.dates(min_value=date(2000, 2, 1), max_value=date(2100, 1, 1)))
def test_months_follow_one_another_without_gap(day: date) -> None:
    this, former = day.replace(day=1), month_before(day)

    assert span_of(former, zone="America/New_York")[1] == span_of(this, zone="America/New_York")[0]
    assert month_of(f"{this:%Y-%m}") == this


@pytest.mark.parametrize("text", ["2026-13", "2026-0", "november", "2026-11-01"])
def test_a_word_that_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(MonthError, match="2026-11"):
        month_of(text)


def test_an_amount_that_is_not_the_whole_share_is_not_explained_away() -> None:
    parts = ShareParts(10_000, 0, 800, "8 %", "LK-1")

    assert [one.minor for one in details_of_sale(parts, worth=9_200)] == [10_000, -800]
    assert [one.minor for one in details_of_sale(parts, worth=-9_200)] == [-10_000, 800]
    assert details_of_sale(parts, worth=9_199) == ()


def test_a_day_belongs_to_the_month_of_the_shops_own_zone() -> None:
    since, until = span_of(date(2026, 11, 1), zone="America/New_York")

    assert since.astimezone(UTC) == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert until.astimezone(UTC) == datetime(2026, 12, 1, 5, tzinfo=UTC)
