from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, strategies as st

from bandstand.rights.rules import (
    BrandNameFact,
    CategoryNameFact,
    Condition,
    CustodyFact,
    CustodyFlag,
    CustodyStatus,
    DifferenceFact,
    LabelFact,
    ListingFact,
    ListingFacts,
    MarketFact,
    Outcome,
    ProtectionFact,
    ReasonCode,
    RightsFacts,
    SellerFact,
    SerialFact,
    decide,
    decide_listing,
    judge_bundle,
)
from bandstand.rights.rules.frozen import freeze, thaw
from bandstand.rights.rules.used import used_facts
from tests.rights.world import (
    ACCESSORY,
    ASTER,
    AT,
    BIRCH,
    NAMES,
    NORTHGATE,
    PHONE,
    facts,
    grant,
    scope,
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


def listing_facts(text: str, **parts: Any) -> ListingFacts:  # noqa: ANN401 -- facts of many types
    return ListingFacts(
        **{
            "at": AT,
            "seller": SellerFact(NORTHGATE, "Northgate", AT - timedelta(days=9)),
            "market": US,
            "condition": Condition.NEW,
            "listing": ListingFact(brand_text=text),
            "brand_names": BRANDS,
            **parts,
        }
    )


def test_listing_without_variant_waits_for_a_person_and_is_never_allowed() -> None:
    for text, code in (
        ("Αster", "BRAND_CONFUSABLE"),
        ("AS", "BRAND_AMBIGUOUS"),
        ("Aster", "VARIANT_UNKNOWN"),
        ("", "VARIANT_UNKNOWN"),
    ):
        verdict = decide_listing(listing_facts(text))
        assert verdict.outcome is Outcome.REVIEW
        assert code in {one.value for one in verdict.codes}
    stranger = replace(listing_facts("Aster").seller, verified_at=None)
    assert decide_listing(listing_facts("Aster", seller=stranger)).outcome is Outcome.DENY


@given(st.text(max_size=20))
def test_no_words_of_a_listing_are_ever_allowed_without_a_variant(text: str) -> None:
    assert decide_listing(listing_facts(text)).outcome is not Outcome.ALLOW


@given(st.lists(st.sampled_from(Outcome)))
def test_bundle_is_allowed_only_if_every_part_is(outcomes: list[Outcome]) -> None:
    good = decide(facts(grant()))
    parts = [replace(good, outcome=outcome) for outcome in outcomes]
    allowed = bool(outcomes) and all(one is Outcome.ALLOW for one in outcomes)

    assert (judge_bundle(parts) is Outcome.ALLOW) is allowed


def worlds() -> st.SearchStrategy[RightsFacts]:
    def made(**parts: Any) -> RightsFacts:  # noqa: ANN401 -- facts of many types
        return facts(*parts.pop("own"), **parts)

    return st.builds(
        made,
        own=st.lists(
            st.builds(
                grant,
                st.integers(101, 104),
                until_at=st.sampled_from((AT, AT + timedelta(hours=9))),
                scope=st.sampled_from((scope(), scope(markets=frozenset({"HK"})))),
                proof_faults=st.sampled_from(((), (ReasonCode.AUTH_KEY_REVOKED,))),
            ),
            max_size=3,
            unique_by=lambda one: one.id,
        ),
        custody=st.sampled_from((None, CustodyFact(CustodyStatus.CONFLICT, turns=(AT,)))),
        listing=st.sampled_from((None, ListingFact("Αster", "accessory"))),
        brand_names=st.just(BRANDS),
        categories=st.just(CATEGORIES),
        differences=st.sampled_from(((), (DIFFERENT,))),
        protections=st.sampled_from(((), (PROTECTED,))),
        labels=st.sampled_from(((), (LABEL,))),
        names=st.just(NAMES),
    )


@given(worlds())
def test_frozen_facts_thaw_to_the_same_facts(world: RightsFacts) -> None:
    assert thaw(RightsFacts, freeze(world)) == world


@given(worlds())
def test_used_facts_give_the_same_verdict(world: RightsFacts) -> None:
    assert decide(used_facts(world)) == decide(world)
    assert decide(thaw(RightsFacts, freeze(used_facts(world)))) == decide(world)


@given(worlds())
def test_more_evidence_against_a_sale_never_helps_it(world: RightsFacts) -> None:
    stolen = CustodyFlag(ReasonCode.UNIT_STOLEN, "Stolen.", "Found.")
    before = decide(world).outcome.rank
    clean = replace(world, custody=CustodyFact(CustodyStatus.COMPLETE))

    for worse in (
        replace(world, serials=(SerialFact("1", "Birch"),)),
        replace(world, labels=()),
        replace(world, approvals=()),
        replace(world, grants=world.grants[1:]),
    ):
        assert decide(worse).outcome.rank >= before
    robbed = replace(world, custody=CustodyFact(CustodyStatus.COMPLETE, (stolen,)))
    assert decide(robbed).outcome.rank >= decide(clean).outcome.rank
