"""The journey of a notice: form, preview, hold in force, everyone made whole."""

import pytest

from bandstand.gate import queries as gate_queries, services as gate_services
from bandstand.gate.events import HoldLifted
from bandstand.gate.models import Hold
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.offers.queries import hold_on
from bandstand.payments import events
from bandstand.plumbing import clock, outbox
from bandstand.takedowns import services
from bandstand.takedowns.models import Notice
from tests.factories import catalogue, gate, offers, orders, parties
from tests.portals.conftest import Portals
from tests.portals.world import phone_on_shelf

NEW = "/portals/brand/notices/new/"
WHY = "These phones were made for another market and carry no approval of ours."

for _kind, _handler in (
    (events.PaymentCaptured, services.hear_payment_moved),
    (events.PaymentVoided, services.hear_payment_moved),
    (events.RefundSettled, services.hear_refund_settled),
    (HoldLifted, services.hear_hold_lifted),
):
    outbox.listen(_kind, _handler)


def said(portals: Portals, **changes: object) -> dict[str, object]:
    """Fill in the form as the brand's people would."""
    return {
        "brand": str(portals.mark.id),
        "include_sub_brands": "on",
        "explanation": WHY,
        "right_reference": "US trade mark 87000000",
        "good_faith": "on",
        **changes,
    }


def test_notice_is_previewed_with_offers_sellers_orders_and_money(portals: Portals) -> None:
    offer = phone_on_shelf(portals)
    orders.paid(offer)

    answer = portals.brand.post(NEW, said(portals))
    page = answer.content.decode()

    assert answer.status_code == 200
    for words in ("Stop this now?", "Offers on the shelf", "Sellers", "Phones in stock",
                  "Orders, paid and not shipped", "$480.00"):  # fmt: skip
        assert words in page
    assert WHY in page
    assert Notice.objects.count() == Hold.objects.count() == 0


def test_notice_stops_the_sale_at_once_and_everyone_is_made_whole(portals: Portals) -> None:
    offer = phone_on_shelf(portals)
    orders.paid(offer)

    done = portals.brand.post(NEW, said(portals, confirmed="yes"))
    notice = Notice.objects.get()
    url = f"/portals/brand/notices/{print_id(IdKind.NOTICE, notice.id)}/"

    assert done.headers["Location"] == url
    assert hold_on(offer.id) is not None
    moving = portals.brand.get(url).content.decode()
    assert "The hold is in force" in moving
    assert "hx-trigger" in moving
    assert notice.hold_id is not None
    services.run_aftermath(hold_id=notice.hold_id, now=clock.now())
    orders.hear_everything()
    settled = portals.brand.get(url).content.decode()
    assert "1 of 1" in settled
    assert "Made whole" in settled
    assert "hx-trigger" not in settled
    assert "mira@example.org" not in settled
    seen_by_staff = portals.operator.get(
        f"/console/notices/{print_id(IdKind.NOTICE, notice.id)}/"
    ).content.decode()
    for words in ("1 of 1", "Money back", "Northgate", "Cancelled, money back"):
        assert words in seen_by_staff


def test_seller_reads_why_it_was_stopped_and_how_to_answer(portals: Portals) -> None:
    phone_on_shelf(portals)
    portals.brand.post(NEW, said(portals, confirmed="yes"))
    hold_id = Notice.objects.get().hold_id
    assert hold_id is not None
    services.run_aftermath(hold_id=hold_id, now=clock.now())

    theirs = portals.seller.get("/portals/seller/statements/").content.decode()
    others = portals.other_seller.get("/portals/seller/statements/").content.decode()

    assert WHY in theirs
    assert "Answer with evidence" in theirs
    assert WHY not in others


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"brand": ""}, "Choose one of your brands."),
        ({"brand": "00000000-0000-0000-0000-000000000000"}, "Select a valid choice"),
        ({"explanation": "Stop it."}, "in at least 20 characters; this explanation has 8"),
        ({"explanation": ""}, "Say why; the sellers who are stopped read it."),
        ({"good_faith": ""}, "Confirm that you give this notice in good faith."),
        ({"market": "XX"}, "Select a valid choice"),
        ({"right_reference": "x" * 201}, "at most 200 characters"),
    ],
)
def test_notice_that_lacks_something_is_told_keeps_what_was_typed_and_stops_nothing(
    portals: Portals, changes: dict[str, object], told: str
) -> None:
    catalogue.brand(name="Aster Air", owner=portals.aster)
    offer = phone_on_shelf(portals)

    answer = portals.brand.post(NEW, said(portals, **changes, confirmed="yes"))
    page = answer.content.decode()

    assert answer.status_code == 400
    assert told in page
    assert str(changes.get("explanation", WHY)) in page
    assert Notice.objects.count() == Hold.objects.count() == 0
    assert hold_on(offer.id) is None


def test_brand_that_is_not_verified_stops_nothing(portals: Portals) -> None:
    portals.aster.verified_at = None
    portals.aster.save(update_fields=["verified_at"])

    answer = portals.brand.post(NEW, said(portals, confirmed="yes"))

    assert answer.status_code == 409
    assert "is not verified yet" in answer.content.decode()
    assert WHY in answer.content.decode()
    assert Hold.objects.count() == 0


def test_sub_brand_of_another_owner_is_named_and_left_alone(portals: Portals) -> None:
    catalogue.brand(name="Lent", parent=portals.mark, owner=parties.party(slug="lent"))

    answer = portals.brand.post(NEW, said(portals, confirmed="yes"))

    assert answer.status_code == 409
    assert "Lent belongs to another party." in answer.content.decode()
    assert Hold.objects.count() == 0


def test_notice_can_be_changed_after_the_preview(portals: Portals) -> None:
    back = portals.brand.post(NEW, said(portals, edit="yes"))

    assert back.status_code == 200
    assert WHY in back.content.decode()
    assert Hold.objects.count() == 0


def test_notice_that_would_stop_nothing_says_so(portals: Portals) -> None:
    assert "It would stop nothing today." in portals.brand.post(NEW, said(portals)).content.decode()


def test_notice_of_one_brand_is_not_another_brands(portals: Portals) -> None:
    portals.brand.post(NEW, said(portals, confirmed="yes"))
    url = f"/portals/brand/notices/{print_id(IdKind.NOTICE, Notice.objects.get().id)}/"

    assert portals.brand.get(url).status_code == 200
    assert portals.other_brand.get(url).status_code == 404
    assert WHY not in portals.other_brand.get("/portals/brand/notices/").content.decode()


def test_only_the_brands_own_models_can_be_chosen(portals: Portals) -> None:
    phone_on_shelf(portals)
    stranger = offers.offer().variant.model

    page = portals.brand.get(NEW).content.decode()

    assert "Aster One" in page
    assert str(stranger.id) not in page


def test_staff_lift_the_hold_of_a_notice_and_the_notice_ends(portals: Portals) -> None:
    offer = phone_on_shelf(portals)
    portals.brand.post(NEW, said(portals, confirmed="yes"))
    notice = Notice.objects.get()
    assert notice.hold_id is not None

    portals.operator.post(
        f"/console/holds/{print_id(IdKind.HOLD, notice.hold_id)}/lift/",
        {"reason": "The licence was shown.", "confirmed": "yes"},
    )
    assert hold_on(offer.id) is not None
    gate_services.confirm_lift(
        request_id=gate_queries.requests_of(notice.hold_id)[0].id,
        actor=gate.staff("noor@lark.example.org"),
        now=clock.now(),
    )
    orders.hear_everything()

    notice.refresh_from_db()
    assert notice.state == "ended"
    assert hold_on(offer.id) is None
    url = f"/portals/brand/notices/{print_id(IdKind.NOTICE, notice.id)}/"
    assert "The licence was shown." in portals.brand.get(url).content.decode()


def test_brand_proposes_to_withdraw_its_notice_and_the_stop_stands_meanwhile(
    portals: Portals,
) -> None:
    offer = phone_on_shelf(portals)
    portals.brand.post(NEW, said(portals, confirmed="yes"))
    notice = Notice.objects.get()
    assert notice.hold_id is not None
    url = f"/portals/brand/notices/{print_id(IdKind.NOTICE, notice.id)}/"

    empty = portals.brand.post(f"{url}withdraw/", {"reason": " "})
    assert empty.status_code == 400
    assert gate_queries.requests_of(notice.hold_id) == ()
    portals.brand.post(f"{url}withdraw/", {"reason": "We have licensed them."})
    page = portals.brand.get(url).content.decode()

    (request,) = gate_queries.requests_of(notice.hold_id)
    assert request.reason == "We have licensed them."
    assert "has proposed to end it" in page
    assert f"{url}withdraw/" not in page
    assert hold_on(offer.id) is not None


def test_confirmation_says_the_scope_in_words(portals: Portals) -> None:
    page = portals.brand.post(NEW, said(portals, market="US", include_sub_brands="")).content

    assert b"brand Aster, alone, market US" in page
