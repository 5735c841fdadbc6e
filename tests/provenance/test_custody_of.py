from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from bandstand.parties.models import OperatorProfile
from bandstand.provenance.models import CaptureJob, Event, EventTerm, Sighting
from bandstand.provenance.queries import custodies_of, custody_events_of
from bandstand.provenance.rules import CustodyStatus, FindingCode, StepKind, UnitIds
from tests.factories import catalogue, parties
from tests.factories.provenance import (
    GTIN,
    MADE_AT,
    NOW,
    box,
    brand_identity,
    captured,
    chain,
    epc,
    event,
    packing,
    pgln,
    unit,
)
from tests.provenance.world import World

DAY = timedelta(days=1)


def test_chain_from_the_maker_to_the_seller_is_complete(world: World) -> None:
    captured(*chain(world.maker, world.seller))

    found = world.custody()

    assert found.status is CustodyStatus.COMPLETE
    assert found.findings == ()
    assert [step.kind for step in found.steps] == [
        StepKind.MADE,
        StepKind.SHIPPED,
        StepKind.RECEIVED,
    ]
    assert found.holder is not None
    assert found.holder.party_id == world.northgate.id
    assert found.owner is not None
    assert found.owner.party_id == world.northgate.id
    assert (found.first_sale_country, found.first_sale_at) == ("US", MADE_AT + 2 * DAY)


def test_unit_that_nobody_spoke_of_has_no_custody(world: World) -> None:
    captured(*chain(world.maker, world.seller))

    assert world.custody(unit("B2")).status is CustodyStatus.NONE


def test_imei_and_serial_without_gtin_find_the_same_phone(world: World) -> None:
    imei = "004402240000012"
    brand_identity(brand=world.brand, identifier=world.maker, party_id=world.aster.id)
    captured(*chain(world.maker, world.seller))
    captured(*chain(world.maker, world.seller, epcs=["urn:gsma:imei:00440224-000001-0"]))

    assert world.custody(UnitIds(serial="A1")).status is CustodyStatus.COMPLETE
    assert world.custody(UnitIds(imeis=(imei,))).status is CustodyStatus.COMPLETE


def test_serial_without_gtin_is_not_looked_for_among_other_brands_phones(world: World) -> None:
    captured(*chain(world.maker, world.seller))

    assert world.custody(UnitIds(serial="A1")).status is CustodyStatus.NONE


def test_box_carries_what_is_in_it(world: World) -> None:
    maker, seller = world.maker, world.seller
    captured(
        event("commissioning", taker=maker),
        packing(at=MADE_AT + DAY, parent=box(1), children=[epc()]),
        packing(at=MADE_AT + 2 * DAY, parent=box(2), children=[box(1)]),
        event(
            "shipping", at=MADE_AT + 3 * DAY, epcs=[box(2)], giver=world.maker, taker=world.seller
        ),
        event("receiving", at=MADE_AT + 4 * DAY, epcs=[box(2)], taker=seller),
        packing(at=MADE_AT + 5 * DAY, parent=box(1), children=[epc()], action="DELETE"),
        event(
            "shipping", at=MADE_AT + 6 * DAY, epcs=[box(1)], giver=world.seller, taker=world.other
        ),
    )

    found = world.custody()

    assert found.status is CustodyStatus.COMPLETE
    assert found.holder is not None
    assert found.holder.party_id == world.northgate.id
    assert not found.is_under_way


def test_declared_error_vanishes_and_the_right_event_counts(world: World) -> None:
    made, shipped, received = chain(world.maker, world.seller)
    wrong = {**received, "eventID": "urn:uuid:8d1f7a1e-0000-4000-8000-000000000001"}
    wrong["destinationList"] = [{"type": "possessing_party", "destination": world.other}]
    captured(made, shipped, wrong, sender=None)
    assert world.custody().status is CustodyStatus.CONFLICT

    declared = {
        **wrong,
        "errorDeclaration": {"declarationTime": NOW.isoformat(), "reason": "incorrect_data"},
    }
    captured(declared, received)

    assert world.custody().status is CustodyStatus.COMPLETE


def test_stranger_cannot_declare_somebody_elses_event_wrong(world: World) -> None:
    events = chain(world.maker, world.seller)
    received = {**events[2], "eventID": "urn:uuid:8d1f7a1e-0000-4000-8000-000000000002"}
    captured(*events[:2])
    captured(received, sender=world.northgate)

    job = captured(
        {**received, "errorDeclaration": {"declarationTime": NOW.isoformat()}},
        sender=world.harbor,
    )

    assert "only whoever sent" in job.faults[0].message
    assert not Event.objects.filter(is_declaration=True).exists()
    assert world.custody().steps[-1].kind is StepKind.RECEIVED


def test_declaration_sent_ahead_by_a_stranger_has_no_effect(world: World) -> None:
    events = chain(world.maker, world.seller)
    received = {**events[2], "eventID": "urn:uuid:8d1f7a1e-0000-4000-8000-000000000003"}
    captured(
        {**received, "errorDeclaration": {"declarationTime": NOW.isoformat()}},
        sender=world.harbor,
    )
    captured(*events[:2])
    captured(received, sender=world.northgate)

    found = world.custody()
    assert found.status is CustodyStatus.COMPLETE
    assert found.steps[-1].kind is StepKind.RECEIVED


def test_own_words_make_a_chain_and_the_sellers_word_for_all_does_not(world: World) -> None:
    made, shipped, received = chain(world.maker, world.seller)
    captured(made, shipped, sender=world.aster)
    captured(received, sender=world.northgate)
    captured(*chain(world.maker, world.seller, epcs=[epc("F1")]), sender=world.northgate)

    forged = world.custody(unit("F1"))

    assert world.custody().status is CustodyStatus.COMPLETE
    assert forged.status is CustodyStatus.GAP
    assert "said by Northgate alone" in forged.findings[0].text


def test_what_the_operators_own_key_sends_counts_as_its_staffs_word(world: World) -> None:
    lark = parties.party(slug="lark")
    OperatorProfile.objects.create(
        party=lark, shop_name="Lark", home_market="US", support_email="help@lark.example.org"
    )
    captured(*chain(world.maker, world.seller), sender=lark)

    assert world.custody().status is CustodyStatus.COMPLETE


def test_sub_brand_without_an_owner_is_made_by_the_house(world: World) -> None:
    sub = catalogue.brand(name="Aster Mini", parent=world.brand)
    stranger = catalogue.brand(name="Wren")
    captured(*chain(world.maker, world.seller))

    found = custodies_of([(unit(), sub.id), (unit(), stranger.id)], at=NOW)

    assert [one.status for one in found] == [CustodyStatus.COMPLETE, CustodyStatus.GAP]


def test_factory_that_the_brand_named_may_begin_a_chain(world: World) -> None:
    factory = pgln(77)
    captured(*chain(factory, world.seller))
    assert world.custody().status is CustodyStatus.GAP

    brand_identity(brand=world.brand, identifier=factory)

    assert world.custody().status is CustodyStatus.COMPLETE


def test_first_sale_outside_the_region_stands_against_it_there_only(world: World) -> None:
    catalogue.market(code="DE", members=["DE"])
    catalogue.market(code="US")
    captured(*chain(world.maker, world.seller))

    assert world.custody(market="DE").codes() == {FindingCode.OUTSIDE}
    assert world.custody(market="US").codes() == frozenset()
    assert world.custody().codes() == frozenset()


def test_late_event_changes_the_answer(world: World) -> None:
    made, shipped, received = chain(world.maker, world.seller)
    captured(made, received)
    assert world.custody().status is CustodyStatus.GAP

    captured(shipped, now=NOW + DAY)

    assert world.custody(at=NOW + DAY).status is CustodyStatus.COMPLETE


def test_many_units_take_no_more_queries_than_one(
    world: World, django_assert_num_queries: object
) -> None:
    for number in range(6):
        captured(*chain(world.maker, world.seller, epcs=[epc(f"Q{number}")]))
    asked = [(unit(f"Q{number}"), world.brand.id) for number in range(6)]

    for units in (asked[:1], asked):
        with django_assert_num_queries(7):  # type: ignore[operator]  # pytest-django's fixture
            found = custodies_of(units, at=NOW)
        assert {one.status for one in found} == {CustodyStatus.COMPLETE}


def test_events_of_a_unit_are_those_that_name_it(world: World) -> None:
    captured(*chain(world.maker, world.seller))
    captured(*chain(world.maker, world.other, epcs=[epc("B2")]))

    found = custody_events_of(UnitIds(serial="A1", gtin=GTIN))

    assert [row.step for row in found] == ["commissioning", "shipping", "receiving"]


@pytest.mark.parametrize("model", [Event, EventTerm, Sighting, CaptureJob])
@pytest.mark.parametrize("verb", ["update {} set id = id", "delete from {}", "truncate {} cascade"])
def test_what_was_captured_cannot_be_changed(world: World, model: type, verb: str) -> None:
    events = chain(world.maker, world.seller)
    captured(*events, sender=world.aster)
    captured(*events, sender=world.northgate)
    table = model._meta.db_table  # type: ignore[attr-defined]  # noqa: SLF001 -- Django's own name for it
    before = model.objects.count()  # type: ignore[attr-defined]  # a model class

    cursor = connection.cursor()
    cursor.execute("set constraints all immediate")  # a truncate waits for no pending check

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        cursor.execute(verb.format(table))

    assert before == model.objects.count() > 0  # type: ignore[attr-defined]  # a model class
