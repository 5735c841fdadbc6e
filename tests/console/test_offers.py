"""A person's decision on an offer in review."""

import pytest
from django.test import Client

from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers.models import Offer
from bandstand.offers.services import publish
from bandstand.plumbing import clock
from bandstand.plumbing.models import AuditEntry
from tests.factories import catalogue, offers, parties, rights

APPROVE = {"verdict": "approve", "reason": "The conditions were read and are met."}


@pytest.fixture
def waiting(db: None) -> Offer:  # noqa: ARG001 -- opens the database
    """An offer whose approval carries conditions, so that a person must look."""
    seller, phone = parties.party(slug="northgate"), catalogue.variant()
    rights.grant(grantee=seller, brand=phone.model.brand, category=phone.model.category)
    rights.approval(variant=phone, state="conditional")
    offer_id = offers.draft(seller=seller, variant=phone)
    publish(offer_id=offer_id, actor="nora@northgate.example.org", now=clock.now())
    offer = Offer.objects.get(pk=offer_id)
    assert offer.state == "in_review"
    return offer


def url_of(offer: Offer) -> str:
    return f"/console/offers/{print_id(IdKind.OFFER, offer.id)}/"


def test_offer_in_review_shows_reason_cure_evidence_and_path(
    operator: Client, waiting: Offer
) -> None:
    page = operator.get(url_of(waiting)).content.decode()

    for words in ("Needs review", "To mend it:", "ground:", "It rests on", "The right to sell"):
        assert words in page


def test_approval_asks_once_more_before_it_is_done(operator: Client, waiting: Offer) -> None:
    asked = operator.post(url_of(waiting) + "decide/", APPROVE)

    waiting.refresh_from_db()
    assert waiting.state == "in_review"
    assert b"Yes, approve it" in asked.content
    assert APPROVE["reason"].encode() in asked.content

    operator.post(url_of(waiting) + "decide/", {**APPROVE, "confirmed": "yes"})

    waiting.refresh_from_db()
    assert waiting.state == "listed"
    assert AuditEntry.objects.filter(actor="ada@lark.example.org", action="offer.list").exists()


def test_refusal_leaves_its_reason_for_the_seller(operator: Client, waiting: Offer) -> None:
    said = {"verdict": "refuse", "reason": "The invoice is not readable.", "confirmed": "yes"}

    operator.post(url_of(waiting) + "decide/", said)

    waiting.refresh_from_db()
    assert waiting.state == "refused"
    assert b"The invoice is not readable." in operator.get(url_of(waiting)).content


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({"verdict": "approve"}, b"Say why"),
        ({"reason": "Kept words."}, b"Choose approve or refuse."),
        ({"verdict": "perhaps", "reason": "Kept words."}, b"perhaps is not one of"),
    ],
)
def test_decision_that_lacks_something_is_told_keeps_what_was_typed_and_does_nothing(
    operator: Client, waiting: Offer, posted: dict[str, str], told: bytes
) -> None:
    answer = operator.post(url_of(waiting) + "decide/", {**posted, "confirmed": "yes"})

    waiting.refresh_from_db()
    assert answer.status_code == 400
    assert told in answer.content
    assert posted.get("reason", "").encode() in answer.content
    assert waiting.state == "in_review"


def test_offer_that_no_longer_waits_is_not_decided_again(operator: Client, waiting: Offer) -> None:
    operator.post(url_of(waiting) + "decide/", {**APPROVE, "confirmed": "yes"})

    again = operator.post(url_of(waiting) + "decide/", {**APPROVE, "confirmed": "yes"})

    assert again.status_code == 409
    assert Offer.objects.get().state == "listed"
