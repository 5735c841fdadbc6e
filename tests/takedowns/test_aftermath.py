from collections import Counter
from itertools import islice
from uuid import uuid4

import pytest

from bandstand.credit.models import Plan
from bandstand.kernel.errors import NotFoundError
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.ledger import queries as ledger
from bandstand.ledger.rules import AccountCode
from bandstand.money import Money
from bandstand.offers.models import Offer, Unit
from bandstand.offers.rules import UnitState
from bandstand.orders import queries as order_queries, services as order_services
from bandstand.orders.models import Checkout, OrderLine
from bandstand.orders.rules import CheckoutState, LineState
from bandstand.payments.models import MoneyCommand, Refund
from bandstand.payments.rules import PaymentState
from bandstand.payments.services import send_command
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter
from bandstand.takedowns import queries, services
from bandstand.takedowns.models import Case, CaseMoveRecord, Notice, StatementOfReasons
from bandstand.takedowns.rules import CaseState, RemedyKind
from tests.factories import credit, gate, offers, orders, takedowns

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lark() -> None:
    orders.shop()


def due_to_buyers() -> int:
    rows = ledger.balances(code=AccountCode.REFUND_DUE, currency="USD")
    return sum(row.balance.minor for row in rows)


def test_a_paid_order_is_cancelled_and_refunded_through_the_ledger() -> None:
    offer = offers.offer()
    order = orders.paid(offer)
    hold_id = takedowns.stopped(offer)

    takedowns.walked(hold_id)

    case = Case.objects.get()
    assert case.state == CaseState.MADE_WHOLE
    assert case.remedy == RemedyKind.CANCEL_AND_REFUND
    assert case.refund_minor == offer.price_minor
    assert case.proof["refunds"]
    assert case.proof["transfer"]
    assert OrderLine.objects.get().state == LineState.CANCELLED
    assert Unit.objects.get().state == UnitState.QUARANTINED
    assert Refund.objects.get().settled_at is not None
    assert ledger.imbalance() == 0
    assert due_to_buyers() == 0
    seller = print_id(IdKind.PARTY, offer.seller_id)
    owed = ledger.balance(code=AccountCode.SELLER_PAYABLE, key=seller, currency="USD")
    assert owed == Money(0, "USD")
    assert order_queries.order_page(order.id).refunded == Money(offer.price_minor, "USD")
    assert queries.is_everyone_whole(hold_id).is_everyone_whole


def test_a_plan_falls_before_its_money_goes_back() -> None:
    terms = credit.terms()
    offer = offers.offer()
    orders.paid(offer, terms_id=terms.id)

    takedowns.walked(takedowns.stopped(offer))

    assert Plan.objects.get().state == "cancelled"
    case = Case.objects.get()
    assert case.state == CaseState.MADE_WHOLE
    assert 0 < case.refund_minor < offer.price_minor
    assert "you owe nothing more" in Letter.objects.get(kind="takedown_cancelled").body
    receivable = ledger.balances(code=AccountCode.INSTALMENT_RECEIVABLE, currency="USD")
    assert sum(row.balance.minor for row in receivable) == 0


def test_an_uncharged_order_is_cancelled_and_its_card_let_go() -> None:
    offer = offers.offer()
    order = orders.placed(offer)

    takedowns.walked(takedowns.stopped(offer))

    case = Case.objects.get()
    assert (case.state, case.refund_minor) == (CaseState.MADE_WHOLE, 0)
    assert case.remedy == RemedyKind.CANCEL_AND_VOID
    assert order_queries.order_page(order.id).payment_state == PaymentState.VOIDED.value
    assert not Refund.objects.exists()


@pytest.mark.parametrize("arrived", [False, True])
def test_a_phone_that_left_is_offered_back_and_its_sellers_money_kept_back(
    arrived: bool,  # noqa: FBT001 -- pytest passes it
) -> None:
    offer = offers.offer()
    takedowns.shipped(offer, arrived=arrived)
    hold_id = takedowns.stopped(offer)

    takedowns.walked(hold_id)

    case = Case.objects.get()
    assert case.state == CaseState.CHOICE_OFFERED
    assert OrderLine.objects.get().state in {LineState.RELEASED, LineState.DELIVERED}
    assert "send it back at our cost" in Letter.objects.get(kind="takedown_choice").subject
    seller = print_id(IdKind.PARTY, offer.seller_id)
    payable = ledger.balance(code=AccountCode.SELLER_PAYABLE, key=seller, currency="USD")
    frozen = ledger.balance(code=AccountCode.SELLER_PAYABLE, key=f"{seller}:frozen", currency="USD")
    assert payable == Money(0, "USD")
    assert frozen.minor != 0
    whole = queries.is_everyone_whole(hold_id)
    assert (whole.made_whole, whole.choice_offered) == (0, 1)
    assert whole.is_everyone_whole


def test_a_buyer_who_sends_the_phone_back_gets_the_money() -> None:
    offer = offers.offer()
    order = takedowns.shipped(offer, arrived=True)
    hold_id = takedowns.stopped(offer)
    takedowns.walked(hold_id)

    order_services.return_line(
        line_id=orders.line_of(order), reason="sent back", actor="ops", now=clock.now()
    )
    orders.hear_everything()
    services.sweep(now=clock.now())
    orders.hear_everything()

    case = Case.objects.get()
    assert (case.state, case.refund_minor) == (CaseState.MADE_WHOLE, offer.price_minor)
    assert Unit.objects.get().state == UnitState.QUARANTINED
    sellers = ledger.balances(code=AccountCode.SELLER_PAYABLE, currency="USD")
    assert [row.balance.minor for row in sellers if row.balance.minor] == []
    assert ledger.imbalance() == 0


def test_a_checkout_ends_with_a_letter_and_the_basket_stays() -> None:
    offer = offers.offer(units=2)
    checkout, begun = orders.prepared(offer), orders.prepared(offer)
    orders.pay(begun.id, card="tok_3ds")

    report = takedowns.walked(takedowns.stopped(offer))

    assert report.checkouts_stopped == 2
    assert set(Checkout.objects.values_list("state", flat=True)) == {CheckoutState.FAILED.value}
    assert Letter.objects.filter(kind__in=["checkout_stopped", "order.failed"]).count() == 2
    page = order_queries.basket_page(basket_id=checkout.basket_id, now=clock.now())
    assert page.lines[0].hold is not None
    assert not page.can_check_out
    assert not Unit.objects.filter(state=UnitState.RESERVED).exists()


def test_a_capture_that_raced_the_hold_is_given_back() -> None:
    offer = offers.offer()
    orders.placed(offer)
    for command_id in MoneyCommand.objects.filter(kind="capture").values_list("id", flat=True):
        send_command(command_id=command_id, now=clock.now())
    hold_id = takedowns.stopped(offer)
    services.run_aftermath(hold_id=hold_id, now=clock.now())
    assert Case.objects.get().state == CaseState.IN_PROGRESS

    orders.hear_everything()

    case = Case.objects.get()
    assert (case.state, case.refund_minor) == (CaseState.MADE_WHOLE, offer.price_minor)
    assert due_to_buyers() == 0


def test_the_rest_of_a_mixed_order_goes_on() -> None:
    stopped, kept = offers.offer(), offers.offer()
    order = orders.placed(stopped, kept)
    hold_id = takedowns.stopped(stopped)

    takedowns.walked(hold_id)
    services.sweep(now=clock.now())

    states = {line.offer_id: line.state for line in order_queries.order_page(order.id).lines}
    assert states == {stopped.id: LineState.CANCELLED, kept.id: LineState.PAID}
    assert Case.objects.get().state == CaseState.MADE_WHOLE
    assert order_queries.order_page(order.id).captured == Money(kept.price_minor, "USD")


def test_orders_outside_the_scope_are_left_alone() -> None:
    offer, other = offers.offer(), offers.offer()
    order = orders.paid(other)

    report = takedowns.walked(takedowns.stopped(offer))

    assert report.total == 0
    assert order_queries.order_page(order.id).lines[0].state is LineState.PAID
    assert not Refund.objects.exists()


def test_every_seller_is_told_why_once() -> None:
    offer = offers.offer()
    hold_id = takedowns.stopped(offer)

    takedowns.walked(hold_id)
    takedowns.walked(hold_id)

    statement = StatementOfReasons.objects.get()
    assert statement.seller == offer.seller
    assert statement.body["source_type"] == "SOURCE_ARTICLE_16"
    assert statement.body["territorial_scope"] == []
    assert Letter.objects.get(kind="statement_of_reasons").to_address == offer.seller.email


def test_a_hold_that_is_not_there_has_no_aftermath() -> None:
    with pytest.raises(NotFoundError):
        services.run_aftermath(hold_id=uuid4(), now=clock.now())


def test_a_refund_that_the_provider_refuses_is_asked_again_and_stays_open() -> None:
    offer = offers.offer()
    checkout = orders.prepared(offer)
    orders.pay(checkout.id, card="tok_refund_fails")
    orders.hear_everything()
    hold_id = takedowns.stopped(offer)

    takedowns.walked(hold_id)
    services.sweep(now=clock.now())
    orders.hear_everything()

    whole = queries.is_everyone_whole(hold_id)
    assert Refund.objects.count() == 2
    assert Case.objects.get().state == CaseState.IN_PROGRESS
    assert not whole.is_everyone_whole
    assert len(whole.problems) == 1
    late = Case.objects.get().due_at
    assert [one.is_overdue(late) for one in queries.overdue_cases(now=late)] == [True]
    assert queries.overdue_cases(now=clock.now()) == []


def test_a_hold_without_a_notice_has_an_aftermath_too() -> None:
    offer = offers.offer()
    orders.paid(offer)
    hold = gate.hold(offer_id=offer.id)

    takedowns.walked(hold.id)

    assert Case.objects.get().state == CaseState.MADE_WHOLE
    assert StatementOfReasons.objects.get().body["source_type"] == "SOURCE_ARTICLE_16"


def test_two_holds_on_one_line_refund_it_once() -> None:
    offer = offers.offer()
    orders.paid(offer)
    first = takedowns.stopped(offer)
    second = gate.hold(seller_id=offer.seller_id).id

    takedowns.walked(first)
    takedowns.walked(second)

    assert Refund.objects.count() == 1
    assert set(Case.objects.values_list("state", flat=True)) == {CaseState.MADE_WHOLE.value}


def one_order_of_every_kind() -> Offer:
    terms = credit.terms()
    offer = offers.offer(units=8)
    orders.paid(offer)
    orders.paid(offer, terms_id=terms.id)
    takedowns.shipped(offer)
    takedowns.shipped(offer, arrived=True, terms_id=terms.id)
    orders.placed(offer)  # last, because the others' news would have it charged
    orders.prepared(offer)
    return offer


WALK_STEPS = 13  # a seller, a checkout, five cases opened and advanced one by one, the end


@pytest.mark.parametrize("killed_after", range(WALK_STEPS + 1))
def test_a_walk_killed_after_any_step_and_walked_again_ends_the_same(killed_after: int) -> None:
    hold_id = takedowns.stopped(one_order_of_every_kind())
    walk = services.aftermath_steps(hold_id=hold_id, now=clock.now(), chunk=1)
    done = list(islice(walk, killed_after))
    assert len(done) == killed_after

    takedowns.walked(hold_id)
    takedowns.walked(hold_id)

    states = sorted(Case.objects.values_list("state", flat=True))
    assert states == ["choice_offered"] * 2 + ["made_whole"] * 3
    assert CaseMoveRecord.objects.count() == 5 + 2 + 3 * 2  # opened; offered; begun and settled
    assert Refund.objects.count() == 2
    assert StatementOfReasons.objects.count() == 1
    letters = Letter.objects.filter(kind__startswith="takedown").values_list("kind", flat=True)
    assert Counter(letters) == {
        "takedown_cancelled": 3,
        "takedown_choice": 2,
        "takedown_made_whole": 3,
    }
    assert (ledger.imbalance(), due_to_buyers()) == (0, 0)
    assert not Notice.objects.filter(aftermath_done_at=None).exists()
    assert queries.is_everyone_whole(hold_id).is_everyone_whole


def test_the_sweep_walks_what_a_lost_job_left() -> None:
    offer = offers.offer()
    orders.paid(offer)
    hold_id = takedowns.stopped(offer)

    assert services.sweep(now=clock.now()) == 1
    orders.hear_everything()

    assert queries.is_everyone_whole(hold_id).made_whole == 1
    assert services.sweep(now=clock.now()) == 0


def test_someone_not_whole_is_named() -> None:
    offer = offers.offer()
    order = orders.paid(offer)
    hold_id = takedowns.stopped(offer)

    whole = queries.is_everyone_whole(hold_id)

    assert (whole.affected, whole.made_whole) == (1, 0)
    assert whole.problems == (f"{order.number}: no case was opened",)
