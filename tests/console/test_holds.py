"""Holds through the pages: placed with a preview, lifted with a reason, buyers made whole."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from bandstand.console.pages.holds import hold_state
from bandstand.gate.models import Hold
from bandstand.gate.queries import hold_for_offer, hold_row
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers.models import Offer
from bandstand.orders.queries import OrderRow, orders_list
from bandstand.plumbing import clock
from bandstand.takedowns.services import run_aftermath
from tests.factories import catalogue, gate, offers, orders

NEW = "/console/holds/new/"


def said(**changes: object) -> dict[str, object]:
    """Fill in the form as staff would: orders, money and parcels stop."""
    return {
        "include_sub_brands": "on",
        "activities": ["order.commit", "payment.capture", "fulfilment.release"],
        "basis": "recall",
        "ground": "law",
        "reason": "The maker recalls these phones because of their batteries.",
        **changes,
    }


def brand_of(offer: Offer) -> str:
    return str(offer.variant.model.brand_id)


def is_held(offer: Offer) -> bool:
    return bool(
        hold_for_offer(
            offer_id=offer.id,
            variant_id=offer.variant_id,
            seller_id=offer.seller_id,
            market=offer.market_id,
            condition=offer.condition,
        )
    )


def test_hold_is_previewed_with_counts_and_then_placed(operator: Client) -> None:
    offer = offers.offer(units=3)
    orders.paid(offer)

    asked = operator.post(NEW, said(brand=brand_of(offer)))
    page = asked.content.decode()

    assert asked.status_code == 200
    assert Hold.objects.count() == 0
    for words in ("Place this hold?", "Offers on the shelf", "Paid, not shipped", "$480.00"):
        assert words in page
    done = operator.post(NEW, said(brand=brand_of(offer), confirmed="yes"))
    hold = Hold.objects.get()
    assert done.headers["Location"] == f"/console/holds/{print_id(IdKind.HOLD, hold.id)}/"
    assert hold.placed_by == "ada@lark.example.org"
    assert hold.ground == "law"
    assert is_held(offer)


def test_preview_can_be_changed_without_typing_again(operator: Client) -> None:
    offer = offers.offer()

    back = operator.post(NEW, said(brand=brand_of(offer), edit="yes"))

    assert back.status_code == 200
    assert b"recalls these phones" in back.content
    assert Hold.objects.count() == 0


def test_preview_of_a_hold_that_touches_nothing_says_so(operator: Client) -> None:
    empty = catalogue.brand(name="Empty")

    page = operator.post(NEW, said(brand=str(empty.id)))

    assert b"It covers nothing" in page.content


def test_hold_by_variant_code_offer_and_serials(operator: Client) -> None:
    offer = offers.offer()
    key = f"{offer.variant.model.brand.name}/{offer.variant.code}"
    printed = print_id(IdKind.OFFER, offer.id)

    operator.post(NEW, said(variant=key, offer=printed, serials="SN1\n\nSN2\n", confirmed="yes"))

    hold = Hold.objects.get()
    assert hold.variant_id == offer.variant_id
    assert hold.offer_id == offer.id
    assert hold.serials == ["SN1", "SN2"]


def test_times_are_on_the_operators_clock(operator: Client) -> None:
    later = said(market="US", effective_at="2031-01-05T08:30", confirmed="yes")

    operator.post(NEW, later)

    assert Hold.objects.get().effective_at.isoformat() == "2031-01-05T13:30:00+00:00"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "The hold names nothing"),
        ({"market": "US", "is_everything": "on"}, "A hold on everything names nothing else"),
        ({"market": "US", "reason": ""}, "Write the sentence that shoppers will read."),
        ({"market": "US", "activities": []}, "Choose at least one thing to stop."),
        ({"market": "XX"}, "Select a valid choice"),
        ({"variant": "A0001"}, "Give brand and code with a slash between"),
        ({"variant": "Astre/A0001"}, "Astre"),
        ({"offer": "hld_1"}, "is not an id of the form ofr_"),
        ({"offer": "ofr_00000000000000000000000000"}, "There is no such offer."),
        (
            {"market": "US", "effective_at": "2031-01-05T08:30", "expires_at": "2031-01-04T08:30"},
            "It would end before it begins.",
        ),
        ({"market": "US", "expires_at": "2001-01-04T08:30"}, "would end before it begins"),
    ],
)
def test_hold_that_is_wrong_is_told_keeps_what_was_typed_and_stops_nothing(
    operator: Client, changes: dict[str, object], told: str
) -> None:
    answer = operator.post(NEW, said(**changes, confirmed="yes"))
    page = answer.content.decode()

    assert answer.status_code == 400
    assert told in page
    assert str(changes.get("reason", "recalls these phones")) in page
    assert Hold.objects.count() == 0


def test_model_of_another_brand_is_refused_with_how_to_mend_it(operator: Client) -> None:
    model, other = catalogue.device_model(), catalogue.brand(name="Other")

    answer = operator.post(NEW, said(brand=str(other.id), model=str(model.id), confirmed="yes"))

    assert answer.status_code == 400
    assert b"so the hold would stop nothing" in answer.content
    assert Hold.objects.count() == 0


def test_list_shows_active_holds_unless_all_are_asked_for(operator: Client) -> None:
    active = gate.hold(market="US", reason="It stands.")
    lifted = gate.hold(market="US", reason="It is gone.")
    gate.lift(lifted.id)

    usual = operator.get("/console/holds/").content.decode()
    every = operator.get("/console/holds/?state=all").content.decode()

    assert active.reason in usual
    assert lifted.reason not in usual
    assert lifted.reason in every


def test_hold_to_come_says_so_and_one_whose_time_is_over_too(operator: Client) -> None:
    soon, over = clock.now() + timedelta(days=1), clock.now() + timedelta(days=2)
    hold = gate.hold(market="US", effective_at=soon, expires_at=over)

    page = operator.get(f"/console/holds/{print_id(IdKind.HOLD, hold.id)}/").content.decode()

    assert "To begin" in page
    assert hold_state(hold_row(hold.id), now=soon) == ("In force", "bad")
    assert hold_state(hold_row(hold.id), now=over) == ("Run out", "")


def test_placed_hold_begins_its_aftermath_by_itself_and_shows_how_far_it_is(
    operator: Client,
) -> None:
    offer = offers.offer()
    order = orders.paid(offer)

    operator.post(NEW, said(brand=brand_of(offer), confirmed="yes"))
    orders.hear_everything()
    hold = Hold.objects.get()
    assert jobs_for(hold) == 1
    url = f"/console/holds/{print_id(IdKind.HOLD, hold.id)}/"
    before = operator.get(url).content.decode()
    run_aftermath(hold_id=hold.id, now=clock.now())
    after = operator.get(url).content.decode()

    assert "0 of 1 case opened" in before
    assert "1 of 1 case opened" in after
    assert "1 seller told" in after
    assert order_lines(order.id).line_states == ("cancelled",)


@pytest.mark.parametrize(
    ("activities", "jobs", "told"),
    [
        (["import"], 0, "Nobody&#x27;s orders are touched."),
        (["order.commit"], 1, "orders go on."),
        (["order.commit", "fulfilment.release"], 1, "Its aftermath begins by itself"),
    ],
)
def test_what_a_hold_stops_decides_what_follows_it(
    operator: Client, activities: list[str], jobs: int, told: str
) -> None:
    offer = offers.offer()
    order = orders.paid(offer)
    asked = said(brand=brand_of(offer), activities=activities)

    page = operator.post(NEW, asked).content.decode()
    operator.post(NEW, {**asked, "confirmed": "yes"})
    orders.hear_everything()

    hold = Hold.objects.get()
    assert told in page
    assert jobs_for(hold) == jobs
    run_aftermath(hold_id=hold.id, now=clock.now())
    is_cancelled = order_lines(order.id).line_states == ("cancelled",)
    assert is_cancelled is ("fulfilment.release" in activities)


def jobs_for(hold: Hold) -> int:
    return ProcrastinateJob.objects.filter(queueing_lock=f"aftermath:{hold.id}").count()


def order_lines(order_id: UUID) -> OrderRow:
    return next(one for one in orders_list().orders if one.id == order_id)
