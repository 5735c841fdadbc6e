"""Acts that need no decision row: listing an offer, receiving units, putting one back on sale."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from bandstand.gate import services
from bandstand.gate.guard import HeldError
from bandstand.gate.models import Hold
from bandstand.gate.rules import Activity, Basis
from bandstand.gate.rules.scope import HoldScopeError
from bandstand.offers import services as offer_services
from bandstand.offers.models import Offer, Unit
from bandstand.orders.models import OrderLine
from bandstand.plumbing import clock
from bandstand.plumbing.models import OutboxEvent
from tests.factories import gate, offers, sale

pytestmark = pytest.mark.django_db
IMPORT = frozenset({Activity.IMPORT})
RESTOCK = frozenset({Activity.RESTOCK})
PUBLISH = frozenset({Activity.OFFER_PUBLISH})


def run(statement: str, *words: UUID) -> str:
    """Run a statement as a script would and return how the database refused it, if it did."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, words)
    except DatabaseError as error:
        return str(getattr(error.__cause__, "sqlstate", ""))
    return ""


def receive(offer: Offer, *, lot: str = "") -> int:
    note = [offers.arrivals(1)[0]]
    return offer_services.receive_units(
        offer_id=offer.id,
        units=[type(one)(serial=one.serial, imei=one.imei, lot=lot) for one in note],
        now=clock.now(),
    )


def test_units_are_not_received_under_a_hold_on_imports() -> None:
    offer, other = offers.offer(units=0), offers.offer(units=0)
    hold = gate.hold(brand_id=offer.variant.model.brand_id, activities=IMPORT)

    with pytest.raises(HeldError) as caught:
        receive(offer)

    assert caught.value.hold_id == hold.id
    assert not Unit.objects.exists()
    assert receive(other) == 1
    gate.lift(hold.id)
    assert receive(offer) == 1


def test_hold_on_a_lot_keeps_that_lot_out_and_no_other() -> None:
    offer = offers.offer(units=0)
    gate.hold(lot="L-1", activities=IMPORT)

    with pytest.raises(HeldError):
        receive(offer, lot="L-1")

    assert receive(offer, lot="L-2") == 1


def test_hold_that_stops_orders_lets_units_in() -> None:
    offer = offers.offer(units=0)
    gate.hold(brand_id=offer.variant.model.brand_id)

    assert receive(offer) == 1


def test_script_does_not_receive_units_under_a_hold_either() -> None:
    offer = offers.offer(units=0)
    gate.hold(seller_id=offer.seller_id, activities=IMPORT)
    insert = (
        "insert into offers_unit(id, offer_id, serial, lot, stocked_at, state)"
        " values (%s, %s, 'S', '', now(), 'in_stock')"
    )

    assert run(insert, uuid4(), offer.id) == "P0451"
    with (
        pytest.raises(psycopg.Error, match="a hold stops import"),
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.copy(
            "copy offers_unit(id, offer_id, serial, lot, stocked_at, state) from stdin"
        ) as rows,
    ):
        rows.write_row((uuid4(), offer.id, "S", "", clock.now(), "in_stock"))

    assert not Unit.objects.exists()


@pytest.mark.parametrize("state", ["sold", "released", "quarantined"])
def test_unit_is_not_put_back_on_sale_under_a_hold(state: str) -> None:
    unit = sale.unit(sale.offer(), lot="L-7", state=state)
    hold = gate.hold(lot="L-7", activities=RESTOCK)
    back = "update offers_unit set state = 'in_stock' where id = %s"

    assert run(back, unit.id) == "P0451"
    assert Unit.objects.get().state == state
    gate.lift(hold.id)
    assert run(back, unit.id) == ""


def test_reserved_unit_is_freed_under_a_hold_because_that_sells_nothing() -> None:
    unit = sale.unit(sale.offer(), state="reserved")
    gate.hold(is_everything=True, activities=RESTOCK)

    assert run("update offers_unit set state = 'in_stock' where id = %s", unit.id) == ""


def test_unit_of_an_undone_sale_is_set_apart_under_a_hold_on_its_serial() -> None:
    unit = sale.unit(sale.offer(), state="sold")
    gate.hold(serials=(unit.serial,), activities=RESTOCK)

    after = offer_services.take_back_unit(unit_id=unit.id, actor="ada", now=clock.now())

    assert after.value == "quarantined"


def test_offer_is_not_listed_under_a_hold_whoever_writes_it() -> None:
    offer = sale.offer(state="draft")
    hold = gate.hold(seller_id=offer.seller_id, activities=PUBLISH)
    listed = "update offers_offer set state = 'listed' where id = %s"

    assert run(listed, offer.id) == "P0451"
    assert Offer.objects.get().state == "draft"
    gate.lift(hold.id)
    assert run(listed, offer.id) == ""


def test_hold_on_units_lets_an_offer_be_listed() -> None:
    offer = sale.offer(state="draft")
    gate.hold(lot="L-7", activities=PUBLISH)
    gate.hold(stock_before=clock.now() + timedelta(days=1), activities=PUBLISH)

    assert run("update offers_offer set state = 'listed' where id = %s", offer.id) == ""


def provisional(offer: Offer, **fields: Any) -> Hold:  # noqa: ANN401 -- a hold's parts
    return gate.hold(offer_id=offer.id, basis=Basis.UNVERIFIED_NOTICE, **fields)


def test_unverified_notice_stops_one_offer_for_72_hours_at_most() -> None:
    offer, now = sale.offer(), clock.now()

    hold = provisional(offer, now=now)

    assert hold.is_provisional
    assert hold.expires_at == now + timedelta(hours=72)
    assert gate.decision(offer).is_held


@pytest.mark.parametrize(
    "words",
    [
        {"seller_id": "seller"},
        {"offer_id": "offer", "expires_at": timedelta(hours=73)},
    ],
)
def test_provisional_hold_of_more_or_for_longer_is_refused(words: dict[str, object]) -> None:
    offer, now = sale.offer(), clock.now()
    named = {"seller": offer.seller_id, "offer": offer.id}
    fields: dict[str, Any] = {
        part: named[value] if isinstance(value, str) else now + value  # type: ignore[operator]  # a span
        for part, value in words.items()
    }

    with pytest.raises(HoldScopeError, match="provisional"):
        gate.hold(is_provisional=True, now=now, **fields)

    assert not Hold.objects.exists()


def test_database_refuses_a_provisional_hold_without_an_end() -> None:
    offer = sale.offer()
    hold = provisional(offer)
    copied = (
        "insert into gate_hold select (jsonb_populate_record(h, jsonb_build_object("
        "'id', gen_random_uuid(), 'expires_at', h.effective_at + interval '73 hours'))).*"
        " from gate_hold h where id = %s"
    )

    assert run(copied, hold.id) == "23514"
    assert Hold.objects.count() == 1


def test_provisional_hold_ends_by_itself_and_says_so_once() -> None:
    offer, now = sale.offer(), clock.now()
    hold = provisional(offer, now=now, expires_at=now + timedelta(milliseconds=300))
    decision = gate.decision(offer)
    assert decision.is_held

    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(0.35)")
    later = clock.now()
    turned = [services.turn_holds(now=later), services.turn_holds(now=later)]

    assert turned == [1, 0]
    assert sale.line(offer).state == "committed"
    assert OutboxEvent.objects.filter(kind="gate.hold_expired").count() == 1
    assert Hold.objects.get(pk=hold.id).lifted_at is None


def test_confirmed_provisional_hold_stands_past_its_end() -> None:
    offer, now = sale.offer(), clock.now()
    hold = provisional(offer, now=now, expires_at=now + timedelta(milliseconds=300))

    placed = services.confirm_provisional(
        hold_id=hold.id, basis=Basis.OPERATOR, reason="It is forged.", actor="ada", now=clock.now()
    )
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(0.35)")
    services.turn_holds(now=clock.now())

    assert Hold.objects.get(pk=placed).expires_at is None
    assert gate.decision(offer).is_held
    with pytest.raises(HoldScopeError):
        services.confirm_provisional(
            hold_id=hold.id, basis=Basis.OPERATOR, reason="Again.", actor="ada", now=clock.now()
        )


def test_hold_to_come_takes_effect_at_its_instant_without_any_job() -> None:
    offer, now = sale.offer(), clock.now()
    gate.hold(offer_id=offer.id, now=now, effective_at=now + timedelta(milliseconds=400))
    decision = gate.decision(offer)

    first = sale.line(offer, decision=decision)
    with connection.cursor() as cursor:
        cursor.execute("select pg_sleep(0.45)")
    with pytest.raises(HeldError):
        sale.line(offer, decision=decision)

    assert decision.valid_until <= now + timedelta(milliseconds=400)
    assert list(OrderLine.objects.all()) == [first]
