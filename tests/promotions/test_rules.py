"""Credits add up, fit their plan, and go to whom they are for."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, strategies as st

from bandstand.credit.rules import AskKind, NothingOwedError
from bandstand.credit.rules.crediting import after_credits
from bandstand.credit.rules.standing import Payoff
from bandstand.money import Money
from bandstand.promotions import rules
from bandstand.promotions.rules import (
    CreditsDoNotFitError,
    CreditState,
    OfferFacts,
    OnPayoff,
    PlanFacts,
    PromotionMove,
    PromotionMoveRefusedError,
    PromotionRefusedError,
    PromotionScope,
    PromotionState,
)

DAY_ONE = date(2026, 3, 1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BRAND, PARENT, MODEL, VARIANT, SELLER, OFFER = (uuid4() for _ in range(6))
PHONE = OfferFacts(
    offer_id=OFFER,
    brand_ids=frozenset({BRAND, PARENT}),
    model_id=MODEL,
    variant_id=VARIANT,
    seller_id=SELLER,
    condition="new",
    price=Money(48_000, "USD"),
)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def plan(months: int, each: int, *, first_today: bool = False) -> PlanFacts:
    begin = 0 if first_today else 1
    return PlanFacts(
        contract_date=DAY_ONE,
        dues=tuple(
            (DAY_ONE + timedelta(days=30 * (begin + number)), usd(each)) for number in range(months)
        ),
    )


@given(minor=st.integers(1, 10**7), count=st.integers(1, 60))
def test_credits_add_up_and_only_the_last_differs(minor: int, count: int) -> None:
    if minor < count:
        return

    parts = rules.monthly_parts(usd(minor), credits_count=count)

    assert sum(part.minor for part in parts) == minor
    assert len(parts) == count
    assert len(set(parts[:-1])) <= 1
    assert parts[-1] >= parts[0] > usd(0)


def test_credits_are_due_with_the_instalments_after_the_sale() -> None:
    dues = rules.promised_credits(usd(1000), credits_count=3, plan=plan(4, 900, first_today=True))

    assert [due.amount.minor for due in dues] == [333, 333, 334]
    assert [due.due_on for due in dues] == [DAY_ONE + timedelta(days=30 * n) for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("minor", "count", "facts"),
    [
        (300, 3, plan(3, 900, first_today=True)),
        (2703, 3, plan(3, 900)),
        (300, 4, plan(3, 900)),
    ],
    ids=["first payment is today", "last credit above its instalment", "plan too short"],
)
def test_credits_that_do_not_fit_are_refused(minor: int, count: int, facts: PlanFacts) -> None:
    assert not rules.fits_plan(usd(minor), credits_count=count, plan=facts)

    with pytest.raises(CreditsDoNotFitError):
        rules.promised_credits(usd(minor), credits_count=count, plan=facts)


def test_credits_in_another_currency_fit_no_plan() -> None:
    assert not rules.fits_plan(Money(300, "EUR"), credits_count=3, plan=plan(3, 900))


@pytest.mark.parametrize(
    ("scope", "wrong"),
    [
        (PromotionScope(brand_id=BRAND), {"brand_ids": frozenset({uuid4()})}),
        (PromotionScope(brand_id=PARENT), {"brand_ids": frozenset({BRAND})}),
        (PromotionScope(model_id=MODEL), {"model_id": uuid4()}),
        (PromotionScope(variant_id=VARIANT), {"variant_id": uuid4()}),
        (PromotionScope(seller_id=SELLER), {"seller_id": uuid4()}),
        (PromotionScope(offer_id=OFFER), {"offer_id": uuid4()}),
        (PromotionScope(condition="new"), {"condition": "used"}),
        (PromotionScope(price_minimum=usd(48_000)), {"price": usd(47_999)}),
        (PromotionScope(price_minimum=usd(1)), {"price": Money(48_000, "EUR")}),
    ],
    ids=[
        "brand",
        "parent brand",
        "model",
        "variant",
        "seller",
        "offer",
        "condition",
        "price",
        "currency",
    ],
)
def test_every_part_of_the_scope_must_be_true(
    scope: PromotionScope,
    wrong: dict[str, Any],
) -> None:
    assert rules.applies(scope, offer=PHONE, months=24)
    assert not rules.applies(scope, offer=replace(PHONE, **wrong), months=24)


def test_plan_length_counts_and_empty_scope_is_everything() -> None:
    assert rules.applies(PromotionScope(), offer=PHONE, months=6)
    assert rules.applies(PromotionScope(months=24), offer=PHONE, months=24)
    assert not rules.applies(PromotionScope(months=24), offer=PHONE, months=12)


def test_best_promotion_is_worth_most_and_made_first() -> None:
    class Offered:
        def __init__(self, number: int, minor: int) -> None:
            self.id, self.amount = UUID(int=number), usd(minor)

    small, older, newer = Offered(1, 100), Offered(2, 200), Offered(3, 200)

    assert rules.best_of([newer, small, older]) is older
    assert rules.best_of([]) is None


@pytest.mark.parametrize("state", list(PromotionState))
@pytest.mark.parametrize("move", list(PromotionMove))
def test_every_move_is_in_the_table_or_refused(state: PromotionState, move: PromotionMove) -> None:
    if (state, move) in rules.MOVES:
        assert rules.next_state(state, move) in PromotionState
        return
    with pytest.raises(PromotionMoveRefusedError, match=str(state)):
        rules.next_state(state, move)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "name"),
        ({"amount": usd(0)}, "more than nothing"),
        ({"credits_count": 0}, "1 to"),
        ({"amount": usd(3), "credits_count": 4}, "some would be nothing"),
        ({"until_at": NOON}, "ends after"),
        ({"uses_max": 0}, "at least one"),
    ],
    ids=["no name", "nothing", "no credits", "too many credits", "ends before", "no places"],
)
def test_promotion_that_cannot_be_kept_is_refused(wrong: dict[str, object], said: str) -> None:
    sound: dict[str, object] = {
        "name": "Spring",
        "words": "Money off",
        "amount": usd(6000),
        "credits_count": 6,
        "from_at": NOON,
        "until_at": None,
        "uses_max": None,
    }
    rules.require_makeable(**sound)  # type: ignore[arg-type]  # one row of many types

    with pytest.raises(PromotionRefusedError, match=said):
        rules.require_makeable(**{**sound, **wrong})  # type: ignore[arg-type]  # as above


def test_credit_is_missed_after_a_day_and_only_while_it_is_promised() -> None:
    for state in CreditState:
        is_late = rules.is_missed(state=state, due_on=DAY_ONE, today=DAY_ONE + timedelta(days=2))
        assert is_late is (state in rules.LIABLE)
        assert not rules.is_missed(state=state, due_on=DAY_ONE, today=DAY_ONE + timedelta(days=1))


def test_payoff_is_asked_less_the_credits_it_brings_forward() -> None:
    asked = Payoff(amount=1000, waived=20)

    assert after_credits(asked, kind=AskKind.PAYOFF, kept=300) == Payoff(700, 20)
    assert after_credits(asked, kind=AskKind.INSTALMENT, kept=300) == asked
    with pytest.raises(NothingOwedError, match="credits cover"):
        after_credits(asked, kind=AskKind.PAYOFF, kept=1000)


def test_words_say_what_a_payoff_costs_and_that_figures_are_without_credits() -> None:
    kept = rules.credit_conditions(on_payoff=OnPayoff.KEEP, conditions="For new customers.")
    lost = rules.credit_conditions(on_payoff=OnPayoff.LOSE, conditions="")

    assert kept[0] == "For new customers."
    assert any("keep them" in line for line in kept)
    assert any("lose" in line for line in lost)
    assert all(any("by contract" in line for line in said) for said in (kept, lost))
