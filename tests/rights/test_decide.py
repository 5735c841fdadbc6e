from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bandstand.kernel.words import Ground
from bandstand.rights.rules import (
    ApprovalFact,
    ApprovalScheme,
    ApprovalState,
    ChannelStatus,
    Condition,
    GrantFact,
    GrantLevel,
    Outcome,
    SellerFact,
    decide,
)
from tests.rights.world import (
    ACCESSORY,
    ASTER,
    AT,
    BIRCH,
    FOLDABLE,
    MINI,
    NORTHGATE,
    PHONE,
    SOUTHGATE,
    TWO,
    WHOLESALE,
    approval,
    facts,
    grant,
    scope,
    statement,
    subject,
)


def codes(*grants: GrantFact, **parts: Any) -> set[str]:  # noqa: ANN401 -- facts of many types
    return {code.value for code in decide(facts(*grants, **parts)).codes}


def chain(**leaf: Any) -> tuple[GrantFact, GrantFact]:  # noqa: ANN401 -- facts of many types
    root = grant(101, grantee_id=WHOLESALE, delegate_depth=1)
    parts = {"issuer_party_id": WHOLESALE, "parent_id": root.id, **leaf}
    return root, grant(102, **parts)


def test_grant_of_the_brand_that_covers_the_sale_allows_it_for_a_day() -> None:
    verdict = decide(facts(grant()))

    assert verdict.outcome is Outcome.ALLOW
    assert verdict.reasons == ()
    assert verdict.valid_until == AT + timedelta(hours=24)
    assert verdict.policy_version == "2026-01"
    assert [one.kind for one in verdict.evidence] == ["grant", "approval", "policy"]


def test_chain_through_one_distributor_allows_and_shows_root_then_leaf() -> None:
    root, leaf = chain()

    verdict = decide(facts(root, leaf))

    assert verdict.outcome is Outcome.ALLOW
    grants = [one.id for one in verdict.evidence if one.kind == "grant"]
    assert grants == [str(root.id), str(leaf.id)]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"scope": scope(brands=frozenset({BIRCH}))}, "AUTH_OUT_OF_SCOPE_BRAND"),
        ({"scope": scope(markets=frozenset({"HK"}))}, "AUTH_OUT_OF_SCOPE_MARKET"),
        ({"scope": scope(categories=frozenset({ACCESSORY}))}, "AUTH_OUT_OF_SCOPE_CATEGORY"),
        ({"scope": scope(models=frozenset({TWO}))}, "AUTH_OUT_OF_SCOPE_MODEL"),
        (
            {"scope": scope(conditions=frozenset({Condition.USED}))},
            "AUTH_OUT_OF_SCOPE_CONDITION",
        ),
        ({"from_at": AT + timedelta(seconds=61)}, "AUTH_NOT_YET_VALID"),
        ({"until_at": AT}, "AUTH_EXPIRED"),
        ({"revoked_at": AT}, "AUTH_REVOKED"),
        ({"issuer_party_id": WHOLESALE}, "AUTH_ISSUER_NOT_BRAND"),
        ({"issuer_party_id": WHOLESALE, "parent_id": UUID(int=9)}, "AUTH_CHAIN_BROKEN"),
        ({"issuer_brand_id": BIRCH}, "AUTH_ISSUER_NOT_BRAND"),
        ({"level": GrantLevel.DOCUMENT}, "AUTH_LEVEL_TOO_LOW"),
        ({"status_checked_at": AT - timedelta(hours=24)}, "AUTH_STATUS_STALE"),
        ({"status_checked_at": None}, "AUTH_STATUS_STALE"),
    ],
)
def test_one_candidate_is_refused_for_exactly_its_own_reason(
    parts: dict[str, Any], code: str
) -> None:
    verdict = decide(facts(grant(**parts)))

    assert verdict.outcome is Outcome.DENY
    assert [reason.code.value for reason in verdict.reasons] == [code]
    assert verdict.reasons[0].text
    assert verdict.reasons[0].cure
    assert "{" not in verdict.reasons[0].text + verdict.reasons[0].cure
    assert verdict.reasons[0].ground is Ground.TERMS


def test_start_within_the_clock_skew_counts_as_reached() -> None:
    assert codes(grant(from_at=AT + timedelta(seconds=60))) == set()


def test_end_has_no_grace() -> None:
    assert codes(grant(until_at=AT + timedelta(microseconds=1))) == set()
    assert codes(grant(until_at=AT)) == {"AUTH_EXPIRED"}


def test_no_grant_on_record_is_its_own_reason() -> None:
    assert codes(grant(grantee_id=SOUTHGATE)) == {"AUTH_NONE"}


def test_parts_of_different_grants_do_not_add_up() -> None:
    in_europe = grant(101, scope=scope(markets=frozenset({"EU"})))
    accessories = grant(102, scope=scope(categories=frozenset({ACCESSORY})))

    assert codes(in_europe, accessories) == {
        "AUTH_NONE_COVERS",
        "AUTH_OUT_OF_SCOPE_MARKET",
        "AUTH_OUT_OF_SCOPE_CATEGORY",
    }


def test_one_good_grant_among_bad_ones_allows() -> None:
    assert codes(grant(101, until_at=AT), grant(102), grant(103, revoked_at=AT)) == set()


def test_wider_link_is_invalid_as_a_whole() -> None:
    wide = chain(scope=scope(markets=frozenset({"US", "EU"})))

    assert codes(*wide) == {"AUTH_CHAIN_WIDENS"}


def test_link_that_names_no_models_below_one_that_does_widens() -> None:
    root, leaf = chain()
    narrow = replace(root, scope=scope(models=frozenset({SUBJECT_MODEL})))

    assert codes(narrow, leaf) == {"AUTH_CHAIN_WIDENS"}


def test_revoked_root_kills_what_hangs_below_it() -> None:
    root, leaf = chain()

    assert codes(replace(root, revoked_at=AT), leaf) == {"AUTH_REVOKED"}


def test_right_that_may_not_be_passed_on_is_not() -> None:
    root, leaf = chain()

    assert codes(replace(root, delegate_depth=0), leaf) == {"AUTH_DEPTH_EXCEEDED"}


def test_depth_runs_out_along_the_chain_whatever_a_link_claims() -> None:
    root = grant(101, grantee_id=WHOLESALE, delegate_depth=1)
    middle = grant(
        102,
        grantee_id=SOUTHGATE,
        issuer_party_id=WHOLESALE,
        parent_id=root.id,
        delegate_depth=9,
    )
    leaf = grant(103, issuer_party_id=SOUTHGATE, parent_id=middle.id)

    assert codes(root, middle, leaf) == {"AUTH_DEPTH_EXCEEDED"}


def test_cycle_without_a_brand_ends_and_is_refused() -> None:
    first = grant(
        101,
        grantee_id=SOUTHGATE,
        issuer_party_id=WHOLESALE,
        parent_id=UUID(int=102),
        delegate_depth=9,
    )
    second = grant(
        102,
        grantee_id=WHOLESALE,
        issuer_party_id=SOUTHGATE,
        parent_id=UUID(int=101),
        delegate_depth=9,
    )
    leaf = grant(103, issuer_party_id=WHOLESALE, parent_id=second.id)

    assert "AUTH_CHAIN_CYCLE" in codes(first, second, leaf)


def test_chain_of_ten_thousand_links_ends_fast() -> None:
    links = [grant(1, grantee_id=UUID(int=10_000), delegate_depth=9)]
    for number in range(2, 10_002):
        grantee = NORTHGATE if number == 10_001 else UUID(int=10_000 + number - 1)
        links.append(
            grant(
                number,
                grantee_id=grantee,
                issuer_party_id=links[-1].grantee_id,
                parent_id=links[-1].id,
                delegate_depth=9,
            )
        )

    assert "AUTH_DEPTH_EXCEEDED" in codes(*links)


def test_level_of_a_chain_is_its_weakest_link() -> None:
    root, leaf = chain(level=GrantLevel.DOCUMENT)

    assert codes(root, leaf) == {"AUTH_LEVEL_TOO_LOW"}


def test_parent_brand_speaks_for_a_sub_brand_only_if_it_names_it() -> None:
    mini = subject(brand_path=(MINI, ASTER))

    assert codes(grant(), subject=mini) == {"AUTH_OUT_OF_SCOPE_BRAND"}
    assert codes(grant(scope=scope(brands=frozenset({ASTER, MINI}))), subject=mini) == set()


def test_grant_for_a_category_covers_what_lies_below_it() -> None:
    assert codes(grant(), subject=subject(category_path=(FOLDABLE, PHONE))) == set()


def test_selling_off_is_for_stock_of_before_the_end() -> None:
    ended = grant(until_at=AT - timedelta(days=1), sell_off_until=AT + timedelta(days=1))
    early, late = AT - timedelta(days=2), AT - timedelta(hours=1)

    assert codes(ended, stocked_at=early) == set()
    assert codes(ended, stocked_at=late) == {"AUTH_EXPIRED"}
    assert codes(ended) == {"AUTH_EXPIRED"}


def test_later_step_of_a_sale_outlives_the_grant_but_not_its_revocation() -> None:
    ended = grant(until_at=AT - timedelta(days=1), level=GrantLevel.LIST, status_checked_at=None)
    sold_at = AT - timedelta(days=2)

    verdict = decide(facts(ended, sold_at=sold_at))

    assert verdict.outcome is Outcome.ALLOW
    assert verdict.valid_until == AT + timedelta(hours=24)
    assert codes(replace(ended, revoked_at=AT), sold_at=sold_at) == {"AUTH_REVOKED"}


@pytest.mark.parametrize(
    ("seller", "expected"),
    [
        (SellerFact(NORTHGATE, "Northgate", None), {"SELLER_NOT_VERIFIED"}),
        (SellerFact(NORTHGATE, "Northgate", AT + timedelta(1)), {"SELLER_NOT_VERIFIED"}),
        (SellerFact(NORTHGATE, "Northgate", AT, AT), {"SELLER_SUSPENDED"}),
        (SellerFact(NORTHGATE, "Northgate", AT, AT + timedelta(1)), set()),
    ],
)
def test_seller_is_verified_and_not_suspended(seller: SellerFact, expected: set[str]) -> None:
    assert codes(grant(), seller=seller) == expected


@pytest.mark.parametrize(
    ("parts", "is_stopped"),
    [
        ({}, True),
        ({"category_id": PHONE}, True),
        ({"category_id": ACCESSORY}, False),
        ({"market": "GB"}, False),
        ({"brand_id": BIRCH}, False),
        ({"status": ChannelStatus.CLOSED_NETWORK}, False),
        ({"status": ChannelStatus.OPEN}, False),
        ({"from_at": AT + timedelta(hours=1)}, False),
        ({"until_at": AT}, False),
    ],
)
def test_brand_that_names_no_channel_stops_new_goods(
    parts: dict[str, Any],
    is_stopped: bool,  # noqa: FBT001 -- a parameter
) -> None:
    found = codes(grant(), statements=(statement(**parts),))

    assert found == ({"BRAND_NO_CHANNEL_IN_MARKET"} if is_stopped else set())


def test_statement_reaches_a_sub_brand_only_if_it_says_so() -> None:
    mini = subject(brand_path=(MINI, ASTER))
    wide = grant(scope=scope(brands=frozenset({ASTER, MINI})))

    assert codes(wide, subject=mini, statements=(statement(),)) == set()
    assert codes(wide, subject=mini, statements=(statement(include_sub_brands=True),)) == {
        "BRAND_NO_CHANNEL_IN_MARKET"
    }


def test_used_goods_need_no_grant_but_the_approval() -> None:
    used = {"condition": Condition.USED, "statements": (statement(),)}

    assert codes(**used) == set()
    assert codes(**used, approvals=()) == {"APPROVAL_MISSING"}


@pytest.mark.parametrize(
    ("approvals", "expected", "outcome"),
    [
        ((), {"APPROVAL_MISSING"}, Outcome.DENY),
        ((approval(ApprovalState.LIMITED),), {"APPROVAL_LIMITED"}, Outcome.DENY),
        ((approval(ApprovalState.REVOKED),), {"APPROVAL_MISSING"}, Outcome.DENY),
        ((approval(ApprovalState.EXPIRED),), {"APPROVAL_EXPIRED"}, Outcome.DENY),
        ((approval(until_at=AT),), {"APPROVAL_EXPIRED"}, Outcome.DENY),
        ((approval(from_at=AT + timedelta(1)),), {"APPROVAL_MISSING"}, Outcome.DENY),
        ((approval(ApprovalState.CONDITIONAL),), {"APPROVAL_LIMITED"}, Outcome.REVIEW),
        ((approval(), approval(ApprovalState.CONDITIONAL)), set(), Outcome.ALLOW),
        ((approval(), approval(ApprovalState.LIMITED)), {"APPROVAL_LIMITED"}, Outcome.DENY),
        (
            (approval(), approval(ApprovalState.LIMITED, from_at=AT + timedelta(1))),
            set(),
            Outcome.ALLOW,
        ),
        (
            (approval(scheme=ApprovalScheme.RED),),
            {"RESPONSIBLE_PERSON_MISSING"},
            Outcome.DENY,
        ),
        (
            (approval(scheme=ApprovalScheme.RED, responsible_person="Aster BV"),),
            set(),
            Outcome.ALLOW,
        ),
    ],
)
def test_radio_equipment_needs_the_approval_of_the_market(
    approvals: tuple[ApprovalFact, ...], expected: set[str], outcome: Outcome
) -> None:
    verdict = decide(facts(grant(), approvals=approvals))

    assert {code.value for code in verdict.codes} == expected
    assert verdict.outcome is outcome
    assert all(reason.ground is Ground.LAW for reason in verdict.reasons)


def test_equipment_without_radio_needs_no_approval() -> None:
    assert codes(grant(), approvals=(), subject=subject(is_radio=False)) == set()


def test_dealer_letter_of_2016_is_refused_for_market_level_and_approval() -> None:
    at = datetime(2016, 2, 1, 15, tzinfo=UTC)
    letter = grant(
        scope=scope(markets=frozenset({"HK"})),
        level=GrantLevel.DOCUMENT,
        status_checked_at=None,
        from_at=datetime(2015, 1, 1, tzinfo=UTC),
    )
    seller = SellerFact(NORTHGATE, "Northgate", datetime(2015, 1, 1, tzinfo=UTC))

    found = codes(letter, at=at, approvals=(), seller=seller)

    assert found == {"AUTH_OUT_OF_SCOPE_MARKET", "AUTH_LEVEL_TOO_LOW", "APPROVAL_MISSING"}


SUBJECT_MODEL = subject().model_id
