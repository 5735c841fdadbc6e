from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from bandstand.gate.rules import Activity
from bandstand.offers import queries, rules, services
from bandstand.offers.models import Offer, Reservation, Unit
from bandstand.offers.rules import UnitArrival, UnitState
from bandstand.plumbing import clock
from tests.factories import catalogue, gate, offers, rights

pytestmark = pytest.mark.django_db
NOW = clock.now()
LATER = NOW + timedelta(minutes=15)


def states(offer: Offer) -> list[str]:
    return list(Unit.objects.filter(offer=offer).order_by("id").values_list("state", flat=True))


def test_a_delivery_note_is_taken_in_once() -> None:
    offer = offers.offer(units=0)
    note = offers.arrivals(3)

    first = services.receive_units(offer_id=offer.id, units=note, now=NOW)
    again = services.receive_units(offer_id=offer.id, units=note, now=NOW)

    assert (first, again) == (3, 0)
    assert states(offer) == ["in_stock"] * 3


def test_one_wrong_line_refuses_the_whole_note_and_names_it() -> None:
    offer = offers.offer(units=0)
    note = [*offers.arrivals(2), UnitArrival(serial="S9", imei="490154203237519")]

    with pytest.raises(rules.ArrivalRefusedError, match=r"line 3: .*check digit"):
        services.receive_units(offer_id=offer.id, units=note, now=NOW)

    assert states(offer) == []


def test_a_phone_that_another_offer_has_is_refused() -> None:
    note = offers.arrivals(1)
    first = offers.offer(units=0)
    second = offers.offer(units=0)
    services.receive_units(offer_id=first.id, units=note, now=NOW)

    with pytest.raises(rules.ArrivalRefusedError, match="already in stock"):
        services.receive_units(offer_id=second.id, units=note, now=NOW)

    assert states(second) == []


def test_a_serial_with_another_imei_is_refused() -> None:
    offer = offers.offer(units=0)
    (unit,) = offers.arrivals(1)
    services.receive_units(offer_id=offer.id, units=[unit], now=NOW)
    changed = UnitArrival(serial=unit.serial, imei=offers.imei_of(987_654_321))

    with pytest.raises(rules.ArrivalRefusedError, match="another IMEI"):
        services.receive_units(offer_id=offer.id, units=[changed], now=NOW)

    assert states(offer) == ["in_stock"]


def test_headphones_are_received_by_serial() -> None:
    buds = catalogue.device_model(category=catalogue.category(slug="audio", name="Audio"))
    seller, thing = rights.sellable(model=buds)
    offer = offers.offer(seller=seller, variant=thing, units=0)

    services.receive_units(offer_id=offer.id, units=[UnitArrival(serial="H1")], now=NOW)

    assert Unit.objects.get(offer=offer).imei is None


def test_the_last_unit_is_reserved_once() -> None:
    offer = offers.offer(units=1)
    services.reserve(offer_id=offer.id, holder=uuid4(), until=LATER, now=NOW)

    with pytest.raises(rules.SoldOutError):
        services.reserve(offer_id=offer.id, holder=uuid4(), until=LATER, now=NOW)

    assert Reservation.objects.count() == 1


def test_the_oldest_unit_goes_first() -> None:
    offer = offers.offer(units=0)
    newer = offers.arrivals(1)
    older = offers.arrivals(1)
    services.receive_units(offer_id=offer.id, units=newer, now=NOW)
    services.receive_units(offer_id=offer.id, units=older, now=NOW - timedelta(days=3))

    kept = services.reserve(offer_id=offer.id, holder=uuid4(), until=LATER, now=NOW)

    assert kept.imei == older[0].imei


def test_a_freed_unit_is_on_the_shelf_again() -> None:
    offer, holder = offers.offer(units=2), uuid4()
    services.reserve(offer_id=offer.id, holder=holder, until=LATER, now=NOW)
    assert queries.stock_by_offer([offer.id]) == {offer.id: 1}

    assert services.free_holder(holder=holder, now=NOW) == 1
    assert services.free_holder(holder=holder, now=NOW) == 0

    assert queries.stock_by_offer([offer.id]) == {offer.id: 2}
    assert queries.kept_units(holder) == {}


def test_a_reservation_expires_at_its_instant_and_not_before() -> None:
    offer, holder = offers.offer(units=1), uuid4()
    services.reserve(offer_id=offer.id, holder=holder, until=LATER, now=NOW)

    assert services.expire_reservations(now=LATER - timedelta(seconds=1)) == 0
    assert services.expire_reservations(now=LATER) == 1

    assert states(offer) == ["in_stock"]
    assert Reservation.objects.get().ending == "expired"


def test_an_extended_reservation_outlives_its_first_instant() -> None:
    offer, holder = offers.offer(units=1), uuid4()
    services.reserve(offer_id=offer.id, holder=holder, until=LATER, now=NOW)

    services.extend(holder=holder, until=LATER + timedelta(minutes=30))

    assert services.expire_reservations(now=LATER) == 0
    assert states(offer) == ["reserved"]


def test_a_unit_is_sold_to_its_holder_only() -> None:
    offer, holder = offers.offer(units=1), uuid4()
    unit = services.reserve(offer_id=offer.id, holder=holder, until=LATER, now=NOW)

    with pytest.raises(rules.ReservationLostError):
        services.sell_unit(unit_id=unit.id, holder=uuid4(), now=NOW)
    assert states(offer) == ["reserved"]
    services.sell_unit(unit_id=unit.id, holder=holder, now=NOW)

    assert states(offer) == ["sold"]
    assert Reservation.objects.get().ending == "sold"


def test_a_freed_unit_cannot_be_sold_to_its_old_holder() -> None:
    offer, holder = offers.offer(units=1), uuid4()
    unit = services.reserve(offer_id=offer.id, holder=holder, until=LATER, now=NOW)
    services.expire_reservations(now=LATER)

    with pytest.raises(rules.ReservationLostError):
        services.sell_unit(unit_id=unit.id, holder=holder, now=LATER)

    assert states(offer) == ["in_stock"]


def test_the_database_refuses_two_reservations_of_one_unit() -> None:
    offer = offers.offer(units=1)
    kept = services.reserve(offer_id=offer.id, holder=uuid4(), until=LATER, now=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        Reservation.objects.create(
            unit_id=kept.id, holder=uuid4(), reserved_at=NOW, expires_at=LATER
        )


def test_a_unit_that_comes_back_is_restocked_if_the_gate_lets_it() -> None:
    offer, holder = offers.offer(units=1), uuid4()
    unit = services.reserve(offer_id=offer.id, holder=holder, until=LATER, now=NOW)
    services.sell_unit(unit_id=unit.id, holder=holder, now=NOW)

    after = services.take_back_unit(unit_id=unit.id, actor="mira@example.org", now=clock.now())

    assert after is UnitState.IN_STOCK


def test_a_unit_that_comes_back_under_a_hold_is_set_apart() -> None:
    offer, holder = offers.offer(units=1), uuid4()
    unit = services.reserve(offer_id=offer.id, holder=holder, until=LATER, now=NOW)
    services.sell_unit(unit_id=unit.id, holder=holder, now=NOW)
    gate.hold(
        brand_id=offer.variant.model.brand_id,
        activities=frozenset({Activity.RESTOCK}),
    )

    after = services.take_back_unit(unit_id=unit.id, actor="mira@example.org", now=clock.now())

    assert after is UnitState.QUARANTINED


def test_a_quarantined_unit_ends_its_reservation_and_stays_apart() -> None:
    offer, holder = offers.offer(units=1), uuid4()
    unit = services.reserve(offer_id=offer.id, holder=holder, until=LATER, now=NOW)

    services.quarantine_unit(unit_id=unit.id, now=NOW)
    services.quarantine_unit(unit_id=unit.id, now=NOW)

    assert states(offer) == ["quarantined"]
    assert queries.kept_units(holder) == {}
