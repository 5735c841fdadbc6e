from dataclasses import replace
from datetime import timedelta
from itertools import product
from random import Random  # noqa: TID251 -- Hypothesis hands one in, seeded
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from bandstand.gate.rules import (
    Activity,
    HoldFact,
    HoldScope,
    Judgement,
    Outcome,
    Target,
    WaiverFact,
    check_scope,
    covers,
    judge,
    unreadable,
)
from bandstand.gate.rules.scope import EmptyScopeError, HoldScopeError
from bandstand.kernel.words import Ground
from bandstand.rights.rules import ReasonCode, RightsReason, RightsVerdict
from tests.factories.gate import NOW

ASTER, MINI, BIRCH = UUID(int=1), UUID(int=2), UUID(int=3)
PHONE, FOLDABLE = UUID(int=11), UUID(int=12)
MODEL, VARIANT, SELLER, OFFER = UUID(int=21), UUID(int=31), UUID(int=41), UUID(int=51)
OTHER = UUID(int=99)
COMMIT = Activity.ORDER_COMMIT
TARGET = Target(
    brand_path=(MINI, ASTER),
    category_path=(FOLDABLE, PHONE),
    model_id=MODEL,
    variant_id=VARIANT,
    seller_id=SELLER,
    market="US",
    condition="new",
    offer_id=OFFER,
)
UNIT = replace(TARGET, is_unit=True, serials=("SN1", "490154203237518"), lot="L1", stocked_at=NOW)
GOOD = RightsVerdict(Outcome.ALLOW, (), (), NOW + timedelta(hours=24), "2026-01")


def reason(code: ReasonCode, outcome: Outcome = Outcome.DENY) -> RightsReason:
    return RightsReason(code, "Something is missing.", "Bring it.", Ground.TERMS, outcome)


def refused(*reasons: RightsReason) -> RightsVerdict:
    worst = Outcome.DENY if any(one.outcome is Outcome.DENY for one in reasons) else Outcome.REVIEW
    return replace(GOOD, outcome=worst, reasons=reasons)


def hold(number: int = 1, **parts: object) -> HoldFact:
    scope = parts.pop("scope", HoldScope(brand_id=ASTER))
    activities = parts.pop("activities", frozenset({COMMIT}))
    words = {"ground": Ground.TERMS, "reason": "Stopped.", "effective_at": NOW, **parts}
    return HoldFact(UUID(int=number), scope, activities, **words)  # type: ignore[arg-type]  # by name


def waiver(*codes: str, hours: int = 5) -> WaiverFact:
    return WaiverFact(
        UUID(int=7), frozenset(codes), "It was read.", "mira", NOW + timedelta(hours=hours)
    )


def ask(
    verdict: RightsVerdict = GOOD, *holds: HoldFact, waivers: tuple[WaiverFact, ...] = ()
) -> Judgement:
    return judge(verdict, activity=COMMIT, target=TARGET, holds=holds, waivers=waivers, now=NOW)


@pytest.mark.parametrize(
    ("scope", "is_covered"),
    [
        (HoldScope(brand_id=MINI), True),
        (HoldScope(brand_id=ASTER), True),
        (HoldScope(brand_id=ASTER, include_sub_brands=False), False),
        (HoldScope(brand_id=MINI, include_sub_brands=False), True),
        (HoldScope(brand_id=BIRCH), False),
        (HoldScope(category_id=FOLDABLE), True),
        (HoldScope(category_id=PHONE), True),
        (HoldScope(category_id=OTHER), False),
        (HoldScope(model_id=MODEL), True),
        (HoldScope(model_id=OTHER), False),
        (HoldScope(variant_id=VARIANT), True),
        (HoldScope(variant_id=OTHER), False),
        (HoldScope(seller_id=SELLER), True),
        (HoldScope(seller_id=OTHER), False),
        (HoldScope(offer_id=OFFER), True),
        (HoldScope(offer_id=OTHER), False),
        (HoldScope(market="US"), True),
        (HoldScope(market="GB"), False),
        (HoldScope(condition="new"), True),
        (HoldScope(condition="used"), False),
        (HoldScope(is_everything=True), True),
        (HoldScope(brand_id=ASTER, market="GB"), False),
        (HoldScope(brand_id=ASTER, market="US", category_id=PHONE, seller_id=SELLER), True),
        (HoldScope(lot="L1"), False),
        (HoldScope(serials=("SN1",)), False),
        (HoldScope(stock_before=NOW + timedelta(1)), False),
    ],
)
def test_scope_is_the_conjunction_of_what_it_names(scope: HoldScope, is_covered: bool) -> None:  # noqa: FBT001 -- a parameter
    assert covers(scope, TARGET) is is_covered


@pytest.mark.parametrize(
    ("scope", "is_covered"),
    [
        (HoldScope(lot="L1"), True),
        (HoldScope(lot="L2"), False),
        (HoldScope(serials=("SN1",)), True),
        (HoldScope(serials=("SN2", "490154203237518")), True),
        (HoldScope(serials=("SN2",)), False),
        (HoldScope(stock_before=NOW), False),
        (HoldScope(stock_before=NOW + timedelta(microseconds=1)), True),
        (HoldScope(lot="L1", market="GB"), False),
    ],
)
def test_scope_about_units_covers_units(scope: HoldScope, is_covered: bool) -> None:  # noqa: FBT001 -- a parameter
    assert covers(scope, UNIT) is is_covered
    assert not covers(scope, TARGET)


def test_unit_of_unknown_receipt_counts_as_received_before() -> None:
    assert covers(HoldScope(stock_before=NOW), replace(UNIT, stocked_at=None))


@pytest.mark.parametrize(
    ("scope", "error"),
    [
        (HoldScope(), EmptyScopeError),
        (HoldScope(include_sub_brands=False), EmptyScopeError),
        (HoldScope(is_everything=True, market="US"), HoldScopeError),
        (HoldScope(lot=" "), HoldScopeError),
        (HoldScope(serials=()), HoldScopeError),
        (HoldScope(serials=("SN1", "")), HoldScopeError),
        (HoldScope(condition="nwe"), HoldScopeError),
    ],
)
def test_scope_that_says_nothing_clear_is_refused(scope: HoldScope, error: type[Exception]) -> None:
    with pytest.raises(error):
        check_scope(scope)


def test_unknown_condition_names_the_near_one() -> None:
    with pytest.raises(HoldScopeError, match="new"):
        check_scope(HoldScope(condition="nwe"))


@pytest.mark.parametrize(
    ("parts", "is_stopped"),
    [
        ({}, True),
        ({"effective_at": NOW + timedelta(seconds=1)}, False),
        ({"expires_at": NOW}, False),
        ({"expires_at": NOW + timedelta(seconds=1)}, True),
        ({"activities": frozenset({Activity.RESTOCK})}, False),
        ({"scope": HoldScope(brand_id=BIRCH)}, False),
    ],
)
def test_hold_in_force_over_the_target_and_activity_denies(
    parts: dict[str, Any],
    is_stopped: bool,  # noqa: FBT001 -- a parameter
) -> None:
    judgement = ask(
        GOOD,
        hold(effective_at=NOW - timedelta(1), **parts)
        if "effective_at" not in parts
        else hold(**parts),
    )

    assert (judgement.result is Outcome.DENY) is is_stopped
    assert [one.code for one in judgement.reasons] == (["HOLD_ACTIVE"] if is_stopped else [])


def test_hold_reason_carries_its_public_words_its_id_and_its_ground() -> None:
    (told,) = ask(GOOD, hold(ground=Ground.LAW, reason="A court has stopped it.")).reasons

    assert told.text == "A court has stopped it."
    assert told.about.startswith("hld_")
    assert told.ground == "law"


def test_coming_hold_and_ending_hold_shorten_the_answer() -> None:
    soon, later = NOW + timedelta(hours=1), NOW + timedelta(hours=2)

    assert ask(GOOD, hold(effective_at=soon)).valid_until == soon
    assert ask(GOOD, hold(expires_at=later)).valid_until == later
    assert (
        ask(GOOD, hold(effective_at=soon, scope=HoldScope(market="GB"))).valid_until
        == GOOD.valid_until
    )


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (pair, max(pair, key=lambda one: one.rank))
        for pair in product((Outcome.REVIEW, Outcome.DENY), repeat=2)
    ],
)
def test_deny_beats_review_beats_allow(
    outcomes: tuple[Outcome, Outcome], expected: Outcome
) -> None:
    codes = (ReasonCode.APPROVAL_LIMITED, ReasonCode.AUTH_NONE)
    verdict = refused(*(reason(code, one) for code, one in zip(codes, outcomes, strict=True)))

    assert ask(verdict).result is expected


def test_waived_reason_is_told_and_no_longer_stops() -> None:
    verdict = refused(reason(ReasonCode.APPROVAL_LIMITED, Outcome.REVIEW))

    judgement = ask(verdict, waivers=(waiver("APPROVAL_LIMITED"),))

    assert judgement.result is Outcome.ALLOW
    assert [(one.code, one.outcome) for one in judgement.reasons] == [("APPROVAL_LIMITED", "allow")]
    assert "mira" in judgement.reasons[0].cure
    assert [one.kind for one in judgement.evidence] == ["waiver"]
    assert judgement.valid_until == NOW + timedelta(hours=5)


def test_waiver_answers_only_the_reasons_it_names_and_only_in_its_time() -> None:
    verdict = refused(reason(ReasonCode.APPROVAL_LIMITED), reason(ReasonCode.AUTH_NONE))

    assert ask(verdict, waivers=(waiver("APPROVAL_LIMITED"),)).result is Outcome.DENY
    assert (
        ask(verdict, waivers=(waiver("APPROVAL_LIMITED", "AUTH_NONE", hours=0),)).result
        is Outcome.DENY
    )


def test_no_waiver_answers_a_hold() -> None:
    assert ask(GOOD, hold(), waivers=(waiver("HOLD_ACTIVE"),)).result is Outcome.DENY


def test_facts_that_cannot_be_read_deny_for_a_moment() -> None:
    judgement = unreadable(now=NOW)

    assert judgement.result is Outcome.DENY
    assert [one.code for one in judgement.reasons] == ["RIGHTS_STORE_UNAVAILABLE"]
    assert NOW < judgement.valid_until < NOW + timedelta(minutes=1)


words = {
    "brand_id": st.sampled_from((None, ASTER, MINI, BIRCH)),
    "include_sub_brands": st.booleans(),
    "market": st.sampled_from((None, "US", "GB")),
    "category_id": st.sampled_from((None, PHONE, OTHER)),
    "seller_id": st.sampled_from((None, SELLER, OTHER)),
    "condition": st.sampled_from((None, "new", "used")),
}
holds = st.builds(
    hold,
    number=st.integers(1, 1000),
    scope=st.builds(HoldScope, **words),
    effective_at=st.integers(-9, 9).map(lambda hours: NOW + timedelta(hours=hours)),
    activities=st.frozensets(st.sampled_from(Activity), min_size=1),
)
verdicts = st.sampled_from(
    (
        GOOD,
        refused(reason(ReasonCode.AUTH_NONE)),
        refused(reason(ReasonCode.APPROVAL_LIMITED, Outcome.REVIEW)),
    )
)


@given(verdicts, st.lists(holds, max_size=4), holds)
def test_adding_a_hold_never_allows_more(
    verdict: RightsVerdict, standing: list[HoldFact], added: HoldFact
) -> None:
    before, after = ask(verdict, *standing), ask(verdict, *standing, added)

    assert after.result.rank >= before.result.rank
    assert after.valid_until <= before.valid_until
    assert set(before.reasons) <= set(after.reasons)


@given(verdicts, st.lists(holds, max_size=4), st.randoms(use_true_random=False))
def test_order_of_holds_does_not_matter(
    verdict: RightsVerdict, standing: list[HoldFact], chance: Random
) -> None:
    shuffled = list(standing)
    chance.shuffle(shuffled)

    assert ask(verdict, *standing) == ask(verdict, *shuffled)
