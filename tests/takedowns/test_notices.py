from typing import Any
from uuid import UUID, uuid4

import pytest

from bandstand.gate import services as gate_services
from bandstand.gate.models import Hold, HoldRequest
from bandstand.gate.rules import Activity
from bandstand.gate.rules.requests import SecondPersonError
from bandstand.kernel.errors import NotFoundError
from bandstand.money import Money
from bandstand.parties.rules import Actor, Role, RoleMissingError
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter, OutboxEvent
from bandstand.takedowns import access, queries, services
from bandstand.takedowns.events import NoticeEnded, NoticeInForce
from bandstand.takedowns.models import Notice
from bandstand.takedowns.rules import (
    MalformedNoticeError,
    NoticeMoveRefusedError,
    NoticeRefusedError,
    NoticeScope,
    NoticeState,
)
from tests.factories import catalogue, gate, offers, orders, parties, takedowns

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lark() -> None:
    orders.shop()


def actor(person_id: UUID | None, *roles: tuple[Role, UUID]) -> Actor:
    return Actor(person_id=person_id, email="a@example.org", name="A", roles=frozenset(roles))


def test_a_verified_brand_stops_its_own_mark_at_once() -> None:
    offer = offers.offer()
    speaker = takedowns.account(takedowns.brand_of(offer))

    notice = Notice.objects.get(pk=takedowns.filed(speaker))

    assert notice.state == NoticeState.IN_FORCE
    assert notice.hold is not None
    assert notice.hold.brand == speaker.brand
    assert notice.hold.notice_id == notice.id
    assert set(notice.hold.activities) == {
        Activity.OFFER_PUBLISH,
        Activity.ORDER_COMMIT,
        Activity.PAYMENT_CAPTURE,
        Activity.FULFILMENT_RELEASE,
        Activity.EXCHANGE_SHIP,
        Activity.RESTOCK,
    }
    assert notice.preview["offers"] == 1
    assert OutboxEvent.objects.filter(kind=NoticeInForce.KIND).count() == 1
    assert Letter.objects.get(kind="notice_in_force").to_address == speaker.person.email
    page = queries.stopped_page(offer_id=offer.id, now=clock.now())
    assert page is not None
    assert page.reason == notice.hold.reason


def test_the_same_notice_filed_twice_is_one() -> None:
    speaker = takedowns.account(takedowns.brand_of(offers.offer()))

    first, second = takedowns.filed(speaker), takedowns.filed(speaker)
    narrower = takedowns.filed(speaker, scope=NoticeScope(market="US"))

    assert first == second
    assert narrower != first
    assert Hold.objects.count() == 2


@pytest.mark.parametrize("who", ["another brand", "seller's role", "unverified", "suspended"])
def test_nobody_else_stops_a_brand(who: str) -> None:
    offer = offers.offer()
    brand = takedowns.brand_of(offer)
    speaker = takedowns.account(brand)
    if who == "another brand":
        wren = takedowns.account(catalogue.brand(name="Wren"))
        speaker = takedowns.BrandAccount(wren.person, wren.party, brand)
    elif who == "seller's role":
        person = parties.person()
        parties.membership(person=person, party=speaker.party, role=Role.SELLER)
        speaker = takedowns.BrandAccount(person, speaker.party, brand)
    else:
        column, value = (
            ("verified_at", None) if who == "unverified" else ("suspended_at", clock.now())
        )
        setattr(speaker.party, column, value)
        speaker.party.save(update_fields=[column])

    with pytest.raises(NoticeRefusedError):
        takedowns.filed(speaker)

    assert not Notice.objects.exists()
    assert not Hold.objects.exists()
    assert queries.stopped_page(offer_id=offer.id, now=clock.now()) is None


def test_a_sub_brand_of_its_own_may_be_stopped_and_one_of_anothers_may_not() -> None:
    aster = catalogue.brand(name="Aster")
    own = catalogue.brand(name="Aster Mini", parent=aster)
    speaker = takedowns.account(aster)

    takedowns.filed(takedowns.BrandAccount(speaker.person, speaker.party, own))
    takedowns.account(catalogue.brand(name="Wren", parent=aster))

    with pytest.raises(NoticeRefusedError, match="Wren belongs to another party"):
        takedowns.filed(speaker)
    takedowns.filed(speaker, scope=NoticeScope(include_sub_brands=False))


@pytest.mark.parametrize(
    "words", [{"good_faith": False}, {"explanation": "no"}, {"scope": NoticeScope(market="XX")}]
)
def test_a_notice_that_lacks_something_stops_nothing(words: dict[str, Any]) -> None:
    speaker = takedowns.account(takedowns.brand_of(offers.offer()))

    with pytest.raises(MalformedNoticeError):
        takedowns.filed(speaker, **words)

    assert not Hold.objects.exists()


def test_a_model_of_another_brand_cannot_be_named() -> None:
    speaker = takedowns.account(takedowns.brand_of(offers.offer()))
    other = catalogue.device_model()

    with pytest.raises(MalformedNoticeError, match="not a"):
        takedowns.filed(speaker, scope=NoticeScope(model_id=other.id))

    assert not Hold.objects.exists()


def test_the_preview_counts_what_the_notice_reaches() -> None:
    offer = offers.offer(units=9)
    elsewhere = offers.offer(units=3)
    orders.basket(offer)
    orders.prepared(offer)
    orders.placed(offer)
    orders.paid(offer)
    takedowns.shipped(offer)
    orders.paid(elsewhere)
    brand = takedowns.brand_of(offer)

    shown = services.preview(brand_id=brand.id, scope=NoticeScope(), now=clock.now())

    assert (shown.offers, shown.sellers) == (1, 1)
    assert shown.units == 6
    assert shown.open_baskets == 2
    assert shown.open_checkouts == 1
    assert shown.orders == 3
    assert shown.orders_shipped == 1
    assert shown.money == (Money(2 * offer.price_minor, "USD"),)


def test_the_preview_narrows_by_market_category_model_and_seller() -> None:
    offer = offers.offer()
    brand, model = takedowns.brand_of(offer), offer.variant.model
    now = clock.now()

    def found(**scope: object) -> int:
        narrowed = NoticeScope(**scope)  # type: ignore[arg-type]  # one part a case
        return services.preview(brand_id=brand.id, scope=narrowed, now=now).offers

    catalogue.market(code="GB")
    assert found(market="US", model_id=model.id, seller_id=offer.seller_id) == 1
    assert found(category_id=model.category_id) == 1
    assert found(market="GB") == 0
    assert found(category_id=catalogue.category(slug="tablet").id) == 0
    assert found(seller_id=parties.party().id) == 0


def end(notice_id: UUID, *, by: str) -> UUID:
    return services.propose_notice_end(
        notice_id=notice_id, reason="The seller showed its grant.", actor=by, now=clock.now()
    )


def test_lifting_a_notice_takes_two_and_ends_it_once_and_opens_the_sale() -> None:
    offer = offers.offer()
    notice_id = takedowns.filed(takedowns.account(takedowns.brand_of(offer)))
    request_id = end(notice_id, by=gate.staff("ada@lark.example.org"))
    assert queries.stopped_page(offer_id=offer.id, now=clock.now()) is not None

    gate_services.confirm_lift(
        request_id=request_id, actor=gate.staff("noor@lark.example.org"), now=clock.now()
    )
    orders.hear_everything()
    hold_id = Notice.objects.get(pk=notice_id).hold_id
    assert hold_id is not None
    services.end_notice(hold_id=hold_id, now=clock.now())

    notice = Notice.objects.get(pk=notice_id)
    assert notice.state == NoticeState.ENDED
    assert notice.hold is not None
    assert notice.hold.lift_reason == "The seller showed its grant."
    assert notice.hold.lifted_by == "ada@lark.example.org"
    assert notice.hold.lift_confirmed_by == "noor@lark.example.org"
    assert OutboxEvent.objects.filter(kind=NoticeEnded.KIND).count() == 1
    assert queries.stopped_page(offer_id=offer.id, now=clock.now()) is None


def test_a_brand_proposes_to_withdraw_its_own_notice_and_staff_confirms() -> None:
    offer = offers.offer()
    speaker = takedowns.account(takedowns.brand_of(offer))
    notice_id = takedowns.filed(speaker)
    request_id = end(notice_id, by=speaker.person.email)

    with pytest.raises(SecondPersonError):
        gate_services.confirm_lift(
            request_id=request_id, actor=speaker.person.email, now=clock.now()
        )
    assert queries.stopped_page(offer_id=offer.id, now=clock.now()) is not None

    gate_services.confirm_lift(
        request_id=request_id, actor=gate.staff("noor@lark.example.org"), now=clock.now()
    )
    assert queries.stopped_page(offer_id=offer.id, now=clock.now()) is None


def test_a_stranger_proposes_nothing_about_a_notice() -> None:
    notice_id = takedowns.filed(takedowns.account(takedowns.brand_of(offers.offer())))
    stranger = parties.membership(party=parties.party(), role=Role.BRAND).person

    with pytest.raises(SecondPersonError):
        end(notice_id, by=stranger.email)

    assert not HoldRequest.objects.exists()


def test_a_notice_that_never_held_cannot_be_lifted() -> None:
    with pytest.raises(NotFoundError):
        end(uuid4(), by="ops")
    speaker = takedowns.account(takedowns.brand_of(offers.offer()))
    notice_id = takedowns.filed(speaker)
    Notice.objects.filter(pk=notice_id).update(state=NoticeState.REJECTED.value)

    with pytest.raises(NoticeMoveRefusedError):
        end(notice_id, by=gate.staff("ada@lark.example.org"))


def test_only_the_brand_and_the_operator_see_a_notice() -> None:
    speaker = takedowns.account(takedowns.brand_of(offers.offer()))
    wren = takedowns.account(catalogue.brand(name="Wren"))
    notice_id = takedowns.filed(speaker)
    takedowns.filed(wren)
    own = actor(speaker.person.id, (Role.BRAND, speaker.party.id))
    operator = actor(uuid4(), (Role.OPERATOR, uuid4()))
    roleless = actor(uuid4(), (Role.SELLER, speaker.party.id))

    assert access.notice_for(own, notice_id).notice.id == notice_id
    assert access.notice_for(operator, notice_id).notice.id == notice_id
    assert access.visible_notices(own).total == 1
    assert access.visible_notices(operator).total == 2
    for stranger in (Actor.anonymous(), roleless, actor(uuid4(), (Role.BRAND, wren.party.id))):
        with pytest.raises(NotFoundError):
            access.notice_for(stranger, notice_id)
    for stranger in (Actor.anonymous(), roleless):
        with pytest.raises(RoleMissingError):
            access.visible_notices(stranger)


def test_a_brand_account_may_choose_among_its_own_brands() -> None:
    speaker = takedowns.account(catalogue.brand(name="Aster"))
    catalogue.brand(name="Aster Mini", parent=speaker.brand)
    takedowns.account(catalogue.brand(name="Wren"))

    found = access.brands_for(actor(speaker.person.id, (Role.BRAND, speaker.party.id)))

    assert [name for _, name in found] == ["Aster", "Aster Mini"]
    with pytest.raises(RoleMissingError):
        access.brands_for(Actor.anonymous())


def test_a_notice_page_tells_scope_cases_and_statements() -> None:
    offer = offers.offer(units=2)
    orders.paid(offer)
    speaker = takedowns.account(takedowns.brand_of(offer))
    scope = NoticeScope(market="US", seller_id=offer.seller_id)
    notice_id = takedowns.filed(speaker, scope=scope)
    takedowns.walked(takedowns.hold_of(notice_id))

    page = queries.notice_page(notice_id)

    assert page.scope == scope
    assert len(page.scope_words) == 3
    assert (page.affected, page.whole) == (1, 1)
    assert [one.seller_id for one in page.statements] == [offer.seller_id]
    assert page.notice.aftermath_done_at is not None
    seller = actor(uuid4(), (Role.SELLER, offer.seller_id))
    assert len(access.statements_for(seller)) == 1
    assert not access.statements_for(actor(uuid4(), (Role.SELLER, uuid4())))
