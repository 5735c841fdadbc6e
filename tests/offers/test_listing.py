from uuid import UUID

import pytest

from bandstand.gate.rules import Outcome
from bandstand.money import Money
from bandstand.offers import queries, rules, services
from bandstand.offers.models import Offer, OfferMoveRecord
from bandstand.plumbing import clock
from bandstand.plumbing.models import AuditEntry
from tests.factories import catalogue, gate, offers, parties, rights

pytestmark = pytest.mark.django_db
ACTOR = "mira@example.org"


def state_of(offer_id: UUID) -> str:
    return Offer.objects.get(pk=offer_id).state


def in_review() -> Offer:
    """Offer a phone whose approval is conditional, which asks for a person's look."""
    seller, phone = parties.party(), catalogue.variant()
    rights.grant(grantee=seller, brand=phone.model.brand, category=phone.model.category)
    rights.approval(variant=phone, state="conditional")
    offer_id = offers.draft(seller=seller, variant=phone)
    services.publish(offer_id=offer_id, actor=ACTOR, now=clock.now())
    return Offer.objects.get(pk=offer_id)


def test_an_allowed_offer_is_listed_with_its_decision() -> None:
    offer = offers.offer()

    assert offer.state == "listed"
    assert offer.published_at is not None
    assert offer.last_decision_id is not None
    assert list(OfferMoveRecord.objects.values_list("move", "from_state", "to_state")) == [
        ("list", "draft", "listed")
    ]


def test_an_offer_without_right_to_sell_is_refused_and_keeps_the_reasons() -> None:
    offer_id = offers.draft(seller=parties.party(), variant=catalogue.variant())

    decision = services.publish(offer_id=offer_id, actor=ACTOR, now=clock.now())

    assert decision.result is Outcome.DENY
    assert state_of(offer_id) == "refused"
    assert queries.offer_moves(offer_id)[0].reason


def test_a_refused_offer_is_listed_once_its_papers_are_there() -> None:
    seller, phone = parties.party(), catalogue.variant()
    offer_id = offers.draft(seller=seller, variant=phone)
    services.publish(offer_id=offer_id, actor=ACTOR, now=clock.now())
    rights.grant(grantee=seller, brand=phone.model.brand, category=phone.model.category)
    rights.approval(variant=phone)

    services.publish(offer_id=offer_id, actor=ACTOR, now=clock.now())

    assert state_of(offer_id) == "listed"


def test_publishing_a_listed_offer_again_changes_only_its_decision() -> None:
    offer = offers.offer()

    services.publish(offer_id=offer.id, actor=ACTOR, now=clock.now())

    assert OfferMoveRecord.objects.filter(offer=offer).count() == 1
    assert Offer.objects.get(pk=offer.id).last_decision_id != offer.last_decision_id


def test_a_person_approves_what_asked_for_review_and_orders_may_follow() -> None:
    offer = in_review()
    assert offer.state == "in_review"

    decision = services.approve_review(
        offer_id=offer.id, reason="The invoices were read.", actor=ACTOR, now=clock.now()
    )

    assert decision.is_allowed
    assert state_of(offer.id) == "listed"
    assert gate.decision(offer).is_allowed


def test_review_is_approved_only_where_it_waits() -> None:
    offer = offers.offer()

    with pytest.raises(rules.OfferMoveRefusedError):
        services.approve_review(offer_id=offer.id, reason="Fine.", actor=ACTOR, now=clock.now())

    assert OfferMoveRecord.objects.filter(offer=offer).count() == 1


def test_what_the_gate_now_refuses_cannot_be_approved() -> None:
    offer = in_review()
    gate.hold(brand_id=offer.variant.model.brand_id)

    with pytest.raises(rules.OfferMoveRefusedError):
        services.approve_review(offer_id=offer.id, reason="Fine.", actor=ACTOR, now=clock.now())

    assert state_of(offer.id) == "in_review"


def test_a_review_is_refused_with_a_reason() -> None:
    offer = in_review()

    with pytest.raises(rules.MalformedOfferError):
        services.refuse_review(offer_id=offer.id, reason=" ", actor=ACTOR, now=clock.now())
    services.refuse_review(
        offer_id=offer.id, reason="The chain is broken.", actor=ACTOR, now=clock.now()
    )

    assert state_of(offer.id) == "refused"
    assert queries.offer_moves(offer.id)[0].reason == "The chain is broken."


def test_a_withdrawn_offer_leaves_the_shelf_and_can_come_back() -> None:
    offer = offers.offer()

    services.withdraw(offer_id=offer.id, actor=ACTOR, now=clock.now())
    assert state_of(offer.id) == "withdrawn"
    services.publish(offer_id=offer.id, actor=ACTOR, now=clock.now())

    assert state_of(offer.id) == "listed"


def test_drafting_the_same_offer_twice_is_one_offer() -> None:
    seller, phone = rights.sellable()

    first = offers.draft(seller=seller, variant=phone)
    second = offers.draft(seller=seller, variant=phone, price=Money(1, "USD"))

    assert first == second
    assert Offer.objects.get(pk=first).price_minor == offers.PRICE.minor


def test_a_changed_price_is_on_record() -> None:
    offer = offers.offer()

    services.change_price(
        offer_id=offer.id, price=Money(45_000, "USD"), actor=ACTOR, now=clock.now()
    )

    assert Offer.objects.get(pk=offer.id).price_minor == 45_000
    detail = AuditEntry.objects.get(action="offer.change_price").detail
    assert (detail["from_minor"], detail["to_minor"]) == (48_000, 45_000)


def test_a_price_in_another_currency_is_refused_and_changes_nothing() -> None:
    offer = offers.offer()

    with pytest.raises(rules.MalformedOfferError):
        services.change_price(
            offer_id=offer.id, price=Money(45_000, "EUR"), actor=ACTOR, now=clock.now()
        )

    assert Offer.objects.get(pk=offer.id).price_minor == 48_000


def test_an_unknown_condition_names_those_there_are() -> None:
    with pytest.raises(rules.MalformedOfferError, match="new, refurbished, used"):
        offers.draft(condition="shiny")

    assert not Offer.objects.exists()
