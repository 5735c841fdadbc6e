"""Two people at the desk: one proposes, another confirms, and the page says what would open."""

from datetime import timedelta

import pytest
from django.test import Client

from bandstand.gate.models import Hold, HoldAnswer, HoldRequest
from bandstand.gate.queries import requests_of
from bandstand.gate.rules import Activity, Basis
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.parties.models import OperatorProfile
from bandstand.parties.rules import Role
from bandstand.plumbing import clock
from tests.console.conftest import Callers, client_of
from tests.factories import gate, offers

REASON = {"reason": "The licence was shown."}


@pytest.fixture
def second(callers: Callers) -> Client:  # noqa: ARG001 -- opens Lark's shop
    """Let a second person of the staff sit down."""
    lark = OperatorProfile.objects.get().party
    return client_of("noor@lark.example.org", party=lark, role=Role.OPERATOR)


def page_of(hold: Hold) -> str:
    return f"/console/holds/{print_id(IdKind.HOLD, hold.id)}/"


def answer_url(hold: Hold, answer: str) -> str:
    (request,) = requests_of(hold.id)
    return f"{page_of(hold)}requests/{request.id}/{answer}/"


def is_lifted(hold: Hold) -> bool:
    return Hold.objects.get(pk=hold.id).lifted_at is not None


def test_lift_is_proposed_by_one_and_confirmed_by_another_who_both_see_what_opens(
    operator: Client, second: Client
) -> None:
    offer = offers.offer(units=2)
    hold = gate.hold(seller_id=offer.seller_id)
    other = gate.hold(brand_id=offer.variant.model.brand_id, reason="The maker asked.")

    asked = operator.post(f"{page_of(hold)}lift/", REASON).content.decode()
    assert "1 offer stay stopped by" in asked
    assert "The maker asked." in asked
    assert not HoldRequest.objects.exists()
    operator.post(f"{page_of(hold)}lift/", {**REASON, "confirmed": "yes"})
    assert not is_lifted(hold)
    question = second.post(answer_url(hold, "confirm"))
    assert b"Yes, lift it" in question.content
    assert b"ada@lark.example.org" in question.content
    assert not is_lifted(hold)
    second.post(answer_url(hold, "confirm"), {"confirmed": "yes"})

    hold.refresh_from_db()
    assert hold.lift_reason == "The licence was shown."
    assert (hold.lifted_by, hold.lift_confirmed_by) == (
        "ada@lark.example.org",
        "noor@lark.example.org",
    )
    assert not is_lifted(other)
    page = second.get(page_of(hold)).content.decode()
    assert "proposed by ada@lark.example.org, confirmed by noor@lark.example.org" in page


def test_preview_counts_what_would_be_on_sale_again(operator: Client) -> None:
    offer = offers.offer(units=3)
    hold = gate.hold(seller_id=offer.seller_id)

    page = operator.post(f"{page_of(hold)}lift/", REASON).content.decode()

    assert "<dt>Offers on sale again</dt><dd>1" in page
    assert "<dt>Phones on sale again</dt><dd>3" in page
    assert "<dt>Offers another hold keeps closed</dt><dd>0" in page


def test_proposer_is_offered_to_withdraw_and_cannot_confirm(
    operator: Client, second: Client
) -> None:
    hold = gate.hold(market="US")
    operator.post(f"{page_of(hold)}lift/", {**REASON, "confirmed": "yes"})

    mine = operator.get(page_of(hold)).content.decode()
    theirs = second.get(page_of(hold)).content.decode()
    refused = operator.post(answer_url(hold, "confirm"), {"confirmed": "yes"})

    assert "Withdraw it" in mine
    assert "Look over it and confirm" not in mine
    assert "Look over it and confirm" in theirs
    assert refused.status_code == 409
    assert "somebody else must confirm it" in refused.content.decode()
    assert not is_lifted(hold)
    operator.post(answer_url(hold, "withdraw"))
    assert HoldAnswer.objects.get().answer == "withdraw"
    assert "Withdraw it" not in operator.get(page_of(hold)).content.decode()


def test_refusing_needs_a_reason(operator: Client, second: Client) -> None:
    hold = gate.hold(market="US")
    operator.post(f"{page_of(hold)}lift/", {**REASON, "confirmed": "yes"})
    url = answer_url(hold, "refuse")

    asked, empty = second.post(url), second.post(url, {"reason": " "})
    assert (asked.status_code, empty.status_code) == (200, 400)
    assert b"Say why" in empty.content
    assert not HoldAnswer.objects.exists()
    second.post(url, {"reason": "It is forged."})

    assert HoldAnswer.objects.get().reason == "It is forged."
    assert not is_lifted(hold)


def test_lift_is_not_proposed_without_a_reason(operator: Client) -> None:
    hold = gate.hold(market="US")

    answer = operator.post(f"{page_of(hold)}lift/", {"reason": "  ", "confirmed": "yes"})

    assert answer.status_code == 400
    assert b"Say why" in answer.content
    assert not HoldRequest.objects.exists()


def test_widening_is_previewed_proposed_and_confirmed(operator: Client, second: Client) -> None:
    offer = offers.offer()
    hold = gate.hold(variant_id=offer.variant_id, market="US")
    url = f"{page_of(hold)}widen/"
    typed = {
        "brand": str(offer.variant.model.brand_id),
        "include_sub_brands": "on",
        "activities": sorted(one.value for one in gate.SALE),
        "reason": "All its phones have that battery.",
    }

    form = operator.get(url).content.decode()
    asked = operator.post(url, typed).content.decode()
    operator.post(url, {**typed, "confirmed": "yes"})
    assert Hold.objects.count() == 1
    second.post(answer_url(hold, "confirm"), {"confirmed": "yes"})

    assert offer.variant.code in form
    assert "Would cover" in asked
    wider = Hold.objects.exclude(pk=hold.id).get()
    assert wider.supersedes_id == hold.id
    assert wider.brand_id == offer.variant.model.brand_id
    assert page_of(wider) in second.get(page_of(hold)).content.decode()


def test_what_would_not_widen_is_told_and_keeps_what_was_typed(operator: Client) -> None:
    hold = gate.hold(market="US")
    typed = {
        "condition": "used",
        "market": "US",
        "activities": sorted(one.value for one in gate.SALE),
        "reason": "Only used ones.",
        "confirmed": "yes",
    }

    answer = operator.post(f"{page_of(hold)}widen/", typed)

    assert answer.status_code == 400
    assert "condition would cover less" in answer.content.decode()
    assert "Only used ones." in answer.content.decode()
    assert not HoldRequest.objects.exists()


def test_provisional_hold_is_placed_for_one_offer_and_confirmed_by_one_person(
    operator: Client,
) -> None:
    offer = offers.offer()
    said = {
        "offer": print_id(IdKind.OFFER, offer.id),
        "include_sub_brands": "on",
        "activities": ["order.commit", "fulfilment.release"],
        "basis": "unverified_notice",
        "ground": "terms",
        "reason": "Somebody says that it is not theirs to sell.",
        "notifier_email": "nils@example.org",
        "confirmed": "yes",
    }

    operator.post("/console/holds/new/", said)
    hold = Hold.objects.get()
    page = operator.get(page_of(hold)).content.decode()
    stay = {"basis": "operator", "reason": "It is not theirs to sell."}
    asked = operator.post(f"{page_of(hold)}stay/", stay)
    assert Hold.objects.count() == 1
    operator.post(f"{page_of(hold)}stay/", {**stay, "confirmed": "yes"})

    assert hold.is_provisional
    assert hold.expires_at is not None
    assert hold.expires_at - hold.placed_at <= timedelta(hours=72)
    assert "Provisional" in page
    assert b"Let this hold stand?" in asked.content
    standing = Hold.objects.get(supersedes=hold)
    assert standing.expires_at is None
    assert standing.basis == Basis.OPERATOR.value
    assert not standing.is_provisional


def test_provisional_hold_on_more_than_one_offer_is_refused(operator: Client) -> None:
    said = {
        "market": "US",
        "is_provisional": "on",
        "activities": [Activity.ORDER_COMMIT.value],
        "basis": "operator",
        "ground": "terms",
        "reason": "Stopped.",
        "confirmed": "yes",
    }

    answer = operator.post("/console/holds/new/", said)

    assert answer.status_code == 400
    assert b"A provisional hold stops one offer." in answer.content
    assert not Hold.objects.exists()


def test_proposal_of_another_hold_is_not_found_here(operator: Client, second: Client) -> None:
    one, other = gate.hold(market="US"), gate.hold(market="US")
    operator.post(f"{page_of(one)}lift/", {**REASON, "confirmed": "yes"})
    url = answer_url(one, "confirm").replace(page_of(one), page_of(other))

    answer = second.post(url, {"confirmed": "yes"})

    assert answer.status_code == 404
    assert not is_lifted(one)
    assert not is_lifted(other)


def test_strangers_answer_nothing(callers: Callers) -> None:
    hold = gate.hold(market="US")
    gate.proposal(hold.id, by=gate.staff("eve@lark.example.org"))
    assert clock.now() < requests_of(hold.id)[0].open_until

    for stranger in callers.strangers.values():
        answer = stranger.post(answer_url(hold, "confirm"), {"confirmed": "yes"})
        assert answer.status_code in {302, 403}

    assert not is_lifted(hold)
    assert not HoldAnswer.objects.exists()
