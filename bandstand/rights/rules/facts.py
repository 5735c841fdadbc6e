"""The facts a rights decision rests on, fetched by the caller and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from bandstand.kernel.words import Ground
from bandstand.rights.rules.words import (
    ApprovalScheme,
    ApprovalState,
    ChannelStatus,
    Condition,
    GrantLevel,
)


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
    ancestor.
    """

    id: UUID
    name: str
    model_id: UUID
    brand_path: tuple[UUID, ...]
    category_path: tuple[UUID, ...]
    is_radio: bool = True


@dataclass(frozen=True, slots=True)
class MarketFact:
    """Where it is delivered."""

    code: str
    name: str


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
    """A permission to sell: from a brand, or from a party that hangs below ``parent_id``."""

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


@dataclass(frozen=True, slots=True)
class ApprovalFact:
    """An equipment authorisation of the variant in the market."""

    id: UUID
    scheme: ApprovalScheme
    reference: str
    state: ApprovalState
    responsible_person: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None


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


@dataclass(frozen=True)
class RightsFacts:
    """
    Everything one decision rests on.

    ``grants`` holds the seller's own grants and every grant above them. ``stocked_at`` is when the
    unit was received, if one unit is asked about. ``sold_at`` is when the sale committed, if the
    question is about a later step of it: a grant that has since run out was good for that sale, a
    revoked one is not.
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

    @cached_property
    def by_id(self) -> Mapping[UUID, GrantFact]:
        return {grant.id: grant for grant in self.grants}

    def name_of(self, key: UUID) -> str:
        return self.names.get(key, "another")
