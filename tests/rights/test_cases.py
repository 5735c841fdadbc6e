from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
import yaml

from bandstand.gate.rules import Activity, HoldFact, HoldScope, Target, judge
from bandstand.kernel.public_ids import IdKind, print_id
from bandstand.kernel.words import Ground
from bandstand.rights.rules import (
    ApprovalFact,
    ApprovalScheme,
    ApprovalState,
    BrandNameFact,
    CategoryNameFact,
    ChannelStatus,
    Condition,
    CustodyFact,
    CustodyNeed,
    CustodyStatus,
    GrantFact,
    GrantLevel,
    GrantScope,
    ListingFact,
    ListingFacts,
    MarketFact,
    PolicyFact,
    ReasonCode,
    RightsFacts,
    SellerFact,
    StatementFact,
    SubjectFact,
    decide,
    decide_listing,
)

BOOK: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "data" / "cases.yaml").read_text(encoding="utf-8")
)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
SCHEMES = {"US": ApprovalScheme.FCC, "EU": ApprovalScheme.RED, "GB": ApprovalScheme.UKCA}
CASES = [case for case in BOOK["scenarios"] if case["kind"] == "decision"]


def key(kind: str, name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"{kind}:{name}")


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def needed(text: str) -> datetime:
    return datetime.fromisoformat(text)


def market_of(country: str) -> str:
    return next(str(code) for code, one in BOOK["markets"].items() if country in one["members"])


def brand_path(name: str) -> tuple[UUID, ...]:
    parent = BOOK["brands"][name].get("parent")
    return (key("brand", name), *((key("brand", parent),) if parent else ()))


def grant_fact(one: dict[str, Any], *, at: datetime) -> GrantFact:
    kind, _, issuer = one["issuer"].partition(":")
    return GrantFact(
        id=key("grant", one["id"]),
        grantee_id=key("party", one["grantee"]),
        grantee_name=one["grantee"],
        issuer_brand_id=key("brand", issuer) if kind == "brand" else None,
        issuer_party_id=key("party", issuer) if kind == "party" else None,
        issuer_name=issuer,
        scope=GrantScope(
            brands=frozenset(key("brand", name) for name in one["brands"]),
            categories=frozenset(key("category", name) for name in one["categories"]),
            markets=frozenset(one["markets"]),
            conditions=frozenset(Condition),
            models=frozenset(key("model", name) for name in one.get("models", ())),
        ),
        from_at=needed(one["from"]),
        until_at=needed(one["until"]),
        level=GrantLevel(one["level"]),
        parent_id=key("grant", one["parent"]) if "parent" in one else None,
        delegate_depth=one["delegate"],
        status_checked_at=instant(one.get("status_checked_at")) or at,
        proof_faults=(ReasonCode.AUTH_SIGNATURE_INVALID,) if "signature" in one else (),
    )


def grants_of(case: dict[str, Any], *, at: datetime) -> tuple[GrantFact, ...]:
    named = [*case.get("grants", ()), *case.get("extra_grants", ())]
    whole = [{"id": one, **BOOK["grants"][one]} if isinstance(one, str) else one for one in named]
    return tuple(grant_fact(one, at=at) for one in whole)


def approvals_of(variant: dict[str, Any], market: str) -> tuple[ApprovalFact, ...]:
    found = variant["approvals"].get(market)
    if found is None:
        return ()
    return (
        ApprovalFact(
            id=key("approval", found["id"]),
            scheme=SCHEMES[market],
            reference=found["id"],
            state=ApprovalState(found["state"]),
            responsible_person="named" if found.get("responsible_person") else "",
            from_at=instant(found.get("limited_from")),
        ),
    )


def statement_fact(one: dict[str, Any]) -> StatementFact:
    return StatementFact(
        id=key("statement", one["brand"]),
        brand_id=key("brand", one["brand"]),
        brand_name=one["brand"],
        include_sub_brands=one["include_sub_brands"],
        market=one["market"],
        category_id=key("category", one["category"]),
        status=ChannelStatus(one["status"]),
        source=one["source"],
        from_at=needed(one["from"]),
    )


def policies() -> tuple[PolicyFact, ...]:
    rules = BOOK["policy"]
    return tuple(
        PolicyFact(
            id=key("policy", f"{category}-{condition}"),
            market=None,
            category_id=None if category == "default" else key("category", category),
            condition=Condition(condition),
            needs_grant=needs_grant,
            min_level=GrantLevel(level),
            needs_approval=True,
            ground=Ground.TERMS,
            version="cases",
            from_at=LONG_AGO,
            needs_custody=CustodyNeed(rules["require_custody"][condition]),
            status_max_age=timedelta(hours=24),
            clock_skew=timedelta(seconds=60),
        )
        for category, level in rules["min_level"].items()
        for condition, needs_grant in rules["require_grant"].items()
    )


def facts_of(case: dict[str, Any]) -> RightsFacts:
    ask = case["ask"]
    at, market, variant = (
        needed(ask["at"]),
        market_of(ask["deliver_to"]),
        BOOK["variants"][ask["variant"]],
    )
    seller = BOOK["sellers"][ask["seller"]]
    return RightsFacts(
        at=at,
        seller=SellerFact(
            key("party", ask["seller"]), ask["seller"], LONG_AGO if seller["verified"] else None
        ),
        subject=SubjectFact(
            id=key("variant", ask["variant"]),
            name=variant["model"],
            model_id=key("model", variant["model"]),
            brand_path=brand_path(variant["brand"]),
            category_path=(key("category", variant["category"]),),
            is_radio=variant.get("radio", True),
        ),
        market=MarketFact(market, market),
        condition=Condition(ask["condition"]),
        statements=tuple(map(statement_fact, case.get("brand_statements", ()))),
        grants=grants_of(case, at=at),
        approvals=approvals_of(variant, market),
        policies=policies(),
        custody=CustodyFact(CustodyStatus(case["custody"])) if "custody" in case else None,
        listing=listing_of(case),
        brand_names=brand_names(),
        categories=tuple(
            CategoryNameFact(key("category", name), name, name)
            for name in ("phone", "tablet", "hotspot", "accessory")
        ),
    )


def listing_of(case: dict[str, Any]) -> ListingFact | None:
    words = case.get("listing")
    if words is None:
        return None
    return ListingFact(
        brand_text=words.get("brand_text", ""), category_text=words.get("category_text", "")
    )


def brand_names() -> tuple[BrandNameFact, ...]:
    return tuple(
        BrandNameFact(key("brand", name), name, text)
        for name, one in BOOK["brands"].items()
        for text in one["names"]
    )


def hold_fact(one: dict[str, Any]) -> HoldFact:
    scope = one["scope"]
    return HoldFact(
        id=key("hold", one["id"]),
        scope=HoldScope(
            brand_id=key("brand", scope["brand"]),
            market=scope.get("market"),
            category_id=key("category", scope["category"]) if "category" in scope else None,
        ),
        activities=frozenset(map(Activity, one["activities"])),
        ground=Ground.TERMS,
        reason="Stopped.",
        effective_at=needed(one["effective_at"]),
    )


def check_listing(case: dict[str, Any]) -> None:
    ask, seller = case["ask"], BOOK["sellers"][case["ask"]["seller"]]
    listing = listing_of(case)
    assert listing is not None
    found = decide_listing(
        ListingFacts(
            at=needed(ask["at"]),
            seller=SellerFact(
                key("party", ask["seller"]), ask["seller"], LONG_AGO if seller["verified"] else None
            ),
            market=MarketFact("US", "US"),
            condition=Condition(ask["condition"]),
            listing=listing,
            brand_names=brand_names(),
        )
    )

    assert found.outcome.value == case["expect"]["decision"]
    assert set(case["expect"]["reasons"]) <= {code.value for code in found.codes}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_decision_of_the_case_book(case: dict[str, Any]) -> None:
    if case["ask"]["variant"] is None:
        check_listing(case)
        return
    facts, expected = facts_of(case), case["expect"]
    subject = facts.subject
    target = Target(
        brand_path=subject.brand_path,
        category_path=subject.category_path,
        model_id=subject.model_id,
        variant_id=subject.id,
        seller_id=facts.seller.id,
        market=facts.market.code,
        condition=facts.condition.value,
    )

    found = judge(
        decide(facts),
        activity=Activity(case["ask"]["action"]),
        target=target,
        holds=tuple(map(hold_fact, case.get("holds", ()))),
        waivers=(),
        now=facts.at,
    )

    told = {reason.code for reason in found.reasons}
    assert found.result.value == expected["decision"], told
    assert set(expected.get("reasons", ())) <= told
    assert not set(expected.get("reasons_absent", ())) & told
    for name in expected.get("holds", ()):
        assert print_id(IdKind.HOLD, key("hold", name)) in {one.about for one in found.reasons}
    for name in expected.get("evidence", ()):
        assert str(key("grant", name)) in {one.id for one in found.evidence}
    if "decision_valid_until" in expected:
        assert found.valid_until == needed(expected["decision_valid_until"])
