"""Who gets a plan, who gets another offer, who is told why not: the rules, without a database."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bandstand.credit.engines import NoPolicyEngine, engine_for
from bandstand.credit.rules.eligibility import (
    REASONS_MAX,
    RULE_NAMES,
    ApplicationFacts,
    ApplicationOutcome,
    DownBand,
    EligibilityPolicy,
    EligibilityPolicyError,
    RuleCode,
    read_facts,
    require_policy,
)
from bandstand.credit.rules.rule_set import RuleSet, least_down_payment, with_down_payment
from tests.credit.application_facts import ASKED, NOON, POLICY, TERMS


def outcome(facts: ApplicationFacts = ASKED, policy: EligibilityPolicy = POLICY) -> str:
    return RuleSet(policy).assess(facts).outcome.value


def codes(facts: ApplicationFacts, policy: EligibilityPolicy = POLICY) -> list[str]:
    return [one.code.value for one in RuleSet(policy).assess(facts).reasons]


def test_a_buyer_without_a_history_gets_a_plan_within_the_limit() -> None:
    answer = RuleSet(POLICY).assess(ASKED)

    assert answer.outcome is ApplicationOutcome.APPROVED
    assert answer.version == "policy:1"
    assert answer.reasons == ()
    assert all(one.is_passed for one in answer.findings)


@pytest.mark.parametrize(
    ("changes", "expected", "code"),
    [
        ({"late_days": 6}, "declined", "late_plan"),
        ({"charged_off_days": 729}, "declined", "charged_off"),
        ({"open_plans": 4}, "declined", "open_plans"),
        ({"applied_days": (0, 3, 6)}, "referred", "applications"),
        ({"open_minor": 160_000}, "counter_offer", "financed_total"),
    ],
)
def test_each_rule_has_its_own_reason(changes: dict[str, Any], expected: str, code: str) -> None:
    facts = replace(ASKED, **changes)

    assert outcome(facts) == expected
    assert codes(facts) == [code]


@pytest.mark.parametrize(
    "changes",
    [
        {"late_days": 5},
        {"charged_off_days": 730},
        {"open_plans": 3},
        {"applied_days": (0, 3, 7)},
        {"open_minor": 150_000},
    ],
)
def test_each_limit_itself_is_still_allowed(changes: dict[str, Any]) -> None:
    assert outcome(replace(ASKED, **changes)) == "approved"


def test_a_place_that_is_not_served_is_declined() -> None:
    policy = replace(POLICY, not_served=("US-NY",))

    assert outcome(policy=policy) == "declined"
    assert outcome(replace(ASKED, place="US-IL"), policy) == "approved"


def test_what_more_money_down_cures_becomes_an_offer_to_the_dollar() -> None:
    answer = RuleSet(POLICY).assess(replace(ASKED, open_minor=168_050))

    assert answer.outcome is ApplicationOutcome.COUNTER_OFFER
    assert answer.counter_down_minor == 18_100  # 1,000 - 819.50 is 180.50; the next whole dollar


def test_nothing_is_offered_beside_a_reason_that_money_does_not_cure() -> None:
    facts = replace(ASKED, open_minor=168_050, late_days=30)
    answer = RuleSet(POLICY).assess(facts)

    assert answer.outcome is ApplicationOutcome.DECLINED
    assert answer.counter_down_minor is None
    assert [one.code.value for one in answer.reasons] == ["late_plan", "financed_total"]


def test_an_offer_that_would_finance_too_little_is_not_made() -> None:
    policy = replace(POLICY, financed_min_minor=5_000)

    assert outcome(replace(ASKED, open_minor=244_000), policy) == "counter_offer"
    assert outcome(replace(ASKED, open_minor=246_000), policy) == "declined"
    assert outcome(replace(ASKED, open_minor=250_000)) == "declined"


def test_the_least_down_payment_follows_the_band_of_the_price() -> None:
    policy = replace(POLICY, down_bands=(DownBand(50_000, 1_000), DownBand(120_000, 2_500)))

    assert RuleSet(policy).assess(ASKED).counter_down_minor == 10_000
    assert outcome(replace(ASKED, price_minor=49_999, financed_minor=49_999), policy) == "approved"
    dear = replace(ASKED, price_minor=139_999, financed_minor=139_999)
    assert RuleSet(policy).assess(dear).counter_down_minor == 35_000  # 349.9975, upwards


def test_income_is_asked_only_where_the_policy_asks() -> None:
    policy = replace(POLICY, income_ratio_bps=500)
    stated = replace(ASKED, income_minor=60_000)

    assert outcome(policy=policy) == "referred"
    assert codes(ASKED, policy) == ["income_missing"]
    answer = RuleSet(policy).assess(stated)
    assert answer.outcome is ApplicationOutcome.COUNTER_OFFER
    assert answer.counter_down_minor is not None
    # 5 per cent of 600 is 30 dollars a payment: 24 of them repay 720 at most.
    assert answer.counter_down_minor == 28_000
    assert "600" not in " ".join(one.text + one.limit + one.seen for one in answer.findings)


def test_an_unconfirmed_address_is_lent_less_and_then_a_person_looks() -> None:
    policy = replace(POLICY, unverified_max_minor=40_000)

    assert RuleSet(policy).assess(ASKED).counter_down_minor == 60_000
    assert outcome(replace(ASKED, is_verified=True), policy) == "approved"
    assert outcome(policy=replace(policy, unverified_max_minor=0)) == "referred"


def test_at_most_four_reasons_are_told_and_the_weightiest_first() -> None:
    policy = replace(POLICY, not_served=("US-NY",))
    facts = replace(
        ASKED,
        late_days=9,
        charged_off_days=1,
        open_plans=9,
        open_minor=900_000,
        applied_days=(1,) * 9,
    )
    reasons = RuleSet(policy).assess(facts).reasons

    assert len(reasons) == REASONS_MAX
    assert reasons[0].code is RuleCode.LATE_PLAN
    assert all(one.text.endswith(".") for one in reasons)


def test_facts_are_read_back_to_the_byte() -> None:
    facts = replace(ASKED, applied_days=(1, 2), income_minor=500_000, charged_off_days=3)

    again = read_facts(json.loads(json.dumps(facts.as_json())))

    assert again == facts
    assert again.sha256 == facts.sha256
    assert replace(facts, late_days=1).sha256 != facts.sha256


def test_every_rule_has_a_name() -> None:
    assert set(RULE_NAMES) == set(RuleCode)


facts_thrown = st.builds(
    lambda price, open_minor, plans, late, income, months, rate: with_down_payment(
        replace(
            ASKED,
            price_minor=price,
            terms=replace(TERMS, months=months, annual_rate_bps=rate),
            open_minor=open_minor,
            open_month_minor=open_minor // 24,
            open_plans=plans,
            late_days=late,
            income_minor=income,
        ),
        down=max(price // 50, 1),
    ),
    price=st.integers(20_000, 300_000),
    open_minor=st.integers(0, 260_000),
    plans=st.integers(0, 5),
    late=st.sampled_from([0, 0, 0, 9]),
    income=st.one_of(st.none(), st.integers(20_000, 900_000)),
    months=st.sampled_from([6, 12, 24, 36]),
    rate=st.sampled_from([0, 999]),
)
policies_thrown = st.builds(
    lambda most, bps, ratio, unverified: replace(
        POLICY,
        financed_max_minor=most,
        down_bands=(DownBand(0, bps), DownBand(100_000, bps + 500)),
        income_ratio_bps=ratio,
        unverified_max_minor=unverified,
    ),
    most=st.integers(10_000, 300_000),
    bps=st.integers(0, 3_000),
    ratio=st.one_of(st.none(), st.integers(100, 3_000)),
    unverified=st.one_of(st.none(), st.integers(20_000, 200_000)),
)


@settings(max_examples=150, deadline=None)
@given(facts=facts_thrown, policy=policies_thrown, more=st.integers(1, 100))
def test_more_money_down_never_turns_a_yes_into_a_no(
    facts: ApplicationFacts, policy: EligibilityPolicy, more: int
) -> None:
    most = facts.price_minor - facts.terms.months
    down = min(facts.down_minor + more * (most - facts.down_minor) // 100, most)
    if outcome(facts, policy) == "approved":
        assert outcome(with_down_payment(facts, down=down), policy) == "approved"


@settings(max_examples=150, deadline=None)
@given(facts=facts_thrown, policy=policies_thrown)
def test_the_offer_is_approved_and_a_dollar_less_is_not(
    facts: ApplicationFacts, policy: EligibilityPolicy
) -> None:
    answer = RuleSet(policy).assess(facts)
    offered = answer.counter_down_minor

    assert (offered is not None) == (answer.outcome is ApplicationOutcome.COUNTER_OFFER)
    if offered is None:
        return
    assert offered % 100 == 0
    assert outcome(with_down_payment(facts, down=offered), policy) == "approved"
    less = offered - 100
    if less > facts.down_minor:
        assert outcome(with_down_payment(facts, down=less), policy) != "approved"


def test_no_plan_is_left_means_no_offer() -> None:
    assert least_down_payment(replace(ASKED, open_minor=250_000), policy=POLICY) is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"source": " "}, "Name where"),
        ({"financed_max_minor": -1}, "nothing or more"),
        ({"applications_max": 0}, "1 or more"),
        ({"income_ratio_bps": 0}, "share of income"),
        ({"down_bands": (DownBand(0, 10_000),)}, "less than 100"),
        ({"down_bands": (DownBand(0, 10), DownBand(0, 20))}, "same price"),
        ({"down_bands": (DownBand(0, 900), DownBand(100, 100))}, "no smaller share"),
        ({"not_served": ("Alaska",)}, "US-AK"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(EligibilityPolicyError, match=told):
        require_policy(replace(POLICY, **changes))


def test_without_a_policy_a_person_decides() -> None:
    assert NoPolicyEngine().assess(ASKED).outcome is ApplicationOutcome.REFERRED
    assert engine_for(None, now=NOON).name == "none"
