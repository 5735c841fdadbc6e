from dataclasses import replace
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any
from uuid import UUID

import pytest

from bandstand.kernel.words import Ground
from bandstand.rights.rules import (
    REASONS,
    REQUIREMENTS,
    ApprovalScheme,
    ApprovalState,
    BrandNameFact,
    CategoryNameFact,
    CertificationFact,
    CertificationState,
    Condition,
    CustodyFact,
    CustodyFlag,
    CustodyNeed,
    CustodyStatus,
    DifferenceFact,
    LabelFact,
    LabelRule,
    ListFaultFact,
    ListingFact,
    MarketFact,
    Outcome,
    ProtectionFact,
    ReasonCode,
    ReasonGroup,
    SellerFact,
    SerialFact,
    decide,
    group_of,
)
from tests.rights.world import (
    ACCESSORY,
    ASTER,
    AT,
    BIRCH,
    NORTHGATE,
    PHONE,
    approval,
    facts,
    grant,
    policy,
    scope,
    subject,
)

EU = MarketFact("EU", "European Union", ("red",))
US = MarketFact("US", "United States", ("fcc",))
BRANDS = (
    BrandNameFact(ASTER, "Aster", "Aster"),
    BrandNameFact(BIRCH, "Birch", "Birch"),
)
CATEGORIES = (
    CategoryNameFact(PHONE, "phone", "Phones"),
    CategoryNameFact(ACCESSORY, "accessory", "Accessories"),
)
DIFFERENT = DifferenceFact(UUID(int=501), ("bands", "charger"), "maker's page")
PROTECTED = ProtectionFact(UUID(int=502), "Customs Bulletin", datetime(2020, 1, 1, tzinfo=UTC))
LABEL = LabelFact(UUID(int=503), "", "ab" * 32, is_in_listing=True, recorded_at=AT)


def codes(**parts: Any) -> dict[str, str]:  # noqa: ANN401 -- facts of many types
    world = facts(*parts.pop("grants", (grant(),)), **parts)
    return {one.code.value: one.outcome.value for one in decide(world).reasons}


def test_every_reason_has_a_text_and_a_cure_and_a_group() -> None:
    assert set(REASONS) == set(ReasonCode)
    assert {group_of(code) for code in ReasonCode} == set(ReasonGroup)
    for sheet in REASONS.values():
        assert sheet.text.endswith((".", "}"))
        assert sheet.cure.endswith(".")
        assert sheet.outcome is not Outcome.ALLOW


def test_codes_of_the_runtime_and_of_a_hold_are_in_their_groups() -> None:
    assert group_of(ReasonCode.HOLD_PROVISIONAL) is ReasonGroup.HOLD
    assert group_of(ReasonCode.EPOCH_CHANGED) is ReasonGroup.RUNTIME
    assert group_of(ReasonCode.WARNING_MISSING) is ReasonGroup.LABEL
    assert group_of(ReasonCode.NETWORK_CERT_MISSING) is ReasonGroup.APPROVAL


def test_no_reason_is_told_with_a_word_left_open() -> None:
    for sheet in REASONS.values():
        words = [name for _, name, _, _ in Formatter().parse(sheet.text + sheet.cure) if name]
        assert all(word.isidentifier() for word in words)


def test_every_requirement_names_its_source() -> None:
    for one in REQUIREMENTS:
        assert one.source
        assert one.read_on is None or one.read_on >= one.from_at.date()
        assert one.regime or one.market


@pytest.mark.parametrize(
    "fault",
    [
        ReasonCode.AUTH_SIGNATURE_INVALID,
        ReasonCode.AUTH_ALG_NOT_ALLOWED,
        ReasonCode.AUTH_KEY_REVOKED,
    ],
)
def test_faulty_proof_anywhere_in_the_chain_is_told(fault: ReasonCode) -> None:
    root = grant(101, grantee_id=BIRCH, delegate_depth=1, proof_faults=(fault,))
    leaf = grant(102, issuer_party_id=BIRCH, parent_id=root.id)

    assert codes(grants=(grant(proof_faults=(fault,)),)) == {fault.value: "deny"}
    assert codes(grants=(root, leaf)) == {fault.value: "deny"}


def test_status_and_clock_are_judged_by_the_policy() -> None:
    strict = policy(status_max_age=timedelta(hours=1), clock_skew=timedelta(0))
    stale, early = (
        grant(status_checked_at=AT - timedelta(hours=2)),
        grant(from_at=AT + timedelta(seconds=1)),
    )

    assert codes(grants=(stale,)) == codes(grants=(early,)) == {}
    assert codes(grants=(stale,), policies=(strict,)) == {"AUTH_STATUS_STALE": "deny"}
    assert codes(grants=(early,), policies=(strict,)) == {"AUTH_NOT_YET_VALID": "deny"}
    text = decide(facts(stale, policies=(strict,))).reasons[0].text
    assert "within one hour" in text


def test_fault_of_a_list_is_told_only_while_no_grant_covers() -> None:
    fault = ListFaultFact(ReasonCode.LIST_ROLLBACK, "Rolled back.", "Publish anew.")

    assert codes(grants=(), list_faults=(fault,)) == {"AUTH_NONE": "deny", "LIST_ROLLBACK": "deny"}
    assert codes(list_faults=(fault,)) == {}


@pytest.mark.parametrize(
    ("status", "needed", "told"),
    [
        (None, CustodyNeed.COMPLETE, {"PROVENANCE_GAP": "deny"}),
        (CustodyStatus.NONE, CustodyNeed.COMPLETE, {"PROVENANCE_GAP": "deny"}),
        (CustodyStatus.GAP, CustodyNeed.COMPLETE, {"PROVENANCE_GAP": "deny"}),
        (CustodyStatus.CONFLICT, CustodyNeed.COMPLETE, {"PROVENANCE_CONFLICT": "deny"}),
        (CustodyStatus.COMPLETE, CustodyNeed.COMPLETE, {}),
        (None, CustodyNeed.NONE, {}),
        (CustodyStatus.GAP, CustodyNeed.NONE, {}),
        (CustodyStatus.CONFLICT, CustodyNeed.NONE, {"PROVENANCE_CONFLICT": "review"}),
    ],
)
def test_custody_is_asked_for_where_the_policy_asks(
    status: CustodyStatus | None, needed: CustodyNeed, told: dict[str, str]
) -> None:
    custody = CustodyFact(status) if status else None

    assert codes(custody=custody, policies=(policy(needs_custody=needed),)) == told


def test_weak_units_of_an_offer_are_counted() -> None:
    custody = CustodyFact(CustodyStatus.GAP, units=7, weak=2)
    rows = (policy(needs_custody=CustodyNeed.COMPLETE),)

    verdict = decide(facts(grant(), custody=custody, policies=rows))

    assert "for 2 of 7 units" in verdict.reasons[0].text


@pytest.mark.parametrize(
    ("code", "parts", "told"),
    [
        (ReasonCode.UNIT_STOLEN, {}, True),
        (ReasonCode.UNIT_RECALLED, {"condition": Condition.USED}, True),
        (ReasonCode.UNIT_ALREADY_SOLD, {}, True),
        (ReasonCode.UNIT_ALREADY_SOLD, {"condition": Condition.USED}, False),
        (ReasonCode.UNIT_ALREADY_SOLD, {"sold_at": AT}, False),
        (ReasonCode.FIRST_SALE_OUTSIDE_EEA, {}, False),
        (ReasonCode.FIRST_SALE_OUTSIDE_EEA, {"condition": Condition.USED}, True),
    ],
)
def test_what_stands_against_a_unit_stops_it(
    code: ReasonCode,
    parts: dict[str, Any],
    told: bool,  # noqa: FBT001 -- a parameter
) -> None:
    flag = CustodyFlag(code, "It is so.", "It is over.")
    custody = CustodyFact(CustodyStatus.COMPLETE, (flag,))

    assert (code.value in codes(custody=custody, **parts)) is told


def test_answer_ends_where_custody_may_turn_and_names_its_events() -> None:
    soon = AT + timedelta(hours=3)
    custody = CustodyFact(CustodyStatus.COMPLETE, event_ids=("ni:///a", "ni:///b"), turns=(soon,))
    verdict = decide(facts(grant(), custody=custody))

    assert verdict.valid_until == soon
    assert [one.id for one in verdict.evidence if one.kind == "custody"] == ["ni:///b"]


def test_label_is_needed_where_customs_protect_the_mark() -> None:
    bare = {"differences": (DIFFERENT,)}
    both = {**bare, "protections": (PROTECTED,)}

    assert codes(**bare) == {"WARNING_MISSING": "review"}
    assert codes(**both) == {"LABEL_MISSING": "deny", "WARNING_MISSING": "review"}
    assert codes(**both, labels=(LABEL,)) == {}
    assert codes(**both, labels=(replace(LABEL, is_in_listing=False),)) == {
        "WARNING_MISSING": "review"
    }
    assert codes(**both, labels=(replace(LABEL, lot="L1"),), lot="L2") == {
        "LABEL_MISSING": "deny",
        "WARNING_MISSING": "review",
    }
    assert codes(**both, labels=(replace(LABEL, lot="L1"),), lot="L1") == {}
    assert codes(protections=(PROTECTED,)) == {}


def test_ground_of_a_label_is_the_law_or_the_terms() -> None:
    rows = (policy(label_rule=LabelRule.DIFFERENT),)
    protected = decide(facts(grant(), differences=(DIFFERENT,), protections=(PROTECTED,)))
    ours = decide(facts(grant(), differences=(DIFFERENT,), policies=rows))
    ended = replace(PROTECTED, until_at=AT)

    assert protected.reasons[0].ground is Ground.LAW
    assert ours.reasons[0].code is ReasonCode.LABEL_MISSING
    assert ours.reasons[0].ground is Ground.TERMS
    assert codes(differences=(DIFFERENT,), protections=(ended,)) == {"WARNING_MISSING": "review"}


def test_network_may_say_no_where_the_policy_lets_it() -> None:
    rows = (policy(needs_network_cert=True),)
    begun = AT - timedelta(days=1)
    good = CertificationFact(UUID(int=601), "Net", CertificationState.CERTIFIED, "letter", begun)

    assert codes() == {}
    assert codes(policies=rows) == {"NETWORK_CERT_MISSING": "deny"}
    assert codes(policies=rows, certifications=(good,)) == {}
    assert codes(policies=rows, certifications=(replace(good, until_at=AT),)) == {
        "NETWORK_CERT_MISSING": "deny"
    }
    refused = replace(good, state=CertificationState.REFUSED)
    verdict = decide(facts(grant(), policies=rows, certifications=(refused,)))
    assert "(Net: refused)" in verdict.reasons[0].text
    assert codes(policies=rows, subject=subject(is_radio=False)) == {}


RED = approval(scheme=ApprovalScheme.RED, responsible_person="A. Bell, Dublin", eprel="1234567")


@pytest.mark.parametrize(
    ("parts", "changes", "told"),
    [
        ({}, {}, {}),
        ({}, {"responsible_person": ""}, {"RESPONSIBLE_PERSON_MISSING": "deny"}),
        ({}, {"eprel": ""}, {"EPREL_MISSING": "deny"}),
        ({}, {"eprel": "", "placed_at": datetime(2025, 6, 19, tzinfo=UTC)}, {}),
        (
            {},
            {"eprel": "", "placed_at": datetime(2025, 6, 20, tzinfo=UTC)},
            {"EPREL_MISSING": "deny"},
        ),
        ({"condition": Condition.USED}, {"eprel": ""}, {}),
        ({"subject": subject(kinds=("audio",))}, {"eprel": ""}, {}),
        ({}, {"scheme": ApprovalScheme.FCC}, {"APPROVAL_MISSING": "deny"}),
        ({"market": MarketFact("GB", "GB", ("ukca",))}, {"responsible_person": ""}, {}),
        (
            {"market": MarketFact("GB", "GB", ("ukca",))},
            {"scheme": ApprovalScheme.UKCA, "responsible_person": "", "eprel": ""},
            {},
        ),
    ],
)
def test_european_papers(
    parts: dict[str, Any], changes: dict[str, Any], told: dict[str, str]
) -> None:
    everywhere = grant(scope=scope(markets=frozenset({"EU", "GB"})))
    words = {"market": EU, "subject": subject(kinds=("phone",)), **parts}

    assert codes(grants=(everywhere,), approvals=(replace(RED, **changes),), **words) == told


def test_energy_label_begins_on_its_day() -> None:
    early = datetime(2025, 6, 19, 23, 59, 59, tzinfo=UTC)
    words: dict[str, Any] = {
        "market": EU,
        "subject": subject(kinds=("phone",)),
        "seller": SellerFact(NORTHGATE, "Northgate", early - timedelta(days=9)),
    }
    bare = (replace(RED, eprel=""),)
    of_then = grant(
        scope=scope(markets=frozenset({"EU"})),
        from_at=early - timedelta(days=9),
        status_checked_at=early,
    )

    assert codes(grants=(of_then,), approvals=bare, at=early, **words) == {}
    assert "EPREL_MISSING" in codes(
        grants=(of_then,), approvals=bare, at=early + timedelta(seconds=1), **words
    )


def test_approval_was_good_until_it_was_limited() -> None:
    limited_at = AT - timedelta(days=1)
    rows = (
        approval(until_at=limited_at),
        approval(ApprovalState.LIMITED, from_at=limited_at),
    )
    before = grant(status_checked_at=limited_at - timedelta(hours=1))

    assert codes(approvals=rows) == {"APPROVAL_LIMITED": "deny"}
    assert codes(grants=(before,), approvals=rows, at=limited_at - timedelta(hours=1)) == {}


def test_hotspot_approved_after_the_covered_list_goes_to_a_person() -> None:
    hotspot = subject(kinds=("hotspot",))
    old, new = (approval(from_at=datetime(2026, 3, day, tzinfo=UTC)) for day in (22, 23))

    assert codes(subject=hotspot, market=US, approvals=(old,)) == {}
    assert codes(subject=hotspot, market=US, approvals=(new,)) == {"APPROVAL_LIMITED": "review"}
    assert codes(subject=subject(kinds=("phone",)), market=US, approvals=(new,)) == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"brand_text": "aster"}, {}),
        ({"brand_text": "Αster"}, {"BRAND_CONFUSABLE": "review"}),
        ({"brand_text": "Birch"}, {"BRAND_AMBIGUOUS": "review"}),
        ({"brand_text": "Omni"}, {"BRAND_AMBIGUOUS": "review"}),
        ({"category_text": "Phone"}, {}),
        ({"category_text": "phones"}, {}),
        ({"category_text": "accessory"}, {"CATEGORY_MISMATCH": "deny"}),
        ({"category_text": "thing"}, {"CATEGORY_MISMATCH": "review"}),
    ],
)
def test_listing_is_held_against_the_record(words: dict[str, Any], told: dict[str, str]) -> None:
    found = codes(listing=ListingFact(**words), brand_names=BRANDS, categories=CATEGORIES)

    assert found == told


def test_serial_of_another_variant_is_refused() -> None:
    verdict = decide(facts(grant(), serials=(SerialFact("350000001", "Birch Two (B2)"),)))

    assert [one.code for one in verdict.reasons] == [ReasonCode.SERIAL_NOT_OF_VARIANT]
    assert "Birch Two (B2)" in verdict.reasons[0].text
