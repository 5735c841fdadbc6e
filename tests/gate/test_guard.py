from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from bandstand.gate import services
from bandstand.gate.guard import (
    HeldError,
    NotSellableError,
    StaleDecisionError,
    guarded,
    take_anchors,
)
from bandstand.gate.models import Hold
from bandstand.gate.rules import Activity, Outcome
from bandstand.offers.models import Offer
from bandstand.orders.models import OrderLine, Release
from bandstand.payments.models import Capture
from bandstand.plumbing import clock
from bandstand.rights.models import Grant
from tests.factories import catalogue, gate, parties, rights, sale

pytestmark = pytest.mark.django_db


def test_line_with_a_fresh_decision_commits_and_carries_the_scope_of_its_offer() -> None:
    offer = sale.offer()

    line = sale.line(offer)

    line.refresh_from_db()
    assert line.variant_id == offer.variant_id
    assert line.seller_id == offer.seller_id
    assert line.brand_path == [offer.variant.model.brand_id]
    assert line.category_path == [offer.variant.model.category_id]
    assert line.serials == [line.unit.serial, line.unit.imei]


def test_line_under_a_hold_is_refused_with_the_hold_and_its_reason() -> None:
    offer = sale.offer()
    decision = gate.decision(offer)
    hold = gate.hold(brand_id=offer.variant.model.brand_id)

    with pytest.raises(HeldError) as caught:
        sale.line(offer, decision=decision)

    assert caught.value.hold_id == hold.id
    assert caught.value.reason == hold.reason
    assert not OrderLine.objects.exists()


def test_lie_about_the_scope_is_overwritten_and_does_not_slip_past_a_hold() -> None:
    offer, other = sale.offer(), catalogue.brand()
    decision = gate.decision(offer)
    gate.hold(brand_id=offer.variant.model.brand_id)

    with pytest.raises(HeldError):
        sale.line(offer, decision=decision, brand_path=[other.id], seller_id=None, market_code="GB")

    assert not OrderLine.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        lambda offer, _unit: {"market": offer.market_id},
        lambda offer, _unit: {"category_id": offer.variant.model.category_id},
        lambda offer, _unit: {"model_id": offer.variant.model_id},
        lambda offer, _unit: {"variant_id": offer.variant_id},
        lambda offer, _unit: {"seller_id": offer.seller_id},
        lambda offer, _unit: {"offer_id": offer.id},
        lambda offer, _unit: {"condition": offer.condition},
        lambda _offer, unit: {"lot": unit.lot},
        lambda _offer, unit: {"serials": (unit.imei,)},
        lambda _offer, unit: {"serials": ("other", unit.serial)},
        lambda _offer, unit: {"stock_before": unit.stocked_at + timedelta(seconds=1)},
        lambda _offer, _unit: {"is_everything": True},
    ],
)
def test_every_part_of_a_scope_stops_a_line(words: Callable[[Any, Any], dict[str, Any]]) -> None:
    offer = sale.offer()
    unit = sale.unit(offer, lot="LOT-7")
    decision = gate.decision(offer)
    gate.hold(**words(offer, unit))

    with pytest.raises(HeldError):
        sale.line(offer, decision=decision, unit=unit)

    assert not OrderLine.objects.exists()


@pytest.mark.parametrize(
    "words",
    [
        lambda _unit: {"market": "GB"},
        lambda _unit: {"condition": "used"},
        lambda _unit: {"lot": "LOT-8"},
        lambda _unit: {"serials": ("other",)},
        lambda unit: {"stock_before": unit.stocked_at},
    ],
)
def test_hold_beside_the_sale_does_not_stop_it(words: Callable[[Any], dict[str, Any]]) -> None:
    catalogue.market(code="GB")
    offer = sale.offer()
    unit = sale.unit(offer, lot="LOT-7")
    gate.hold(**words(unit))

    line = sale.line(offer, unit=unit)

    assert OrderLine.objects.get() == line


def test_hold_on_a_parent_brand_reaches_sub_brands_only_if_it_says_so() -> None:
    parent = catalogue.brand(name="Aster")
    model = catalogue.device_model(brand=catalogue.brand(name="Aster Mini", parent=parent))
    seller, variant = rights.sellable(model=model)
    offer = sale.offer(seller=seller, variant=variant)
    narrow = gate.hold(brand_id=parent.id, include_sub_brands=False)

    sale.line(offer)
    gate.lift(narrow.id)
    decision = gate.decision(offer)
    gate.hold(brand_id=parent.id, include_sub_brands=True)

    with pytest.raises(HeldError):
        sale.line(offer, decision=decision)


def test_hold_that_stops_only_publishing_lets_orders_through() -> None:
    offer = sale.offer()
    gate.hold(brand_id=offer.variant.model.brand_id, activities=frozenset({Activity.OFFER_PUBLISH}))

    assert sale.line(offer).state == "committed"


def test_lifting_one_of_two_holds_opens_nothing_and_lifting_both_opens_the_sale() -> None:
    offer = sale.offer()
    first = gate.hold(brand_id=offer.variant.model.brand_id)
    second = gate.hold(seller_id=offer.seller_id)

    gate.lift(first.id)
    refused = gate.decision(offer)
    gate.lift(second.id)

    assert refused.result is Outcome.DENY
    assert sale.line(offer).state == "committed"


def test_capture_and_release_are_refused_under_a_hold() -> None:
    offer = sale.offer()
    line = sale.line(offer)
    captured = gate.decision(offer, action=Activity.PAYMENT_CAPTURE)
    released = gate.decision(offer, action=Activity.FULFILMENT_RELEASE)
    gate.hold(brand_id=offer.variant.model.brand_id)

    with pytest.raises(HeldError):
        sale.capture(line, decision=captured)
    with pytest.raises(HeldError):
        sale.release(line, decision=released)

    assert not Capture.objects.exists()
    assert not Release.objects.exists()


def test_capture_and_release_go_through_without_a_hold() -> None:
    line = sale.line(sale.offer())

    assert sale.capture(line).order_line_id == line.id
    assert sale.release(line).line_id == line.id


def test_release_is_refused_when_the_phone_turned_out_to_be_of_a_held_brand() -> None:
    offer, held = sale.offer(), catalogue.brand()
    line = sale.line(offer)
    gate.hold(brand_id=held.id)
    model = offer.variant.model
    model.brand = held
    model.save(update_fields=["brand"])
    decision = gate.decision(offer, action=Activity.FULFILMENT_RELEASE)

    with pytest.raises(HeldError):
        sale.release(line, decision=decision)

    assert not Release.objects.exists()


def test_line_without_a_decision_is_refused() -> None:
    offer = sale.offer()

    with pytest.raises(StaleDecisionError):
        sale.line(offer, decision_id=None)

    assert not OrderLine.objects.exists()


@pytest.mark.parametrize(
    "other",
    [
        lambda offer: sale.offer(seller=parties.party(), variant=offer.variant),
        lambda offer: sale.offer(seller=offer.seller),
        lambda offer: sale.offer(seller=offer.seller, variant=offer.variant),
        lambda offer: sale.offer(seller=offer.seller, variant=offer.variant, condition="used"),
    ],
)
def test_decision_about_another_sale_is_refused(other: Callable[[Offer], Offer]) -> None:
    rights.policy(condition="used", needs_grant=False)
    offer = sale.offer()
    theirs = other(offer)
    if not Grant.objects.filter(grantee=theirs.seller).exists():
        brand, kind = theirs.variant.model.brand, theirs.variant.model.category
        rights.grant(grantee=theirs.seller, brand=brand, category=kind)
    decision = gate.decision(theirs)
    assert decision.result is Outcome.ALLOW

    with pytest.raises(StaleDecisionError):
        sale.line(offer, decision=decision)

    assert not OrderLine.objects.exists()


def test_decision_for_another_activity_is_refused() -> None:
    offer = sale.offer()

    with pytest.raises(StaleDecisionError):
        sale.line(offer, decision=gate.decision(offer, action=Activity.OFFER_PUBLISH))


def test_decision_that_denies_is_refused() -> None:
    offer = sale.offer(seller=parties.party(), variant=catalogue.variant())
    decision = gate.decision(offer)

    with pytest.raises(StaleDecisionError) as caught:
        sale.line(offer, decision=decision)

    assert caught.value.detail == "deny"


def test_decision_that_has_run_out_is_refused() -> None:
    offer = sale.offer()
    decision = gate.decision(offer, now=clock.now() - timedelta(hours=25))

    with pytest.raises(StaleDecisionError) as caught:
        sale.line(offer, decision=decision)

    assert caught.value.detail == "valid_until"
    assert not OrderLine.objects.exists()


def test_stretched_decision_is_refused() -> None:
    offer = sale.offer()
    decision = gate.decision(offer, now=clock.now() - timedelta(hours=25))

    with pytest.raises(StaleDecisionError):
        sale.line(offer, decision=decision, decision_valid_until=clock.now() + timedelta(hours=1))


def test_decision_of_before_a_hold_that_came_and_went_is_stale() -> None:
    offer = sale.offer()
    decision = gate.decision(offer)
    gate.lift(gate.hold(brand_id=offer.variant.model.brand_id).id)

    with pytest.raises(StaleDecisionError) as caught:
        sale.line(offer, decision=decision)

    assert caught.value.detail == f"brand:{offer.variant.model.brand_id}"
    assert sale.line(offer).state == "committed"


def test_decision_that_looked_at_too_few_anchors_is_refused() -> None:
    offer = sale.offer()
    decision = gate.decision(offer)
    model = offer.variant.model
    model.brand = catalogue.brand()
    model.save(update_fields=["brand"])

    with pytest.raises(StaleDecisionError):
        sale.line(offer, decision=decision)


def test_unit_of_another_offer_is_refused() -> None:
    offer, other = sale.offer(), sale.offer()

    with pytest.raises(NotSellableError):
        sale.line(offer, unit=sale.unit(other))

    assert not OrderLine.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "update orders_orderline set market_code = 'GB'",
        "update orders_orderline set decision_epochs = '{}'",
        "update orders_orderline set state = 'released'",
        "update gate_hold set reason = 'another'",
        "update gate_hold set lifted_by = 'nobody'",
        "update gate_hold set market_id = 'GB', lifted_at = now(), lifted_by = 'x'",
        "delete from gate_hold",
        "truncate gate_hold cascade",
        "update gate_decision set result = 'allow'",
        "delete from gate_decision",
        "delete from gate_holdmoverecord",
        "update gate_epoch set epoch = epoch - 1",
        "delete from gate_epoch",
        "truncate rights_grant cascade",
        "update offers_offer set market_id = 'GB'",
        "update offers_offer set condition = 'used'",
        "update offers_unit set lot = 'other'",
        "update offers_unit set stocked_at = now()",
    ],
)
def test_database_refuses_to_rewrite_what_the_gate_rests_on(statement: str) -> None:
    catalogue.market(code="GB")
    offer = sale.offer()
    sale.line(offer)
    hold = gate.hold(brand_id=offer.variant.model.brand_id)
    _execute("set constraints all immediate")

    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        _execute(statement)

    assert getattr(caught.value.__cause__, "sqlstate", "") == "P0460"
    assert Hold.objects.filter(pk=hold.id, lifted_at=None).exists()


def test_lifted_hold_stays_lifted() -> None:
    hold = gate.hold(market=catalogue.market().code)
    gate.lift(hold.id)

    with pytest.raises(DatabaseError), transaction.atomic():
        Hold.objects.filter(pk=hold.id).update(lifted_by="somebody else")

    assert Hold.objects.get(pk=hold.id).lifted_by == "mira@example.org"


def test_anchors_taken_ahead_are_those_the_guard_takes() -> None:
    offers = [sale.offer(), sale.offer()]
    decisions = [gate.decision(offer) for offer in offers]

    take_anchors(*decisions)

    before = _advisory_locks()
    for offer, decision in zip(offers, decisions, strict=True):
        sale.line(offer, decision=decision)
    assert before == 7  # one for everything, and brand, seller and variant of each
    assert _advisory_locks() == before


def test_refusal_leaves_the_callers_transaction_alive() -> None:
    offer = sale.offer()
    decision = gate.decision(offer)
    gate.hold(seller_id=offer.seller_id)

    with pytest.raises(HeldError), guarded():
        sale.line(offer, decision=decision)

    assert services.may(
        action=Activity.ORDER_COMMIT,
        seller_id=offer.seller_id,
        variant_id=offer.variant_id,
        market="US",
        condition="new",
        actor="test",
        now=clock.now(),
    ).is_held


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _advisory_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_locks where locktype = 'advisory' and mode = 'ShareLock' "
            "and pid = pg_backend_pid()"
        )
        (held,) = cursor.fetchone()
    return int(held)
