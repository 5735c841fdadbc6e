"""A phone's way: quoted, accepted, sent, received, looked at; and every way back."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from bandstand.catalogue.rules import MalformedImeiError
from bandstand.ledger import queries as ledger
from bandstand.offers.models import Offer
from bandstand.orders import services as order_services
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter
from bandstand.trade_in import queries, services
from bandstand.trade_in.models import Inspection, TradeIn, TradeInMoveRecord
from bandstand.trade_in.rules import (
    LockedPhoneError,
    Outcome,
    TradeInMoveRefusedError,
    TradeInNotFoundError,
    TradeInState,
)
from bandstand.trade_in.services import GradeNotTakenError, OrderNotFitError, PhoneBusyError
from tests.factories import offers, orders, trade_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def phone() -> Offer:
    """Put a new phone on the shelf, for which an old one is traded in."""
    orders.shop()
    return offers.offer(units=3)


def letters_of(one: TradeIn) -> list[str]:
    found = Letter.objects.filter(about=one.reference).order_by("queued_at", "id")
    return [row.kind.removeprefix("trade_in.") for row in found]


def test_a_quote_stands_for_its_days_at_the_listed_value(phone: Offer) -> None:
    assert phone.state == "listed"
    one = trade_in.quoted(battery_healthy="no")

    assert (one.grade, one.quoted_minor, one.state) == ("worn", 15_000, "quoted")
    assert one.quote_until - one.quoted_at == 14 * DAY
    assert one.imei_masked == f"ends in {trade_in.imei()[-4:]}"
    assert trade_in.imei() not in str(TradeIn.objects.values().get(pk=one.pk))


def test_a_phone_is_not_quoted_for_locked_or_in_a_grade_not_taken(phone: Offer) -> None:
    assert phone.state == "listed"
    variant = trade_in.taken(values={"good": "200.00"})

    with pytest.raises(LockedPhoneError):
        trade_in.quoted(variant, lock_removed="no")
    with pytest.raises(GradeNotTakenError, match="only if it is good"):
        trade_in.quoted(variant, screen_whole="no")
    with pytest.raises(MalformedImeiError):
        services.quote(
            variant_id=variant.id,
            market="US",
            answers=trade_in.answers(),
            imei="490154203237519",
            now=clock.now(),
        )
    assert not TradeIn.objects.exists()


def test_a_phone_found_as_described_is_credited(phone: Offer) -> None:
    order = orders.paid(phone)
    one = trade_in.accepted(order)
    services.note_sent(trade_in_id=one.id, carrier="Parcel Co", tracking="PC1", now=clock.now())
    by_imei = services.receive(scanned=trade_in.imei(), actor=trade_in.ACTOR, now=clock.now())
    again = services.receive(scanned=one.reference, actor=trade_in.ACTOR, now=clock.now())
    verdict = services.inspect(
        trade_in_id=one.id, seen=trade_in.seen(one), actor=trade_in.ACTOR, now=clock.now()
    )

    assert by_imei == again == one.reference
    assert (verdict.outcome, verdict.value.minor) == (Outcome.CREDIT, 20_000)
    assert trade_in.fresh(one).state == TradeInState.CREDITED.value
    assert [row.move for row in TradeInMoveRecord.objects.order_by("moved_at", "id")] == [
        "quote", "accept", "send", "receive", "credit",
    ]  # fmt: skip
    assert letters_of(one) == ["accepted", "received", "credited"]


def test_a_phone_found_better_than_described_brings_more(phone: Offer) -> None:
    order = orders.paid(phone)
    one = trade_in.quoted(battery_healthy="unsure")
    line = orders.line_of(order)
    services.accept(trade_in_id=one.id, line_id=line, now=clock.now())
    services.receive(scanned=one.reference, actor=trade_in.ACTOR, now=clock.now())

    services.inspect(
        trade_in_id=one.id, seen=trade_in.seen(one), actor=trade_in.ACTOR, now=clock.now()
    )

    assert (one.quoted_minor, trade_in.fresh(one).value_minor) == (15_000, 20_000)


def revalued(phone: Offer) -> TradeIn:
    one = trade_in.received(orders.paid(phone))
    services.inspect(
        trade_in_id=one.id,
        seen=trade_in.seen(one, screen_whole="no"),
        actor=trade_in.ACTOR,
        now=clock.now(),
    )
    return trade_in.fresh(one)


def test_a_lower_value_comes_with_reasons_and_waits_for_the_owner(phone: Offer) -> None:
    one = revalued(phone)

    page = queries.trade_in_page(one.id)
    assert (one.state, one.value_minor, one.quoted_minor) == ("revalued", 6_000, 20_000)
    assert page.inspection is not None
    assert "Is the screen whole?" in page.inspection.reasons[0]
    assert page.money.owed.is_zero
    assert letters_of(one)[-1] == "revalued"
    assert "shelf 3" in page.inspection.photos_at
    assert ledger.imbalance() == 0


def test_the_owner_takes_the_new_value(phone: Offer) -> None:
    one = revalued(phone)

    services.take_value(trade_in_id=one.id, now=clock.now())

    assert trade_in.fresh(one).state == TradeInState.CREDITED.value
    with pytest.raises(TradeInMoveRefusedError):
        services.withdraw(trade_in_id=one.id, now=clock.now())


def test_the_owner_has_the_phone_back_free(phone: Offer) -> None:
    one = revalued(phone)

    services.withdraw(trade_in_id=one.id, now=clock.now())
    with pytest.raises(TradeInMoveRefusedError):
        services.take_value(trade_in_id=one.id, now=clock.now())
    with pytest.raises(TradeInMoveRefusedError, match="which carrier"):
        services.send_back(
            trade_in_id=one.id, carrier=" ", tracking="", actor=trade_in.ACTOR, now=clock.now()
        )
    services.send_back(
        trade_in_id=one.id, carrier="Parcel Co", tracking="B1", actor=trade_in.ACTOR,
        now=clock.now(),
    )  # fmt: skip

    assert trade_in.fresh(one).state == TradeInState.RETURNED.value
    assert letters_of(one)[-2:] == ["return_due", "sent_back"]


def test_silence_is_never_a_yes(phone: Offer) -> None:
    one = revalued(phone)
    assert one.answer_by is not None

    assert services.sweep_trade_ins(now=one.answer_by - DAY) == 0
    with pytest.raises(TradeInMoveRefusedError, match="days to answer are over"):
        services.take_value(trade_in_id=one.id, now=one.answer_by)
    assert services.sweep_trade_ins(now=one.answer_by) == 1
    assert services.sweep_trade_ins(now=one.answer_by) == 0

    assert trade_in.fresh(one).state == TradeInState.RETURN_DUE.value
    assert trade_in.fresh(one).credited_at is None


@pytest.mark.parametrize("named", [{"is_reported": True}, {"lock_removed": "no"}])
def test_a_reported_or_locked_phone_goes_back_with_the_reason(
    phone: Offer, named: dict[str, object]
) -> None:
    one = trade_in.received(orders.paid(phone))

    verdict = services.inspect(
        trade_in_id=one.id,
        seen=trade_in.seen(one, **named),  # type: ignore[arg-type]  # named by the parameter
        actor=trade_in.ACTOR,
        now=clock.now(),
    )

    assert verdict.outcome is Outcome.REFUSE
    assert trade_in.fresh(one).state == TradeInState.RETURN_DUE.value
    assert verdict.reasons[0] in Letter.objects.get(key__endswith=":return_due").body


def test_a_promise_missed_keeps_the_quoted_value_and_says_so(phone: Offer) -> None:
    one = trade_in.received(orders.paid(phone))
    assert one.inspect_by is not None
    late = one.inspect_by + DAY

    assert queries.overdue(now=one.inspect_by) == ()
    assert [row.reference for row in queries.overdue(now=late)] == [one.reference]
    assert services.sweep_trade_ins(now=late) == 1
    assert services.sweep_trade_ins(now=late) == 0
    verdict = services.inspect(
        trade_in_id=one.id,
        seen=trade_in.seen(one, screen_whole="no", powers_on="no"),
        actor=trade_in.ACTOR,
        now=late,
    )

    assert letters_of(one)[-2:] == ["guaranteed", "credited"]
    assert (verdict.outcome, verdict.value.minor) == (Outcome.CREDIT, 20_000)
    assert Inspection.objects.get().is_guaranteed


def test_a_quote_that_ran_out_cannot_be_accepted(phone: Offer) -> None:
    order = orders.paid(phone)
    one = trade_in.quoted()
    line = orders.line_of(order)

    with pytest.raises(TradeInMoveRefusedError, match="run out"):
        services.accept(trade_in_id=one.id, line_id=line, now=one.quote_until)
    assert services.sweep_trade_ins(now=one.quote_until) == 1
    assert trade_in.fresh(one).state == TradeInState.LAPSED.value
    assert trade_in.fresh(one).line_id is None


def test_a_phone_that_does_not_come_lapses_after_a_reminder_and_is_not_lost(phone: Offer) -> None:
    one = trade_in.accepted(orders.paid(phone))
    assert one.arrive_by is not None

    assert services.sweep_trade_ins(now=one.arrive_by - 8 * DAY) == 0
    assert services.sweep_trade_ins(now=one.arrive_by - 6 * DAY) == 1
    assert services.sweep_trade_ins(now=one.arrive_by) == 1
    assert letters_of(one) == ["accepted", "reminder", "lapsed"]
    services.receive(scanned=one.reference, actor=trade_in.ACTOR, now=one.arrive_by + 3 * DAY)

    came = trade_in.fresh(one)
    assert came.state == TradeInState.RECEIVED.value
    assert came.inspect_by == one.arrive_by + 8 * DAY


def test_a_phone_said_to_be_on_its_way_has_a_week_more(phone: Offer) -> None:
    one = trade_in.accepted(orders.paid(phone))
    services.note_sent(trade_in_id=one.id, carrier="Parcel Co", tracking="", now=clock.now())
    assert one.arrive_by is not None

    assert services.sweep_trade_ins(now=one.arrive_by + 6 * DAY) == 0
    assert services.sweep_trade_ins(now=one.arrive_by + 7 * DAY) == 1


def test_the_owner_may_withdraw_before_and_ask_for_it_back_after(phone: Offer) -> None:
    order = orders.paid(phone)
    kept = trade_in.accepted(order, number=1)
    here = trade_in.received(order, trade_in.taken(name="Three"), number=2)

    services.withdraw(trade_in_id=kept.id, now=clock.now())
    services.withdraw(trade_in_id=here.id, now=clock.now())

    assert trade_in.fresh(kept).state == TradeInState.WITHDRAWN.value
    assert trade_in.fresh(here).state == TradeInState.RETURN_DUE.value


def test_a_newer_quote_replaces_one_that_nobody_accepted(phone: Offer) -> None:
    assert phone.state == "listed"
    variant = trade_in.taken()
    first = trade_in.quoted(variant)

    second = trade_in.quoted(variant, battery_healthy="no")

    assert trade_in.fresh(first).state == TradeInState.WITHDRAWN.value
    assert second.state == TradeInState.QUOTED.value


def test_a_phone_is_in_one_open_trade_in(phone: Offer) -> None:
    order = orders.paid(phone)
    variant = trade_in.taken()
    one = trade_in.accepted(order, variant)

    with pytest.raises(PhoneBusyError, match="being traded in already"):
        trade_in.quoted(variant)
    other = trade_in.quoted(variant, number=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        TradeIn.objects.filter(pk=other.pk).update(imei_hash=one.imei_hash)
    assert TradeIn.objects.count() == 2


def test_an_order_that_ended_or_is_elsewhere_takes_no_phone(phone: Offer) -> None:
    order = orders.paid(phone)
    line = orders.line_of(order)
    order_services.cancel_line(line_id=line, reason="Changed.", actor="mira", now=clock.now())
    one = trade_in.quoted()

    with pytest.raises(OrderNotFitError, match="ended"):
        services.accept(trade_in_id=one.id, line_id=line, now=clock.now())
    with pytest.raises(OrderNotFitError, match="no such order"):
        services.accept(trade_in_id=one.id, line_id=one.id, now=clock.now())
    assert trade_in.fresh(one).state == TradeInState.QUOTED.value


def test_a_parcel_nobody_accepted_is_nobodys(phone: Offer) -> None:
    assert phone.state == "listed"
    one = trade_in.quoted()

    with pytest.raises(TradeInMoveRefusedError, match="never accepted"):
        services.receive(scanned=one.reference, actor=trade_in.ACTOR, now=clock.now())
    with pytest.raises(TradeInNotFoundError, match="slip in the parcel"):
        services.receive(scanned=trade_in.imei(7), actor=trade_in.ACTOR, now=clock.now())
    assert trade_in.fresh(one).state == TradeInState.QUOTED.value


def test_another_phone_in_the_parcel_is_said(phone: Offer) -> None:
    one = trade_in.received(orders.paid(phone))

    verdict = services.inspect(
        trade_in_id=one.id,
        seen=trade_in.seen(one, number=5, screen_whole="no"),
        actor=trade_in.ACTOR,
        now=clock.now(),
    )

    assert verdict.outcome is Outcome.REVALUE
    assert "IMEI is not the one" in verdict.reasons[0]


def test_what_was_written_down_stays(phone: Offer) -> None:
    trade_in.credited(orders.paid(phone))

    for table in (TradeInMoveRecord, Inspection):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            table.objects.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Inspection.objects.update(value_minor=1)


def test_a_page_costs_as_many_queries_for_three_as_for_one(
    phone: Offer, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    order = orders.paid(phone)
    variant = trade_in.taken()
    for number in range(3):
        trade_in.accepted(order, variant, number=number)

    with django_assert_num_queries(2):  # type: ignore[operator]  # a fixture of pytest-django
        assert len(queries.trade_ins().rows) == 3
