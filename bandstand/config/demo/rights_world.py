"""
The invented rights of the demo shop: who may sell what, and why some may not.

    most offers        a brand's grant by its own list, straight or through a distributor;
                       one brand's (``published``) comes of a list that was read
    refurbished, used  no grant is needed; the approval is
    in review          the approval carries conditions that a person must check
    refused            each for another reason, so that the console has one of each to look at
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from bandstand.catalogue import queries as catalogue
from bandstand.config.demo.people import (
    CONTINENTAL,
    HARBOR,
    KOWLOON,
    NORTHGATE,
    PACIFIC_CELL,
    PAPER_TRAIL,
    YESTERDAY,
)
from bandstand.rights import services as rights
from bandstand.rights.rules import (
    ApprovalScheme,
    ApprovalState,
    ChannelStatus,
    Condition,
    GrantLevel,
    GrantScope,
)

ACTOR: Final = "system:demo"
MARKET: Final = "US"
BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)
STATUS_LIFE: Final = timedelta(days=90)
"""
How long a status counts in the demo: nobody can ask its invented brands again. A shop keeps 24 h.
"""
POLICY_VERSION: Final = "demo-2026-1"
NEEDS: Final = {  # category → the weakest proof that lets new goods be sold
    "phone": GrantLevel.LIST,
    "tablet": GrantLevel.LIST,
    "hotspot": GrantLevel.LIST,
    "accessory": GrantLevel.DOCUMENT,
}
CONDITIONAL: Final = frozenset({"Nothing/Phone (3)", "Fairphone/Fairphone 5", "Motorola/Edge 60"})
UNAPPROVED: Final = frozenset({"Xiaomi/Mi 4", "Meizu/m2 note", "Xiaomi/17", "Xiaomi/Poco F7"})
LIMITED: Final = frozenset({"Huawei/Mate 20 Pro"})


@dataclass(frozen=True, slots=True)
class DemoGrant:
    """An invented permission. ``via`` names the distributor it hangs below."""

    brand: str
    grantee: str
    categories: tuple[str, ...] = ("phone",)
    market: str = MARKET
    level: GrantLevel = GrantLevel.LIST
    via: str = ""
    depth: int = 0
    days: int = 900


GRANTS: Final = (
    DemoGrant("apple", NORTHGATE),
    DemoGrant("apple", YESTERDAY, days=200),  # ran out in July: refused as expired
    DemoGrant("google", NORTHGATE),
    DemoGrant("google", HARBOR),
    DemoGrant("samsung", CONTINENTAL, depth=1),
    DemoGrant("samsung", NORTHGATE, via=CONTINENTAL),
    DemoGrant("samsung", PAPER_TRAIL, level=GrantLevel.DOCUMENT),  # a letter alone is too little
    DemoGrant("oneplus", CONTINENTAL, depth=1),
    DemoGrant("oneplus", NORTHGATE, via=CONTINENTAL),
    DemoGrant("oneplus", KOWLOON, market="HK"),  # the wrong market
    DemoGrant("nothing", NORTHGATE),
    DemoGrant("fairphone", NORTHGATE),
    DemoGrant("xiaomi", PACIFIC_CELL, categories=("wearable", "audio")),
)


def rights_are_recorded(*, parties: Mapping[str, UUID], now: datetime) -> None:
    """Record policy, statements and grants of the demo."""
    categories = {row.slug: row.id for row in catalogue.categories()}
    brands = {row.slug: row.id for row in catalogue.brands()}
    _policy(categories, now=now)
    rights.publish_statement(
        brand_id=brands["xiaomi"],
        include_sub_brands=True,
        market=MARKET,
        category_id=categories["phone"],
        status=ChannelStatus.NO_AUTHORISED_CHANNEL,
        source="Invented for the demo: the brand sells only wearables and audio in this market.",
        from_at=BEGAN,
        actor=ACTOR,
        now=now,
    )
    issued: dict[tuple[str, str], UUID] = {}
    for grant in GRANTS:
        issued[grant.brand, grant.grantee] = rights.issue_grant(
            issuer_brand_id=None if grant.via else brands[grant.brand],
            issuer_party_id=parties[grant.via] if grant.via else None,
            parent_id=issued[grant.brand, grant.via] if grant.via else None,
            grantee_id=parties[grant.grantee],
            scope=GrantScope(
                brands=frozenset({brands[grant.brand]}),
                categories=frozenset(categories[slug] for slug in grant.categories),
                markets=frozenset({grant.market}),
                conditions=frozenset({Condition.NEW}),
            ),
            from_at=BEGAN,
            until_at=BEGAN + timedelta(days=grant.days),
            delegate_depth=grant.depth,
            level=grant.level,
            actor=ACTOR,
            now=now,
        )


def approvals_are_recorded(models: Iterable[tuple[str, UUID]], *, now: datetime) -> None:
    """Record invented equipment approvals for variants, named by brand and model."""
    for name, variant_id in models:
        if name in UNAPPROVED:
            continue
        state = ApprovalState.GRANTED
        if name in CONDITIONAL:
            state = ApprovalState.CONDITIONAL
        if name in LIMITED:
            state = ApprovalState.LIMITED
        rights.record_approval(
            variant_id=variant_id,
            market=MARKET,
            scheme=ApprovalScheme.FCC,
            reference=f"DEMO-{variant_id.hex[-8:].upper()}",
            state=state,
            from_at=BEGAN,
            source="Invented for the demo.",
            actor=ACTOR,
            now=now,
        )


def _policy(categories: Mapping[str, UUID], *, now: datetime) -> None:
    for condition in Condition:
        for slug, level in NEEDS.items():
            is_new = condition is Condition.NEW
            rights.set_policy(
                market=MARKET,
                category_id=categories[slug],
                condition=condition,
                needs_grant=is_new,
                min_level=level if is_new else GrantLevel.NONE,
                needs_approval=True,
                status_max_age=STATUS_LIFE,
                version=POLICY_VERSION,
                source="The marketplace's published terms (demo).",
                from_at=BEGAN,
                actor=ACTOR,
                now=now,
            )
