from datetime import timedelta
from typing import Any

import pytest

from bandstand.rights.rules import (
    ApprovalState,
    Condition,
    GrantFact,
    MarketFact,
    Outcome,
    ReasonCode,
    SellerFact,
    decide,
)
from tests.rights.world import (
    AT,
    FOLDABLE,
    NORTHGATE,
    PHONE,
    approval,
    facts,
    grant,
    policy,
    statement,
    subject,
)


def codes(*grants: GrantFact, **parts: Any) -> set[str]:  # noqa: ANN401 -- facts of many types
    return {code.value for code in decide(facts(*grants, **parts)).codes}


def test_everything_that_is_missing_is_told_at_once_deny_first() -> None:
    verdict = decide(
        facts(
            approvals=(approval(ApprovalState.CONDITIONAL),),
            statements=(statement(),),
            seller=SellerFact(NORTHGATE, "Northgate", None, AT),
        )
    )

    assert [reason.code for reason in verdict.reasons] == [
        ReasonCode.SELLER_NOT_VERIFIED,
        ReasonCode.SELLER_SUSPENDED,
        ReasonCode.BRAND_NO_CHANNEL_IN_MARKET,
        ReasonCode.AUTH_NONE,
        ReasonCode.APPROVAL_LIMITED,
    ]
    assert verdict.outcome is Outcome.DENY


def test_without_a_policy_row_the_strict_policy_rules() -> None:
    assert codes(policies=(), condition=Condition.USED) == {"AUTH_NONE"}
    assert decide(facts(grant(), policies=())).policy_version == "strict"


def test_nearest_category_then_market_then_latest_policy_wins() -> None:
    rows = (
        policy(needs_grant=True, version="any"),
        policy(needs_grant=True, market="US", version="market"),
        policy(needs_grant=True, category_id=PHONE, version="phone"),
        policy(needs_grant=False, category_id=FOLDABLE, version="foldable"),
        policy(needs_grant=False, category_id=FOLDABLE, market="US", version="foldable-us"),
        policy(needs_grant=True, category_id=FOLDABLE, market="GB", version="foldable-gb"),
    )
    foldable = subject(category_path=(FOLDABLE, PHONE))

    assert decide(facts(policies=rows, subject=foldable)).policy_version == "foldable-us"
    assert decide(facts(policies=rows)).policy_version == "phone"
    elsewhere = MarketFact("GB", "United Kingdom")
    assert decide(facts(policies=rows[:2], market=elsewhere)).policy_version == "any"


@pytest.mark.parametrize(
    ("parts", "until"),
    [
        ({"grants": (grant(until_at=AT + timedelta(hours=2)),)}, timedelta(hours=2)),
        ({"grants": (grant(status_checked_at=AT - timedelta(hours=3)),)}, timedelta(hours=21)),
        (
            {"grants": (grant(101, until_at=AT + timedelta(hours=2)), grant(102))},
            timedelta(hours=24),
        ),
        ({"approvals": (approval(until_at=AT + timedelta(hours=5)),)}, timedelta(hours=5)),
        ({"statements": (statement(from_at=AT + timedelta(hours=4)),)}, timedelta(hours=4)),
        ({"policies": (policy(until_at=AT + timedelta(hours=6)),)}, timedelta(hours=6)),
        (
            {"policies": (policy(), policy(from_at=AT + timedelta(hours=7)))},
            timedelta(hours=7),
        ),
        (
            {"seller": SellerFact(NORTHGATE, "N", AT, AT + timedelta(hours=8))},
            timedelta(hours=8),
        ),
    ],
)
def test_answer_holds_until_the_earliest_end_of_what_it_rests_on(
    parts: dict[str, Any], until: timedelta
) -> None:
    verdict = decide(facts(**{"grants": (grant(),), **parts}))

    assert verdict.outcome is Outcome.ALLOW
    assert verdict.valid_until == AT + until


def test_refusal_is_asked_again_when_a_grant_begins() -> None:
    soon = AT + timedelta(hours=1)

    assert decide(facts(grant(from_at=soon))).valid_until == soon
