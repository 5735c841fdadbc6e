"""
Every part of a scope, on every guarded table, by raw statements on two connections.

The hold is written first and not committed; the row waits for it; the hold commits; the row is
refused with that hold. A row that was not covered goes through.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from psycopg.types.json import Jsonb

from bandstand.config.rehearsals.drill_buyers import LINE_SQL
from bandstand.gate import guard
from bandstand.gate.rules import Activity, DecisionRow
from bandstand.offers.models import Offer, Unit
from bandstand.orders.models import OrderLine
from bandstand.payments.models import MoneyCommand, Payment
from bandstand.plumbing import clock
from bandstand.plumbing.ids import new_id
from tests.factories import catalogue, gate, rights, sale
from tests.races.stepping import Session

pytestmark = pytest.mark.race

CAPTURE_SQL: Final = """
insert into payments_capture(id, command_id, order_line_id, amount_minor, claimed_at, brand_path,
       category_path, market_code, condition, serials, lot, decision_id, decision_valid_until,
       decision_epochs)
values (%(row)s, %(command)s, %(line)s, 29900, now(), '{}', '{}', 'ZZ', 'used', '{}', 'none',
        %(decision_id)s, %(decision_valid_until)s, %(decision_epochs)s)"""
RELEASE_SQL: Final = """
insert into orders_release(id, line_id, carrier, tracking, released_at, brand_path, category_path,
       market_code, condition, serials, lot, decision_id, decision_valid_until, decision_epochs)
values (%(row)s, %(line)s, 'Post', '', now(), '{}', '{}', 'ZZ', 'used', '{}', 'none',
        %(decision_id)s, %(decision_valid_until)s, %(decision_epochs)s)"""
HOLD_SQL: Final = """
insert into gate_hold(id, brand_id, include_sub_brands, market_id, category_id, model_id,
       variant_id, seller_id, offer_id, lot, serials, condition, stock_before, activities, basis,
       ground, legal_reference, reason, anchor, placed_by, placed_at, effective_at, expires_at,
       lifted_by, lift_confirmed_by, lift_reason, is_provisional, notifier_email)
values (%(hold)s, %(brand)s, %(include)s, %(market)s, %(category)s, %(model)s, %(variant)s,
        %(seller)s, %(offer)s, %(lot)s, %(serials)s, %(condition)s, %(stock_before)s,
        '{order.commit,payment.capture,fulfilment.release}', 'brand_notice', 'terms', '',
        'Stopped.', '', 'test', now(), now(), %(expires)s, '', '', '', %(provisional)s, '')"""
NOTHING: Final = {
    "brand": None,
    "include": True,
    "market": None,
    "category": None,
    "model": None,
    "variant": None,
    "seller": None,
    "offer": None,
    "lot": None,
    "serials": None,
    "condition": None,
    "stock_before": None,
    "expires": None,
    "provisional": False,
}
ACTIVITIES: Final = {
    "line": Activity.ORDER_COMMIT,
    "capture": Activity.PAYMENT_CAPTURE,
    "release": Activity.FULFILMENT_RELEASE,
}
STATEMENTS: Final = {"line": LINE_SQL, "capture": CAPTURE_SQL, "release": RELEASE_SQL}


@dataclass(frozen=True)
class World:
    """A phone of a sub-brand in a sub-category, and what its scope is called."""

    offer: Offer
    unit: Unit
    line: OrderLine
    parent_brand: UUID
    parent_category: UUID

    @property
    def scopes(self) -> dict[str, dict[str, Any]]:
        offer, unit = self.offer, self.unit
        day = timedelta(days=1)
        soon = clock.now() + timedelta(hours=1)
        return {
            "brand": {"brand": offer.variant.model.brand_id, "include": False},
            "brand above": {"brand": self.parent_brand},
            "category": {"category": offer.variant.model.category_id},
            "category above": {"category": self.parent_category},
            "model": {"model": offer.variant.model_id},
            "variant": {"variant": offer.variant_id},
            "seller": {"seller": offer.seller_id},
            "offer": {"offer": offer.id},
            "market": {"market": offer.market_id},
            "condition": {"condition": offer.condition},
            "lot": {"lot": unit.lot},
            "IMEI": {"serials": ["other", unit.imei]},
            "serial": {"serials": [unit.serial]},
            "stock before": {"stock_before": unit.stocked_at + day},
            "provisional": {"offer": offer.id, "expires": soon, "provisional": True},
            "everything": {},
        }

    @property
    def scopes_beside(self) -> dict[str, dict[str, Any]]:
        unit = self.unit
        other = catalogue.brand()
        return {
            "another brand": {"brand": other.id},
            "the brand above alone": {"brand": self.parent_brand, "include": False},
            "another market": {"market": catalogue.market(code="GB").code},
            "another lot": {"lot": "LOT-8"},
            "other serials": {"serials": ["other"]},
            "later stock": {"stock_before": unit.stocked_at},
            "another condition": {"condition": "used"},
        }


@pytest.fixture
def world(scratch_database: str) -> Iterator[World]:
    """Put a phone on sale, sell one of it, and keep another to sell."""
    assert scratch_database
    parent = catalogue.brand(name="Aster")
    phones = catalogue.category(slug="phone")
    foldables = catalogue.category(slug="foldable", parent=phones)
    brand = catalogue.brand(name="Aster Mini", parent=parent)
    model = catalogue.device_model(brand=brand, category=foldables)
    seller, variant = rights.sellable(model=model)
    offer = sale.offer(seller=seller, variant=variant)
    unit = sale.unit(offer, lot="LOT-7")
    line = sale.line(offer, unit=sale.unit(offer, lot="LOT-7", serial="SN-SOLD"))
    yield World(offer, unit, line, parent.id, phones.id)
    connection.close()


def row_words(world: World, table: str, decision: DecisionRow) -> dict[str, Any]:
    """Return the words of one row that tells lies about its scope."""
    words: dict[str, Any] = {
        "row": new_id(),
        **guard.stamp(decision),
        "decision_epochs": Jsonb(decision.epochs),
    }
    if table == "line":
        return {**words, **line_words(world)}
    if table == "capture":
        words["command"] = command().id
    return {**words, "line": world.line.id}


def line_words(world: World) -> dict[str, Any]:
    return {
        "line": new_id(),
        "order": sale.order().id,
        "offer": world.offer.id,
        "unit": world.unit.id,
        "brands": [],
        "categories": [],
        "model": None,
        "variant": None,
        "seller": None,
        "market": "ZZ",
        "condition": "used",
    }


def command() -> MoneyCommand:
    now, key = clock.now(), new_id().hex
    payment = Payment.objects.create(
        purpose=key,
        gateway="sandbox",
        amount_minor=29_900,
        currency="USD",
        state="authorised",
        created_at=now,
        updated_at=now,
    )
    return MoneyCommand.objects.create(
        key=key,
        payment=payment,
        kind="capture",
        amount_minor=29_900,
        state="written",
        written_at=now,
    )


def refusal(dsn: str, world: World, *, table: str, scope: dict[str, Any]) -> str:
    """Write a row while a hold is being committed; undo the row if it went through."""
    decision = gate.decision(
        world.offer,
        action=ACTIVITIES[table],
        **({} if table == "line" else {"sold_at": world.line.committed_at}),
    )
    # The unit's own words are what a hold on units goes by; the sold line has those of its unit.
    hold_id = new_id()
    words = row_words(world, table, decision)
    with Session(dsn) as staff, Session(dsn) as script:
        staff.step("begin", {})
        staff.step(HOLD_SQL, {**NOTHING, **scope, "hold": hold_id})
        script.step("begin", {})
        script.step(STATEMENTS[table], words)
        was_waiting = script.is_waiting
        staff.step("commit", {})
        script.settle()
        script.step("rollback", {})
        for session in (staff, script):
            session.finish()
    gate.lift(hold_id)
    assert staff.sqlstate is None
    return f"{script.sqlstate or 'through'}{' after waiting' if was_waiting else ''}"


@pytest.mark.parametrize("table", list(STATEMENTS))
def test_every_part_of_a_scope_stops_every_guarded_row(
    scratch_database: str, world: World, table: str
) -> None:
    if table != "line":
        world = World(
            world.offer,
            world.line.unit,
            world.line,
            world.parent_brand,
            world.parent_category,
        )

    told = {
        name: refusal(scratch_database, world, table=table, scope=scope)
        for name, scope in world.scopes.items()
    }

    assert told == dict.fromkeys(world.scopes, "P0451 after waiting")


@pytest.mark.parametrize("table", list(STATEMENTS))
def test_hold_beside_the_row_does_not_stop_it(
    scratch_database: str, world: World, table: str
) -> None:
    if table != "line":
        world = World(
            world.offer, world.line.unit, world.line, world.parent_brand, world.parent_category
        )
    beside = world.scopes_beside

    told = {
        name: refusal(scratch_database, world, table=table, scope=scope)
        for name, scope in beside.items()
    }

    # A hold whose anchor this row takes moves the row's epochs: it is asked again, and not held.
    assert {one.split()[0] for one in told.values()} <= {"through", "P0452"}


@pytest.mark.parametrize("table", ["orders_orderline", "payments_capture", "orders_release"])
def test_rows_are_not_moved_out_of_a_scope_copied_past_it_or_emptied(
    scratch_database: str, world: World, table: str
) -> None:
    sale.capture(world.line)
    sale.release(world.line)
    gate.hold(brand_id=world.parent_brand)
    columns = ", ".join(_columns(table))
    told = {}
    with psycopg.connect(scratch_database, autocommit=True) as script:
        for name, statement in {
            "update": f"update {table} set lot = 'none'",  # noqa: S608 -- our own table
            "path": f"update {table} set brand_path = '{{}}'",  # noqa: S608 -- our own table
            "decision": f"update {table} set decision_valid_until = 'infinity'",  # noqa: S608 -- our own table
        }.items():
            with pytest.raises(psycopg.Error) as caught:
                script.execute(statement)
            told[name] = caught.value.sqlstate
        row = script.execute(f"select {columns} from {table}").fetchone()  # noqa: S608 -- our own table
        assert row is not None
        with (
            pytest.raises(psycopg.Error) as caught,
            script.cursor() as cursor,
            cursor.copy(f"copy {table}({columns}) from stdin") as copied,
        ):
            copied.write_row([_written(value) for value in (new_id(), *row[1:])])
        told["copy"] = caught.value.sqlstate

    assert told == {"update": "P0460", "path": "P0460", "decision": "P0460", "copy": "P0451"}


def test_only_the_owner_of_the_cluster_could_switch_triggers_off(scratch_database: str) -> None:
    with psycopg.connect(scratch_database, autocommit=True) as owner:
        owner.execute("create role drill_script login")
        try:
            owner.execute(
                "grant select, insert, update on all tables in schema public to drill_script"
            )
            owner.execute("set session authorization drill_script")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner.execute("set session_replication_role = replica")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner.execute("alter table orders_orderline disable trigger all")
        finally:
            owner.execute("reset session authorization")
            owner.execute("drop owned by drill_script")
            owner.execute("drop role drill_script")


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name from information_schema.columns where table_name = %s"
            " order by ordinal_position",
            [table],
        )
        return [name for (name,) in cursor.fetchall()]


def _written(value: object) -> object:
    return Jsonb(value) if isinstance(value, dict) else value
