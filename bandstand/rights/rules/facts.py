"""The facts a rights decision rests on, fetched by the caller and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final
from uuid import UUID

from bandstand.kernel.words import Ground
from bandstand.rights.rules.words import (
    ApprovalScheme,
    ApprovalState,
    CertificationState,
    ChannelStatus,
    Condition,
    CustodyNeed,
    CustodyStatus,
    GrantLevel,
    LabelRule,
    ReasonCode,
)

CLOCK_SKEW: Final = timedelta(seconds=60)
"""
How far another's clock may run ahead of ours, unless a policy says: a start so near counts as
reached. An end has no grace.
"""
STATUS_AGE_MAX: Final = timedelta(hours=24)
"""How long a confirmed status counts, unless a policy says."""


@dataclass(frozen=True, slots=True)
class SellerFact:
    """Who sells."""

    id: UUID
    name: str
    verified_at: datetime | None
    suspended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SubjectFact:
    """
    What is sold, by the catalogue's record and never by the seller's words.

    Shape: each path begins with the thing's own brand or category and ends with the topmost
    ancestor; ``kinds`` are the slugs along the category path.
    """

    id: UUID
    name: str
    model_id: UUID
    brand_path: tuple[UUID, ...]
    category_path: tuple[UUID, ...]
    is_radio: bool = True
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarketFact:
    """Where it is delivered, and the regimes that rule there (``fcc``, ``red``, ``ukca``...)."""

    code: str
    name: str
    regimes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementFact:
    """What a brand has published about its channels in a market."""

    id: UUID
    brand_id: UUID
    brand_name: str
    include_sub_brands: bool
    market: str
    category_id: UUID | None
    status: ChannelStatus
    source: str
    from_at: datetime
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GrantScope:
    """
    What a grant permits. An empty ``models`` means every model; the other sets name all they
    allow.
    """

    brands: frozenset[UUID]
    categories: frozenset[UUID]
    markets: frozenset[str]
    conditions: frozenset[Condition]
    models: frozenset[UUID] = frozenset()

    def is_within(self, other: "GrantScope") -> bool:
        """Say whether everything this scope permits is permitted by the other."""
        models_fit = not other.models or (bool(self.models) and self.models <= other.models)
        return (
            models_fit
            and self.brands <= other.brands
            and self.categories <= other.categories
            and self.markets <= other.markets
            and self.conditions <= other.conditions
        )


@dataclass(frozen=True, slots=True)
class GrantFact:
    """
    A permission to sell: from a brand, or from a party that hangs below ``parent_id``.

    ``proof_faults`` is what is wrong with the credential that proves it, and with the key that
    signed it.
    """

    id: UUID
    grantee_id: UUID
    grantee_name: str
    issuer_brand_id: UUID | None
    issuer_party_id: UUID | None
    issuer_name: str
    scope: GrantScope
    from_at: datetime
    until_at: datetime
    level: GrantLevel
    parent_id: UUID | None = None
    delegate_depth: int = 0
    sell_off_until: datetime | None = None
    status_checked_at: datetime | None = None
    revoked_at: datetime | None = None
    revoke_reason: str = ""
    proof_faults: tuple[ReasonCode, ...] = ()


@dataclass(frozen=True, slots=True)
class ApprovalFact:
    """
    An equipment authorisation of the variant in the market, in one state for one period.

    ``eprel`` is the registration in the European product database. ``placed_at`` is when the first
    piece was placed on the market, if that is known.
    """

    id: UUID
    scheme: ApprovalScheme
    reference: str
    state: ApprovalState
    responsible_person: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None
    eprel: str = ""
    placed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PolicyFact:
    """One row of the marketplace's published policy."""

    id: UUID
    market: str | None
    category_id: UUID | None
    condition: Condition
    needs_grant: bool
    min_level: GrantLevel
    needs_approval: bool
    ground: Ground
    version: str
    from_at: datetime
    until_at: datetime | None = None
    needs_custody: CustodyNeed = CustodyNeed.NONE
    status_max_age: timedelta = STATUS_AGE_MAX
    clock_skew: timedelta = CLOCK_SKEW
    needs_network_cert: bool = False
    label_rule: LabelRule = LabelRule.PROTECTED


@dataclass(frozen=True, slots=True)
class CustodyFlag:
    """One thing that the record of a unit's way says against its sale."""

    code: ReasonCode
    text: str
    cure: str


@dataclass(frozen=True, slots=True)
class CustodyFact:
    """
    The way of one unit from its maker, or the weakest way among the units of an offer.

    ``units`` is how many were looked at, ``weak`` how many of them are not complete.
    """

    status: CustodyStatus
    flags: tuple[CustodyFlag, ...] = ()
    first_sale_country: str = ""
    first_sale_at: datetime | None = None
    event_ids: tuple[str, ...] = ()
    turns: tuple[datetime, ...] = ()
    units: int = 1
    weak: int = 0


@dataclass(frozen=True, slots=True)
class ListingFact:
    """What the seller writes in a listing: words, never proof of what the goods are."""

    brand_text: str = ""
    category_text: str = ""
    model_text: str = ""
    gtin: str = ""
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BrandNameFact:
    """A name or mark by which a brand goes."""

    brand_id: UUID
    brand_name: str
    text: str


@dataclass(frozen=True, slots=True)
class CategoryNameFact:
    """A category that a listing's text may name."""

    category_id: UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class ListFaultFact:
    """Why a brand's published list, which might name the seller, is not believed now."""

    code: ReasonCode
    text: str
    cure: str


@dataclass(frozen=True, slots=True)
class SerialFact:
    """A serial number whose maker's prefix belongs to another variant."""

    serial: str
    variant_name: str


@dataclass(frozen=True, slots=True)
class DifferenceFact:
    """In what a variant differs from the one that the brand makes for the market."""

    id: UUID
    what: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ProtectionFact:
    """That customs protect the brand, or one model of it, against imports that differ."""

    id: UUID
    source: str
    from_at: datetime
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LabelFact:
    """Proof that this seller's goods carry the label, and whether the listing says it too."""

    id: UUID
    lot: str
    photo_sha256: str
    is_in_listing: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class CertificationFact:
    """A host network's word on a variant."""

    id: UUID
    network_name: str
    state: CertificationState
    source: str
    from_at: datetime
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LeftOutFact:
    """
    The seller's grants that were not read one by one, because others are like them.

    ``next_turn`` is the next instant at which one of them begins or ends.
    """

    count: int
    next_turn: datetime | None = None


@dataclass(frozen=True)
class RightsFacts:
    """
    Everything one decision rests on.

    ``grants`` holds the seller's own grants and every grant above them. ``stocked_at`` is when the
    unit was received, if one unit is asked about. ``sold_at`` is when the sale committed, if the
    question is about a later step of it: a grant that has since run out was good for that sale, a
    revoked one is not. ``listing`` is given if the seller's own words are judged too.
    """

    at: datetime
    seller: SellerFact
    subject: SubjectFact
    market: MarketFact
    condition: Condition
    statements: tuple[StatementFact, ...] = ()
    grants: tuple[GrantFact, ...] = ()
    approvals: tuple[ApprovalFact, ...] = ()
    policies: tuple[PolicyFact, ...] = ()
    names: Mapping[UUID, str] = field(default_factory=dict)
    stocked_at: datetime | None = None
    sold_at: datetime | None = None
    lot: str = ""
    custody: CustodyFact | None = None
    listing: ListingFact | None = None
    brand_names: tuple[BrandNameFact, ...] = ()
    categories: tuple[CategoryNameFact, ...] = ()
    list_faults: tuple[ListFaultFact, ...] = ()
    serials: tuple[SerialFact, ...] = ()
    differences: tuple[DifferenceFact, ...] = ()
    protections: tuple[ProtectionFact, ...] = ()
    labels: tuple[LabelFact, ...] = ()
    certifications: tuple[CertificationFact, ...] = ()
    left_out: LeftOutFact | None = None

    @cached_property
    def by_id(self) -> Mapping[UUID, GrantFact]:
        return {grant.id: grant for grant in self.grants}

    def name_of(self, key: UUID) -> str:
        return self.names.get(key, "another")


@dataclass(frozen=True)
class ListingFacts:
    """Everything there is to judge of a listing whose variant is not known."""

    at: datetime
    seller: SellerFact
    market: MarketFact
    condition: Condition
    listing: ListingFact
    brand_names: tuple[BrandNameFact, ...] = ()
