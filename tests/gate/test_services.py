from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from bandstand.gate import queries, services
from bandstand.gate.guard import NotSellableError
from bandstand.gate.models import Decision, Epoch, Hold, HoldMoveRecord, Waiver
from bandstand.gate.rules import Activity, Outcome
from bandstand.gate.rules.scope import EmptyScopeError, HoldScopeError
from bandstand.gate.services.waive import WaiverWordsError
from bandstand.kernel.errors import NotFoundError
from bandstand.parties.models import Party
from bandstand.plumbing import clock
from bandstand.plumbing.models import AuditEntry, OutboxEvent
from bandstand.rights import services as rights_services
from bandstand.rights.models import Grant
from tests.factories import catalogue, gate, parties, rights, sale

pytestmark = pytest.mark.django_db


def emitted() -> list[str]:
    return list(OutboxEvent.objects.order_by("emitted_at", "id").values_list("kind", flat=True))


def test_decision_is_stored_with_everything_it_rests_on() -> None:
    offer = sale.offer()

    row = gate.decision(offer)

    stored = Decision.objects.get(pk=row.id)
    assert row.result is Outcome.ALLOW
    assert {one.kind for one in row.evidence} == {"grant", "approval"}
    assert set(row.epochs) == {
        "*",
        f"brand:{offer.variant.model.brand_id}",
        f"seller:{offer.seller_id}",
        f"variant:{offer.variant_id}",
    }
    assert len(stored.inputs_hash) == 64
    assert stored.asked_by == "test"
    assert queries.decision_row(row.id) == row
    assert queries.last_decision(offer.id) == row


def test_same_facts_have_the_same_hash_and_other_facts_another() -> None:
    offer, now = sale.offer(), clock.now()
    first, second = (gate.decision(offer, now=now) for _ in range(2))
    offer.variant.approvals.update(reference="2AASTER-2")
    third = gate.decision(offer, now=now)

    hashes = [Decision.objects.get(pk=one.id).inputs_hash for one in (first, second, third)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_decision_under_a_hold_names_the_hold() -> None:
    offer = sale.offer()
    hold = gate.hold(brand_id=offer.variant.model.brand_id)

    row = gate.decision(offer)

    assert row.result is Outcome.DENY
    assert [(one.code, one.text) for one in row.reasons] == [("HOLD_ACTIVE", hold.reason)]
    assert row.reasons[0].about == queries.hold_row(hold.id).printed_id


def test_hold_on_a_lot_denies_the_unit_and_not_the_offer() -> None:
    offer = sale.offer()
    held, free = sale.unit(offer, lot="L1"), sale.unit(offer, lot="L2")
    gate.hold(lot="L1")

    assert gate.decision(offer, unit_id=held.id).is_held
    assert gate.decision(offer, unit_id=free.id).is_allowed
    assert gate.decision(offer).is_allowed


def test_unreadable_facts_deny_and_say_so() -> None:
    offer = sale.offer()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table rights_grant rename to rights_grant_away")

    row = gate.decision(offer)

    assert row.result is Outcome.DENY
    assert [one.code for one in row.reasons] == ["RIGHTS_STORE_UNAVAILABLE"]


@pytest.mark.parametrize("unknown", ["seller_id", "variant_id", "unit_id", "market"])
def test_question_about_nothing_known_is_an_error_and_stores_nothing(unknown: str) -> None:
    offer = sale.offer()
    words: dict[str, Any] = {
        "seller_id": offer.seller_id,
        "variant_id": offer.variant_id,
        "market": "US",
        unknown: "XX" if unknown == "market" else uuid4(),
    }

    with pytest.raises(NotFoundError):
        services.may(
            action=Activity.ORDER_COMMIT, condition="new", actor="test", now=clock.now(), **words
        )

    assert not Decision.objects.exists()


def test_placing_writes_the_move_the_audit_and_the_event() -> None:
    offer, before = sale.offer(), queries.display_epoch()

    hold = gate.hold(brand_id=offer.variant.model.brand_id)

    assert hold.anchor == f"brand:{offer.variant.model.brand_id}"
    moves = HoldMoveRecord.objects.filter(hold=hold).order_by("id").values_list("move", flat=True)
    assert list(moves) == ["place", "begin"]
    assert AuditEntry.objects.filter(action="hold.place").count() == 1
    assert emitted() == ["gate.hold_placed"]
    assert queries.display_epoch() > before
    assert queries.epochs_of([hold.anchor])[hold.anchor] > 0


def test_hold_takes_one_anchor_and_no_other_lock_of_the_gate() -> None:
    brand_id = catalogue.brand().id
    sale.offer()
    held_before = _exclusive_locks()

    gate.hold(brand_id=brand_id, market="US", condition="new")

    assert _exclusive_locks() == held_before + 1


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ({}, EmptyScopeError),
        ({"brand_id": uuid4()}, NotFoundError),
        ({"category_id": uuid4()}, NotFoundError),
        ({"model_id": uuid4()}, NotFoundError),
        ({"variant_id": uuid4()}, NotFoundError),
        ({"seller_id": uuid4()}, NotFoundError),
        ({"market": "UX"}, NotFoundError),
        ({"condition": "mint"}, HoldScopeError),
        ({"is_everything": True, "activities": frozenset()}, HoldScopeError),
        ({"is_everything": True, "reason": " "}, HoldScopeError),
        ({"is_everything": True, "expires_at": clock.now() - timedelta(days=1)}, HoldScopeError),
    ],
)
def test_hold_that_is_not_clear_is_refused_and_nothing_is_written(
    words: dict[str, Any], error: type[Exception]
) -> None:
    catalogue.market()

    with pytest.raises(error):
        gate.hold(**words)

    assert not Hold.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_hold_on_an_unknown_offer_is_refused() -> None:

    with pytest.raises(NotSellableError):
        gate.hold(offer_id=uuid4())

    assert not Hold.objects.exists()


def test_hold_whose_parts_contradict_the_catalogue_is_refused() -> None:
    variant = catalogue.variant()

    with pytest.raises(HoldScopeError, match="brand"):
        gate.hold(variant_id=variant.id, brand_id=catalogue.brand().id)

    assert not Hold.objects.exists()


def test_lifted_hold_is_off_the_list_of_active_ones() -> None:
    hold = gate.hold(seller_id=parties.party().id)

    gate.lift(hold.id)

    assert HoldMoveRecord.objects.filter(hold=hold, move="lift").count() == 1
    assert emitted() == ["gate.hold_placed", "gate.hold_lifted"]
    assert queries.holds(active_only=True) == []
    assert [one.id for one in queries.holds()] == [hold.id]


def test_coming_hold_begins_once_at_its_instant() -> None:
    now = clock.now()
    begins, ends = now + timedelta(hours=1), now + timedelta(hours=2)
    gate.hold(seller_id=parties.party().id, effective_at=begins, expires_at=ends)
    assert emitted() == []

    turned = [
        services.turn_holds(now=at) for at in (now, begins, begins, ends, ends + timedelta(hours=1))
    ]

    assert turned == [0, 1, 0, 1, 0]
    assert emitted() == ["gate.hold_placed", "gate.hold_expired"]


def test_waived_review_lets_the_sale_through_and_withdrawing_makes_it_stale() -> None:
    seller, variant = parties.party(), catalogue.variant()
    rights.grant(grantee=seller, brand=variant.model.brand, category=variant.model.category)
    rights.approval(variant=variant, state="conditional")
    offer = sale.offer(seller=seller, variant=variant)
    assert gate.decision(offer).result is Outcome.REVIEW

    waiver_id = gate.waiver(offer, codes=frozenset({"APPROVAL_LIMITED"}))
    allowed = gate.decision(offer)
    line = sale.line(offer, decision=allowed)
    services.withdraw_waiver(waiver_id=waiver_id, actor="mira", now=clock.now())

    assert allowed.is_allowed
    assert line.decision_id == allowed.id
    assert gate.decision(offer).result is Outcome.REVIEW
    with pytest.raises(Exception, match="no longer stands"):
        sale.line(offer, decision=allowed)


@pytest.mark.parametrize(
    ("codes", "parts", "match"),
    [
        ({"HOLD_ACTIVE"}, {}, "Lift it"),
        ({"APROVAL_LIMITED"}, {}, "APPROVAL_LIMITED"),
        (set(), {}, "Name the reasons"),
        ({"AUTH_NONE"}, {"reason": ""}, "Say why"),
        ({"AUTH_NONE"}, {"until_at": clock.now() - timedelta(days=1)}, "later end"),
    ],
)
def test_waiver_that_is_not_clear_is_refused(codes: set[str], parts: Any, match: str) -> None:  # noqa: ANN401 -- parameters
    offer = sale.offer()

    with pytest.raises(WaiverWordsError, match=match):
        gate.waiver(offer, codes=frozenset(codes), **parts)

    assert not Waiver.objects.exists()


def _epochs() -> dict[str, int]:
    return dict(Epoch.objects.values_list("key", "epoch"))


@pytest.mark.parametrize(
    ("change", "anchors"),
    [
        (lambda o: Grant.objects.filter(grantee=o.seller).update(revoked_at=clock.now()), "bs"),
        (lambda o: Grant.objects.filter(grantee=o.seller).delete(), "bs"),
        (lambda o: rights.grant(grantee=o.seller, brand=o.variant.model.brand), "bs"),
        (lambda o: o.variant.approvals.update(state="limited"), "v"),
        (lambda o: o.variant.approvals.all().delete(), "v"),
        (lambda o: rights.statement(brand=o.variant.model.brand), "b"),
        (lambda _: rights.policy(), "*"),
        (lambda o: Party.objects.filter(pk=o.seller_id).update(suspended_at=clock.now()), "s"),
        (lambda o: Party.objects.filter(pk=o.seller_id).update(verified_at=None), "s"),
        (lambda o: Party.objects.filter(pk=o.seller_id).update(trading_name="New"), ""),
        (lambda o: Grant.objects.filter(grantee=o.seller).update(evidence=""), ""),
        (
            lambda o: o.variant.model.__class__.objects.update(
                category=catalogue.category(slug="x")
            ),
            "v",
        ),
        (lambda o: o.variant.model.__class__.objects.update(name="renamed"), ""),
        (lambda o: o.variant.__class__.objects.update(is_radio=False), "v"),
        (lambda o: gate.waiver(o, codes=frozenset({"AUTH_NONE"})), "v"),
        (
            lambda _: catalogue.category().__class__.objects.update(
                parent=catalogue.category(slug="y")
            ),
            "*",
        ),
    ],
)
def test_changed_facts_move_the_epochs_of_their_anchors_and_no_others(
    change: Any,  # noqa: ANN401 -- a parameter
    anchors: str,
) -> None:
    offer = sale.offer()
    catalogue.category(slug="x")
    catalogue.category(slug="y")
    names = {
        "*": "*",
        "b": f"brand:{offer.variant.model.brand_id}",
        "s": f"seller:{offer.seller_id}",
        "v": f"variant:{offer.variant_id}",
    }
    decision, before = gate.decision(offer), _epochs()

    change(offer)

    after = _epochs()
    moved = {key for key in after if after[key] != before.get(key)} - {"display"}
    assert moved == {names[letter] for letter in anchors}
    if anchors:
        assert after["display"] > before["display"]
        with pytest.raises(Exception, match="no longer stands"):
            sale.line(offer, decision=decision)
    else:
        sale.line(offer, decision=decision)


def test_rebranding_moves_old_and_new_brand_with_their_parents_and_the_variants() -> None:
    offer, top = sale.offer(), catalogue.brand(name="Aster")
    mini = catalogue.brand(name="Aster Mini", parent=top)
    old, before = offer.variant.model.brand, _epochs()

    offer.variant.model.__class__.objects.filter(pk=offer.variant.model_id).update(brand=mini)

    after = _epochs()
    moved = {key for key in after if after[key] != before.get(key)} - {"display"}
    brands = {f"brand:{one.id}" for one in (old, top, mini)}
    assert moved == brands | {f"variant:{offer.variant_id}"}


def test_moving_a_brand_below_another_moves_both() -> None:
    parent, child = catalogue.brand(), catalogue.brand()

    child.parent = parent
    child.save(update_fields=["parent"])

    assert {f"brand:{parent.id}", f"brand:{child.id}"} <= set(_epochs())


def test_revoked_grant_denies_the_seller_below_it() -> None:
    offer = sale.offer()
    brand, kind = offer.variant.model.brand, offer.variant.model.category
    root = Grant.objects.get(grantee=offer.seller)
    Grant.objects.filter(pk=root.id).update(delegate_depth=1)
    dealer = parties.party()
    rights.grant(grantee=dealer, brand=brand, category=kind, issuer_party=offer.seller, parent=root)
    theirs = sale.offer(seller=dealer, variant=offer.variant)
    allowed = gate.decision(theirs)

    rights_services.revoke_grant(grant_id=root.id, reason="ended", actor="aster", now=clock.now())

    assert allowed.is_allowed
    assert [one.code for one in gate.decision(theirs).reasons] == ["AUTH_REVOKED"]
    with pytest.raises(Exception, match="no longer stands"):
        sale.line(theirs, decision=allowed)


def _exclusive_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock' "
            "and pid = pg_backend_pid()"
        )
        (held,) = cursor.fetchone()
    return int(held)
