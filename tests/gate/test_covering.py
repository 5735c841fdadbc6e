from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings, strategies as st
from hypothesis.extra.django import TestCase

from bandstand.gate import queries
from bandstand.gate.models import Hold
from bandstand.gate.queries.rows import scope_of
from bandstand.gate.rules import Activity, Target, covers
from bandstand.offers.models import Offer, Unit
from bandstand.plumbing import clock
from bandstand.rights.queries import subject_of
from tests.factories import catalogue, gate, parties, sale

COMMIT = Activity.ORDER_COMMIT
MATCHING_SQL = """
select gate_matching_hold(%s, gate_brand_path(m.brand_id), gate_category_path(m.category_id), m.id,
       v.id, o.seller_id, o.id, o.market_id, o.condition,
       array_remove(array[u.serial, u.imei], null), u.lot, u.stocked_at, clock_timestamp())
  from offers_unit u join offers_offer o on o.id = u.offer_id
  join catalogue_variant v on v.id = o.variant_id
  join catalogue_devicemodel m on m.id = v.model_id
 where u.id = %s"""


class TestThreeReadingsOfAScope(TestCase):
    """The database guard, the shelf's condition and the pure rule say the same of every unit."""

    words: ClassVar[dict[str, list[Any]]] = {}

    @classmethod
    def setUpTestData(cls) -> None:
        top = catalogue.brand(name="Aster")
        brands = [
            top,
            catalogue.brand(name="Aster Mini", parent=top),
            catalogue.brand(name="Birch"),
        ]
        phone = catalogue.category()
        kinds = [phone, catalogue.category(slug="foldable", parent=phone)]
        markets = [catalogue.market(), catalogue.market(code="GB")]
        sellers = [parties.party(slug="northgate"), parties.party(slug="southgate")]
        for number, brand in enumerate(brands):
            kind = kinds[number % 2]
            variant = catalogue.variant(model=catalogue.device_model(brand=brand, category=kind))
            for at, seller in enumerate(sellers):
                offer = sale.offer(
                    seller=seller,
                    variant=variant,
                    market=markets[(number + at) % 2],
                    condition=("new", "used")[at],
                )
                sale.unit(offer, lot=f"L{at}")
                sale.unit(offer, imei=None, stocked_at=clock.now() - timedelta(days=9))
        cls.words = {
            "brand_id": [one.id for one in brands],
            "category_id": [one.id for one in kinds],
            "market": ["US", "GB"],
            "seller_id": [one.id for one in sellers],
            "condition": ["new", "used"],
            "variant_id": list(Offer.objects.values_list("variant_id", flat=True)),
            "model_id": list(Offer.objects.values_list("variant__model_id", flat=True)),
            "offer_id": list(Offer.objects.values_list("id", flat=True)),
            "lot": ["L0", "L1", "L9"],
            "serials": [(serial,) for serial in Unit.objects.values_list("serial", flat=True)],
            "stock_before": [clock.now() - timedelta(days=1)],
        }

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data())
    def test_they_agree(self, data: st.DataObject) -> None:
        for _ in range(data.draw(st.integers(1, 3))):
            self._place(data)

        offers = set(
            Offer.objects.filter(queries.covering_hold(COMMIT)).values_list("id", flat=True)
        )
        shown = set(
            Offer.objects.filter(~queries.covering_hold(COMMIT)).values_list("id", flat=True)
        )
        condition = queries.covering_hold(COMMIT, prefix="offer__", unit_prefix="")
        units = set(Unit.objects.filter(condition).values_list("id", flat=True))
        free = set(Unit.objects.filter(~condition).values_list("id", flat=True))

        assert offers | shown == set(Offer.objects.values_list("id", flat=True))
        assert units | free == set(Unit.objects.values_list("id", flat=True))
        assert not offers & shown
        assert not units & free
        for unit in Unit.objects.select_related("offer"):
            assert (unit.id in units) == _database_says(unit) == _rule_says(_unit_target(unit))
            assert (unit.offer_id in offers) == _rule_says(_offer_target(unit.offer))
            if unit.offer_id in offers:
                assert unit.id in units

    def _place(self, data: st.DataObject) -> None:
        names = data.draw(st.sets(st.sampled_from(sorted(self.words)), min_size=1, max_size=2))
        if names & {"variant_id", "model_id"}:
            # With a brand or a category beside it, the hold may contradict the catalogue.
            names -= {"brand_id", "category_id"} | (
                {"model_id"} if "variant_id" in names else set()
            )
        words = {name: data.draw(st.sampled_from(self.words[name])) for name in sorted(names)}
        gate.hold(
            include_sub_brands=data.draw(st.booleans()),
            activities=data.draw(st.sampled_from((gate.SALE, frozenset({Activity.IMPORT})))),
            **words,
        )


def _unit_target(unit: Unit) -> Target:
    serials = tuple(one for one in (unit.serial, unit.imei) if one)
    target = _offer_target(unit.offer)
    return replace(target, is_unit=True, serials=serials, lot=unit.lot, stocked_at=unit.stocked_at)


def _offer_target(offer: Offer) -> Target:
    return queries.target_of(
        subject_of(offer.variant_id),
        seller_id=offer.seller_id,
        market=offer.market_id,
        condition=offer.condition,
        offer_id=offer.id,
    )


def _rule_says(target: Target) -> bool:
    holds = Hold.objects.filter(lifted_at=None, activities__contains=[COMMIT.value])
    return any(covers(scope_of(one), target) for one in holds)


def _database_says(unit: Unit) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(MATCHING_SQL, [COMMIT.value, unit.id])
        (found,) = cursor.fetchone()
    return found is not None


@pytest.mark.django_db
def test_hold_on_everything_covers_every_offer_beside_narrower_holds() -> None:
    offer = sale.offer()
    gate.hold(market=catalogue.market(code="GB").code)
    gate.hold(is_everything=True)

    assert list(Offer.objects.filter(queries.covering_hold(COMMIT))) == [offer]
    assert not Offer.objects.filter(~queries.covering_hold(COMMIT)).exists()


@pytest.mark.django_db
def test_holds_to_come_ended_lifted_or_of_other_activities_cover_nothing() -> None:
    offer = sale.offer()
    soon = clock.now() + timedelta(hours=1)
    gate.hold(is_everything=True, effective_at=soon)
    gate.hold(is_everything=True, activities=frozenset({Activity.RESTOCK}))
    gate.lift(gate.hold(is_everything=True).id)

    assert list(Offer.objects.filter(~queries.covering_hold(COMMIT))) == [offer]
    assert Offer.objects.annotate(is_held=queries.covering_hold(COMMIT)).get().is_held is False


@pytest.mark.django_db
def test_reading_the_holds_takes_one_query_whatever_their_number(
    django_assert_num_queries: Any,  # noqa: ANN401 -- pytest-django's own fixture
) -> None:
    for _ in range(3):
        gate.hold(brand_id=sale.offer().variant.model.brand_id)

    with django_assert_num_queries(2):
        assert Offer.objects.filter(queries.covering_hold(COMMIT)).count() == 3


@pytest.mark.django_db
def test_hold_for_offer_names_the_earliest_hold_that_stops_it() -> None:
    offer, other = sale.offer(), sale.offer()
    first = gate.hold(seller_id=offer.seller_id)
    gate.hold(brand_id=offer.variant.model.brand_id)

    found = queries.hold_for_offer(**_words(offer))

    assert found is not None
    assert found.id == first.id
    assert found.scope_text == f"seller {offer.seller.trading_name}"
    assert queries.hold_for_offer(**_words(other)) is None


def _words(offer: Offer) -> dict[str, Any]:
    return {
        "offer_id": offer.id,
        "variant_id": offer.variant_id,
        "seller_id": offer.seller_id,
        "market": offer.market_id,
        "condition": offer.condition,
    }
