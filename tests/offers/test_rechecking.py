"""The shelf does not go on showing what could not be bought."""

from datetime import timedelta

import pytest

from bandstand.offers import services
from bandstand.offers.models import Offer, OfferMoveRecord
from bandstand.plumbing import clock
from bandstand.rights import services as rights
from bandstand.rights.models import Grant
from tests.factories import gate, offers

pytestmark = pytest.mark.django_db


def state_of(offer: Offer) -> str:
    return Offer.objects.values_list("state", flat=True).get(pk=offer.pk)


def revoke(offer: Offer) -> None:
    grant = Grant.objects.get(grantee=offer.seller)
    rights.revoke_grant(grant_id=grant.id, reason="It ended.", actor="aster", now=clock.now())


def test_a_fresh_decision_is_not_asked_again() -> None:
    offers.offer()

    assert services.recheck_listed(now=clock.now()) == 0


def test_a_revoked_grant_takes_the_offer_off_the_shelf_with_its_reasons() -> None:
    phone, other = offers.offer(), offers.offer()

    revoke(phone)

    services.recheck_listed(now=clock.now())
    assert state_of(phone) == "refused"
    assert "revoked" in OfferMoveRecord.objects.get(offer=phone, move="refuse").reason.lower()
    assert state_of(other) == "listed"
    assert services.recheck_listed(now=clock.now()) == 0


def test_a_decision_that_ran_out_is_asked_again_and_stands() -> None:
    phone = offers.offer()
    before = phone.last_decision_id

    assert services.recheck_listed(now=clock.now() + timedelta(days=2)) == 1

    assert state_of(phone) == "listed"
    assert Offer.objects.get(pk=phone.pk).last_decision_id != before


def test_a_hold_moves_no_offer_and_lifting_it_shows_it_again() -> None:
    phone = offers.offer()
    hold = gate.hold(seller_id=phone.seller_id)

    services.recheck_listed(now=clock.now())
    assert state_of(phone) == "listed"

    gate.lift(hold.id)
    services.recheck_listed(now=clock.now())
    assert state_of(phone) == "listed"


def test_a_hold_beside_a_revoked_grant_does_not_keep_the_offer_listed() -> None:
    phone = offers.offer()
    gate.hold(seller_id=phone.seller_id)
    revoke(phone)

    services.recheck_listed(now=clock.now())

    assert state_of(phone) == "refused"
