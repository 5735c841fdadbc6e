"""The small world of the rights tests: brand Aster, seller Northgate, one phone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bandstand.kernel.words import Ground
from bandstand.rights.rules import (
    ApprovalFact,
    ApprovalScheme,
    ApprovalState,
    ChannelStatus,
    Condition,
    GrantFact,
    GrantLevel,
    GrantScope,
    MarketFact,
    PolicyFact,
    RightsFacts,
    SellerFact,
    StatementFact,
    SubjectFact,
)

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
ASTER, MINI, BIRCH = UUID(int=1), UUID(int=2), UUID(int=3)
PHONE, FOLDABLE, ACCESSORY = UUID(int=11), UUID(int=12), UUID(int=13)
ONE, TWO = UUID(int=21), UUID(int=22)
NORTHGATE, WHOLESALE, SOUTHGATE = UUID(int=31), UUID(int=32), UUID(int=33)
NAMES = {
    ASTER: "Aster",
    MINI: "Aster Mini",
    BIRCH: "Birch",
    PHONE: "phones",
    FOLDABLE: "foldables",
    ACCESSORY: "accessories",
}
PARTY_NAMES = {NORTHGATE: "Northgate", WHOLESALE: "Wholesale", SOUTHGATE: "Southgate"}
EVERY_CONDITION = frozenset(Condition)
SUBJECT = SubjectFact(UUID(int=41), "Aster One (A1-US)", ONE, (ASTER,), (PHONE,))


def scope(**parts: Any) -> GrantScope:  # noqa: ANN401 -- facts of many types
    return GrantScope(
        **{
            "brands": frozenset({ASTER}),
            "categories": frozenset({PHONE}),
            "markets": frozenset({"US"}),
            "conditions": EVERY_CONDITION,
            **parts,
        }
    )


def grant(number: int = 101, **parts: Any) -> GrantFact:  # noqa: ANN401 -- facts of many types
    issuer_party = parts.get("issuer_party_id")
    words: dict[str, Any] = {
        "grantee_id": NORTHGATE,
        "issuer_brand_id": None if issuer_party else ASTER,
        "issuer_party_id": issuer_party,
        "issuer_name": PARTY_NAMES.get(issuer_party, "Aster") if issuer_party else "Aster",
        "scope": scope(),
        "from_at": datetime(2026, 1, 1, tzinfo=UTC),
        "until_at": datetime(2027, 1, 1, tzinfo=UTC),
        "level": GrantLevel.CREDENTIAL,
        "status_checked_at": AT,
        **parts,
    }
    words["grantee_name"] = PARTY_NAMES.get(words["grantee_id"], "Northgate")
    return GrantFact(id=UUID(int=number), **words)


def approval(state: ApprovalState = ApprovalState.GRANTED, **parts: Any) -> ApprovalFact:  # noqa: ANN401 -- facts of many types
    return ApprovalFact(
        UUID(int=201),
        **{"scheme": ApprovalScheme.FCC, "reference": "2AACM-A1US", "state": state, **parts},
    )


def statement(**parts: Any) -> StatementFact:  # noqa: ANN401 -- facts of many types
    return StatementFact(
        **{
            "id": UUID(int=301),
            "brand_id": ASTER,
            "brand_name": "Aster",
            "include_sub_brands": False,
            "market": "US",
            "category_id": None,
            "status": ChannelStatus.NO_AUTHORISED_CHANNEL,
            "source": "https://aster.example/us",
            "from_at": datetime(2026, 1, 1, tzinfo=UTC),
            **parts,
        }
    )


def policy(condition: Condition = Condition.NEW, **parts: Any) -> PolicyFact:  # noqa: ANN401 -- facts of many types
    return PolicyFact(
        **{
            "id": UUID(int=401),
            "market": None,
            "category_id": None,
            "condition": condition,
            "needs_grant": condition is Condition.NEW,
            "min_level": GrantLevel.LIST,
            "needs_approval": True,
            "ground": Ground.TERMS,
            "version": "2026-01",
            "from_at": datetime(2015, 1, 1, tzinfo=UTC),
            **parts,
        }
    )


def facts(*grants: GrantFact, **parts: Any) -> RightsFacts:  # noqa: ANN401 -- facts of many types
    return RightsFacts(
        **{
            "at": AT,
            "seller": SellerFact(NORTHGATE, "Northgate", AT - timedelta(days=90)),
            "subject": SUBJECT,
            "market": MarketFact("US", "United States"),
            "condition": Condition.NEW,
            "grants": grants,
            "approvals": (approval(),),
            "policies": (policy(), policy(Condition.USED), policy(Condition.REFURBISHED)),
            "names": NAMES,
            **parts,
        }
    )


def subject(**parts: Any) -> SubjectFact:  # noqa: ANN401 -- facts of many types
    return replace(SUBJECT, **parts)
