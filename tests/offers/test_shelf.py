from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bandstand.money import Money
from bandstand.offers import queries, services
from bandstand.offers.models import Offer
from bandstand.offers.queries import ShelfQuery, ShelfSort
from bandstand.offers.rules import UnitArrival
from bandstand.plumbing import clock
from bandstand.radio import Tier
from tests.factories import catalogue, credit, gate, offers, orders, parties, rights

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def query(**fields: Any) -> ShelfQuery:  # noqa: ANN401 -- fields of many types
    return ShelfQuery(**{"market": "US", "network_id": orders.shop().id, "on": TODAY, **fields})


def shown(**fields: Any) -> list[str]:  # noqa: ANN401 -- fields of many types
    return [card.title for card in queries.shelf(query(**fields)).cards]


def phone(
    name: str,
    *,
    tier: Tier | None = Tier.FULL,
    price: int = 48_000,
    esim: str = "unknown",
    nr: str = "yes",
    brand: Any = None,  # noqa: ANN401 -- a row or none
    **fields: Any,  # noqa: ANN401 -- arguments of the offer
) -> Offer:
    maker = brand or catalogue.brand(name=f"Maker {name}")
    model = catalogue.device_model(brand=maker, name=f"{maker.name} {name}")
    seller, variant = rights.sellable(model=model, esim=esim, seller=fields.pop("seller", None))
    if tier is not None:
        offers.stored_fit(variant, orders.shop(), tier=tier, nr=nr)
    return offers.offer(seller=seller, variant=variant, price=Money(price, "USD"), **fields)


def test_a_card_says_what_its_offer_is() -> None:
    aster = catalogue.brand(name="Aster")
    northgate = parties.party(slug="northgate")
    offer = phone("One", brand=aster, seller=northgate, units=3, colour_hex="#112233", esim="yes")
    terms = credit.terms(months=24, down_payment_bps=0)

    (card,) = queries.shelf(query()).cards

    assert (card.offer_id, card.title, card.brand) == (offer.id, "Aster One", "Aster")
    assert card.configuration == "256 GB · Grey"
    assert (card.price, card.stock_left) == (Money(48_000, "USD"), 3)
    assert (card.tier, card.five_g, card.esim) == (Tier.FULL, True, True)
    assert card.seller_name == "Northgate"
    assert card.disclosure is not None
    assert card.disclosure.terms_id == terms.id
    assert card.disclosure.month == Money(2_000, "USD")


def test_the_default_plan_is_the_longest_without_interest() -> None:
    phone("One")
    credit.terms(months=12, down_payment_bps=0)
    free = credit.terms(months=24, down_payment_bps=0)
    credit.terms(months=36, annual_rate_bps=999, down_payment_bps=1000)

    (card,) = queries.shelf(query()).cards

    assert card.disclosure is not None
    assert card.disclosure.terms_id == free.id


def test_a_price_below_the_terms_minimum_has_no_plan() -> None:
    phone("Cheap", price=4_000)
    credit.terms(months=24, down_payment_bps=0, price_minimum=Money(9_900, "USD"))

    (card,) = queries.shelf(query()).cards

    assert card.disclosure is None


def test_only_what_can_be_bought_is_shown() -> None:
    phone("Fine")
    phone("Sold out", units=0)
    withdrawn = phone("Withdrawn")
    services.withdraw(offer_id=withdrawn.id, actor="mira@example.org", now=clock.now())
    held = phone("Held")
    hold = gate.hold(brand_id=held.variant.model.brand_id)
    offers.draft()

    assert shown() == ["Maker Fine Fine"]
    gate.lift(hold.id)
    assert sorted(shown()) == ["Maker Fine Fine", "Maker Held Held"]


def test_a_reserved_unit_is_not_on_the_shelf() -> None:
    offer = phone("One", units=1)
    services.reserve(
        offer_id=offer.id, holder=offer.id, until=clock.now() + timedelta(hours=1), now=clock.now()
    )

    assert shown() == []


def test_works_here_hides_what_does_not_work_and_what_is_not_known() -> None:
    for name, tier in [
        ("Full", Tier.FULL),
        ("Limited", Tier.LIMITED),
        ("Unknown", Tier.UNKNOWN),
        ("Unread", None),
        ("None", Tier.NONE),
        ("Data", Tier.DATA_ONLY),
    ]:
        phone(name, tier=tier)

    page = queries.shelf(query())

    assert [card.tier for card in page.cards] == [Tier.FULL, Tier.LIMITED]
    assert page.hidden_by_fit == 4
    assert page.total_unfiltered == 6
    assert queries.shelf(query(works_here=False)).total == 6


def test_a_thing_without_radio_stays_whatever_the_network() -> None:
    buds = catalogue.device_model(category=catalogue.category(slug="audio"))
    seller, thing = rights.sellable(model=buds)
    services.receive_units(
        offer_id=(offer_id := offers.draft(seller=seller, variant=thing)),
        units=[UnitArrival(serial="H1")],
        now=clock.now(),
    )
    services.publish(offer_id=offer_id, actor="mira@example.org", now=clock.now())

    (card,) = queries.shelf(query()).cards

    assert card.tier is None
    assert not card.five_g


def test_a_fit_counts_only_within_its_days() -> None:
    offer = phone("Later", tier=None)
    offers.stored_fit(offer.variant, orders.shop(), from_date=TODAY + timedelta(days=1))

    assert shown() == []
    assert shown(on=TODAY + timedelta(days=1)) == ["Maker Later Later"]


def test_filters_combine() -> None:
    aster, other = catalogue.brand(name="Aster"), catalogue.brand(name="Other")
    phone("Wanted", brand=aster, esim="yes", nr="yes", price=40_000)
    phone("No eSIM", brand=aster, nr="yes", price=40_000)
    phone("Four G", brand=aster, esim="yes", nr="no", price=40_000)
    phone("Maker", brand=other, esim="yes", nr="yes", price=40_000)
    phone("Dear", brand=aster, esim="yes", nr="yes", price=99_000)
    credit.terms(months=24, down_payment_bps=0)

    assert shown(brands=("aster",), esim=True, five_g=True, price_month_max_minor=2_000) == [
        "Aster Wanted"
    ]


def test_a_word_finds_by_brand_model_and_code() -> None:
    offer = phone("One", brand=catalogue.brand(name="Aster", names=["Étoile"]))
    phone("Two")

    for text in ("aster", "ONE", "one aster", offer.variant.code.lower(), "étoile"):
        assert shown(text=text) == ["Aster One"], text
    assert shown(text="aster two") == []


def test_facets_count_beside_the_other_filters() -> None:
    aster, other = catalogue.brand(name="Aster"), catalogue.brand(name="Other")
    phone("A", brand=aster, esim="yes")
    phone("B", brand=aster)
    phone("C", brand=other, esim="yes")
    phone("D", brand=other, tier=Tier.NONE)

    facets = queries.shelf(query(brands=("aster",), esim=True)).facets

    assert {one.value: one.count for one in facets.brands} == {"aster": 1, "other": 1}
    assert {one.value: one.count for one in facets.esim} == {"yes": 1, "no": 1}
    assert [one.value for one in facets.brands if one.is_chosen] == ["aster"]
    assert {one.value: one.count for one in facets.tiers} == {"full": 1}


def test_every_sort_stands_in_its_order() -> None:
    phone("B", tier=Tier.GOOD, price=10_000)
    phone("A", tier=Tier.FULL, price=30_000)
    phone("C", tier=Tier.FULL, price=20_000)
    credit.terms(months=24, down_payment_bps=0)

    def order(sort: ShelfSort) -> str:
        return "".join(title[-1] for title in shown(sort=sort))

    assert order(ShelfSort.BEST_FIT) == "CAB"
    assert order(ShelfSort.PRICE) == "BCA"
    assert order(ShelfSort.MONTH) == "BCA"
    assert order(ShelfSort.NAME) == "ABC"
    assert order(ShelfSort.NEWEST) == "CAB"


def test_pages_split_the_shelf_and_one_past_the_end_is_the_last() -> None:
    for name in "ABC":
        phone(name)

    pages = [queries.shelf(query(page=page, page_size=2)) for page in (1, 2, 9)]

    assert [[card.title[-1] for card in page.cards] for page in pages] == [["A", "B"], ["C"], ["C"]]
    assert [(page.page, page.pages, page.total) for page in pages] == [
        (1, 2, 3),
        (2, 2, 3),
        (2, 2, 3),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_shelf_takes_six_queries_whatever_its_length(count: int) -> None:
    for number in range(count):
        phone(f"P{number}")
    asked = query()
    credit.terms(months=24, down_payment_bps=0)

    with CaptureQueriesContext(connection) as captured:
        page = queries.shelf(asked)

    assert page.total == count
    assert len(captured) == 6


def test_alternatives_are_near_in_price_and_work_here() -> None:
    wanted = phone("Wanted", price=50_000)
    phone("Near", price=52_000)
    phone("Far", price=90_000)
    phone("Dead", tier=Tier.NONE, price=50_000)

    found = queries.alternatives(offer_id=wanted.id, now=clock.now(), limit=1)

    assert [card.title for card in found] == ["Maker Near Near"]
