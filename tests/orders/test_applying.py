"""A basket with a plan is applied for before anything is kept."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from bandstand.credit.models import Application, ApplicationDecision, CreditApproval, LimitClaim
from bandstand.credit.queries.applications import decisions_of
from bandstand.credit.rules.eligibility import ApplicationOutcome
from bandstand.kernel.errors import DomainError
from bandstand.money import Money
from bandstand.offers import services as offer_services
from bandstand.orders import queries, services
from bandstand.orders.models import BasketLine, Checkout
from bandstand.orders.rules import (
    BasketRefusedError,
    CheckoutFormError,
    CheckoutMove,
    PlansNotApprovedError,
    PriceChangedError,
)
from bandstand.orders.services.applying import accept_counter_offer
from bandstand.plumbing import clock
from bandstand.plumbing.models import Letter
from tests.factories import credit, offers, orders, parties

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def shop(**policy: Any) -> None:  # noqa: ANN401 -- parts of a policy
    orders.shop()
    credit.terms(months=24, down_payment_bps=0)
    credit.eligibility(from_at=clock.now() - MINUTE, **policy)


def basket(*prices: int, person_id: Any = None) -> Any:  # noqa: ANN401 -- keys
    terms = credit.terms(months=24, down_payment_bps=0)
    things = [offers.offer(price=Money(price, "USD")) for price in prices]
    return orders.basket(*things, terms_id=terms.id, person_id=person_id)


def refused(basket_id: Any, **fields: Any) -> PlansNotApprovedError:  # noqa: ANN401 -- of a form
    with pytest.raises(PlansNotApprovedError) as told:
        orders.prepare(basket_id, **fields)
    return told.value


def test_an_approved_plan_goes_on_and_its_disclosure_rests_on_the_decision() -> None:
    shop(financed_max_minor=100_000)

    row = orders.prepare(basket(50_000))

    line = row.lines[0]
    approval = CreditApproval.objects.select_related("decision__application").get()
    assert approval.decision.outcome == "approved"
    assert line.disclosure is not None
    assert approval.decision.application.told_sha256 == line.disclosure.sha256
    assert approval.decision.application.facts["place"] == "US-IL"
    assert LimitClaim.objects.get().until_at is None


def test_a_plan_above_the_limit_keeps_nothing_but_the_decision() -> None:
    shop(financed_max_minor=40_000)
    where = basket(50_000)

    answer = refused(where)

    (row,) = decisions_of(answer.decisions)
    assert row.outcome is ApplicationOutcome.COUNTER_OFFER
    assert row.counter is not None
    assert row.counter.down_payment == Money(10_000, "USD")
    assert not Checkout.objects.exists()
    assert not LimitClaim.objects.exists()
    assert queries.basket_page(basket_id=where, now=clock.now()).lines[0].due_today.minor == 2_083
    assert Letter.objects.get().kind == "credit.notice"


def test_an_accepted_offer_is_disclosed_anew_approved_and_agreed_to() -> None:
    shop(financed_max_minor=40_000)
    where = basket(50_000)
    (decision,) = refused(where).decisions

    accept_counter_offer(basket_id=where, decision_id=decision, now=clock.now())

    page = queries.basket_page(basket_id=where, now=clock.now())
    told = page.lines[0].disclosure
    assert told is not None
    assert (told.down_payment.minor, told.amount_financed.minor) == (10_000, 40_000)
    assert page.due_today.minor == 10_000
    row = orders.prepare(where)
    assert row.lines[0].disclosure == told
    assert row.due_today.minor == 10_000
    orders.pay(row.id)
    orders.hear_payments()
    placed = services.finalize(checkout_id=row.id, now=clock.now())
    plan = queries.order_page(placed.id).lines[0].plan
    assert plan is not None
    assert plan.disclosure == told


def test_choosing_a_plan_again_takes_the_stepped_up_down_payment_away() -> None:
    shop(financed_max_minor=40_000)
    where = basket(50_000)
    (decision,) = refused(where).decisions
    accept_counter_offer(basket_id=where, decision_id=decision, now=clock.now())
    line = BasketLine.objects.get()

    services.change_terms(basket_id=where, line_id=line.id, terms_id=line.terms_id, now=clock.now())

    assert BasketLine.objects.get().down_payment_minor is None
    assert refused(where).decisions == (decision,)


def test_an_offer_is_taken_only_for_its_own_line_while_it_stands() -> None:
    shop(financed_max_minor=40_000)
    where, other = basket(50_000), basket(50_000)
    (decision,) = refused(where).decisions
    later = clock.now() + timedelta(days=31)

    with pytest.raises(BasketRefusedError, match="basket changed"):
        accept_counter_offer(basket_id=other, decision_id=decision, now=clock.now())
    with pytest.raises(BasketRefusedError, match="run out"):
        accept_counter_offer(basket_id=where, decision_id=decision, now=later)
    with pytest.raises(BasketRefusedError, match="no such offer"):
        accept_counter_offer(basket_id=where, decision_id=where, now=clock.now())
    assert set(BasketLine.objects.values_list("down_payment_minor", flat=True)) == {None}


def test_one_refused_plan_holds_the_whole_basket_back() -> None:
    shop(financed_max_minor=70_000)

    answer = refused(basket(40_000, 50_000))

    assert [row.outcome.value for row in decisions_of(answer.decisions)] == [
        "approved",
        "counter_offer",
    ]
    assert not Checkout.objects.exists()


def test_asking_again_is_the_same_decision_and_the_same_checkout() -> None:
    shop(financed_max_minor=100_000)
    where = basket(50_000)

    first, second = orders.prepare(where), orders.prepare(where)

    assert first.id == second.id
    assert ApplicationDecision.objects.count() == 1
    assert CreditApproval.objects.count() == 2  # one for each disclosure kept


def test_an_outright_basket_and_a_wrong_form_ask_for_no_credit() -> None:
    shop(financed_max_minor=0)
    outright = orders.basket(offers.offer(price=Money(50_000, "USD")))
    on_plan = basket(50_000)
    wrong: list[tuple[dict[str, Any], type[DomainError]]] = [
        ({"email": "mira@"}, CheckoutFormError),
        ({"has_agreed": False}, BasketRefusedError),
        ({"expected_total": Money(1, "USD")}, PriceChangedError),
    ]

    orders.prepare(outright)
    for fields, kind in wrong:
        with pytest.raises(kind):
            orders.prepare(on_plan, **fields)

    assert not Application.objects.exists()


def test_a_checkout_that_ends_gives_the_limit_back() -> None:
    shop(financed_max_minor=60_000)
    row = orders.prepare(basket(50_000))
    assert refused(basket(50_000)).code == "plans_not_approved"

    services.end_checkout(
        checkout_id=row.id, move=CheckoutMove.EXPIRE, reason="Time ran out.", now=clock.now()
    )

    assert orders.prepare(basket(50_000)).lines


def test_two_phones_alike_on_one_plan_each_have_an_approval_of_their_own() -> None:
    shop(financed_max_minor=100_000)
    phone = offers.offer(price=Money(50_000, "USD"), units=2)
    terms = credit.terms(months=24, down_payment_bps=0)

    orders.prepare(orders.basket(phone, phone, terms_id=terms.id))

    bound = CreditApproval.objects.values_list("decision_id", flat=True)
    assert len(set(bound)) == 2


def test_only_a_confirmed_address_of_the_one_who_signed_in_counts() -> None:
    shop(financed_max_minor=100_000, unverified_max_minor=0)
    mira = parties.person(email="mira@example.org")
    where = basket(50_000, person_id=mira.id)
    address = EmailAddress.objects.create(user=mira, email="mira@example.org", verified=False)

    assert decisions_of(refused(where).decisions)[0].outcome is ApplicationOutcome.REFERRED
    EmailAddress.objects.filter(pk=address.pk).update(verified=True)
    assert refused(where, email="eve@example.org").decisions
    assert orders.prepare(where).lines
    assert decisions_of(refused(basket(50_000)).decisions)[0].outcome is ApplicationOutcome.REFERRED


def test_income_is_set_beside_the_payments_where_the_policy_asks() -> None:
    shop(income_ratio_bps=1_000)
    where = basket(50_000)

    assert decisions_of(refused(where).decisions)[0].reasons[0].code.value == "income_missing"
    assert refused(where, income=Money(10_000, "USD")).decisions
    assert orders.prepare(where, income=Money(300_000, "USD")).lines


def test_a_price_that_fell_below_the_stepped_up_down_payment_takes_it_away() -> None:
    shop(financed_max_minor=10_000)
    where = basket(50_000)
    (decision,) = refused(where).decisions
    accept_counter_offer(basket_id=where, decision_id=decision, now=clock.now())
    line = BasketLine.objects.get()

    offer_services.change_price(
        offer_id=line.offer_id, price=Money(30_000, "USD"), actor="nora", now=clock.now()
    )

    told = queries.basket_page(basket_id=where, now=clock.now()).lines[0].disclosure
    assert told is not None
    assert told.down_payment.is_zero
