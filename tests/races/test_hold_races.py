from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection
from psycopg.types.json import Jsonb

from bandstand.config.rehearsals.drill_buyers import LINE_SQL
from bandstand.gate import guard, queries, services
from bandstand.gate.models import Decision, Hold, HoldAnswer
from bandstand.gate.rules import DecisionRow
from bandstand.gate.rules.requests import RequestAnsweredError
from bandstand.offers.models import Offer
from bandstand.orders.models import OrderLine
from bandstand.plumbing import clock
from bandstand.plumbing.ids import new_id
from bandstand.rights.models import Grant
from tests.factories import catalogue, gate, parties, sale
from tests.races.stepping import Session, run_schedule, schedules

pytestmark = pytest.mark.race

Script = list[tuple[str, dict[str, Any]]]
HOLD_SQL = """
insert into gate_hold(id, brand_id, include_sub_brands, activities, basis, ground, legal_reference,
       reason, anchor, placed_by, placed_at, effective_at, lifted_by, lift_confirmed_by,
       lift_reason, is_provisional, notifier_email)
values (%(hold)s, %(brand)s, true, '{order.commit}', 'brand_notice', 'terms', '', 'Stopped.', '',
        'test', now(), now(), '', '', '', false, '')"""
ANSWER_SQL = """
insert into gate_holdanswer(id, request_id, answer, reason, answered_by, person_id, answered_at)
select %(answer)s, %(request)s, 'confirm', 'ok', email, id, now()
  from parties_person where email = %(who)s"""
LIFT_SQL = """
update gate_hold set lifted_at = now(), lifted_by = '', lift_reason = 'ok'
 where id = %(hold)s"""
REVOKE_SQL = "update rights_grant set revoked_at = now() where grantee_id = %(seller)s"
UNLOCKED_SQL = """
create or replace function gate_take_shared(p_anchors text[]) returns void language plpgsql as $$
begin
  perform gate_require_read_committed();
end $$"""
ALL = list(schedules(3, 3))
LIFTING = list(schedules(3, 4))  # the confirmation is a statement of its own
NOOR = "noor@example.org"


@pytest.fixture
def offer(scratch_database: str) -> Iterator[Offer]:
    """Put one phone of Aster's on sale, committed for every connection to see."""
    assert scratch_database
    yield sale.offer()
    connection.close()


def order_script(offer: Offer, decision: DecisionRow, *, isolation: str = "") -> Script:
    """Return the statements of one order, and what they say."""
    model = offer.variant.model
    words = {
        "line": new_id(),
        "order": sale.order().id,
        "offer": offer.id,
        "unit": sale.unit(offer).id,
        "brands": [model.brand_id],
        "categories": [model.category_id],
        "model": model.id,
        "variant": offer.variant_id,
        "seller": offer.seller_id,
        "market": offer.market_id,
        "condition": offer.condition,
        **guard.stamp(decision),
        "decision_epochs": Jsonb(decision.epochs),
    }
    return [(f"begin {isolation}", {}), (LINE_SQL, words), ("commit", {})]


def other_script(statement: str, **words: object) -> Script:
    return [("begin", {}), (statement, words), ("commit", {})]


def committed_at(dsn: str, table: str, key: UUID) -> object:
    """Return when the row was committed, by the database's own record."""
    with psycopg.connect(dsn) as judge:
        row = judge.execute(
            f"select pg_xact_commit_timestamp(xmin) from {table} where id = %s",  # noqa: S608 -- our own table
            [key],
        ).fetchone()
    return row[0] if row else None


def play(dsn: str, schedule: tuple[int, ...], order: Script, other: Script) -> str | None:
    """Step an order against another session; return how the order was refused, if it was."""
    with Session(dsn) as buyer, Session(dsn) as staff:
        run_schedule(schedule, sessions=(buyer, staff), scripts=(order, other))
        assert staff.sqlstate is None
        return buyer.sqlstate


def hold_schedule(dsn: str, offer: Offer, schedule: tuple[int, ...]) -> tuple[str | None, bool]:
    """Step an order against a hold; return its refusal and whether it committed after the hold."""
    order = order_script(offer, gate.decision(offer))
    hold_id, line_id = new_id(), order[1][1]["line"]
    brand = offer.variant.model.brand_id

    refusal = play(dsn, schedule, order, other_script(HOLD_SQL, hold=hold_id, brand=brand))

    placed = committed_at(dsn, "gate_hold", hold_id)
    sold = committed_at(dsn, "orders_orderline", line_id)
    gate.lift(hold_id)
    return refusal, sold is not None and sold > placed  # type: ignore[operator]  # both are instants


@pytest.mark.parametrize("schedule", ALL, ids=str)
def test_no_order_commits_after_a_hold_in_any_order_of_statements(
    scratch_database: str, offer: Offer, schedule: tuple[int, ...]
) -> None:
    refusal, is_violation = hold_schedule(scratch_database, offer, schedule)

    order_locks_first = schedule.index(0, schedule.index(0) + 1) < schedule.index(
        1, schedule.index(1) + 1
    )
    assert not is_violation
    assert refusal == (None if order_locks_first else "P0451")
    assert OrderLine.objects.count() == int(order_locks_first)


def test_hold_waits_for_the_order_in_flight_and_only_for_it(
    scratch_database: str, offer: Offer
) -> None:
    order = order_script(offer, gate.decision(offer))
    hold_id, brand = new_id(), offer.variant.model.brand_id
    with Session(scratch_database) as buyer, Session(scratch_database) as staff:
        for step in order[:2]:
            buyer.step(*step)
        staff.step(HOLD_SQL, {"hold": hold_id, "brand": brand})

        assert staff.is_waiting
        assert not Hold.objects.exists()

        buyer.step(*order[2])
        staff.finish()
    assert Hold.objects.filter(pk=hold_id).exists()
    assert OrderLine.objects.count() == 1


def test_order_of_another_brand_does_not_wait_for_a_hold_in_flight(
    scratch_database: str, offer: Offer
) -> None:
    other = sale.offer()
    order = order_script(other, gate.decision(other))
    words = {"hold": new_id(), "brand": offer.variant.model.brand_id}
    with Session(scratch_database) as buyer, Session(scratch_database) as staff:
        staff.step("begin", {})
        staff.step(HOLD_SQL, words)
        for step in order:
            buyer.step(*step)
        buyer.finish()

        assert buyer.sqlstate is None
        assert OrderLine.objects.count() == 1

        staff.step("rollback", {})
        staff.finish()


@pytest.mark.parametrize("schedule", ALL, ids=str)
@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
def test_stricter_isolation_is_refused_because_its_snapshot_is_older_than_the_lock(
    scratch_database: str, offer: Offer, isolation: str, schedule: tuple[int, ...]
) -> None:
    order = order_script(
        offer, gate.decision(offer), isolation=f"transaction isolation level {isolation}"
    )
    other = other_script(HOLD_SQL, hold=new_id(), brand=offer.variant.model.brand_id)

    refusals = play(scratch_database, schedule, order, other)

    assert refusals == "P0450"
    assert not OrderLine.objects.exists()


@pytest.mark.parametrize("isolation", ["repeatable read", "serializable"])
def test_hold_at_stricter_isolation_is_refused_too(
    scratch_database: str, offer: Offer, isolation: str
) -> None:
    words = {"hold": new_id(), "brand": offer.variant.model.brand_id}
    with Session(scratch_database) as staff:
        staff.step(f"begin transaction isolation level {isolation}", {})
        staff.step(HOLD_SQL, words)
        staff.step("commit", {})
        staff.finish()

        assert staff.sqlstate == "P0450"
    assert not Hold.objects.exists()


def test_without_the_lock_an_order_does_commit_after_a_hold(
    scratch_database: str, offer: Offer
) -> None:
    with psycopg.connect(scratch_database, autocommit=True) as vandal:
        vandal.execute(UNLOCKED_SQL)

    outcomes = [hold_schedule(scratch_database, offer, schedule) for schedule in ALL]

    assert any(is_violation for _, is_violation in outcomes)


@pytest.mark.parametrize("schedule", LIFTING, ids=str)
def test_no_order_commits_before_the_hold_over_it_is_lifted(
    scratch_database: str, offer: Offer, schedule: tuple[int, ...]
) -> None:
    brand = offer.variant.model.brand_id
    decision = gate.decision(offer)
    hold = gate.hold(brand_id=brand)
    words = {"request": gate.proposal(hold.id), "answer": new_id(), "who": gate.staff(NOOR)}
    after = _as_if_decided_after_the_lift(decision, anchor=f"brand:{brand}")
    order = order_script(offer, after)
    lift: Script = [
        ("begin", {}),
        (ANSWER_SQL, words),
        (LIFT_SQL, {"hold": hold.id}),
        ("commit", {}),
    ]

    refusal = play(scratch_database, schedule, order, lift)

    sold = committed_at(scratch_database, "orders_orderline", order[1][1]["line"])
    lifted = committed_at(scratch_database, "gate_hold", hold.id)
    assert refusal in {None, "P0451"}
    assert (sold is None) == (refusal is not None)
    assert sold is None or sold > lifted  # type: ignore[operator]  # both are instants


@pytest.mark.parametrize("schedule", list(schedules(4, 4)), ids=str)
def test_of_two_people_who_confirm_at_once_one_does(
    scratch_database: str, schedule: tuple[int, ...]
) -> None:
    hold = gate.hold(seller_id=parties.party().id)
    request = gate.proposal(hold.id)
    scripts: list[Script] = [
        [
            ("begin", {}),
            (ANSWER_SQL, {"request": request, "answer": new_id(), "who": gate.staff(who)}),
            (LIFT_SQL, {"hold": hold.id}),
            ("commit", {}),
        ]
        for who in (NOOR, "eve@example.org")
    ]
    with Session(scratch_database) as one, Session(scratch_database) as other:
        run_schedule(schedule, sessions=(one, other), scripts=(scripts[0], scripts[1]))
        refusals = {one.sqlstate, other.sqlstate}

    assert refusals == {None, "P0461"}
    assert HoldAnswer.objects.count() == 1
    row = queries.hold_row(hold.id)
    assert row.lifted_at is not None
    assert row.lift_confirmed_by == HoldAnswer.objects.get().answered_by
    connection.close()


def test_of_two_people_who_press_confirm_together_one_is_told_that_it_is_done(
    scratch_database: str,
) -> None:
    assert scratch_database
    hold = gate.hold(seller_id=parties.party().id)
    request = gate.proposal(hold.id)
    people = [gate.staff(f"staff-{number}@example.org") for number in range(4)]
    start = Barrier(len(people))

    def press(actor: str) -> str:
        start.wait(10)
        try:
            services.confirm_lift(request_id=request, actor=actor, now=clock.now())
        except RequestAnsweredError:
            return "answered"
        finally:
            connection.close()
        return "lifted"

    with ThreadPoolExecutor(len(people)) as pool:
        outcomes = sorted(pool.map(press, people))

    assert outcomes == ["answered", "answered", "answered", "lifted"]
    assert HoldAnswer.objects.count() == 1
    connection.close()


@pytest.mark.parametrize("schedule", ALL, ids=str)
def test_no_order_overtakes_the_revocation_of_its_grant(
    scratch_database: str, offer: Offer, schedule: tuple[int, ...]
) -> None:
    order = order_script(offer, gate.decision(offer))

    refusal = play(
        scratch_database, schedule, order, other_script(REVOKE_SQL, seller=offer.seller_id)
    )

    sold = committed_at(scratch_database, "orders_orderline", order[1][1]["line"])
    grant = Grant.objects.get(grantee=offer.seller)
    revoked = committed_at(scratch_database, "rights_grant", grant.id)
    assert grant.revoked_at is not None
    assert refusal in {None, "P0452"}
    assert sold is None or sold < revoked  # type: ignore[operator]  # both are instants


@pytest.mark.parametrize("schedule", ALL, ids=str)
def test_phone_moved_to_a_held_brand_is_not_sold_afterwards(
    scratch_database: str, offer: Offer, schedule: tuple[int, ...]
) -> None:
    held = catalogue.brand(name="Held")
    gate.hold(brand_id=held.id)
    order = order_script(offer, gate.decision(offer))
    move = "update catalogue_devicemodel set brand_id = %(brand)s where id = %(model)s"
    words = {"brand": held.id, "model": offer.variant.model_id}

    refusal = play(scratch_database, schedule, order, other_script(move, **words))

    sold = committed_at(scratch_database, "orders_orderline", order[1][1]["line"])
    moved = committed_at(scratch_database, "catalogue_devicemodel", offer.variant.model_id)
    assert refusal in {None, "P0451", "P0452"}
    assert sold is None or sold < moved  # type: ignore[operator]  # both are instants


def test_deadlock_is_avoided_when_an_order_takes_its_anchors_ahead(
    scratch_database: str, offer: Offer
) -> None:
    other = sale.offer(seller=offer.seller)
    anchors = sorted({*gate.decision(offer).epochs, *gate.decision(other).epochs})
    grants = "update rights_grant set evidence = 'read again' where grantee_id = %(seller)s"
    with Session(scratch_database) as buyer, Session(scratch_database) as staff:
        buyer.step("begin", {})
        buyer.step("select gate_take_shared(%(anchors)s)", {"anchors": anchors})
        staff.step(grants, {"seller": offer.seller_id})
        buyer.step("select gate_take_shared(%(anchors)s)", {"anchors": anchors[::-1]})
        buyer.step("commit", {})
        buyer.finish()
        staff.finish()

        assert buyer.sqlstate is None
        assert staff.sqlstate is None


def _as_if_decided_after_the_lift(decision: DecisionRow, *, anchor: str) -> DecisionRow:
    row = Decision.objects.get(pk=decision.id)
    row.id = new_id()
    row.epochs = {**decision.epochs, anchor: decision.epochs[anchor] + 2}
    row.save(force_insert=True)
    return queries.decision_of(row)
