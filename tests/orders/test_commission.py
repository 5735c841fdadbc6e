"""The first rule that matches a sale is its commission, and it stays with the sale."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given, strategies as st

from bandstand.money import Money
from bandstand.orders.models import OrderLine
from bandstand.orders.queries.commissions import commission_rules
from bandstand.orders.rules import (
    CommissionRule,
    CommissionRuleError,
    Sale,
    commission_of,
    require_rule,
)
from bandstand.orders.services.commissions import add_commission_rule, end_commission_rule
from bandstand.plumbing import clock
from tests.factories import offers, orders

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PHONES, THINGS, NORTHGATE = uuid4(), uuid4(), uuid4()
ACTOR = "mira@lark.example"
SALE = Sale(
    price=Money(49_999, "USD"),
    market="US",
    category_path=(PHONES, THINGS),
    seller_id=NORTHGATE,
    condition="new",
    at=NOON,
)
EVERYTHING = CommissionRule(position=9, label="Everything", rate_bps=1_000, from_at=NOON)


def test_without_a_rule_it_is_eight_per_cent() -> None:
    assert commission_of(SALE, ()).amount == Money(4_000, "USD")


def test_the_first_rule_that_matches_counts_whatever_order_they_come_in() -> None:
    phones = replace(EVERYTHING, position=1, label="Phones", rate_bps=500, category_id=THINGS)
    seller = replace(EVERYTHING, position=2, label="Northgate", rate_bps=300, seller_id=NORTHGATE)

    assert commission_of(SALE, (EVERYTHING, seller, phones)).words == "Phones (rule 1)"
    assert commission_of(SALE, (EVERYTHING, seller)).amount == Money(1_500, "USD")


@pytest.mark.parametrize(
    ("change", "is_matched"),
    [
        ({"market": "EU"}, False),
        ({"market": "US"}, True),
        ({"condition": "used"}, False),
        ({"currency": "EUR"}, False),
        ({"currency": "USD", "price_from_minor": 49_999}, True),
        ({"currency": "USD", "price_from_minor": 50_000}, False),
        ({"currency": "USD", "price_below_minor": 49_999}, False),
        ({"currency": "USD", "price_below_minor": 50_000}, True),
        ({"until_at": NOON}, False),
        ({"from_at": NOON + timedelta(seconds=1)}, False),
        ({"category_id": uuid4()}, False),
        ({"seller_id": uuid4()}, False),
    ],
)
def test_what_a_rule_is_about(change: dict[str, object], *, is_matched: bool) -> None:
    rule = replace(EVERYTHING, **change)  # type: ignore[arg-type]  # columns of many types

    assert rule.matches(SALE) is is_matched


@given(price=st.integers(1, 10**8), bps=st.integers(0, 10_000), fixed=st.integers(0, 10**6))
def test_a_commission_is_never_more_than_the_price(price: int, bps: int, fixed: int) -> None:
    rule = replace(EVERYTHING, rate_bps=bps, fixed_minor=fixed, currency="USD")

    kept = commission_of(replace(SALE, price=Money(price, "USD")), [rule]).amount

    assert 0 <= kept.minor <= price


@pytest.mark.parametrize(
    "change",
    [
        {"rate_bps": 10_001},
        {"fixed_minor": -1},
        {"fixed_minor": 1},
        {"currency": "USD", "price_from_minor": 5, "price_below_minor": 5},
        {"until_at": NOON},
        {"label": " "},
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(CommissionRuleError):
        require_rule(replace(EVERYTHING, **change))  # type: ignore[arg-type]  # columns of many types


@pytest.mark.django_db
def test_a_sale_keeps_its_commission_when_the_list_changes() -> None:
    orders.shop()
    phone = offers.offer(units=2)
    now = clock.now()
    rule = replace(EVERYTHING, rate_bps=1_000, from_at=now - timedelta(hours=1))
    rule_id = add_commission_rule(rule=rule, actor=ACTOR, now=now)
    first = OrderLine.objects.get(order__number=orders.placed(phone).number)

    end_commission_rule(rule_id=rule_id, actor=ACTOR, now=clock.now())
    second = OrderLine.objects.get(order__number=orders.placed(phone).number)

    assert first.commission_words == "Everything (rule 9)"
    assert abs(first.commission_minor - first.price_minor / 10) < 1
    assert abs(second.commission_minor - second.price_minor * 0.08) < 1
    assert commission_rules()[0].rule.until_at is not None


@pytest.mark.django_db
def test_a_rule_that_never_counted_leaves_no_trace_when_ended() -> None:
    later = replace(EVERYTHING, from_at=clock.now() + timedelta(days=1))
    rule_id = add_commission_rule(rule=later, actor=ACTOR, now=clock.now())

    end_commission_rule(rule_id=rule_id, actor=ACTOR, now=clock.now())

    assert commission_rules() == ()
