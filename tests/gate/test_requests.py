"""Two people: proposals about holds, their answers, and what the database makes of either."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from bandstand.gate import queries, services
from bandstand.gate.models import Hold, HoldAnswer, HoldMoveRecord, HoldRequest
from bandstand.gate.rules import Activity, HoldScope
from bandstand.gate.rules.requests import (
    Answer,
    RequestAnsweredError,
    RequestKind,
    SecondPersonError,
    scope_as_json,
    scope_from_json,
)
from bandstand.gate.rules.scope import HoldScopeError
from bandstand.kernel.errors import NotFoundError
from bandstand.parties.models import Person
from bandstand.parties.rules import Role
from bandstand.plumbing import clock
from bandstand.plumbing.ids import new_id
from tests.factories import catalogue, gate, parties, sale

pytestmark = pytest.mark.django_db
ADA, NOOR = "ada@lark.example.org", "noor@lark.example.org"


@pytest.fixture(autouse=True)
def staff() -> None:
    """Seat Ada and Noor at Lark's desk."""
    gate.staff(ADA)
    gate.staff(NOOR)


def held() -> Hold:
    return gate.hold(seller_id=parties.party().id)


def is_lifted(hold: Hold) -> bool:
    return Hold.objects.get(pk=hold.id).lifted_at is not None


def confirm(request_id: UUID, *, by: str = NOOR, **fields: Any) -> None:  # noqa: ANN401 -- arguments of many types
    services.confirm_lift(request_id=request_id, actor=by, **{"now": clock.now(), **fields})


def test_lift_takes_a_proposal_and_another_persons_confirmation() -> None:
    hold = held()

    request_id = gate.proposal(hold.id, by=ADA)
    assert not is_lifted(hold)
    confirm(request_id, by=NOOR)

    row = queries.hold_row(hold.id)
    assert (row.lifted_by, row.lift_confirmed_by) == (ADA, NOOR)
    assert row.lift_reason == "The licence was shown."
    request = queries.request_row(request_id)
    assert (request.answer, request.answered_by) == (Answer.CONFIRM, NOOR)
    moves = HoldMoveRecord.objects.filter(hold=hold).order_by("moved_at", "id")
    assert list(moves.values_list("move", flat=True)) == ["place", "begin", "propose", "lift"]


@pytest.mark.parametrize("spelling", [ADA, "ADA@Lark.Example.ORG", f" {ADA} "])
def test_who_proposed_cannot_confirm(spelling: str) -> None:
    hold = held()
    request_id = gate.proposal(hold.id, by=ADA)

    with pytest.raises(SecondPersonError, match="somebody else"):
        confirm(request_id, by=spelling)

    assert not is_lifted(hold)
    assert not HoldAnswer.objects.exists()


def test_who_is_not_staff_cannot_confirm_and_nobody_at_all_cannot_either() -> None:
    hold = held()
    request_id = gate.proposal(hold.id, by=ADA)
    seller = parties.membership(role=Role.SELLER).person

    for stranger in (seller.email, "system:sweep", "nobody@example.org"):
        with pytest.raises(SecondPersonError):
            confirm(request_id, by=stranger)

    assert not is_lifted(hold)


def test_who_left_cannot_confirm() -> None:
    hold = held()
    request_id = gate.proposal(hold.id, by=ADA)
    Person.objects.filter(email=NOOR).update(is_active=False)

    with pytest.raises(SecondPersonError):
        confirm(request_id)

    assert not is_lifted(hold)


def test_proposal_needs_a_hold_a_reason_and_a_standing() -> None:
    hold, stranger = held(), parties.membership(role=Role.SELLER)
    now = clock.now()

    with pytest.raises(NotFoundError):
        gate.proposal(uuid4())
    with pytest.raises(HoldScopeError, match="Say why"):
        services.propose_lift(hold_id=hold.id, reason=" ", actor=ADA, now=now)
    with pytest.raises(SecondPersonError):
        services.propose_lift(hold_id=hold.id, reason="x", actor=stranger.person.email, now=now)
    with pytest.raises(SecondPersonError):
        services.propose_lift(
            hold_id=hold.id,
            reason="x",
            actor=stranger.person.email,
            on_behalf_of=parties.party().id,
            now=now,
        )

    assert not HoldRequest.objects.exists()


def test_one_proposal_waits_at_a_time() -> None:
    hold = held()
    gate.proposal(hold.id, by=ADA)

    with pytest.raises(RequestAnsweredError, match=ADA):
        gate.proposal(hold.id, by=NOOR)

    assert HoldRequest.objects.count() == 1


def test_refused_proposal_lifts_nothing_and_makes_room_for_another() -> None:
    hold = held()
    request_id = gate.proposal(hold.id, by=ADA)

    with pytest.raises(HoldScopeError):
        services.refuse_request(request_id=request_id, reason="", actor=NOOR, now=clock.now())
    services.refuse_request(
        request_id=request_id, reason="The licence is forged.", actor=NOOR, now=clock.now()
    )

    with pytest.raises(RequestAnsweredError, match="refused"):
        confirm(request_id)
    assert not is_lifted(hold)
    confirm(gate.proposal(hold.id, by=ADA))
    assert is_lifted(hold)


def test_only_the_proposer_withdraws() -> None:
    hold = held()
    request_id = gate.proposal(hold.id, by=ADA)

    with pytest.raises(SecondPersonError):
        services.withdraw_request(request_id=request_id, actor=NOOR, now=clock.now())
    services.withdraw_request(request_id=request_id, actor=ADA, now=clock.now())

    with pytest.raises(RequestAnsweredError):
        confirm(request_id)
    assert not is_lifted(hold)
    assert queries.open_request_count(now=clock.now()) == 0


def test_proposal_that_nobody_answers_lapses() -> None:
    hold = held()
    stale = _stale_request(hold)
    now = clock.now()
    assert queries.open_requests(now=now) == ()

    with pytest.raises(RequestAnsweredError, match="in time"):
        confirm(stale)
    services.turn_holds(now=now)
    services.turn_holds(now=now)

    assert queries.request_row(stale).answer is Answer.EXPIRE
    assert HoldMoveRecord.objects.filter(hold=hold, move="lapse").count() == 1
    assert not is_lifted(hold)


def test_new_proposal_closes_the_stale_one() -> None:
    hold = held()
    stale = _stale_request(hold)

    confirm(gate.proposal(hold.id, by=ADA))

    assert queries.request_row(stale).answer is Answer.EXPIRE
    assert is_lifted(hold)


def test_lift_closes_what_else_was_proposed() -> None:
    hold = held()
    widening = services.propose_widening(
        hold_id=hold.id,
        scope=HoldScope(is_everything=True),
        activities=gate.SALE,
        reason="All of it.",
        actor=ADA,
        now=clock.now(),
    )

    confirm(gate.proposal(hold.id, by=ADA))

    assert queries.request_row(widening).answer is Answer.EXPIRE
    with pytest.raises(RequestAnsweredError):
        services.confirm_widening(request_id=widening, actor=NOOR, now=clock.now())
    with pytest.raises(RequestAnsweredError, match="lifted"):
        gate.proposal(hold.id, by=ADA)


def widen(hold: Hold, scope: HoldScope, *, activities: frozenset[Activity] = gate.SALE) -> UUID:
    return services.propose_widening(
        hold_id=hold.id,
        scope=scope,
        activities=activities,
        reason="It is about more than that.",
        actor=ADA,
        now=clock.now(),
    )


def test_widening_takes_two_and_keeps_the_narrower_hold() -> None:
    offer, other = sale.offer(), sale.offer()
    brand_id = offer.variant.model.brand_id
    hold = gate.hold(variant_id=offer.variant_id, market="US")
    wider = HoldScope(brand_id=brand_id)

    request_id = widen(hold, wider)
    assert Hold.objects.count() == 1
    with pytest.raises(SecondPersonError):
        services.confirm_widening(request_id=request_id, actor=ADA, now=clock.now())
    placed = services.confirm_widening(request_id=request_id, actor=NOOR, now=clock.now())

    row = queries.hold_row(placed)
    assert row.scope == wider
    assert row.supersedes == hold.id
    assert row.reason == hold.reason
    assert not is_lifted(hold)
    assert queries.request_row(request_id).new_hold_id == placed
    assert gate.decision(offer).is_held
    assert not gate.decision(other).is_held
    gate.lift(placed)
    assert gate.decision(offer).is_held


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ({"market": "US"}, None),
        ({"market": "US", "condition": "new"}, "condition"),
        ({"condition": "new"}, "condition"),
        ({"is_everything": True}, None),
    ],
)
def test_wider_means_that_nothing_is_let_go(words: dict[str, Any], part: str | None) -> None:
    offer = sale.offer()
    hold = gate.hold(brand_id=offer.variant.model.brand_id, market="US")

    if part is None:
        widen(hold, HoldScope(**words))
        assert HoldRequest.objects.count() == 1
        return
    with pytest.raises(HoldScopeError, match=part):
        widen(hold, HoldScope(**words))
    assert not HoldRequest.objects.exists()


def test_same_scope_is_no_widening_and_fewer_activities_are_none() -> None:
    hold = gate.hold(market=catalogue.market().code)
    scope = HoldScope(market="US")

    with pytest.raises(HoldScopeError, match="already"):
        widen(hold, scope)
    with pytest.raises(HoldScopeError, match=r"payment\.capture"):
        widen(hold, scope, activities=frozenset({Activity.ORDER_COMMIT}))
    widen(hold, scope, activities=gate.SALE | {Activity.RESTOCK})
    assert HoldRequest.objects.count() == 1


def test_offer_is_widened_to_its_seller_its_model_or_the_parent_of_its_brand() -> None:
    parent = catalogue.brand(name="Aster")
    model = catalogue.device_model(brand=catalogue.brand(name="Aster Mini", parent=parent))
    offer = sale.offer(seller=parties.party(), variant=catalogue.variant(model=model))
    for wider in (
        HoldScope(seller_id=offer.seller_id),
        HoldScope(model_id=model.id),
        HoldScope(brand_id=parent.id, market="US"),
        HoldScope(category_id=model.category_id),
    ):
        widen(gate.hold(offer_id=offer.id), wider)
    assert HoldRequest.objects.count() == 4
    with pytest.raises(HoldScopeError, match="brand"):
        widen(gate.hold(offer_id=offer.id), HoldScope(brand_id=parent.id, include_sub_brands=False))
    with pytest.raises(HoldScopeError, match="seller"):
        widen(gate.hold(offer_id=offer.id), HoldScope(seller_id=parties.party().id))


def test_scope_survives_being_kept_as_json() -> None:
    scope = HoldScope(
        brand_id=new_id(),
        include_sub_brands=False,
        serials=("A", "B"),
        stock_before=clock.now(),
        lot="L",
        market="US",
    )

    assert scope_from_json(scope_as_json(scope)) == scope
    everything = HoldScope(is_everything=True)
    assert scope_from_json(scope_as_json(everything)) == everything


def test_rows_of_proposals_say_what_waits_and_for_what() -> None:
    hold = gate.hold(market=catalogue.market().code)
    widen(hold, HoldScope(market="US"), activities=gate.SALE | {Activity.RESTOCK})
    gate.proposal(hold.id, by=NOOR)

    lift, widening = queries.requests_of(hold.id)

    assert (lift.kind, widening.kind) == (RequestKind.LIFT, RequestKind.WIDEN)
    assert lift.scope is None
    assert widening.scope_text == "in US"
    assert widening.hold_scope_text == "in US"
    assert widening.is_open(clock.now())
    assert not widening.is_open(widening.open_until)
    assert queries.open_request_count(now=clock.now()) == 2


def _stale_request(hold: Hold) -> UUID:
    """Leave a proposal unanswered: its waiting ended just after it was written."""
    key = new_id()
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into gate_holdrequest(id, hold_id, kind, scope, activities, reason,"
            " proposed_by, person_id, proposed_at, open_until)"
            " values (%s, %s, 'lift', '{}', '{}', 'x', %s,"
            " (select id from parties_person where email = %s), now(),"
            " clock_timestamp() + interval '5 milliseconds')",
            [key, hold.id, ADA, ADA],
        )
        cursor.execute("select pg_sleep(0.01)")
    return key
